"""How far a person is away, over sub-flows and tries."""

from __future__ import annotations

import textwrap

import pytest

from ivrctl.flow.program import compile_site

from .playbook import SITE

DESK = (
    "steps:\n  start:\n    - queue: {name: sales}\n      then: {answered: {return: done}, otherwise: {return: done}}\n"
)
ASK = """
outcomes: [again]
steps:
  start:
    - menu: {choices: {"12": {return: again}, "3": {return: done}}}
      then: {otherwise: {hangup: unserved}}
"""


def told(steps: str, limit: int = 6, **flows: str) -> list[str]:
    main = 'lines: {"100": start}\nsteps:\n' + textwrap.indent(textwrap.dedent(steps), "  ")
    texts = {"ivrctl.yaml": SITE + f"limits: {{keys_to_person: {limit}}}\n", "main.ivr.yaml": main}
    texts |= {f"{name}.ivr.yaml": text for name, text in flows.items()}
    program, findings = compile_site({path: text.encode() for path, text in texts.items()})
    assert program is not None, findings.items
    return [item.message for item in findings.sorted() if item.rule == "IVR133"]


@pytest.mark.parametrize(("limit", "is_told"), [(1, True), (2, True), (3, False)])
def test_keys_of_a_sub_flow_count_until_the_outcome_that_leads_on(limit: int, is_told: bool) -> None:
    """Two keys for the outcome, one more for the desk."""
    steps = """
        start:
          - gosub: {flow: ask}
            then: {again: desk}
          - hangup: served
        desk:
          - menu: {choices: {"0": {say: For an advisor press 0.}}}
            then: {otherwise: {hangup: unserved}}
          - gosub: {flow: person}
          - hangup: served
    """
    assert bool(told(steps, limit, ask=ASK, person=DESK)) is is_told


def test_person_inside_a_sub_flow_is_reached_there() -> None:
    """What stands behind the gosub does not matter then."""
    steps = """
        start:
          - menu: {choices: {"0": {say: For an advisor press 0.}}}
            then: {otherwise: {hangup: unserved}}
          - gosub: {flow: person}
          - hangup: served
    """
    assert told(steps, 1, person=DESK) == []


def test_caller_who_keeps_silent_reaches_a_person_after_the_tries() -> None:
    """A menu that leads to a person after three tries is three keys away from him."""
    steps = """
        start:
          - menu: {choices: {"1": {say: For orders press 1., hangup: served}}}
            then: {otherwise: desk}
        desk:
          - gosub: {flow: person}
          - hangup: served
    """
    assert told(steps, 3, person=DESK) == []
    assert told(steps, 2, person=DESK) == ["from the line 100 a person is 3 keys away"]


def test_line_without_a_question_is_meant_so() -> None:
    """A speed-dial line answers and ends."""
    assert told("start: [{play: Hello.}, {hangup: served}]", 1, person=DESK) == []


def test_site_without_a_person_is_meant_so() -> None:
    """A site of answers alone has nobody to reach."""
    steps = 'start: [{menu: {choices: {"1": start}}, then: {otherwise: {hangup: unserved}}}]'
    assert told(steps, 1) == []
