"""What flows, the API and people ask of a queue: ``queues.sales.{staff,available,waiting,longest_wait,expected_wait}``.

What is not known is None, and never a number: before the first reading, of a queue that Asterisk has not, and of an
expected wait with too little behind it. Of a picture that is stale the facts are those of when it was seen last;
``is_known`` is False then, and ``age`` says how long ago that was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.acd.expected_wait import ExpectedWait, ExpectedWaits
from ivrctl.acd.picture import Picture, Queue


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """One queue at one moment."""

    name: str
    is_known: bool
    """True when this is so now, as far as anybody can know."""
    age: timedelta | None
    """Since the last event or reading; None before the first."""
    staff: int | None = None
    """Members who are signed on, whatever they do."""
    available: int | None = None
    """Members whom a caller could reach now."""
    waiting: int | None = None
    longest_wait: timedelta | None = None
    """Of those who wait now; zero when nobody does."""
    expected_wait: ExpectedWait | None = None
    """Of somebody who joins now; None with too few answered calls to tell, and where nobody is signed on."""


def facts(picture: Picture, name: str, now: datetime, expected: ExpectedWaits | None = None) -> QueueFacts:
    """The facts of a queue.

    Args:
        picture: what is seen.
        name: of the queue.
        now: the time, by Asterisk's clock.
        expected: what was learnt of waits; without it nothing is expected.
    """
    age = None if picture.seen_at is None else max(now - picture.seen_at, timedelta(0))
    queue = picture.queues.get(name)
    if queue is None:
        return QueueFacts(name, is_known=False, age=age)
    first = min((caller.joined_at for caller in queue.callers.values()), default=None)
    return QueueFacts(
        name,
        picture.is_known,
        age,
        staff=len(queue.members),
        available=_available(picture, queue, now),
        waiting=len(queue.callers),
        longest_wait=timedelta(0) if first is None else max(now - first, timedelta(0)),
        expected_wait=_expected(queue, now, expected, first),
    )


def _available(picture: Picture, queue: Queue, now: datetime) -> int:
    """Members who talk in another queue are not: a phone that tells no state, as ``Local/`` ones, is not enough."""
    free = [member.interface for member in queue.members.values() if member.is_available(now)]
    if not free:
        return 0
    talking = {talk.interface for each in picture.queues.values() for talk in each.talks.values()}
    return sum(interface not in talking for interface in free)


def _expected(
    queue: Queue, now: datetime, expected: ExpectedWaits | None, first: datetime | None
) -> ExpectedWait | None:
    if expected is None or not queue.members:
        return None
    return expected.expect(queue.name, len(queue.callers), now, first)
