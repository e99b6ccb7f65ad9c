"""Forecasts beside a running controller: what stands, what holds, and what says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.picture import DeviceState, Member, Origin, Picture, Queue, QueueSettings
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.model.off_peak import OffPeak
from ivrctl.service.forecasting.forecaster import TOO_OLD, Forecaster, ForecasterParts
from ivrctl.site.site_file import Site
from ivrctl.staffing.plan import Owned
from ivrctl.staffing.policy import Measure, Trigger
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Reading

from ..staffing.desk import HOTLINE, MINUTE  # noqa: TID252 - test folders are no packages to import from
from .weeks import MONDAY, day_of_calls, site, weeks_before, write

pytestmark = pytest.mark.thorough

BY_FORECAST = replace(HOTLINE, triggers=(Trigger(Measure.FORECAST_SHORTFALL, (2, 3, 5, 8), 0),))
ADVISED = """
hours: {desk: {weekly: {mon-fri: "08:30-12:30", sat-sun: closed}}}
notices: {advise_in: desk}
"""


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(MONDAY, time(hour, minute), UTC)


@dataclass
class Centre:
    """A centre at a time, with its books and those who are there."""

    url: str
    now: datetime = field(default_factory=lambda: at(9))
    site: Site = field(default_factory=site)
    agents: int = 2
    faults: list[str] = field(default_factory=list)
    owned: dict[tuple[str, str], Owned] = field(default_factory=dict)

    def forecaster(self) -> Forecaster:
        """Of the controller."""
        return Forecaster(
            ForecasterParts(
                url=self.url,
                site=lambda: self.site,
                policies=lambda: {BY_FORECAST.name: BY_FORECAST},
                now=lambda: self.now,
                pause=self._pause,
                on_fault=self.faults.append,
                rests=0.0,
            )
        )

    def scene(self, brought: Iterable[str] = ()) -> Scene:
        """Its own people, and some others, in both queues."""
        own = [f"PJSIP/{8100 + number}" for number in range(self.agents)]
        members = {interface: _member(interface) for interface in (*own, *brought)}
        queues = {
            name: Queue(QueueSettings(name, "ringall", 0, 0, timedelta(seconds=20)), members=members)
            for name in HOTLINE.queues
        }
        return Scene(Picture(queues, self.now, self.now), RecentStays(), ExpectedWaits(), self.now)

    async def _pause(self, _hurry: asyncio.Event, _seconds: float) -> None:
        raise asyncio.CancelledError


def _member(interface: str) -> Member:
    return Member(
        interface, interface, "", Origin.DYNAMIC, 0, False, "", DeviceState.NOT_INUSE, False, None, timedelta(0)
    )


@pytest.fixture
def centre(url: str) -> Centre:
    return Centre(url)


async def test_a_shortfall_is_what_is_needed_less_who_is_there(centre: Centre, store: SiteStore) -> None:
    """Eighty calls an hour of three minutes each need seven people to answer four fifths in twenty seconds."""
    await write(store, weeks_before(MONDAY))
    forecaster = centre.forecaster()
    await forecaster.make()
    assert centre.faults == []
    assert forecaster.shortfall(BY_FORECAST, centre.scene(), {}) == Reading(0.0)
    centre.now = at(10, 16)
    needed = forecaster.ahead(BY_FORECAST, centre.now)
    assert needed is not None
    assert (needed.interval.begin, needed.people) == (at(10, 30), 7)
    assert forecaster.shortfall(BY_FORECAST, centre.scene(), {}) == Reading(5.0)


async def test_whom_the_policy_has_brought_is_missing_still(centre: Centre, store: SiteStore) -> None:
    """He would go home for having come."""
    await write(store, weeks_before(MONDAY))
    forecaster = centre.forecaster()
    await forecaster.make()
    centre.now = at(10, 20)
    seats = [("broadband", "PJSIP/8201"), ("mobile-data", "PJSIP/8201")]
    owned = {seat: Owned(*seat, "leaders", HOTLINE.name, at(9), at(11)) for seat in seats}
    assert forecaster.shortfall(BY_FORECAST, centre.scene(["PJSIP/8201"]), owned) == Reading(5.0)
    assert forecaster.shortfall(BY_FORECAST, centre.scene(["PJSIP/8201"]), {}) == Reading(4.0)


async def test_books_that_are_too_young_say_nothing(centre: Centre, store: SiteStore) -> None:
    """A week of history is no forecast, and keeps nobody from going home; it says what is missing."""
    await write(store, weeks_before(MONDAY, weeks=1))
    forecaster = centre.forecaster()
    await forecaster.make()
    reading = forecaster.shortfall(BY_FORECAST, centre.scene(), {})
    assert reading is not None
    assert (reading.value, reading.is_taken) == (None, False)
    assert reading.why_unknown == "for a Monday, 3 such days of the last 8 weeks must be known, and 1 is"


async def test_empty_books_say_nothing(centre: Centre, store: SiteStore) -> None:
    """On the first day of a site."""
    await write(store, [])
    forecaster = centre.forecaster()
    await forecaster.make()
    reading = forecaster.shortfall(BY_FORECAST, centre.scene(), {})
    assert reading is not None
    assert (reading.value, reading.is_taken) == (None, False)


async def test_before_the_first_forecast_nothing_is_known(centre: Centre) -> None:
    """That holds: it lasts for moments."""
    reading = centre.forecaster().shortfall(BY_FORECAST, centre.scene(), {})
    assert reading == Reading(None, why_unknown="the books are being read")


async def test_a_policy_that_does_not_ask_is_told_nothing(centre: Centre, store: SiteStore) -> None:
    """Its view has no such reading."""
    await write(store, weeks_before(MONDAY))
    forecaster = centre.forecaster()
    await forecaster.make()
    assert forecaster.shortfall(HOTLINE, centre.scene(), {}) is None


async def test_a_busy_morning_raises_the_rest_of_the_day(centre: Centre, store: SiteStore) -> None:
    """Three times as many calls by ten as on other Mondays: more people are needed at half past ten."""
    by_half = {17: 20, 18: 20, 19: 20, 21: 40, 22: 40}
    await write(store, weeks_before(MONDAY, by_half=by_half, levels=(0.7, 1.2, 1.0, 0.8, 1.3)))
    await write(store, day_of_calls(MONDAY, {17: 60, 18: 60, 19: 60}))
    forecaster = centre.forecaster()
    await forecaster.make()
    before = forecaster.ahead(BY_FORECAST, at(10, 20))
    centre.now = at(10, 20)
    await forecaster.make()
    after = forecaster.ahead(BY_FORECAST, at(10, 20))
    assert before is not None
    assert after is not None
    assert after.people > before.people


async def test_callers_are_advised_to_call_when_it_is_quiet(centre: Centre, store: SiteStore) -> None:
    """Within the hours that the site names; without them nothing is."""
    await write(store, weeks_before(MONDAY))
    forecaster = centre.forecaster()
    await forecaster.make()
    assert forecaster.off_peak() is None
    centre.site = site(ADVISED, off_peak="{off_peak.begins:time}")
    await forecaster.make()
    assert forecaster.off_peak() == OffPeak(at(9), at(10, 30))


def _destroy(file: Path) -> None:
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.write_bytes(b"no database " * 1000)


async def test_the_last_forecast_stands_until_it_is_too_old(tmp_path: Path) -> None:
    """The books are away: for two hours what was forecast counts, then nothing is known, and both are said."""
    file = tmp_path / "calls.sqlite"
    centre, store = Centre(sqlite_url(file)), SiteStore(sqlite_url(file))
    await write(store, weeks_before(MONDAY))
    await store.close()
    forecaster = centre.forecaster()
    await forecaster.make()
    _destroy(file)
    centre.now += TOO_OLD
    await forecaster.make()
    await forecaster.make()
    assert len(centre.faults) == 1
    assert forecaster.shortfall(BY_FORECAST, centre.scene(), {}) == Reading(5.0)
    centre.now += MINUTE
    reading = forecaster.shortfall(BY_FORECAST, centre.scene(), {})
    assert reading is not None
    assert (reading.value, reading.is_taken) == (None, True)
    assert reading.why_unknown.startswith(
        "the last forecast is of 2026-03-02 09:00: the site's database does not answer"
    )


async def test_a_controller_that_leaves_does_not_wait_for_the_books(centre: Centre, store: SiteStore) -> None:
    """Reading a quarter of a year takes minutes at a large centre; it ends behind the day that is being read."""
    await write(store, weeks_before(MONDAY))
    forecaster = centre.forecaster()
    with pytest.raises(asyncio.CancelledError):
        await forecaster.run()
    before = forecaster.made
    await forecaster.make()
    assert (forecaster.made, forecaster.fault, centre.faults) == (before, "", [])
