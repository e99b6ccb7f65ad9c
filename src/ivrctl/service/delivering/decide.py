"""When something is tried again, told, and given up. Pure: time and chance are arguments.

Two things hold back a try: the *gate* of its submission, which closes when a try has failed, for all of the same
submission fare alike when an interface is away; and the pause of the entry itself, where it was answered and not taken,
so that one which is never taken holds up no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_GATE = timedelta(minutes=1)
"""An interface that is back is noticed within this."""
LONGEST_PAUSE = timedelta(minutes=10)
"""Between two tries of one entry."""
MOST_DOUBLINGS = 20
"""Enough for any of the two, and far from an overflow."""


def pause_after(failures: int, longest: timedelta, chance: float) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time, and between half of it and all.

    Args:
        failures: at least one.
        longest: it never is more.
        chance: from 0 to 1; the jitter keeps many controllers that were failed at once from coming back at once.
    """
    doubled: int = 1 << min(failures - 1, MOST_DOUBLINGS)
    whole = min(longest, FIRST_PAUSE * doubled)
    return whole * (0.5 + 0.5 * min(max(chance, 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a submission is tried at all."""

    failures: int = 0
    """In a row."""
    opens_at: float = 0.0
    """On a steady clock, in seconds."""

    def is_open(self, seconds: float) -> bool:
        """True when the next one may be tried."""
        return seconds >= self.opens_at

    def after_failure(self, seconds: float, chance: float) -> Gate:
        """Closed for a while."""
        pause = pause_after(self.failures + 1, LONGEST_GATE, chance)
        return Gate(self.failures + 1, seconds + pause.total_seconds())


OPEN = Gate()
"""After something was taken, and before anything was tried."""


def next_try(tries: int, now: datetime, chance: float) -> datetime:
    """When an entry is tried again that was not taken for a reason of its own, ``tries`` times before this one."""
    return now + pause_after(tries + 1, LONGEST_PAUSE, chance)


def overdue_before(give_up: timedelta, now: datetime) -> datetime:
    """What was handed over before this has waited for longer than its submission allows."""
    return now - give_up


@dataclass(frozen=True, slots=True)
class Alarms:
    """Which submissions are told to wait for too long."""

    told: frozenset[str]
    """Of these somebody was told, and they wait still."""
    rising: tuple[str, ...] = ()
    """Those of which somebody is told now, sorted."""
    over: tuple[str, ...] = ()
    """Those that wait no longer, sorted."""


def alarms(
    oldest: Mapping[str, datetime], limits: Mapping[str, timedelta], told: frozenset[str], now: datetime
) -> Alarms:
    """Who is to be told of what waits: once when it has waited for too long, and once when that is over.

    Args:
        oldest: when the oldest that waits was handed over, by submission.
        limits: after how long somebody is told, by submission; of one that is not named, nobody is.
        told: of which somebody was told already.
        now: aware.
    """
    late = frozenset(name for name, at in oldest.items() if name in limits and now - at > limits[name])
    return Alarms(late, tuple(sorted(late - told)), tuple(sorted(told - late)))
