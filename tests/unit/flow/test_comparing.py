"""What is told of two sites: pairs with a known difference, and properties on generated ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivrctl.flow.exploring.comparing import Comparer, Difference
from ivrctl.flow.exploring.differences import Kind
from ivrctl.flow.exploring.wording import destination_of
from ivrctl.flow.program import Program, compile_site

from .pairs import FOLDER, PAIRS, compared, first, second, told
from .playbook import CALLER, NOW, TWO_LANGUAGES
from .programs import HOURS, _flow
from .replay import left_at

SLOW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
MOST = 40
"""Pairs of states: enough for what a small change can do to small sites."""

CHANGES = (
    ("hangup: served", "hangup: unserved"),
    ("goto: a", "goto: b"),
    ("goto: b", "goto: c"),
    ("visits > 1", "visits > 2"),
    ('"2": {value: two}', '"3": {value: two}'),
    ("{name: sales", "{name: support"),
    ("answered: a", "answered: b"),
    ("failed: a", "failed: c"),
    ("attempts: 1", "attempts: 2"),
    (', "_1XX": {value: three}', ""),
    ("one", "another"),
)


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_told_of_a_pair_is_its_known_difference(name: str) -> None:
    """The sentences of its differences, and where the callers of the second site end."""
    assert told(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_turned_round_differs_as_much(name: str) -> None:
    """What is another in the second site is another in the first one."""
    forth, back = compared(first(), second(name)), compared(second(name), first())
    assert sorted(each.kind for each in forth.differences) == sorted(each.kind for each in back.differences)


@st.composite
def _sites(draw: st.DrawFn) -> dict[str, str]:
    """The files of a generated site."""
    sub = "params: {least: number}\noutcomes: [odd]"
    return {
        "ivrctl.yaml": TWO_LANGUAGES + HOURS,
        "main.ivr.yaml": draw(_flow('lines: {"100": start}', ("hangup: served", "return: done"))),
        **{f"{name}.ivr.yaml": draw(_flow(sub, ("return: done", "return: odd"))) for name in ("one", "two")},
    }


def _compiled(files: dict[str, str]) -> Program:
    program, findings = compile_site({path: text.encode() for path, text in files.items()})
    assert program is not None, findings.sorted()
    return program


def _differences(before: Program, now: Program) -> list[Difference]:
    comparer = Comparer(before, now, NOW, CALLER, MOST)
    for _ in comparer.walk():
        pass
    return comparer.comparison.differences


@pytest.mark.thorough
@SLOW
@given(_sites())
def test_a_site_does_not_differ_from_itself(files: dict[str, str]) -> None:
    """SAFETY: nobody fares otherwise on the same site."""
    assert _differences(_compiled(files), _compiled(files)) == []


def test_callers_who_are_in_another_region_by_now_are_told() -> None:
    """A prefix that moves from one region's table to another's is a difference for its callers alone."""
    site = TWO_LANGUAGES + "regions: {north: {}, south: {}}\n"
    flow = """lines: {"100": start}
steps:
  start:
    - hangup: {as: served, reason: south}
      when: '"south" in caller.regions'
    - hangup: served
"""
    files = {
        "ivrctl.yaml": site,
        "main.ivr.yaml": flow,
        "own.regions.csv": "prefix,region\n010,north\n0311,north\n020,south\n",
    }
    moved = {**files, "own.regions.csv": files["own.regions.csv"].replace("0311,north", "0311,south")}
    (told,) = _differences(_compiled(files), _compiled(moved))
    assert told.witness.start.caller.startswith("+86311")


@pytest.mark.thorough
@SLOW
@given(_sites())
def test_another_name_for_a_step_is_no_difference(files: dict[str, str]) -> None:
    """SAFETY: nobody hears the names of steps."""
    renamed = re.sub(r"\bc\b", "last", files["main.ivr.yaml"])
    assert _differences(_compiled(files), _compiled({**files, "main.ivr.yaml": renamed})) == []


@pytest.mark.thorough
@SLOW
@given(_sites(), st.sampled_from(CHANGES), st.sampled_from(("main", "one")))
def test_differences_are_the_same_from_either_side(files: dict[str, str], change: tuple[str, str], where: str) -> None:
    """SAFETY: two sites of which one has no difference to tell have none to tell the other way round."""
    path = f"{where}.ivr.yaml"
    changed = {**files, path: files[path].replace(*change)}
    program, _ = compile_site({path: text.encode() for path, text in changed.items()})
    if program is not None:
        before = _compiled(files)
        assert bool(_differences(before, program)) == bool(_differences(program, before))


@pytest.mark.parametrize("day", ["today == 2026-02-14", "today != 2026-02-14"])
def test_a_call_says_its_day_although_callers_of_others_come_there_too(day: str) -> None:
    """On other days they are asked something before: the shortest call is one of that day, and goes otherwise then."""
    flow = f"""lines: {{"100": start}}
steps:
  start:
    - goto: last
      when: {day}
    - menu: {{prompt: {{zh: "先", en: First.}}, choices: {{"1": last}}}}
      then: {{otherwise: {{hangup: unserved}}}}
  last:
    - menu: {{prompt: {{zh: "后", en: Last.}}, choices: {{"1": {{hangup: served}}}}, attempts: 1}}
      then: {{otherwise: {{hangup: unserved}}}}
"""
    files = {"ivrctl.yaml": TWO_LANGUAGES, "main.ivr.yaml": flow}
    before = _compiled(files)
    after = _compiled({**files, "main.ivr.yaml": flow.replace("attempts: 1", "attempts: 2")})
    told = next(each for each in _differences(before, after) if each.kind is Kind.TRIES)
    assert told.witness.at is not None
    left_at(before, told.witness, NOW)


@pytest.mark.thorough
@SLOW
@given(_sites(), st.sampled_from(CHANGES))
def test_the_witness_of_a_difference_fared_as_it_says(files: dict[str, str], change: tuple[str, str]) -> None:
    """SAFETY: its call, played again on the first site, comes to where callers are said to have come."""
    changed = {**files, "main.ivr.yaml": files["main.ivr.yaml"].replace(*change)}
    program, _ = compile_site({path: text.encode() for path, text in changed.items()})
    if program is None:
        return
    before = _compiled(files)
    for difference in _differences(before, program):
        destination = destination_of(left_at(before, difference.witness, NOW)[1])
        if difference.kind is Kind.ENDS and destination is not None:
            assert destination.past.startswith(difference.parting.was)
        elif difference.kind is Kind.ENDS:
            assert difference.parting.was.startswith("were asked")


@pytest.mark.thorough
@SLOW
@given(_sites(), _sites())
def test_comparing_ends_within_its_bound(files: dict[str, str], other: dict[str, str]) -> None:
    """LIVENESS: two sites that have nothing to do with each other are compared too, or the bound is told."""
    comparer = Comparer(_compiled(files), _compiled(other), NOW, CALLER, 20)
    assert len(list(comparer.walk())) <= 20
    assert comparer.comparison.pairs < 20 or comparer.comparison.bounds or not comparer._ahead
