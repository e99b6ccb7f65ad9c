"""One row on a real Asterisk, beside those that the live tests have of their own; ``make faults`` runs all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from .matrix import Fault
from .outcomes import outcome_of
from .real.rows import FAULTS

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]
CHOSEN = [fault for fault in FAULTS if fault.name == "real-redirect"]


@pytest.mark.parametrize("fault", CHOSEN, ids=lambda fault: str(fault.name))
async def test_what_must_hold_holds(fault: Fault, tmp_path: Path) -> None:
    """What callers heard, Asterisk's books and the records agree, and nobody is lost."""
    outcome = await outcome_of(fault, [1], tmp_path / "scene")
    if outcome.left_out:
        pytest.skip(outcome.left_out)
    assert outcome.broken == {}
    assert outcome.is_whole
