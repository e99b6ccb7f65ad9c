"""What a site names and its PBX has not: told at the line that names it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text
from ivrctl.service.doctor.judges.phones import fault_of
from ivrctl.service.doctor.names import compare
from ivrctl.service.doctor.observed import Observed

from .healthy import GLOBALS, OBSERVED, settings

FOLDER = Path(__file__).parents[2] / "golden" / "pbx-names"
FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.yaml"))}
HALF = replace(OBSERVED, globals={}, settings=settings(broadband__context=""))


def program() -> Program:
    compiled, findings = compile_site(FILES)
    assert compiled is not None, findings.items
    return compiled


def told(observed: Observed) -> list[str]:
    return [f"{finding.span}: {finding.rule}" for finding in compare(program(), observed).sorted()]


def test_names_that_the_pbx_has_not_are_told_exactly_so() -> None:
    """Each at the line of the flow that uses it, else at the line of the site file, with the nearest name there is."""
    text = render_text(compare(program(), HALF), {path: content.decode() for path, content in FILES.items()})
    assert text == (FOLDER / "findings.txt").read_text()


def test_what_nobody_could_look_at_is_no_finding() -> None:
    """A user without the rights sees nothing, and nothing is said to be missing."""
    assert told(Observed(is_reached=True)) == []


def test_pbx_that_has_it_all_has_no_finding() -> None:
    """Neither about names nor about keys and messages."""
    names = ("vip", "broadband", "broadbnd", "billing", "expert")
    assert OBSERVED.dialplan is not None
    there = replace(OBSERVED.dialplan[0], context="from-internal")
    whole = replace(
        OBSERVED,
        queues=dict.fromkeys(names, ()),
        endpoints=dict.fromkeys(("8104", "8105", "8106", "8203"), "(alaw)"),
        dialplan=(*OBSERVED.dialplan, there),
        globals=GLOBALS,
    )
    assert told(whole) == []


@pytest.mark.parametrize(
    ("extension", "dial_string", "fault"),
    [
        ("8105", "PJSIP/{extension}", None),
        ("8106", "PJSIP/{extension}", 'no endpoint "8106"'),
        ("_81XX", "PJSIP/{extension}", None),
        ("_82XX", "PJSIP/{extension}", "no endpoint at all"),
        ("_82XX", "PJSIP/8105", None),
        ("_82XX", "PJSIP/trunk", 'no endpoint "trunk"'),
        ("_81XX", "PJSIP/desk-{extension}", "no endpoint at all"),
        ("_81XX", "PJSIP/{extension}@8105", None),
        ("8105", "Local/{extension}@from-trunk/n", None),
        ("8105", "Local/{extension}@from-trnk", 'did you mean "from-trunk"'),
        ("8105", "DAHDI/1", None),
    ],
)
def test_extension_is_looked_for_where_it_is_dialled(extension: str, dial_string: str, fault: str | None) -> None:
    """PJSIP among the endpoints, Local among the contexts; other technologies are not looked at."""
    found = fault_of(extension, dial_string, OBSERVED)
    assert (found is None) if fault is None else fault in str(found)
