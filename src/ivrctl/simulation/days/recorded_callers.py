"""Who called on a day that was: the stays of the books as arrivals, with what is not known of them drawn.

Nobody is invented and nobody is lost: each stay is one arrival, but for a stay in which a caller was taken out of a
queue for a moment, to be told something, and put back: that is one, and he waited from its beginning.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.simulation.day import Arrival
from ivrctl.simulation.days.patience import Patience

TOLD_WITHIN = timedelta(minutes=1)
"""Between being taken out of a queue for a message and being back in it."""
ENOUGH_TALKS = 20
"""Answered calls of one hour of a queue, from which the talks of others of that hour are drawn."""
ENOUGH_PATIENCE = 30
"""Callers of a queue who hung up, from whom the patience of its others is reckoned; else all queues are taken."""
HOUR = 3600.0
NO_TALKS = timedelta(minutes=3)
"""Talks of a day on which nobody was answered."""

Seconds: TypeAlias = NDArray[np.float64]

BY_HIMSELF = frozenset({StayEnd.ABANDONED, StayEnd.KEY, StayEnd.CALLED_BACK})
"""The ends that are a caller's own choice: his patience was over."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One arrival of the books."""

    at: float
    """Seconds from the day's beginning."""
    queue: str
    tier: str
    waited: float
    """Seconds, as far as is known."""
    end: StayEnd
    talk: float | None
    """Seconds; None for one who was not answered, or of whom nobody knows when his talk ended."""

    @property
    def pool(self) -> Pool:
        """Whose talks are like his."""
        return Pool(self.queue, int(self.at // HOUR))


class Pool(NamedTuple):
    """A queue in one hour of the day."""

    queue: str
    hour: int


def callers_of(stays: Iterable[Stay], begins: datetime, now: datetime) -> tuple[Caller, ...]:
    """The arrivals of some stays, in the order in which they joined.

    Args:
        stays: of one day, in any order.
        begins: the moment of its second 0.
        now: until when somebody has waited who waits still.
    """
    by_channel: defaultdict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        by_channel[stay.uniqueid, stay.queue].append(stay)
    found = [_caller(parts, begins, now) for own in by_channel.values() for parts in _visits(own)]
    return tuple(sorted(found, key=lambda caller: (caller.at, caller.queue)))


def _visits(stays: list[Stay]) -> Iterable[Sequence[Stay]]:
    """The stays of one channel in one queue, those together between which he was only told something."""
    stays.sort(key=lambda stay: stay.joined_at)
    visit = [stays[0]]
    for stay in stays[1:]:
        before = visit[-1]
        left_at = before.left_at or before.joined_at
        if before.end is StayEnd.WITHDRAWN and stay.joined_at - left_at <= TOLD_WITHIN:
            visit.append(stay)
            continue
        yield visit
        visit = [stay]
    yield visit


def _caller(parts: Sequence[Stay], begins: datetime, now: datetime) -> Caller:
    first, last = parts[0], parts[-1]
    talk_ended_at = last.talk_ended_at
    left_at = now if last.end is StayEnd.WAITING else last.left_at
    return Caller(
        at=(first.joined_at - begins).total_seconds(),
        queue=first.queue,
        tier=next((stay.tier for stay in parts if stay.tier), ""),
        waited=0.0 if left_at is None else max(0.0, (left_at - first.joined_at).total_seconds()),
        end=last.end,
        talk=None if talk_ended_at is None or last.left_at is None else max(0.0, last.talked(talk_ended_at)),
    )


class Callers:
    """All of a day: what is known is kept, what is not is drawn from those like them."""

    def __init__(self, callers: Sequence[Caller], priorities: Mapping[str, int]) -> None:
        """Look at all of them once.

        Args:
            callers: in the order in which they joined.
            priorities: by tier of customers.
        """
        self.callers = callers
        self._priorities = priorities
        self.ends = Counter(caller.end for caller in callers)
        self._waited = np.array([caller.waited for caller in callers])
        self._patience = self._patiences()
        self._by_patience = self._who_had_more()
        self._talks = self._talks_of_pools()
        self._by_draw = self._who_draws()

    @property
    def without_patience(self) -> bool:
        """True when nobody hung up, so that nobody is known to lose his patience."""
        return not any(caller.end in BY_HIMSELF for caller in self.callers)

    def arrivals(self, chance: Generator) -> tuple[Arrival, ...]:
        """All of them, in their order."""
        talks, patience = self._drawn_talks(chance), self._drawn_patience(chance)
        return tuple(
            Arrival(caller.at, caller.queue, waits, talk, self._priorities.get(caller.tier, 0), caller.tier)
            for caller, waits, talk in zip(self.callers, patience.tolist(), talks.tolist(), strict=True)
        )

    def _patiences(self) -> Mapping[str, Patience]:
        """By queue; of one in which few hung up, that of all together."""
        together = self._patience_of(self.callers)
        by_queue: defaultdict[str, list[Caller]] = defaultdict(list)
        for caller in self.callers:
            by_queue[caller.queue].append(caller)
        own = {queue: self._patience_of(callers) for queue, callers in by_queue.items()}
        return {queue: found if found.hung_up >= ENOUGH_PATIENCE else together for queue, found in own.items()}

    @staticmethod
    def _patience_of(callers: Sequence[Caller]) -> Patience:
        return Patience([caller.waited for caller in callers], [caller.end in BY_HIMSELF for caller in callers])

    def _who_had_more(self) -> Mapping[str, list[int]]:
        """By queue, whose patience was not over when he waited no longer."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, caller in enumerate(self.callers):
            if caller.end not in BY_HIMSELF:
                found[caller.queue].append(place)
        return {queue: found[queue] for queue in sorted(found)}

    def _drawn_patience(self, chance: Generator) -> Seconds:
        found = self._waited.copy()
        for queue, places in self._by_patience.items():
            found[places] = self._patience[queue].drawn(self._waited[places], chance)
        return found

    def _talks_of_pools(self) -> Mapping[Pool, Seconds]:
        """By queue and hour the talks that are drawn from: of that hour, of the queue, of all."""
        of_pools: defaultdict[Pool, list[float]] = defaultdict(list)
        of_queues: defaultdict[str, list[float]] = defaultdict(list)
        for caller in self.callers:
            if caller.talk is not None:
                of_pools[caller.pool].append(caller.talk)
                of_queues[caller.queue].append(caller.talk)
        of_all = [talk for talks in of_queues.values() for talk in talks] or [NO_TALKS.total_seconds()]
        found = {}
        for pool in {caller.pool for caller in self.callers}:
            enough = [talks for talks in (of_pools[pool], of_queues[pool.queue]) if len(talks) >= ENOUGH_TALKS]
            found[pool] = np.asarray(next(iter(enough), of_queues[pool.queue] or of_all))
        return found

    def _who_draws(self) -> Mapping[Pool, list[int]]:
        """By pool, whose talk is not known; in an order that does not change."""
        found: defaultdict[Pool, list[int]] = defaultdict(list)
        for place, caller in enumerate(self.callers):
            if caller.talk is None:
                found[caller.pool].append(place)
        return {pool: found[pool] for pool in sorted(found)}

    def _drawn_talks(self, chance: Generator) -> Seconds:
        found = np.array([caller.talk or 0.0 for caller in self.callers])
        for pool, places in self._by_draw.items():
            found[places] = chance.choice(self._talks[pool], len(places))
        return found
