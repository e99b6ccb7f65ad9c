"""The forecasts of a running controller: made anew every few minutes, in a thread of their own beside the calls.

A quarter of a year of a large centre is millions of stays. They are read day by day, once, with a rest behind each, so
that calls and queues are served meanwhile; after that only today is read again.

A forecast stands until the next one: where the books cannot be read it gets older, and after a while nothing is known.
That holds; where nothing can be forecast, since the books are too young for it, a policy's row says nothing at all.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ivrctl.acd.intervals import DAY
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.errors import IvrctlError
from ivrctl.forecast.judged import Judged
from ivrctl.forecast.required import Required, ahead, shortfall
from ivrctl.model.off_peak import OffPeak
from ivrctl.service.forecasting.groups import groups_of, quiet_time
from ivrctl.service.forecasting.outlook import DayOutlook, calendar_of, counting_of, judged_by, outlook, target_of
from ivrctl.service.forecasting.past import Past
from ivrctl.service.forecasting.reading import Queues
from ivrctl.site.site_file import Site
from ivrctl.staffing.own_staff import own_staff
from ivrctl.staffing.plan import Owned, SeatKey
from ivrctl.staffing.policy import Measure, Policy
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Reading

EVERY = 300.0
"""Seconds between two forecasts: an interval has half an hour."""
TOO_OLD = timedelta(hours=2)
"""Then the day may have gone otherwise than the last forecast knew."""
RESTS = 2.0
"""Behind each day that is read so many times as long as that took: a third of a processor, at most."""
LONGEST_REST = 2.0
"""Seconds."""


class _LeftError(Exception):
    """The controller leaves: nobody waits for what was being read."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was forecast at one time."""

    at: datetime
    days: Mapping[Queues, tuple[DayOutlook, ...]]
    """Today and tomorrow, by group of queues."""
    judged: Mapping[Queues, Judged]
    off_peak: OffPeak | None


@dataclass(frozen=True, slots=True)
class ForecasterParts:
    """What it works with."""

    url: str
    """Of the site's database."""
    site: Callable[[], Site]
    policies: Callable[[], Mapping[str, Policy]]
    now: Callable[[], datetime]
    """The time at Asterisk, which the books go by."""
    pause: Callable[[asyncio.Event, float], Awaitable[None]]
    """Waits for an event, but no more than some seconds."""
    on_fault: Callable[[str], None]
    """Told in a sentence what failed, once until it is well again."""
    rests: float = RESTS


@dataclass(slots=True)
class _Kept:
    """What the thread goes on with."""

    past: Past | None = None
    judged: dict[tuple[Queues, date], Judged] = field(default_factory=dict)


class Forecaster:
    """See the module. ``run`` never returns; the other methods return at once."""

    def __init__(self, parts: ForecasterParts) -> None:
        """Nothing is forecast yet.

        Args:
            parts: what it works with.
        """
        self._parts = parts
        self._kept = _Kept()
        self._has_left = threading.Event()
        self._due = asyncio.Event()
        self.made: Made | None = None
        """The last forecast; None before the first."""
        self.fault = ""
        """Why the last attempt failed; empty where it did not."""

    async def run(self) -> None:
        """Forecast, for ever."""
        try:
            while True:
                await self.make()
                await self._parts.pause(self._due, EVERY)
                self._due.clear()
        finally:
            self._has_left.set()

    async def make(self) -> None:
        """Forecast now, for the site as it is served now."""
        site, policies = self._parts.site(), self._parts.policies()
        groups = groups_of(site, policies.values())
        if not groups:
            self.made, self.fault = None, ""
            return
        try:
            self.made = await asyncio.to_thread(self._reckon, site, groups, self._parts.now())
        except _LeftError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, calls go on, and the last forecast stands
            why = str(error) if isinstance(error, IvrctlError) else repr(error)
            if why != self.fault:
                self._parts.on_fault(f"nothing is forecast anew: {why}")
            self.fault = why
        else:
            self.fault = ""

    def wake(self) -> None:
        """The site is another one: other queues may have to be forecast."""
        self._due.set()

    def off_peak(self) -> OffPeak | None:
        """The next quiet time; None where none is forecast."""
        return None if self.made is None else self.made.off_peak

    def days(self, policy: Policy) -> tuple[DayOutlook, ...]:
        """What was forecast last for a policy's queues: today and tomorrow; nothing before the first time."""
        return () if self.made is None else self.made.days.get(frozenset(policy.queues), ())

    def ahead(self, policy: Policy, now: datetime) -> Required | None:
        """What is needed of a policy's queues now and soon, as the last forecast has it."""
        return ahead((one for day in self.days(policy) for one in day.needed), now)

    def calls_ahead(self, policy: Policy, now: datetime) -> float | None:
        """Calls that are expected in that interval."""
        needed = self.ahead(policy, now)
        expected = (one for day in self.days(policy) for one in day.forecast.expected)
        return next((one.offered for one in expected if needed is not None and one.interval == needed.interval), None)

    def error(self, policy: Policy) -> float | None:
        """How wrong such forecasts were in the last weeks; None where nobody knows."""
        judged = None if self.made is None else self.made.judged.get(frozenset(policy.queues))
        return None if judged is None else judged.error

    def shortfall(self, policy: Policy, scene: Scene, owned: Mapping[SeatKey, Owned]) -> Reading | None:
        """How many people will be missing; None for a policy that does not ask.

        Args:
            policy: whose queues are meant.
            scene: of now.
            owned: memberships that we have begun.
        """
        if all(trigger.measure is not Measure.FORECAST_SHORTFALL for trigger in policy.triggers):
            return None
        days, present = self.days(policy), own_staff(policy, scene, owned)
        if self.made is None or not days:
            return Reading(None, why_unknown=self.fault or "the books are being read")
        if scene.now - self.made.at > TOO_OLD:
            at = self.made.at.astimezone(self._parts.site().zone)
            return Reading(
                None, why_unknown=f"the last forecast is of {at:%Y-%m-%d %H:%M}: {self.fault or 'it is late'}"
            )
        needed = (one for day in days for one in day.needed)
        missing = None if present is None else shortfall(needed, present, scene.now)
        if missing is None:
            lacking = next((day.forecast.lacking for day in days if day.forecast.lacking), "")
            return Reading(None, why_unknown=lacking or "nothing is forecast for this time", is_taken=False)
        return Reading(float(missing))

    # in a thread

    def _reckon(self, site: Site, groups: frozenset[Queues], now: datetime) -> Made:
        return asyncio.run(self._made(site, groups, now))

    async def _made(self, site: Site, groups: frozenset[Queues], now: datetime) -> Made:
        past = self._past(site, groups)
        today = now.astimezone(site.zone).date()
        store = SiteStore(self._parts.url)
        try:
            await past.read(BooksReader(store), today, now, _Resting(self._parts.rests, self._has_left))
        finally:
            await store.close()
        target, of = target_of(site), (today, today + DAY)
        days = {group: tuple(outlook(past, group, day, target) for day in of) for group in groups}
        return Made(
            now, days, {group: self._judged(past, group, today) for group in groups}, quiet_time(site, days, now)
        )

    def _past(self, site: Site, groups: frozenset[Queues]) -> Past:
        """What was read, as long as it is counted alike."""
        counting, calendar = counting_of(site, groups), calendar_of(site)
        past = self._kept.past
        if past is None or (past.counting, past.calendar) != (counting, calendar):
            past = self._kept.past = Past(counting, calendar)
            self._kept.judged.clear()
        return past

    def _judged(self, past: Past, group: Queues, today: date) -> Judged:
        """Once a day."""
        known = self._kept.judged
        if (group, today) not in known:
            for key in [key for key in known if key[0] == group]:
                del known[key]
            known[group, today] = judged_by(past, group, today)
        return known[group, today]


class _Resting:
    """Rests behind each day that was read, and gives up when the controller leaves."""

    def __init__(self, rests: float, has_left: threading.Event) -> None:
        self._rests = rests
        self._has_left = has_left
        self._since = time.monotonic()

    async def __call__(self) -> None:
        if self._has_left.is_set():
            raise _LeftError
        await asyncio.sleep(min(LONGEST_REST, self._rests * (time.monotonic() - self._since)))
        self._since = time.monotonic()
