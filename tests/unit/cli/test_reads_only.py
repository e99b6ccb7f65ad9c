"""Commands that only read leave nothing behind, and take days by the names that people have for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ivrctl.cli.commands.kpi import day_named
from ivrctl.errors import ConfigurationError

Ivrctl = Callable[..., Any]
TODAY = date(2026, 3, 1)
READING = (
    (("kpi", "--site", "SITE"), 0),
    (("kpi", "why", "vip/2026-11-20", "--site", "SITE"), 0),
    (("staffing", "forecast", "--site", "SITE"), 0),
    (("staffing", "backtest", "--site", "SITE"), 2),
    (("staffing", "recommend", "--day", "yesterday", "--site", "SITE"), 2),
    (("staffing", "status", "--site", "SITE"), 5),
    (("queue", "show", "vip", "--site", "SITE"), 5),
    (("status", "SITE"), 5),
)


@pytest.mark.parametrize(("words", "code"), READING, ids=lambda of: " ".join(of[:2]) if isinstance(of, tuple) else "")
def test_who_only_reads_makes_no_state_folder(words: tuple[str, ...], code: int, site: Path, ivrctl: Ivrctl) -> None:
    """Where no controller has run there are no books: they are read as empty ones."""
    ran = ivrctl(*(word.replace("SITE", str(site)) for word in words))
    assert ran.code == code, ran.err
    assert list(Path(os.environ["XDG_STATE_HOME"]).iterdir()) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (None, TODAY),
        ("today", TODAY),
        ("yesterday", date(2026, 2, 28)),
        ("tomorrow", date(2026, 3, 2)),
        ("2026-11-20", date(2026, 11, 20)),
    ],
)
def test_day_has_a_date_or_a_name(text: str | None, day: date) -> None:
    """By the calendar of the site."""
    assert day_named(text, TODAY) == day


def test_other_words_are_no_day() -> None:
    """And it is said which are."""
    with pytest.raises(ConfigurationError) as refused:
        day_named("Friday", TODAY)
    assert (str(refused.value), refused.value.advice) == (
        '"Friday" is no day',
        "such as 2026-11-20, today or yesterday",
    )


@pytest.mark.parametrize("day", ["yesterday", "today", "tomorrow"])
def test_forecast_takes_a_day_by_its_name(day: str, site: Path, ivrctl: Ivrctl) -> None:
    """Most of all tomorrow."""
    assert ivrctl("staffing", "forecast", "--day", day, "--site", site).code == 0
