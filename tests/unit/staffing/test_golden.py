from __future__ import annotations

import re
from pathlib import Path

import pytest

import ivrctl
from ivrctl.lang.rules import RULES as LANG_RULES
from ivrctl.service.compiling import compile_whole
from ivrctl.site.rules import RULES as SITE_RULES
from ivrctl.staffing.policy_files.rules import RULES

from .examples import shown_files
from .golden import TOLD, cases, files_of, told

CASES = cases()
SOURCES = Path(ivrctl.__file__).parent / "staffing"
WITHOUT_ADVICE = {"IVR011", "IVR505", "IVR511"}
"""Rules whose message itself says what would be right: a missing key, a range."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_mistake_is_told_exactly_so(case: Path) -> None:
    """What a user is told of the mistake is the golden text, to the letter."""
    assert told(case)[1] == (case / TOLD).read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_mistake_is_one_finding_with_advice(case: Path) -> None:
    """A mistake gives one finding, and nothing that only follows from it; it says what to do."""
    (finding,) = told(case)[0]
    assert finding.advice or finding.rule in WITHOUT_ADVICE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_policy_of_a_site_with_an_error_is_served(case: Path) -> None:
    """An error in one policy leaves the whole site as it was; a warning leaves it nothing."""
    site, findings = compile_whole(files_of(case))
    assert (site is None) == findings.has_errors


def test_policy_of_all_pairs_is_right() -> None:
    """What the mistakes were made in has none itself."""
    site, findings = compile_whole(shown_files(""))
    assert findings.items == []
    assert site is not None
    assert list(site.policies) == ["main"]


def test_every_rule_has_a_golden_pair() -> None:
    """Each rule that a user can meet stands in at least one golden pair, which is also its manual."""
    shown = set(re.findall(r"\[(IVR\d{3})\]\n", "".join((case / TOLD).read_text() for case in CASES)))
    assert set(RULES) - shown == set()


def test_rules_in_use_are_those_of_the_tables() -> None:
    """A rule id that the code names has its line in a table, and no table promises a rule that nothing checks."""
    code = "".join(path.read_text() for path in SOURCES.rglob("*.py") if path.name != "rules.py")
    used = set(re.findall(r"\"(IVR\d{3})\"", code))
    assert used - {*RULES, *SITE_RULES, *LANG_RULES} == set()
    assert set(RULES) - used == set()
