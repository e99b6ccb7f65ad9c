"""Guards that always or never hold, against walking the flow in every way that chance finds."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivrctl.flow.action import Action
from ivrctl.flow.actions.goto import Goto
from ivrctl.flow.actions.menu import Menu
from ivrctl.flow.actions.set import Set
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.program import compile_site
from ivrctl.flow.targets import GoTo
from ivrctl.lang.expressions import Expression, MappingNames
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Word
from ivrctl.model.values import Value

from .playbook import SITE

STEPS = ("start", "one", "two")
WALKS = 60
"""Ways that are walked through each flow."""


def _compiled(steps: str) -> tuple[Flow | None, Findings]:
    main = 'lines: {"100": start}\nsteps:\n' + textwrap.indent(textwrap.dedent(steps), "  ")
    program, findings = compile_site({"ivrctl.yaml": SITE.encode(), "main.ivr.yaml": main.encode()})
    return (None if program is None else program.flows["main"]), findings


def told(steps: str) -> list[tuple[int, bool]]:
    """Lines of the flow with a guard that always (True) or never holds."""
    flow, findings = _compiled(steps)
    assert flow is not None, findings.items
    return [(item.span.line - 2, "always" in item.message) for item in findings.sorted() if item.rule == "IVR130"]


PICK = """\
start:
  - menu: {choices: {"1": {say: One., value: a}, "2": {say: Two., value: b}, "3": {say: Three., value: c}}}
    save: wish
    then: {otherwise: {hangup: unserved}}
"""


def test_last_of_a_run_of_guards_is_idle() -> None:
    """Where two of three words have been led away, the third is left."""
    rest = '  - hangup: served\n    when: wish == "a"\n  - hangup: served\n    when: wish == "b"\n'
    last = '  - play: Three.\n    when: wish == "c"\n  - hangup: served\n'
    assert told(PICK + rest + last) == [(10, True)]


def test_what_an_action_sets_is_open_again() -> None:
    """A name that was settled and is set anew can be anything of its type."""
    steps = (
        '  - hangup: served\n    when: wish == "a"\n'
        '  - menu: {choices: {"1": {say: One., value: a}, "2": {say: Two., value: b}, "3": {say: Three., value: c}}}\n'
        "    save: wish\n    then: {otherwise: {hangup: unserved}}\n"
        '  - hangup: served\n    when: wish == "a"\n  - hangup: unserved\n'
    )
    assert told(PICK + steps) == []


def test_where_ways_meet_both_are_possible() -> None:
    """What one way has settled, another brings along."""
    steps = (
        '  - goto: both\n    when: wish == "a"\n  - goto: both\n    when: wish == "b"\n  - hangup: served\n'
        'both:\n  - hangup: served\n    when: wish == "a"\n  - play: Two.\n    when: wish == "b"\n  - hangup: served\n'
    )
    assert told(PICK + steps) == [(14, True)]


def test_time_settles_nothing() -> None:
    """A desk that was open a moment ago may be closed now, and visits grow."""
    site = "  - hangup: unserved\n    when: visits > 3\n  - play: Hi.\n    when: not visits > 3\n  - hangup: served\n"
    assert told("start:\n" + site) == []


LEFT_WHERE_NONE = """\
start:
  - set: {call.due: 2026-03-01}
    when: visits > 1
  - hangup: unserved
    when: call.due == none
"""


def test_value_is_there_behind_an_action_that_leaves_where_it_is_none() -> None:
    """The checker knows it without a guard of the next action, and a guard that asks again is idle, not wrong."""
    assert told(LEFT_WHERE_NONE + "  - play: It is due on {call.due}.\n  - hangup: served\n") == []
    again = "  - play: It is due on {call.due}.\n    when: call.due != none and call.due > today\n  - hangup: served\n"
    assert told(LEFT_WHERE_NONE + again) == []
    idle = "  - play: It is due on {call.due}.\n    when: call.due != none\n  - hangup: served\n"
    assert told(LEFT_WHERE_NONE + idle) == [(7, True)]


def test_comparison_with_none_of_what_is_never_none_stays_wrong() -> None:
    """Guards that settle the word of a name do not make a question of it whether there is one."""
    steps = '  - goto: start\n    when: wish == "a"\n  - hangup: unserved\n    when: wish == none\n  - hangup: served\n'
    flow, findings = _compiled(PICK + steps)
    assert flow is None
    assert [item.rule for item in findings.items] == ["IVR022"]


def test_what_is_set_from_a_value_that_is_there_is_there_too() -> None:
    """A name of the flow that takes the value is not none either."""
    assert told(LEFT_WHERE_NONE + '  - set: {day: "{call.due}"}\n  - play: Due {day}.\n  - hangup: served\n') == []


def test_what_is_set_is_known_until_something_else_can_change_it() -> None:
    """Behind a word that is written out there is that word; other call fields stay what they were."""
    steps = """\
start:
  - set: {call.subject: orders}
  - set: {call.due: 2026-03-01}
  - hangup: unserved
    when: call.subject == "faults"
  - play: It is due on {call.due}.
    when: call.subject == "orders"
"""
    assert told(steps + "  - hangup: served\n") == [(5, False), (7, True)]
    queue = "  - queue: {name: sales}\n    then: {answered: next, otherwise: next}\n"
    again = '  - hangup: unserved\n    when: call.subject == "faults"\n  - hangup: served\n'
    assert told(steps + queue + again) == [(5, False), (7, True)]


def test_what_is_set_from_another_name_is_what_that_one_can_be() -> None:
    """Two of three words are left, and no call lacks one."""
    steps = (
        '  - hangup: unserved\n    when: wish == "c"\n  - set: {other: "{wish}"}\n'
        '  - hangup: served\n    when: other == "c"\n  - hangup: served\n    when: other == "a"\n  - hangup: unserved\n'
    )
    assert told(PICK + steps) == [(9, False)]


def test_what_is_saved_in_a_call_field_is_there_behind_its_action() -> None:
    """A choice of a menu, for one: it is none of the words that no choice has."""
    menu = '{choices: {"1": {say: One., value: orders}, "2": {say: Two., value: orders}}}'
    steps = f"start:\n  - menu: {menu}\n    save: call.subject\n    then: {{otherwise: start}}\n"
    asks = (
        '  - hangup: served\n    when: call.subject == none\n  - hangup: served\n    when: call.subject == "orders"\n'
    )
    assert told(steps + asks + "  - hangup: unserved\n") == [(6, False), (8, True)]


def test_yes_and_no_are_what_they_are() -> None:
    """A flag that is set is true, one that is not set is open."""
    site = SITE.replace("call_fields:\n", "call_fields:\n  flag: boolean\n")
    for word, always in (("true", True), ("false", False)):
        flow = (
            f'lines: {{"100": start}}\nsteps:\n  start:\n    - set: {{call.flag: {word}}}\n'
            "    - hangup: served\n      when: call.flag\n    - hangup: unserved\n"
        )
        _, findings = compile_site({"ivrctl.yaml": site.encode(), "main.ivr.yaml": flow.encode()})
        assert [("always" in item.message) for item in findings.items if item.rule == "IVR130"] == [always]


def test_what_may_have_changed_may_be_none_again() -> None:
    """Behind a queue, where another flow may have had the call, and where ways without the guard come in."""
    queue = "  - queue: {name: sales}\n    then: {answered: next, otherwise: next}\n"
    says = "  - play: It is due on {call.due}.\n  - hangup: served\n"
    elsewhere = (
        "  - goto: say\n    when: visits > 1\n  - hangup: served\n    when: call.due == none\n  - goto: say\nsay:\n"
    )
    for steps in (LEFT_WHERE_NONE + queue + says, "start:\n" + elsewhere + says):
        flow, findings = _compiled(steps)
        assert flow is None
        assert {item.rule for item in findings.items} >= {"IVR023"}


# SAFETY: what is told to be always so is never otherwise on any walk.

GUARDS = st.sampled_from(
    [
        'wish == "a"',
        'wish != "b"',
        'wish == "c" or call.subject == "orders"',
        'call.subject == "orders"',
        'call.subject == "faults" and wish != "a"',
        "call.subject == none",
        "call.subject != none",
        'not (wish == "a" or wish == "b")',
    ]
)
ACTIONS = st.one_of(
    st.tuples(st.sampled_from(STEPS), GUARDS).map(lambda pair: f"goto: {pair[0]}\n    when: {pair[1]}"),
    GUARDS.map(lambda guard: f"play: Hello.\n    when: {guard}"),
    st.sampled_from(["orders", "faults"]).map(lambda word: f"set: {{call.subject: {word}}}"),
    st.tuples(st.sampled_from(["orders", "faults"]), GUARDS).map(
        lambda pair: f"set: {{call.subject: {pair[0]}}}\n    when: {pair[1]}"
    ),
    st.just(PICK.split("- ", 1)[1].rstrip()),
)
BODIES = st.lists(ACTIONS, max_size=4)


@pytest.mark.thorough
@settings(max_examples=80, deadline=None)
@given(bodies=st.tuples(BODIES, BODIES, BODIES), seed=st.integers(0, 999))
@example(bodies=([], [], []), seed=0)
def test_no_walk_contradicts_what_is_told(bodies: tuple[list[str], ...], seed: int) -> None:
    """Each guard that a walk meets comes out as told, whatever the caller keys."""
    ends = ["goto: one\n    when: visits < 4", "goto: two\n    when: visits < 4", "goto: start\n    when: visits < 4"]
    text = PICK
    for step, body, end in zip(STEPS, bodies, ends, strict=True):
        head = "" if step == "start" else f"{step}:\n"
        text += head + "".join(f"  - {action}\n" for action in (*body, end, "hangup: served"))
    flow, findings = _compiled(text)
    assert flow is not None, findings.items
    claimed = {item.span: "always" in item.message for item in findings.items if item.rule == "IVR130"}
    chance = random.Random(seed)
    for _ in range(WALKS):
        for guard, outcome in _walk(flow, chance):
            assert claimed.get(guard.span, outcome) == outcome


def _walk(flow: Flow, chance: random.Random) -> Iterator[tuple[Expression, bool]]:
    """One call through the flow: every guard that it meets, and how that comes out."""
    names: dict[str, Value] = {}
    fields: dict[str, Value] = {"subject": None}
    step, index = "start", 0
    for visits in range(40):
        action = flow.steps[Word(step)][index]
        index += 1
        if action.when is not None:
            known = MappingNames({**names, "call": fields, "visits": visits % 6})  # type: ignore[dict-item]
            outcome = action.when.evaluate(known) is True
            yield action.when, outcome
            if not outcome:
                continue
        target = _run(action, names, fields, chance)
        if target == "":
            return
        step, index = (step, index) if target is None else (target, 0)


def _run(action: Action, names: dict[str, Value], fields: dict[str, Value], chance: random.Random) -> str | None:
    """The step that an action leads to, None for the next action, empty for the end."""
    match action.kind:
        case Goto(step=GoTo(step=step)):
            return str(step)
        case Menu():
            names[str(action.save)] = chance.choice(["a", "b", "c"])
            return None
        case Set(values=values):
            fields.update({name.removeprefix("call."): template.source for name, template in values.items()})
            return None
        case kind:
            return None if kind.goes_on() else ""
