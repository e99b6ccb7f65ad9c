"""How long a caller has to expect to wait, from the last answered calls and the number ahead; and how true that was.

The queue moves on by **turns**: a turn is the time from when a caller could be the next one (he joined, or the one
before him was answered) until he is answered. So it holds the number of agents, the length of talks and the ringing,
and no time in which nobody waited. Whoever has ``a`` callers ahead waits ``k = a + 1`` turns. Of the last ``n`` turns,
mean ``m`` and variance ``v``, the sum of ``k`` more is taken to be gamma distributed with the mean ``k m`` and the
variance ``k v + k² v / n``, since ``m`` is not known better; its quantiles are those of Wilson and Hilferty::

    shape = (k m)² / variance      P(z) = k m (1 - 1/(9 shape) + z / (3 √shape))³      z50 = 0, z80 = 0.8416

That is the queue-length estimator (Whitt, Predicting Queueing Delays, 1999; Ibrahim and Whitt, 2009, who found it the
best of those that know no more), with the rate measured instead of known. A turn that goes on already for longer than
the mean counts as one of them: when all agents leave, the expected wait grows before the next answer. With fewer than
``LEAST`` turns there is none. Callers who hang up ahead make it shorter than expected; it is not reckoned with them.

What is expected at joining is kept until the caller is answered: ``accuracy`` says how true it was. Who was not
answered tells nothing: how long he would have waited nobody knows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean

from ivrctl.acd.stay import Stay, StayEnd

LAST = 50
"""Turns."""
LEAST = 10
"""Turns, and answered calls that an accuracy is made of."""
OLDEST = timedelta(hours=1)
"""A turn that ended before is of another time of the day."""
JUDGED = 200
"""Answered calls that an accuracy is made of at most."""
PROMISED = 10_000
"""Callers in a queue whose wait was foretold and who wait still; more do not wait in one queue."""
_Z80 = 0.8416212


@dataclass(frozen=True, slots=True)
class ExpectedWait:
    """One half of those in the same place wait no longer than ``p50``, four fifths no longer than ``p80``."""

    p50: timedelta
    p80: timedelta


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What was expected when callers joined against how long they waited for an answer."""

    calls: int
    within_p50: float
    """The share of waits that were not longer: near 0.5 when all is well."""
    within_p80: float
    """Near 0.8."""
    error: timedelta
    """The mean difference between P50 and wait, without its sign."""
    bias: timedelta
    """The same with its sign: above zero, waits were longer than expected."""


@dataclass(slots=True)
class _Queue:
    """What is known of one queue."""

    turns: deque[tuple[datetime, float]] = field(default_factory=lambda: deque(maxlen=LAST))
    """When each ended, and its seconds."""
    answered_at: datetime | None = None
    promised: dict[tuple[str, int], ExpectedWait] = field(default_factory=dict)
    """By uniqueid and chain of who waits."""
    judged: deque[tuple[float, ExpectedWait]] = field(default_factory=lambda: deque(maxlen=JUDGED))
    """Seconds that he waited, and what was expected."""


class ExpectedWaits:
    """Learns from stays as the ledger tells them."""

    def __init__(self) -> None:
        self._queues: dict[str, _Queue] = {}

    def take(self, stay: Stay) -> None:
        """A stay that has begun, changed or ended; told twice it counts once."""
        queue = self._queues.get(stay.queue)
        if queue is None:
            queue = self._queues[stay.queue] = _Queue()
        key = stay.uniqueid, stay.chain
        if stay.end is StayEnd.WAITING:
            self._promise(queue, key, stay)
            return
        promised = queue.promised.pop(key, None)
        if stay.end is not StayEnd.ANSWERED or stay.left_at is None:
            return
        if promised is not None:
            queue.judged.append(((stay.left_at - stay.joined_at).total_seconds(), promised))
        if queue.answered_at is None or stay.left_at > queue.answered_at:
            began_at = max(stay.joined_at, queue.answered_at or stay.joined_at)
            queue.turns.append((stay.left_at, (stay.left_at - began_at).total_seconds()))
            queue.answered_at = stay.left_at

    def expect(
        self, name: str, ahead: int, now: datetime, first_joined_at: datetime | None = None
    ) -> ExpectedWait | None:
        """What somebody has to expect who joins now, behind so many; None with too few answered calls to tell.

        Args:
            name: of the queue.
            ahead: how many wait.
            now: the time.
            first_joined_at: since when the first of them waits; his turn is going on.
        """
        queue = self._queues.get(name)
        if queue is None:
            return None
        oldest = now - OLDEST
        turns = [seconds for ended_at, seconds in queue.turns if ended_at >= oldest]
        if len(turns) < LEAST:
            return None
        if first_joined_at is not None and queue.answered_at is not None:
            lasts = (now - max(first_joined_at, queue.answered_at)).total_seconds()
            turns += [lasts] if lasts > fmean(turns) else []
        return _of_turns(turns, ahead + 1)

    def accuracy(self, name: str) -> Accuracy | None:
        """How true it was lately; None with too few answered calls to tell."""
        queue = self._queues.get(name)
        if queue is None or len(queue.judged) < LEAST:
            return None
        judged = [(timedelta(seconds=waited), expected) for waited, expected in queue.judged]
        errors = [(waited - expected.p50).total_seconds() for waited, expected in judged]
        return Accuracy(
            len(judged),
            _share(judged, lambda expected: expected.p50),
            _share(judged, lambda expected: expected.p80),
            timedelta(seconds=fmean(map(abs, errors))),
            timedelta(seconds=fmean(errors)),
        )

    def _promise(self, queue: _Queue, key: tuple[str, int], stay: Stay) -> None:
        if key in queue.promised or not stay.is_joined_exactly or stay.position < 1:
            return
        expected = self.expect(stay.queue, stay.position - 1, stay.joined_at)
        if expected is not None and len(queue.promised) < PROMISED:
            queue.promised[key] = expected


def _share(judged: Iterable[tuple[timedelta, ExpectedWait]], limit: Callable[[ExpectedWait], timedelta]) -> float:
    return fmean(waited <= limit(expected) for waited, expected in judged)


def _of_turns(turns: list[float], count: int) -> ExpectedWait:
    mean = fmean(turns)
    # pvariance is exact, and takes twenty times as long: a day of stays is judged by this.
    variance = fmean([(turn - mean) ** 2 for turn in turns])
    total = count * mean
    if mean <= 0 or variance <= 0:
        return ExpectedWait(timedelta(seconds=total), timedelta(seconds=total))
    shape = total * total / (count * variance + count * count * variance / len(turns))
    p50, p80 = (max(1 - 1 / (9 * shape) + z / (3 * sqrt(shape)), 0.0) ** 3 for z in (0.0, _Z80))
    return ExpectedWait(timedelta(seconds=total * p50), timedelta(seconds=total * p80))
