"""The verdict on one scenario in one engine: did the call go as the script says, and if not, where not.

A value: engines make it, commands print it, ``to_json`` gives it to machines. Knows nothing of how the call was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivrctl.flow.coverage import Walked
from ivrctl.model.call import TraceEntry
from ivrctl.model.values import Value, to_json

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the transcript."""

    at: float
    """Seconds since the call began."""
    who: str
    """``caller``, an agent's name, ``ivr`` for what is said, ``flow`` for the steps, ``queue`` for the stays."""
    what: str


@dataclass(frozen=True, slots=True)
class Written:
    """One line of the script."""

    line: str
    """As written."""
    who: str
    """Who notes in the transcript what meets it: ``ivr`` for what is heard, a name for what somebody does."""
    at: float | None = None
    """When it was met, or begun to be done, in seconds since the call began; None when it was not."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The first line of the script that was not met."""

    place: str
    """``path:line:column`` of the line."""
    line: str
    """As written."""
    reason: str
    """What came instead."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something else than the script that is not as expected."""

    name: str
    """``path``, ``outcomes account/balance.lookup``, ``queue full-service`` …"""
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class Course:
    """How the call went, in the words of the flow: what engines are compared by, and coverage is counted from."""

    path: tuple[str, ...] = ()
    """The steps in the order walked, ``flow/step``, of all legs."""
    ending: str = ""
    """How the last leg ended, as its record says."""
    heard: tuple[str, ...] = ()
    """What the caller heard to its end, as written."""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """``flow/step.kind`` to the last outcome."""
    fields: Mapping[str, Value] = field(default_factory=dict)
    """The call fields of the last leg."""
    queues: Mapping[str, str] = field(default_factory=dict)
    """Queue to the outcome of the last stay in it."""
    submissions: tuple[tuple[str, Mapping[str, Value]], ...] = ()
    """What was submitted and taken, in its order: the submission, and its parameters."""
    promise: str = ""
    """What became of the promise to answer, in the last leg in which it counts: ``kept``, ``broken``, ``unknown``."""
    longest_silence: float = 0.0
    """Seconds."""
    trace: tuple[TraceEntry, ...] = ()
    """What the flow did, with the place of every action."""
    walked: frozenset[Walked] = frozenset()
    """Every action that was walked and how it ended; empty where the engine was not asked to look."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one scenario."""

    title: str
    place: str
    """``path:line`` of the scenario."""
    engine: str
    failure: Failure | None
    differences: tuple[Difference, ...]
    faults: tuple[str, ...]
    """What went wrong outside the script: a lookup that nothing is given for, a prompt that cannot be played."""
    course: Course
    transcript: tuple[Noted, ...]
    seconds: float
    """How long the call was, in the caller's time."""
    took: float
    """How long it took to play, in real seconds."""
    kept: str | None = None
    """The folder with the audio and the logs of a failure."""
    script: tuple[Written, ...] = ()
    """All lines; from the first that was not met on, without a time."""

    @property
    def is_passed(self) -> bool:
        """True when every line was met and everything is as expected."""
        return self.failure is None and not self.differences and not self.faults

    def to_json(self) -> dict[str, Any]:
        """The verdict as a JSON object."""
        return {
            "format_version": FORMAT_VERSION,
            "title": self.title,
            "place": self.place,
            "engine": self.engine,
            "passed": self.is_passed,
            "failure": None if self.failure is None else _plain(self.failure),
            "differences": [_plain(difference) for difference in self.differences],
            "faults": list(self.faults),
            "course": _course(self.course),
            "script": [_plain(line) for line in self.script],
            "transcript": [_plain(noted) for noted in self.transcript],
            "seconds": round(self.seconds, 3),
            "took": round(self.took, 3),
            "kept": self.kept,
        }


def render_verdict(verdict: Verdict, width: int | None = None, *, is_coloured: bool = False) -> str:
    """The verdict as a person reads it: one line when passed, else what was not met, and the two transcripts.

    Args:
        verdict: what came of a scenario.
        width: of the terminal; None where it is none.
        is_coloured: True writes ANSI colours.
    """
    word = "passed" if verdict.is_passed else "FAILED"
    head = f"{word}  {verdict.title}  [{verdict.engine}, {verdict.seconds:.1f} s of call in {verdict.took:.2f} s]"
    if verdict.is_passed:
        return head + "\n"
    from ivrctl.testkit.side_by_side import aligned, render  # noqa: PLC0415 - reads verdicts itself; failures alone need it

    rows = render(aligned(verdict.script, verdict.transcript), width, is_coloured=is_coloured)
    return "\n".join([head, *_reasons(verdict), *rows]) + "\n"


def _reasons(verdict: Verdict) -> list[str]:
    lines = []
    if verdict.failure is not None:
        failure = verdict.failure
        lines += [f"  {failure.place}: not met: {failure.line}", f"      {failure.reason}"]
    lines += [line for difference in verdict.differences for line in _side_by_side(difference)]
    lines += [f"  fault: {fault}" for fault in verdict.faults]
    if verdict.kept is not None:
        lines.append(f"  audio and logs are in {verdict.kept}")
    return lines


def _side_by_side(difference: Difference) -> list[str]:
    return [
        f"  {difference.name}",
        f"      expected  {difference.expected}",
        f"      seen      {difference.seen}",
    ]


def _plain(value: Noted | Written | Failure | Difference) -> dict[str, str | float | None]:
    return {name: getattr(value, name) for name in type(value).__slots__}


def _course(course: Course) -> dict[str, Any]:
    return {
        "path": list(course.path),
        "ending": course.ending,
        "heard": list(course.heard),
        "outcomes": dict(course.outcomes),
        "fields": {name: to_json(value) for name, value in course.fields.items()},
        "queues": dict(course.queues),
        "submissions": [
            {"to": name, "with": {param: to_json(value) for param, value in params.items()}}
            for name, params in course.submissions
        ],
        "promise": course.promise,
        "longest_silence": round(course.longest_silence, 3),
        "trace": [[entry.at, entry.place, entry.event, entry.detail] for entry in course.trace],
    }
