"""How a flow treats its callers: nobody is refused in silence, nobody goes round for ever."""

from __future__ import annotations

import textwrap

import pytest

from ivrctl.flow.commands import PromptEnded
from ivrctl.flow.engine import Run
from ivrctl.flow.program import compile_site
from ivrctl.lang.findings import Finding

from .playbook import CALLER, NOW, SITE, HangUp, Lost, Playbook, compiled, ends, says

REFUSED = "{hangup: {as: refused, reason: why}}"
AGENTS_ONLY = SITE.replace("prompts:\n", "prompts:\n  agents_only: For our staff only.\n")
LINES = """
lines: {"8001": {step: expert, from: agents}, "100": expert}
steps:
  expert:
    - play: Hello.
    - hangup: served
"""


def _findings(steps: str, **others: str) -> list[Finding]:
    flow = 'lines: {"100": start}\nsteps:\n' + textwrap.indent(textwrap.dedent(steps), "  ").replace("REFUSED", REFUSED)
    flows = {f"{name}.ivr.yaml": text.replace("REFUSED", REFUSED).encode() for name, text in others.items()}
    _program, findings = compile_site({"ivrctl.yaml": SITE.encode(), "main.ivr.yaml": flow.encode(), **flows})
    return findings.sorted()


def _told(rule: str, steps: str, **others: str) -> int:
    findings = _findings(steps, **others)
    found = [finding.rule for finding in findings]
    assert set(found) <= {rule, "IVR132"}  # these flows ask for call fields that nobody sets
    return found.count(rule)


LOOKUP = "{lookup: {query: branches, with: {city: '21'}, timeout: 3s}, then: {otherwise: REFUSED}}"
CLOSED = """
start: [{goto: closed, when: visits > 1}, {hangup: served}]
closed: [{play: Closed.}, {goto: out}]
out: [{hangup: {as: refused, reason: why}}]
"""


@pytest.mark.parametrize(
    "steps",
    ["start: [{play: Closed.}, REFUSED]", f"start: [{{play: Hello.}}, {LOOKUP}, {{hangup: served}}]", CLOSED],
)
def test_refusal_right_behind_a_prompt_is_announced(steps: str) -> None:
    """What was played last, with nothing but lookups and gotos in between, tells the caller."""
    assert [finding.rule for finding in _findings(steps) if finding.rule == "IVR123"] == []


MENU = "{menu: {choices: {'1': REFUSED}}, then: {otherwise: {hangup: served}}}"
COLLECT = "{collect: {prompt: Key it., digits: 3}, then: {otherwise: REFUSED}}"
QUEUE = "{queue: {name: sales}, then: {answered: {hangup: served}, otherwise: REFUSED}}"


@pytest.mark.parametrize(
    "steps",
    [
        "start: [REFUSED]",
        "start: [{play: Closed., when: visits > 1}, REFUSED]",
        f"start: [{{play: Hello.}}, {MENU}]",
        f"start: [{{play: Hello.}}, {COLLECT}, {{hangup: served}}]",
        f"start: [{{play: Hello.}}, {QUEUE}]",
    ],
)
def test_refusal_without_a_word_is_told(steps: str) -> None:
    """Nothing was played, or not on every way, or a key or a queue came in between."""
    assert _told("IVR123", steps) == 1


SUB = "outcomes: [failed]\nsteps: {start: [%s]}"
SPEAKS = SUB % "{play: Closed., when: visits > 1}, {play: Until tomorrow.}, {return: failed}"
LOOKUP_IN_SUB = LOOKUP.replace("REFUSED", "{return: failed}")
LOOKS = SUB % f"{LOOKUP_IN_SUB}, {{return: done}}"
SPEAKS_FOR_ONE = SUB % "{return: failed, when: visits > 1}, {play: Hello.}, {return: done}"
ROUND = "outcomes: [failed]\nsteps: {start: [{gosub: {flow: %s}, then: {failed: next}}, {return: failed}]}"
GUARDED = "{menu: {choices: {'1': start}}, when: visits > 9, then: {otherwise: start}}"
BEHIND = "{gosub: {flow: sub}, then: {failed: REFUSED}}"


@pytest.mark.parametrize(
    ("steps", "sub"),
    [
        (f"start: [{BEHIND}, {{hangup: served}}]", SPEAKS),
        (f"start: [{{play: Closed.}}, {BEHIND}, {{hangup: served}}]", LOOKS),
        ("start: [{gosub: {flow: sub}, then: {failed: {hangup: served}}}, REFUSED]", SPEAKS_FOR_ONE),
        (f"start: [{{play: Closed.}}, {GUARDED}, REFUSED]", ""),
    ],
)
def test_refusal_behind_a_sub_flow_that_speaks_is_announced(steps: str, sub: str) -> None:
    """A sub-flow tells the caller by what it plays on every way to an outcome, or leaves him told as he came."""
    others = {"sub": sub} if sub else {}
    assert [finding.rule for finding in _findings(steps, **others) if finding.rule == "IVR123"] == []


@pytest.mark.parametrize(
    ("steps", "sub"),
    [
        (f"start: [{BEHIND}, {{hangup: served}}]", LOOKS),
        (f"start: [{BEHIND}, {{hangup: served}}]", SPEAKS_FOR_ONE),
        (
            f"start: [{{play: Hello.}}, {BEHIND}, {{hangup: served}}]",
            SUB % f"{MENU.replace('REFUSED', '{return: failed}')}",
        ),
        ("start: [{gosub: {flow: sub}, when: visits > 1, then: {failed: next}}, REFUSED]", SPEAKS),
        ("start: [{play: Closed.}, {gosub: {flow: sub}, then: {failed: next}}, {hangup: served}]", SUB % "REFUSED"),
    ],
)
def test_refusal_behind_a_sub_flow_without_a_word_is_told(steps: str, sub: str) -> None:
    """It said nothing, not on every way, took a key, or was passed over; and what it refuses it announces itself."""
    assert _told("IVR123", steps, sub=sub) == 1


def test_sub_flow_through_others_speaks_for_them() -> None:
    """What a sub-flow's own sub-flow says counts for whoever entered the first."""
    steps = f"start: [{BEHIND}, {{hangup: served}}]"
    assert _told("IVR123", steps, sub=ROUND % "inner", inner=SPEAKS) == 0
    assert _told("IVR123", steps, sub=ROUND % "inner", inner=LOOKS) == 1


@pytest.mark.parametrize(
    "steps",
    [
        'start: [{menu: {choices: {"1": start}}, then: {otherwise: start}}]',
        "start: [{queue: {name: sales}, then: {answered: {hangup: served}, otherwise: start}}]",
        "start: [{play: Hello.}, {hangup: served, when: visits > 3}, {goto: start}]",
        "start: [{play: Hello.}, {goto: start, when: visits < 3}, {hangup: served}]",
    ],
)
def test_round_with_a_key_a_hand_off_or_a_bound_is_no_round(steps: str) -> None:
    """A caller, the dialplan or the number of visits ends it."""
    assert _told("IVR124", steps) == 0


def test_two_rounds_are_told_of_each_once() -> None:
    """Places that hang together are one round."""
    steps = """
        start: [{play: Hello.}, {goto: other, when: call.subject == "faults"}, {goto: more}]
        more: [{play: More.}, {goto: start}]
        other: [{play: Other.}, {goto: other}]
    """
    assert _told("IVR124", steps) == 1
    apart = """
        start: [{goto: other, when: call.subject == "faults"}, {goto: more}]
        more: [{play: More.}, {goto: more}]
        other: [{play: Other.}, {goto: other}]
    """
    assert _told("IVR124", apart) == 2


def _dialled(number: str, *, is_from_agents: bool) -> Playbook:
    program = compiled({"main": LINES}, AGENTS_ONLY)
    position = program.begin(CALLER, number, NOW, is_from_agents=is_from_agents)
    assert position is not None
    return Playbook(program, position)


def test_caller_from_outside_is_told_that_a_line_is_for_agents() -> None:
    """He hears the site's words, and the record has a refusal with its reason."""
    playbook = _dialled("8001", is_from_agents=False) << says("For our staff only.")
    assert playbook >> PromptEnded() << ends("refused", "the line 8001 is for agents")


@pytest.mark.parametrize(("number", "is_from_agents"), [("8001", True), ("100", True), ("100", False)])
def test_anybody_else_is_let_in(number: str, is_from_agents: bool) -> None:
    """An agent reaches every line, a caller those that are not for agents."""
    assert _dialled(number, is_from_agents=is_from_agents) << says("Hello.")


def test_caller_who_was_turned_away_stays_so() -> None:
    """A controller that takes over in the middle of a refusal does not let him in."""
    playbook = _dialled("8001", is_from_agents=False) << says("For our staff only.")
    assert playbook >> Lost() << says("For our staff only.") >> HangUp() << ends("abandoned", "the caller hung up")


def test_refusal_of_a_line_is_in_the_trace() -> None:
    """What was said and how it ended is there to read."""
    program = compiled({"main": LINES}, AGENTS_ONLY)
    position = program.begin(CALLER, "8001", NOW)
    assert position is not None
    run = Run(program, position)
    playbook = Playbook(program, position) << says("For our staff only.") >> PromptEnded()
    assert playbook << ends("refused", "the line 8001 is for agents")
    assert [event for _, event, _ in playbook.trace] == ["step", "says", "ends"]
    assert run.position.is_turned_away
