"""The benchmarks run in their short forms, and the page says what their figures say.

The command that ``docs/benchmarks.md`` shows is one of those that run here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BENCHMARKS = ROOT / "benchmarks"
SHORT_SECONDS = 60
"""Of the processor or not: what CI runs of a benchmark takes no longer."""


TESTED_ELSEWHERE = {"queue_load.py", "forecast_error.py", "simulator.py", "parked_calls.py"}
"""By tests of what they measure; and one that takes a minute for memory that the others do not look at."""


def manifest() -> list[dict[str, object]]:
    """The programs, as ``run_all.py`` lists them."""
    listed = subprocess.run(
        [sys.executable, str(BENCHMARKS / "run_all.py"), "--list"], check=True, capture_output=True, text=True
    )
    programs: list[dict[str, object]] = json.loads(listed.stdout)
    return programs


def test_page_is_as_its_figures_say() -> None:
    """``docs/benchmarks.md`` is what ``make bench`` would write of ``benchmarks/results``: nobody edits a figure."""
    compared = subprocess.run([sys.executable, str(BENCHMARKS / "page.py"), "--check"], check=False)
    assert compared.returncode == 0, "make bench-page"


def test_every_program_is_on_the_list_or_says_that_it_is_run_by_hand() -> None:
    """No benchmark is forgotten by ``make bench``."""
    text = (BENCHMARKS / "programs.py").read_text(encoding="utf-8")
    programs = [file.name for file in BENCHMARKS.glob("*.py") if 'if __name__ == "__main__"' in file.read_text()]
    own = {"run_all.py", "page.py", "fastagi_servers.py"}
    assert [name for name in programs if name not in text and name not in own] == []


@pytest.mark.thorough
@pytest.mark.timeout(4 * SHORT_SECONDS)
@pytest.mark.parametrize(
    "program",
    [each for each in manifest() if not each["is_live"] and each["file"] not in TESTED_ELSEWHERE],
    ids=lambda program: str(program["file"]),
)
def test_short_form_runs(program: dict[str, object], tmp_path: Path) -> None:
    """Each benchmark runs on a machine as CI has it, and says something."""
    if program["missing"]:
        pytest.skip(str(program["missing"]))
    command = [sys.executable, str(BENCHMARKS / str(program["file"])), *map(str, program["short"])]  # type: ignore[call-overload]
    figures = tmp_path / "figures.json"
    if program["has_rounds"]:
        command += ["--json", str(figures)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.strip()
    if program["has_rounds"]:
        told = json.loads(figures.read_text())
        assert told["is_short"]
        assert told["machine"]["cores"] >= 1
        assert all(all(row.values()) for table in told["tables"] for row in table["rows"].values())
