"""The benchmark of regions is a program that runs, and looks the same numbers up in every way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

PROGRAM = Path(__file__).parents[3] / "benchmarks" / "regions.py"


@pytest.mark.timeout(300)
def test_every_way_has_its_line() -> None:
    """All are measured in one run; with a hundred thousand own prefixes a look-up takes less than 20 microseconds."""
    command = [sys.executable, str(PROGRAM), "--prefixes", "0", "1000", "100000", "--rounds", "3", "--lookups", "500"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    heading, *lines = ended.stdout.splitlines()
    assert heading.split()[:2] == ["build", "s"]
    tables = [f"places and {count} prefixes" for count in ("0", "1,000", "100,000")]
    assert [line[:32].strip() for line in lines] == ["phonenumbers alone", "areas of the country", *tables]
    assert all(float(figure) >= 0 for line in lines for figure in line[32:].replace(" -", " ").split())
    _seconds, _kept, _most, median, *_ = lines[-1][32:].split()
    assert float(median) < 20
