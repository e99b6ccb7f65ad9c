"""The table of rules agrees with what the code reports."""

from __future__ import annotations

import re
from pathlib import Path

import ivrctl.lang
from ivrctl.lang.rules import RULES

SOURCES = [path for path in Path(ivrctl.lang.__file__).parent.rglob("*.py") if path.name != "rules.py"]
GOLDEN = Path(__file__).parents[2] / "golden" / "lang"


def reported() -> set[str]:
    return {rule for path in SOURCES for rule in re.findall(r'"(IVR\d{3})"', path.read_text(encoding="utf-8"))}


def test_every_rule_that_is_reported_is_in_the_table_and_the_other_way_round() -> None:
    """No finding without a title, and no title that nothing reports."""
    assert reported() == set(RULES)


def test_every_rule_has_a_golden_example() -> None:
    """A user finds each rule shown with the mistake that it is about."""
    shown = "".join(path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.txt"))
    assert set(re.findall(r"\[(IVR\d{3})\]", shown)) == set(RULES)
