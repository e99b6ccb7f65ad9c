"""Golden pairs: each `tests/golden/scenario/<mistake>.scenario.yaml` and what a user is told of it, in `<mistake>.txt`.

`python -m tests.unit.scenario.test_golden` writes the second halves anew; read the difference before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ivrctl
from ivrctl.testkit.scenario import RULES, SUFFIX

from .demo import GOLDEN, told

CASES = sorted(path.name.removesuffix(SUFFIX) for path in GOLDEN.glob(f"*{SUFFIX}"))
SOURCES = Path(ivrctl.__file__).parent / "testkit"


@pytest.mark.parametrize("case", CASES)
def test_mistake_is_told_exactly_so(case: str) -> None:
    """What a user is told of the mistake is the golden text, to the letter."""
    assert told(case)[1] == (GOLDEN / f"{case}.txt").read_text()


@pytest.mark.parametrize("case", CASES)
def test_one_mistake_is_one_finding(case: str) -> None:
    """A mistake gives one finding, and nothing that only follows from it."""
    assert len(told(case)[0].items) == 1


def test_every_rule_has_a_golden_pair() -> None:
    """No rule of scenarios is without an example of its mistake."""
    shown = {finding.rule for case in CASES for finding in told(case)[0].items}
    assert set(RULES) <= shown


def test_every_rule_that_is_used_is_in_the_table() -> None:
    """The code names no rule that the table does not explain."""
    sources = "".join(path.read_text() for path in SOURCES.rglob("*.py"))
    assert set(re.findall(r"IVR3[0-9]{2}", sources)) == set(RULES)


if __name__ == "__main__":
    for name in CASES:
        (GOLDEN / f"{name}.txt").write_text(told(name)[1])
