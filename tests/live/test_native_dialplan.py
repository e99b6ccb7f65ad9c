"""The benchmark beside the native dialplan, in its short form, on a real Asterisk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.live, pytest.mark.heavy]

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "native_dialplan.py"


@pytest.mark.timeout(300)
def test_the_same_call_is_measured_native_and_in_ivrctl(tmp_path: Path) -> None:
    """Each has its figures: calls a second that all end well, processor time, and the first prompt."""
    figures = tmp_path / "figures.json"
    command = [sys.executable, str(PROGRAM), "--short", "--json", str(figures)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    tables = json.loads(figures.read_text())["tables"]
    assert [table["title"] for table in tables] == [
        f"{flow}, {media} media" for flow in ("speed-dial", "menu") for media in ("without", "with")
    ]
    for table in tables:
        assert list(table["rows"]) == ["native", "ivrctl"]
        assert all(rate > 0 for row in table["rows"].values() for rate in row["calls a second"])
