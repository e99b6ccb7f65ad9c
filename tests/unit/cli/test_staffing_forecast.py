"""``ivrctl staffing forecast``: what a day brings, by the books in the site's database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.books_store.tables import Entry
from ivrctl.adapters.call_store import sqlite_url
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.sites import state_folder

from ..forecasting.weeks import (  # noqa: TID252 - test folders are no packages to import from
    day_of_calls,
    weeks_before,
    write,
)

pytestmark = pytest.mark.thorough

Ivrctl = Callable[..., Any]
MONDAY = date(2026, 8, 24)
"""No holiday of China is near."""
LEVELS = (0.9, 1.1, 1.0, 0.8, 1.2)


def fill(site: Path, entries: Iterable[Entry]) -> None:
    async def filled() -> None:
        store = SiteStore(sqlite_url(state_folder(site, None).call_database))
        await write(store, entries)
        await store.close()

    asyncio.run(filled())


@pytest.fixture
def known(site: Path, ivrctl: Ivrctl) -> Path:
    """The demo site with eight weeks in its books, and the Monday that is asked for."""
    fill(site, [*weeks_before(MONDAY, weeks=8, levels=LEVELS), *day_of_calls(MONDAY)])
    return site


def test_a_day_is_shown_by_interval_with_people_and_past_error(known: Path, ivrctl: Ivrctl) -> None:
    """Half past six in the evening of Shanghai is the peak; beside it stands what came."""
    ran = ivrctl("staffing", "forecast", "--site", known, "--day", "2026-08-24")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "hotline: broadband full-service mobile-data  Mon 2026-08-24, a Monday"
    assert lines[1].split() == ["from", "offered", "band", "came", "handling", "people", "band"]
    peak = next(line.split() for line in lines if line.startswith("18:30"))
    offered, came, talk, people = float(peak[1]), peak[3], peak[4], int(peak[6])
    assert (came, talk) == ("40", "180")
    assert 30 < offered < 50
    assert 6 <= people <= 8
    assert lines[-3].startswith("made of 8 days: ")
    assert lines[-2] == "people: for 80% answered in 20 s, by Erlang C, since few callers hung up so far"
    assert lines[-1].startswith("on the last 28 days such forecasts were wrong by ")


def test_queues_can_be_named_and_programs_can_read_it(known: Path, ivrctl: Ivrctl) -> None:
    """One of them alone, and one in which nobody called."""
    ran = ivrctl("staffing", "forecast", "--site", known, "--day", "2026-08-24", "--queue", "broadband", "--json")
    assert ran.code == 0, ran.err
    body = json.loads(ran.out)
    assert body["format_version"] == 1
    found = body["forecasts"][0]
    assert (found["policy"], found["queues"], found["lacking"]) == (None, ["broadband"], "")
    peak = next(one for one in found["intervals"] if one["begin"] == "2026-08-24T18:30:00+08:00")
    assert peak["people_least"] <= peak["people"] <= peak["people_most"]
    assert found["judged"]["error"] < found["judged"]["mean_of_all_days"]
    nobody = ivrctl("staffing", "forecast", "--site", known, "--day", "2026-08-24", "--queue", "vip")
    assert nobody.code == 0, nobody.err
    assert "nothing is forecast: no talk is known, and so not how long one takes" in nobody.out


def test_a_queue_that_nobody_knows_is_a_slip(known: Path, ivrctl: Ivrctl) -> None:
    """It is told, with what may have been meant."""
    ran = ivrctl("staffing", "forecast", "--site", known, "--queue", "brodband")
    assert ran.code == 2
    assert 'neither the site file nor the books have a queue "brodband"' in ran.err


def test_a_site_without_a_history_is_told_what_is_missing(site: Path, ivrctl: Ivrctl) -> None:
    """No number is made up."""
    ran = ivrctl("staffing", "forecast", "--site", site, "--day", "2026-08-24")
    assert ran.code == 0, ran.err
    assert "nothing is forecast: for a Monday, 3 such days of the last 8 weeks must be known, and 0 are" in ran.out


def test_a_day_that_is_none_or_too_far_is_refused(site: Path, ivrctl: Ivrctl) -> None:
    """As everywhere."""
    assert ivrctl("staffing", "forecast", "--site", site, "--day", "monday").code == 2
    assert "is too far ahead" in ivrctl("staffing", "forecast", "--site", site, "--day", "2999-01-01").err
