"""The finished call compared with what its scenario expects, and the outcomes read out of its trace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ivrctl.flow.program import Program
from ivrctl.lang.source import Word
from ivrctl.model.call import TraceEntry
from ivrctl.model.utterance import write
from ivrctl.model.values import Value
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.check import GOOD, full_path
from ivrctl.testkit.scenario.submissions import ExpectedSubmission
from ivrctl.testkit.verdict import Course, Difference

_PLACE = re.compile(r"(?P<flow>[^/]+)/(?P<step>.+)\[(?P<index>[0-9]+)\]\Z")
_NO_OUTCOMES = frozenset({"step", "resumes", "return", "ends", "recorded"})
"""Events that say where the call goes, not how the action at that place ended."""
NOTHING = "nothing"
"""What is seen of something that never happened."""


def differences(scenario: Scenario, program: Program, course: Course) -> tuple[Difference, ...]:
    """Everything that is not as expected."""
    return tuple(_differences(scenario, program, course))


def _differences(scenario: Scenario, program: Program, course: Course) -> Iterator[Difference]:
    expect, dialled = scenario.expect, str(scenario.caller.dials)
    if expect.path is not None:
        due = full_path(program, dialled, tuple(str(step) for step in expect.path))
        if due != course.path:
            yield Difference("path", ", ".join(due), ", ".join(course.path) or NOTHING)
    for action, outcome in expect.outcomes.items():
        [name] = full_path(program, dialled, (str(action),))
        yield from _unequal(f"outcomes {action}", outcome, course.outcomes.get(name))
    for field, value in expect.fields.items():
        yield from _unequal(f"fields {field}", value, _written(course.fields.get(str(field))))
    for queue, outcome in expect.queue.items():
        yield from _unequal(f"queue {queue}", outcome, course.queues.get(str(queue)))
    if expect.submissions is not None:
        yield from _unlike(expect.submissions, course)
    if expect.promise is not None and expect.promise != course.promise:
        yield Difference("promise", str(expect.promise), course.promise or NOTHING)
    limit = expect.longest_silence
    if limit is not None and course.longest_silence > limit.total_seconds():
        yield Difference("longest_silence", f"at most {limit.total_seconds():g} s", f"{course.longest_silence:.2f} s")


def _unlike(expected: Sequence[ExpectedSubmission], course: Course) -> Iterator[Difference]:
    """All that was submitted, in its order; of each only the parameters that are expected of it."""
    due = [_shown(str(each.to), {str(name): str(value) for name, value in each.with_.items()}) for each in expected]
    seen = []
    for number, (name, params) in enumerate(course.submissions):
        looked_at = expected[number].with_ if number < len(expected) else params
        seen.append(_shown(name, {str(each): _written(params.get(str(each))) or "none" for each in looked_at}))
    if due != seen:
        yield Difference("submissions", "; ".join(due) or NOTHING, "; ".join(seen) or NOTHING)


def _shown(submission: str, params: Mapping[str, str]) -> str:
    listed = ", ".join(f"{name}: {value}" for name, value in sorted(params.items()))
    return f"{submission} with {listed}" if listed else submission


def _unequal(name: str, expected: Word, seen: str | None) -> Iterator[Difference]:
    if str(expected) != seen:
        yield Difference(name, str(expected), seen or NOTHING)


def _written(value: Value) -> str | None:
    if value is None:
        return None
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else write(value)


def outcomes_of(program: Program, trace: Iterable[TraceEntry]) -> Mapping[str, str]:
    """``flow/step.kind`` to the last outcome of the action; one that ended well is ``done``."""
    outcomes: dict[str, str] = {}
    for entry in trace:
        name = _action_name(program, entry.place)
        if name is not None and entry.event not in _NO_OUTCOMES:
            outcomes[name] = entry.detail if entry.event == "outcome" else GOOD
    return outcomes


def _action_name(program: Program, place: str) -> str | None:
    """``account/balance.lookup`` for ``account/balance[0]``."""
    match = _PLACE.match(place)
    if match is None:
        return None
    action = program.flows[match["flow"]].steps[Word(match["step"])][int(match["index"])]
    return f"{match['flow']}/{match['step']}.{action.kind.name}"
