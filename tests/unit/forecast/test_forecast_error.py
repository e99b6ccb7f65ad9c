"""The benchmark of forecasts: its seasons are what they say, and ours is the best of the three on each of them."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import pytest

PROGRAM = Path(__file__).parents[3] / "benchmarks" / "forecast_error.py"


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("forecast_error", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["forecast_error"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(5))
def test_ours_is_nearer_than_both_naive_ones(program: ModuleType, number: int) -> None:
    """On each constructed season, at midnight; no further from the truth than a fifth; the band holds what it says."""
    found = program.figures(program.draw(program.SEASONS[number], 30, 1), program.TIMES[0])
    assert found["ours"] < min(found["last week"], found["mean"])
    assert found["truth"] < found["ours"] < 1.2 * found["truth"]
    assert found["covered"] == pytest.approx(0.8, abs=0.04)
    assert found["handling"] < 0.12


@pytest.mark.parametrize("number", range(5))
def test_draws_are_the_same_for_a_seed(program: ModuleType, number: int) -> None:
    """Another seed has other days."""
    season = program.SEASONS[number]
    assert program.draw(season, 2, 1).known == program.draw(season, 2, 1).known
    assert program.draw(season, 2, 1).known != program.draw(season, 2, 2).known


def test_real_series_is_read_as_half_hours(program: ModuleType, tmp_path: Path) -> None:
    """Six figures of five minutes are one; a half hour with fewer is not whole, and so not known."""
    lines = [f"{at},2003-03-03T07:{minute:02}:00Z,{minute}" for at, minute in enumerate(range(0, 55, 5))]
    file = tmp_path / "bank_calls.csv"
    file.write_text("\n".join(["rownames,DateTime,Calls", *lines]), encoding="utf-8")
    (found,) = program.read_bank(file).known.on(date(2003, 3, 3))
    begin = found.interval.begin.astimezone(program.NEW_YORK.zone)
    assert (begin, found.offered) == (datetime(2003, 3, 3, 7, tzinfo=program.NEW_YORK.zone), 75)


def test_table_has_its_columns_and_says_that_nothing_real_is_there(
    program: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs it without a file learns why, and where one is."""
    monkeypatch.setattr(program, "SEASONS", program.SEASONS[:1])
    monkeypatch.setattr(sys, "argv", ["forecast_error.py", "--seeds", "1", "--weeks", "8"])
    program.main()
    told = capsys.readouterr().out.splitlines()
    assert " ".join(told[1].split()) == "season at calls a day ours last week mean truth covered handling"
    assert [line.split("  ")[0] for line in told[2:4]] == ["a stable week", "a stable week"]
    assert told[-1].startswith("No real series")
