"""The loop with a forecast: each hour's traffic swing is known before, and tiers come before the calls do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.service.forecasting.forecaster import Forecaster, ForecasterParts
from ivrctl.staffing.plan import Owned, SeatKey
from ivrctl.staffing.policy import Measure, Policy, Trigger
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Reading

from ..forecasting.weeks import site, weeks_before, write  # noqa: TID252 - test folders are no packages
from ..staffing.desk import MINUTE, NINE  # noqa: TID252
from .office import BY_WAIT, Office

pytestmark = pytest.mark.thorough

HOUR = timedelta(hours=1)
TODAY: date = NINE.date()
SHORTFALL = Trigger(Measure.FORECAST_SHORTFALL, (2, 4, 8, 16), 0)
AHEAD = replace(BY_WAIT, triggers=(*BY_WAIT.triggers, SHORTFALL))
"""Whoever waits too long brings tiers in, and so does whoever will be missing."""
QUIET = {18: 2, 19: 2, 20: 2, 21: 2, 22: 2, 23: 2, 24: 2, 25: 2, 26: 2}
"""Four calls an hour, for which one agent is enough."""


@dataclass
class Forecasting:
    """An office whose books are known, forecast whenever a test says so."""

    office: Office
    forecaster: Forecaster

    async def knows(self, by_half: Mapping[int, int], weeks: int = 4) -> None:
        """So it was on each working day."""
        store = SiteStore(sqlite_url(self.office.folder / "calls.sqlite"))
        await write(store, weeks_before(TODAY, weeks=weeks, by_half=by_half))
        await store.close()
        await self.forecaster.make()

    async def passes(self, lasts: timedelta) -> None:
        """Time passes, and it is forecast anew each hour."""
        while lasts > timedelta(0):
            step = min(lasts, HOUR)
            await self.office.passes(step)
            await self.forecaster.make()
            lasts -= step


@pytest.fixture
def forecasting(office: Office) -> Forecasting:
    """With a policy that asks for it, and one agent of the desk's own."""
    office.policies = {AHEAD.name: AHEAD}
    forecaster = Forecaster(
        ForecasterParts(
            url=sqlite_url(office.folder / "calls.sqlite"),
            site=site,
            policies=lambda: office.policies,
            now=lambda: office.now,
            pause=lambda _hurry, _seconds: asyncio.sleep(0),
            on_fault=office.faults.append,
            rests=0.0,
        )
    )

    def shortfall(policy: Policy, scene: Scene, owned: Mapping[SeatKey, Owned]) -> Reading | None:
        return forecaster.shortfall(policy, scene, owned)

    office.forecast = shortfall
    return Forecasting(office, forecaster)


async def test_tiers_come_before_the_calls_do_and_stay_until_the_peak_is_over(forecasting: Forecasting) -> None:
    """Eighty calls an hour from half past ten to half past eleven need seven people, and one is there.

    Nobody waits the whole morning. A quarter of an hour before the peak, and a minute in which that holds, those on a
    break are asked, and as nobody is on one the leaders come a minute later. Neither tier goes home while the peak
    lasts, although nobody waits and the leaders are there; then both do, the last one first.
    """
    office = forecasting.office
    await forecasting.knows({**QUIET, 21: 40, 22: 40})
    async with office.open():
        await forecasting.passes(75 * MINUTE)
        assert office.told == []
        await forecasting.passes(15 * MINUTE)
        assert office.told == ["76.0 break in", "77.0 leaders in"]
        assert {interface for _, interface in office.hands.owned} == {"PJSIP/8201", "PJSIP/8202"}
        await forecasting.passes(60 * MINUTE)
        assert len(office.told) == 2
        await forecasting.passes(30 * MINUTE)
        assert office.told[2:] == ["160.0 leaders out", "170.0 break out"]
        assert office.hands.owned == {}
    assert office.faults == []


async def test_when_own_staff_comes_backup_goes_home(forecasting: Forecasting) -> None:
    """Six more sign on at eleven: who was called in for the peak is not needed for its rest."""
    office = forecasting.office
    await forecasting.knows({**QUIET, 21: 40, 22: 40})
    async with office.open():
        await forecasting.passes(2 * HOUR)
        assert len(office.told) == 2
        for number in range(6):
            office.sign_on(f"PJSIP/{8110 + number}")
        await forecasting.passes(25 * MINUTE)
        assert office.told[2:] == ["130.0 leaders out", "140.0 break out"]


async def test_a_quiet_day_brings_nobody(forecasting: Forecasting) -> None:
    """Who is there is enough, all day."""
    office = forecasting.office
    await forecasting.knows(QUIET)
    async with office.open() as loop:
        await forecasting.passes(4 * HOUR)
        assert office.told == []
        assert loop.rounds["hotline"].view.readings[Measure.FORECAST_SHORTFALL] == Reading(0.0)


async def test_a_site_without_a_history_works_as_if_nothing_were_forecast(forecasting: Forecasting) -> None:
    """Its second week: waits bring tiers in, and when nobody waits they go home; nothing of it is held for weeks."""
    office = forecasting.office
    await forecasting.knows({**QUIET, 21: 40, 22: 40}, weeks=1)
    async with office.open() as loop:
        office.calls(waited=65)
        await forecasting.passes(5 * MINUTE)
        assert [told.partition(" ")[2] for told in office.told[:2]] == ["break in", "leaders in"]
        office.callers.clear()
        await forecasting.passes(2 * HOUR)
        assert office.hands.owned == {}
        reading = loop.rounds["hotline"].view.readings[Measure.FORECAST_SHORTFALL]
        assert "must be known" in reading.why_unknown


async def test_a_forecast_that_is_lost_lets_everybody_stay(forecasting: Forecasting) -> None:
    """It was forecast, and cannot be any more: for two hours the last one counts, then not knowing keeps everybody."""
    office = forecasting.office
    await forecasting.knows({**QUIET, 21: 40, 22: 40})
    async with office.open() as loop:
        await forecasting.passes(2 * HOUR)
        assert len(office.told) == 2
        await office.passes(110 * MINUTE)
        assert [told.partition(" ")[2] for told in office.told[2:]] == ["leaders out", "break out"]
        office.calls(waited=65)
        await office.passes(5 * MINUTE)
        came = len(office.told)
        office.callers.clear()
        await office.passes(2 * HOUR)
        assert len(office.told) == came
        assert loop.rounds["hotline"].view.readings[Measure.FORECAST_SHORTFALL].value is None
