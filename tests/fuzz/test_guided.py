"""The short form of ``make fuzz``: some hundred inputs more for each target, always the same ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from . import guided
from .targets import every_target

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(
        not guided.IS_THERE, reason="Atheris cannot be installed here; kept inputs are tried all the same"
    ),
]

ROOT = Path(__file__).parents[2]


# SAFETY: whatever comes from outside, nothing but what a decoder promises comes of it.
@pytest.mark.timeout(120)
def test_nothing_is_found_in_a_short_while(tmp_path: Path) -> None:
    """Decoders and expressions are fuzzed beyond what is kept of them, and have no fault."""
    command = [sys.executable, "-m", "tests.fuzz", "--short", "--jobs", "1", "--folder", str(tmp_path)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = re.findall(r"^(\w+) +(\d+) +(\d+) +\d+  -$", ended.stdout, re.MULTILINE)
    assert {name for name, _runs, _counters in rows} == {each.name for each in every_target().values() if each.short}
    assert all(int(runs) > 10 and int(counters) > 100 for _name, runs, counters in rows)
