from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ivrctl.adapters.site_folder import read_site
from ivrctl.flow.coverage import Walk, Walked
from ivrctl.flow.drawing import Picture, picture_of, to_dot, to_mermaid
from ivrctl.flow.drawing.picture import Shape, Share
from ivrctl.flow.engine import BEGUN
from ivrctl.flow.program import Program
from ivrctl.service.compiling import compile_spoken

from .playbook import call, compiled
from .programs import programs

GOLDEN = Path(__file__).parents[2] / "golden" / "graph"
FLOWS = Path(__file__).parents[3] / "flows"

STEPS = """
    start:
      - set: {name: Ann}
      - goto: late
        when: visits > 1
      - menu:
          choices:
            "1": {say: One.}
            "2": {say: Two., when: name == "Ann", goto: late}
            "#": late
        then: {no_match: late, otherwise: {hangup: {as: unserved, reason: "he said \\"no\\""}}}
      - play: Hello.
      - goto: desk
    desk:
      - play: Please hold.
      - queue: {name: sales}
        then: {answered: {hangup: served}, otherwise: next}
      - play: Nobody is there.
      - goto: late
    late:
      - play: Late.
      - hangup: unserved
"""


@cache
def _demo() -> Program:
    program, findings = compile_spoken(read_site(FLOWS))
    assert program is not None, findings.items
    return program


def _drawn(walked: frozenset[Walked] | None = None, steps: str = STEPS, **flows: str) -> Picture:
    program = call(steps, **flows).program
    return picture_of(program, program.flows, walked)


def _arrows(picture: Picture) -> list[tuple[str, str, str]]:
    return [(arrow.origin.says[0], arrow.label, arrow.target.says[0]) for arrow in picture.arrows]


@pytest.mark.parametrize("flow", sorted(path.name.partition(".")[0] for path in FLOWS.glob("*.ivr.yaml")))
def test_flow_of_the_demo_site_is_drawn_exactly_so(flow: str) -> None:
    """The Mermaid text of each demo flow is the golden one, to the letter."""
    program = _demo()
    picture = picture_of(program, {flow: program.flows[flow]})
    assert to_mermaid(picture) == (GOLDEN / f"{flow}.mmd").read_text()


def test_arrows_carry_keys_outcomes_and_guards() -> None:
    """What leads to the same box is one arrow; what otherwise covers is told as that."""
    assert _arrows(_drawn()) == [
        ("100", "", "start"),
        ("start", 'if visits > 1, 2 if name == "Ann", #, no_match', "late"),
        ("start", "1", "desk"),
        ("start", "otherwise", "unserved"),
        ("desk", "answered", "served"),
        ("desk", "otherwise", "late"),
        ("late", "", "unserved"),
    ]


def test_what_is_only_said_or_set_is_no_box() -> None:
    """A queue has its step's name, with what is said before it; what is said behind it leads on."""
    [boxes] = _drawn().flows.values()
    assert [(box.shape, box.says) for box in boxes] == [
        (Shape.LINE, ("100",)),
        (Shape.INPUT, ("start", "menu")),
        (Shape.QUEUE, ("desk", "queue sales")),
        (Shape.STEP, ("late",)),
        (Shape.HANGUP, ("unserved", 'he said "no"')),
        (Shape.HANGUP, ("served",)),
        (Shape.HANGUP, ("unserved",)),
    ]


def test_flows_together_are_joined_where_one_enters_another() -> None:
    """A gosub has a dotted arrow to the box at which its flow begins."""
    steps = "    start:\n      - gosub: {flow: sub}\n      - hangup: served\n"
    picture = _drawn(steps=steps, sub="steps: {start: [{play: Hello.}, {return: done}]}\n")
    [entry] = [arrow for arrow in picture.arrows if arrow.is_entry]
    assert (entry.origin.shape, entry.target.name) == (Shape.GOSUB, "sub_start")
    assert " -.-> " in to_mermaid(picture)
    assert '[style="dotted"]' in to_dot(picture)


def test_what_was_walked_is_shown_as_colours() -> None:
    """Boxes and arrows are walked, in part, or never; a line is neither, since it is no action."""
    menu = ("main", "start", 2)
    walked = frozenset({Walked("main", "start", 0, BEGUN), Walked(*menu, BEGUN), Walked(*menu, "key_#")})
    picture = _drawn(walked)
    [boxes] = picture.flows.values()
    assert [box.share for box in boxes[:4]] == [None, Share.SOME, Share.NONE, Share.NONE]
    assert [arrow.share for arrow in picture.arrows[:3]] == [None, Share.SOME, Share.NONE]
    assert ":::partly" in to_mermaid(picture)
    assert "linkStyle 1 stroke:#b8860b" in to_mermaid(picture)
    assert 'fillcolor="#f8d0d0"' in to_dot(picture)


def test_a_way_that_no_call_can_take_has_no_colour() -> None:
    """A queue without a longest wait times nobody out: that nobody has gone there is no gap."""
    then = "{answered: {hangup: served}, timed_out: late, otherwise: {hangup: unserved}}"
    steps = f"    start:\n      - queue: {{name: sales}}\n        then: {then}\n    late: [{{hangup: unserved}}]\n"
    picture = _drawn(frozenset({Walked("main", "start", 0, BEGUN)}), steps=steps)
    shares = {arrow.label: arrow.share for arrow in picture.arrows}
    assert (shares["timed_out"], shares["answered"]) == (None, Share.NONE)


def test_nothing_is_coloured_where_nobody_counted() -> None:
    """A plain picture has neither classes nor link styles."""
    text = to_mermaid(_drawn())
    assert "classDef" not in text
    assert "linkStyle" not in text


def test_a_walk_of_nothing_is_red() -> None:
    """No call at all is a count, too."""
    assert "never" in to_mermaid(_drawn(frozenset(Walk().walked)))


def test_what_a_text_could_do_to_the_picture_is_escaped() -> None:
    """Quotes, brackets and signs of Mermaid and DOT stand as they are read."""
    assert "he said #34;no#34;" in to_mermaid(_drawn())
    assert 'he said \\"no\\"' in to_dot(_drawn())


def test_boxes_have_names_of_their_own_whatever_steps_are_called() -> None:
    """Names that differ only in what an identifier cannot have are told apart."""
    flow = """
        lines: {"100": "a-b"}
        steps:
          a-b: [{goto: a_b}]
          a_b: [{play: Hello.}, {hangup: served}]
    """
    program = compiled({"main": flow})
    names = [box.name for boxes in picture_of(program, program.flows).flows.values() for box in boxes]
    assert len(set(names)) == len(names) == 4


# SAFETY: any flow that compiles can be drawn, and every arrow ends at a box of the picture.
@pytest.mark.thorough
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs())
def test_any_program_is_drawn(program: Program) -> None:
    """Every action belongs to a box, and no arrow leads to a box that is not drawn."""
    picture = picture_of(program, program.flows, frozenset())
    boxes = [box for boxes in picture.flows.values() for box in boxes]
    drawn = {box.name for box in boxes}
    assert len(drawn) == len(boxes)
    assert {name for arrow in picture.arrows for name in (arrow.origin.name, arrow.target.name)} <= drawn
    spots = {spot for box in boxes for spot in box.spots}
    assert spots == {(name, *place) for name, flow in program.flows.items() for place, _ in flow.places()}


if __name__ == "__main__":
    for name, drawn_flow in _demo().flows.items():
        (GOLDEN / f"{name}.mmd").write_text(to_mermaid(picture_of(_demo(), {name: drawn_flow})))
