from __future__ import annotations

import re
from pathlib import Path

import pytest

import ivrctl
from ivrctl.flow.program import compile_site
from ivrctl.flow.rules import RULES as FLOW_RULES
from ivrctl.lang.rules import RULES as LANG_RULES
from ivrctl.site.rules import RULES as SITE_RULES

from .golden import FLOW, TOLD, files_of_kind, flow_cases, site_cases, told, told_of

CASES = [*flow_cases(), *site_cases()]
BAD = sorted(path.stem for path in FLOW.glob("*-bad.yaml"))
GOOD = sorted(path.stem for path in FLOW.glob("*-good.yaml"))
SOURCES = Path(ivrctl.__file__).parent
WITHOUT_ADVICE = {"IVR011", "IVR012", "IVR020", "IVR022", "IVR122", "IVR208", "IVR250", "IVR251"}
"""Rules whose message itself says what would be right: a missing key, a type that is due, a range."""


def _name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_mistake_is_told_exactly_so(case: Path) -> None:
    """What a user is told of the mistake is the golden text, to the letter."""
    assert told_of(case)[1] == (case / TOLD).read_text()


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_one_mistake_is_one_finding(case: Path) -> None:
    """A mistake gives one finding, and nothing that only follows from it."""
    assert len(told_of(case)[0]) == 1


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_finding_says_what_to_do(case: Path) -> None:
    """A finding carries advice, unless its message says itself what would be right."""
    (finding,) = told_of(case)[0]
    assert finding.advice or finding.rule in WITHOUT_ADVICE


@pytest.mark.parametrize("example", BAD)
def test_bad_example_of_a_kind_is_told_exactly_so(example: str) -> None:
    """The mistake in a kind's bad example is told in the golden words, once."""
    findings, text = told(files_of_kind(example))
    assert text == (FLOW / f"{example}.txt").read_text()
    assert len(findings) == 1


@pytest.mark.parametrize("example", GOOD)
def test_good_example_of_a_kind_has_no_finding(example: str) -> None:
    """A kind's good example is right, without a warning, and uses its kind."""
    program, findings = compile_site(files_of_kind(example))
    assert findings.items == []
    assert program is not None
    kinds = {action.kind.name for _place, action in program.flows[example].places()}
    assert example.removesuffix("-good") in kinds


def test_every_rule_of_flow_and_site_has_a_golden_pair() -> None:
    """Each rule that a user can meet stands in at least one golden pair, which is also its manual."""
    texts = [(case / TOLD).read_text() for case in CASES]
    shown = set(re.findall(r"\[(IVR\d{3})\]\n", "".join(texts)))
    assert {*FLOW_RULES, *SITE_RULES} - shown == set()


def test_every_rule_in_use_is_in_the_tables() -> None:
    """A rule id that the code of flow and site names has its line in a table."""
    used = {
        rule
        for package in ("flow", "site")
        for path in (SOURCES / package).rglob("*.py")
        if path.name != "rules.py"
        for rule in re.findall(r"\"(IVR\d{3})\"", path.read_text())
    }
    assert used - {*FLOW_RULES, *SITE_RULES, *LANG_RULES} == set()


def test_every_rule_in_the_tables_is_in_use() -> None:
    """No table promises a rule that nothing checks."""
    code = "".join(
        path.read_text()
        for package in ("flow", "site")
        for path in (SOURCES / package).rglob("*.py")
        if path.name != "rules.py"
    )
    assert [rule for rule in (*FLOW_RULES, *SITE_RULES) if f'"{rule}"' not in code] == []


def test_tables_do_not_share_an_id() -> None:
    """An id means one thing in all tables."""
    assert len({*FLOW_RULES, *SITE_RULES, *LANG_RULES}) == len(FLOW_RULES) + len(SITE_RULES) + len(LANG_RULES)
