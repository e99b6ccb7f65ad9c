"""A day from a small description: callers by a Poisson process, talks and patience drawn, people as they are planned.

The same file and the same numbers drawn give the same day. Arrivals of a stretch with a constant rate are as many as a
Poisson number says, each at any moment of it alike, which is that process (Ross, Introduction to Probability Models,
theorem 5.2). A lognormal talk of mean m and standard deviation s has the parameters sigma^2 = ln(1 + s^2 / m^2) and
mu = ln(m) - sigma^2 / 2 (Brown et al., Statistical Analysis of a Telephone Call Center, 2005, on why lognormal).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import inf, log, sqrt
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ivrctl.acd.intervals import day_of
from ivrctl.acd.service_level import Rule
from ivrctl.simulation.day import Arrival, Day, QueueModel
from ivrctl.simulation.days.call_rates import hours_of, stretches_of
from ivrctl.simulation.days.day_file import PATIENCE, TALK, DayFile, QueueEntry, TalkKeys
from ivrctl.simulation.days.synthetic_people import people_of
from ivrctl.site.opening import MINUTES, Opening
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy_files.written import Duration

Seconds: TypeAlias = NDArray[np.float64]


def synthetic_day(name: str, file: DayFile, site: Site, chance: Generator) -> Day:
    """A day as a file describes it; see ``SyntheticDay``."""
    return SyntheticDay(name, file, site).day(chance)


class SyntheticDay:
    """A description, from which days are drawn: people and queues are the same in all of them."""

    def __init__(self, name: str, file: DayFile, site: Site) -> None:
        """Look at the description once.

        Args:
            name: what the day is to be called.
            file: one that was checked against the site.
            site: whose people and promises it names.
        """
        clock = DayClock(file.date, site.zone)
        self._callers = tuple(_Callers(str(queue), entry, file, clock) for queue, entry in file.queues.items())
        self._priorities = priorities_of(site)
        self._day = Day(
            name=name,
            begins=clock.midnight,
            lasts=clock.lasts,
            queues=tuple(queue_model(queue, entry) for queue, entry in file.queues.items()),
            agents=people_of(file, site, clock.seconds),
            arrivals=(),
            rule=Rule(site.kpi.answer_in, site.kpi.short_abandon),
            promises=promises_of(site),
            assumed=tuple(_assumed(file)),
        )

    def day(self, chance: Generator) -> Day:
        """A day as it is described.

        Args:
            chance: who calls when, for how long, and how patient he is.
        """
        found = [each for callers in self._callers for each in callers.drawn(self._priorities, chance)]
        return replace(self._day, arrivals=tuple(sorted(found, key=lambda each: each.at)))


class DayClock:
    """The clock on the wall of one day, in seconds since its midnight; days with a change of the clock are longer."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self._day = day
        self._zone = zone
        whole = day_of(day, zone)
        self.midnight = whole.begin.astimezone(zone)
        self.lasts = whole.length

    def seconds(self, minutes: int) -> float:
        """Of a reading of the clock, in minutes since midnight."""
        if minutes >= MINUTES:
            return self.lasts.total_seconds()
        at = datetime.combine(self._day, time(*divmod(minutes, 60)), self._zone)
        return (at.astimezone(UTC) - self.midnight.astimezone(UTC)).total_seconds()

    def span(self, opening: Opening) -> tuple[float, float]:
        """The beginning and the end of a stretch of the day."""
        return self.seconds(opening.start), self.seconds(opening.end)


def priorities_of(site: Site) -> Mapping[str, int]:
    """How the callers of each tier stand in a queue."""
    return MappingProxyType({str(name): tier.priority for name, tier in site.tiers.items()})


def promises_of(site: Site) -> Mapping[str, timedelta]:
    """Within what callers of each tier are to be answered."""
    return MappingProxyType({str(name): tier.answer for name, tier in site.tiers.items() if tier.answer is not None})


def queue_model(name: str, entry: QueueEntry) -> QueueModel:
    """A queue as the file sets it."""
    plain = QueueModel(str(name))
    return QueueModel(
        name=str(name),
        strategy=entry.strategy,
        ring_for=_seconds(entry.ring_for, plain.ring_for),
        retry=_seconds(entry.retry, plain.retry),
        wrap_up=_seconds(entry.wrap_up, plain.wrap_up),
        limit=plain.limit if entry.limit is None else entry.limit.number,
        weight=plain.weight if entry.weight is None else entry.weight.number,
        longest_wait=_seconds(entry.longest_wait, plain.longest_wait),
        join_empty=entry.join_empty,
        leave_when_empty=entry.leave_when_empty,
    )


def _seconds(given: Duration | None, otherwise: float) -> float:
    return otherwise if given is None else given.length.total_seconds()


class _Callers:
    """Those of one queue."""

    def __init__(self, queue: str, entry: QueueEntry, file: DayFile, clock: DayClock) -> None:
        self._queue, self._entry = queue, entry
        stretches = stretches_of(entry.calls, hours_of(file))
        self._rates = tuple((*clock.span(stretch.opening), stretch.per_hour / 3600) for stretch in stretches)

    def drawn(self, priorities: Mapping[str, int], chance: Generator) -> Iterator[Arrival]:
        """In the order of their times."""
        moments: list[float] = []
        for began, ended, rate in self._rates:
            length = max(0.0, ended - began)
            many = int(chance.poisson(rate * length))
            moments += np.sort(began + length * chance.random(many)).tolist()
        talks = _talks(self._entry.talk, len(moments), chance).tolist()
        patience = _patience(self._entry, len(moments), chance).tolist()
        tiers = _tiers(self._entry, len(moments), chance)
        for at, waits, talk, tier in zip(moments, patience, talks, tiers, strict=True):
            yield Arrival(at, self._queue, waits, talk, priorities.get(tier, 0), tier)


def _talks(keys: TalkKeys | None, many: int, chance: Generator) -> Seconds:
    mean = (TALK if keys is None else keys.mean.length).total_seconds()
    if keys is None or keys.spread is None:
        return chance.exponential(mean, many)
    sigma = sqrt(log(1 + (keys.spread.length.total_seconds() / mean) ** 2))
    return chance.lognormal(log(mean) - sigma**2 / 2, sigma, many)


def _patience(entry: QueueEntry, many: int, chance: Generator) -> Seconds:
    given = entry.patience
    if given is not None and given.amount is None:
        return np.full(many, inf)
    mean = PATIENCE.total_seconds() if given is None or given.amount is None else given.amount
    return chance.exponential(mean, many)


def _tiers(entry: QueueEntry, many: int, chance: Generator) -> Sequence[str]:
    if not entry.tiers:
        return [""] * many
    bounds = np.cumsum([share.amount or 0.0 for share in entry.tiers.values()])
    names = [*map(str, entry.tiers), ""]
    # A sum of shares of 100 % may be a little less than one.
    bounds = np.where(bounds > 1 - 1e-9, 1.0, bounds)
    return [names[index] for index in np.searchsorted(bounds, chance.random(many), side="right")]


def _assumed(file: DayFile) -> Iterator[str]:
    for queue, entry in file.queues.items():
        if entry.talk is None:
            yield f"how long callers of {queue} talk is not written: {TALK.seconds // 60} min in the mean"
        if entry.patience is None:
            yield f"how patient callers of {queue} are is not written: {PATIENCE.seconds // 60} min in the mean"
    if file.backup is None:
        yield "who is available for backup is not written: everybody in a group of the site, in the day's hours"
