"""The page of the matrix of faults says what its figures say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_page_is_as_its_figures_say() -> None:
    """``docs/proof.md`` is what ``make faults`` would write of ``tests/faults/results``: nobody edits a figure."""
    compared = subprocess.run([sys.executable, "-m", "tests.faults", "--check"], cwd=ROOT, check=False)
    assert compared.returncode == 0, "python -m tests.faults --page"
