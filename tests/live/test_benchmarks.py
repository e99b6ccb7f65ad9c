"""The benchmarks on a real Asterisk, in their short forms."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.live, pytest.mark.heavy, pytest.mark.timeout(400)]

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def tables(program: str, folder: Path) -> list[dict[str, Any]]:
    """What its short form finds."""
    figures = folder / "figures.json"
    command = [sys.executable, str(BENCHMARKS / program), "--short", "--json", str(figures)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: list[dict[str, Any]] = json.loads(figures.read_text())["tables"]
    return found


def test_the_same_call_is_measured_native_and_in_ivrctl(tmp_path: Path) -> None:
    """Each has its figures: calls a second that all end well, processor time, and the first prompt."""
    found = tables("native_dialplan.py", tmp_path)
    assert [table["title"] for table in found] == [
        f"{flow}, {media} media" for flow in ("speed-dial", "menu") for media in ("without", "with")
    ]
    for table in found:
        assert set(table["rows"]) == {"native", "ivrctl"}
        assert all(rate > 0 for row in table["rows"].values() for rate in row["calls a second"])


def test_three_hundred_callers_fail_nowhere_and_a_surplus_meets_the_fallback(tmp_path: Path) -> None:
    """Under load every call ends well; beyond the capacity some are taken, some fall back, and none fails."""
    (table,) = tables("call_load.py", tmp_path)
    load, overload = table["rows"]["load"], table["rows"]["overload"]
    assert (load["failed"], load["fallback"]) == ([0], [0])
    assert overload["failed"] == [0]
    assert 0 < overload["fallback"][0] < overload["calls"][0]
