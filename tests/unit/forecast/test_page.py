"""The figures on the page that explains forecasts are those that the code reckons."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from ivrctl.forecast.erlang import Load, Target, people_required, served
from ivrctl.forecast.season import middle
from ivrctl.forecast.spread import Spread

PAGE = (Path(__file__).parents[3] / "docs" / "explanation" / "forecast.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```text by=[^\n]*\n(.*?)```", PAGE, re.DOTALL)
HALF_HOUR = timedelta(minutes=30)


def _numbers(line: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", line)]


def _rows(block: str) -> list[list[float]]:
    return [_numbers(line) for line in block.splitlines()[1:]]


def test_breakdown_does_not_move_what_is_expected() -> None:
    """Eight Mondays, their mean and their middle."""
    days, mean, expected = BLOCKS[0].splitlines()
    values = np.array(_numbers(days.split("10:30")[1]))
    assert len(values) == 8
    assert _numbers(mean) == [values.mean()]
    assert _numbers(expected) == middle(values[:, None], 3).tolist()


def test_today_so_far_scales_the_rest() -> None:
    """By as much more as the page says, for days that differ by a tenth."""
    spread = Spread(between=0.1**2, within=1.5)
    for due, came, percent in _rows(BLOCKS[1]):
        assert round(100 * (spread.level(came, due) - 1)) == percent


@pytest.mark.parametrize("row", _rows(BLOCKS[2]), ids=str)
def test_people_and_how_they_serve(row: list[float]) -> None:
    """100 calls of 180 s in half an hour, by C and by A."""
    people, by_c, by_a, gone = row
    load = Load.of(100, HALF_HOUR, 180)
    endless, impatient = served(load, int(people)), served(load, int(people), 120)
    assert (round(100 * endless.in_time), round(100 * impatient.in_time)) == (by_c, by_a)
    assert round(100 * impatient.abandoned, 1) == gone


def test_people_for_the_promise() -> None:
    """The sentences about 14, 13, 107 and 79.6 %."""
    load, many = Load.of(100, HALF_HOUR, 180), Load.of(1000, HALF_HOUR, 180)
    assert (people_required(load, Target()), people_required(load, Target(), 120)) == (14, 13)
    assert people_required(many, Target()) == 107
    assert round(100 * served(load, 13).in_time, 1) == 79.6
