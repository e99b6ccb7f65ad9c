"""The benchmark of simulated calls is a program that runs, and compares like with like."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

PROGRAM = Path(__file__).parents[3] / "benchmarks" / "simulated_calls.py"


def test_every_way_of_a_call_is_measured_and_asks_for_the_same() -> None:
    """The engine, its simulation and the calls written by hand ask for the same commands; each has its figures."""
    command = [sys.executable, str(PROGRAM), "--calls", "1", "--rounds", "1", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(ended.stdout)["rows"]
    ways = {"engine", "+ journal", "sim", "transitions", "by hand", "ivrctl test"}
    assert {row["way"] for row in rows} == ways
    assert all(row["microseconds_per_call"] > 0 for row in rows)
