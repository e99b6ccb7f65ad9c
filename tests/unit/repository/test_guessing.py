"""The programs that print what guessing brings, and how long callers wait for "no"."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ivrctl.identity import most_in_a_row, most_whatever_happens
from ivrctl.site.identity import Locks

pytestmark = pytest.mark.thorough

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def printed(program: str, *arguments: str) -> str:
    command = [sys.executable, str(BENCHMARKS / program), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_ten_lines_for_a_day_stay_within_what_is_computed() -> None:
    """However they go about it, no account takes more guesses than the bound; and never more than 40."""
    told = printed("guessing.py", "--lines", "10", "--days", "1")
    rows = re.findall(r"^(.+?) +(\d+) +(\d+) +([0-9.]+)$", told, re.MULTILINE)
    most = {name: int(figure) for name, _guesses, figure, _opened in rows if "without locks" not in name}
    assert len(most) == 6
    assert most["one account"] == most_in_a_row(Locks().account)
    assert max(most.values()) <= most_whatever_happens() <= 40


def test_time_of_a_wrong_pin_and_of_an_unknown_account_are_printed_side_by_side() -> None:
    """Both are measured in the same run, on the real directory, books and hashes."""
    told = printed("verify_times.py", "--guesses", "5")
    assert "a wrong PIN" in told
    assert "an account that nobody has" in told
    assert "means apart" in told
