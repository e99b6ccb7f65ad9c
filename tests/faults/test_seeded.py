"""Twenty seeds of every seeded row of the matrix: nothing is lost, and every invariant holds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .matrix import Fault, Where
from .outcomes import outcome_of
from .rows import FAULTS

ROOT = Path(__file__).parents[2]
SEEDS = range(1, 21)
SEEDED = [fault for fault in FAULTS if fault.where is Where.SEEDED]
pytestmark = [pytest.mark.thorough, pytest.mark.timeout(240)]


@pytest.mark.parametrize("fault", SEEDED, ids=lambda fault: str(fault.name))
async def test_what_must_hold_holds(fault: Fault, tmp_path: Path) -> None:
    """What is broken costs no call, no record and no secret."""
    outcome = await outcome_of(fault, SEEDS, tmp_path / "world")
    if outcome.left_out:
        pytest.skip(outcome.left_out)
    if outcome.broken:
        found = [(name, sentence) for name, sentences in outcome.broken.items() for sentence in sentences]
        stories = "\n".join(sentence for _, sentence in found)
        # What is wrong in a line each at the end: of a long output that is what is read.
        wrong = "\n".join(f"{name}: {sentence.partition(chr(10))[0]}" for name, sentence in found)
        pytest.fail(f"{stories}\n\n{wrong}", pytrace=False)
    assert outcome.is_whole
    assert outcome.calls >= len(SEEDS) or "members" in outcome.looked


def test_row_is_repeated_as_the_page_says() -> None:
    """The command of ``docs/proof.md`` runs one seed of one row."""
    [command] = re.findall(r"^\.venv/bin/python (.*)$", (ROOT / "docs/proof.md").read_text(), re.MULTILINE)
    ran = subprocess.run([sys.executable, *command.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "held" in ran.stdout
