"""How busy queues are when calls are made: one crowd for everything that the guards of a site can tell apart.

Every queue is as busy as every other one in a crowd: a site that compares two queues is walked where both are quiet and
where both are full, not where one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TypeVar

from ivrctl.flow.call import World
from ivrctl.flow.exploring.relevance import QUEUES, Relevance
from ivrctl.model.queue_facts import UNKNOWN, QueueFacts

MAX_LEVELS = 8
"""More are not tried: each crowd is a walk of its own through all that depends on it."""

UNATTENDED = QueueFacts(0, 0, 0, timedelta(0), None, timedelta(0))
"""Nobody is there: how long it would take cannot be said."""

Level = TypeVar("Level")

_SECOND = timedelta(seconds=1)


def crowds_of(sites: Sequence[Relevance]) -> tuple[tuple[QueueFacts, ...], bool]:
    """What may be known of queues, the fewest facts first: nothing; nobody at work; then from quiet to crowded.

    Returns:
        The crowds; and False when guards tell more apart than these.
    """
    if not any(site.is_read(QUEUES) for site in sites):
        return (UNKNOWN,), True
    literals = {value for site in sites for value in site.literals}
    named = {int(value) for value in literals if isinstance(value, Decimal) and value >= 0}
    asked = {value for value in literals if isinstance(value, timedelta)}
    # One on each side of everything that something is compared with.
    counts = sorted({0, *named, *(count + 1 for count in named)})
    waits = sorted({timedelta(0), *asked, *(wait + _SECOND for wait in asked)})
    levels = max(len(counts), len(waits))
    crowds = [
        QueueFacts(free, free, waiting, longest, longest, timedelta(0))
        for waiting, longest, free in zip(
            _stretched(counts, levels), _stretched(waits, levels), reversed(_stretched(counts, levels)), strict=True
        )
    ]
    return (UNKNOWN, UNATTENDED, *crowds[:MAX_LEVELS]), levels <= MAX_LEVELS


def told_of(world: World, worlds: Sequence[World], zone: tzinfo) -> tuple[datetime | None, QueueFacts]:
    """What to say of the moment of a call that fares otherwise at others: when it is, and how busy the queues are.

    Args:
        world: in which the call is made.
        worlds: all that were tried; where they are of one time, that makes no difference.
        zone: the site's.
    """
    is_time_told = any(other.now != world.now for other in worlds)
    return world.now.astimezone(zone) if is_time_told else None, next(iter(world.queues.values()), UNKNOWN)


def text_of(facts: QueueFacts) -> str:
    """Facts as ``ivrctl sim --queues`` takes them, such as ``waiting=7,longest_wait=121s``; empty for nothing."""
    counts = {"staff": facts.staff, "available": facts.available, "waiting": facts.waiting}
    waits = {"longest_wait": facts.longest_wait, "expected_wait": facts.expected_wait}
    told = [f"{name}={count}" for name, count in counts.items() if count is not None]
    return ",".join([*told, *(f"{name}={wait.total_seconds():g}s" for name, wait in waits.items() if wait is not None)])


def _stretched(levels: list[Level], length: int) -> list[Level]:
    """The last level again, where the other figures have more of them."""
    return levels + levels[-1:] * (length - len(levels))
