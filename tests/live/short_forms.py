"""The benchmarks on a real Asterisk, in their short forms."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def tables(program: str, folder: Path) -> list[dict[str, Any]]:
    """What its short form finds."""
    figures = folder / "figures.json"
    command = [sys.executable, str(BENCHMARKS / program), "--short", "--json", str(figures)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: list[dict[str, Any]] = json.loads(figures.read_text())["tables"]
    return found
