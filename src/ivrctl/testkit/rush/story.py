"""Whether a rush went as it should: tiers in their order and home in reverse, nobody cut off, books that balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.testkit.rush.people import Rush, cut
from ivrctl.testkit.rush.site import TIERS


@dataclass(frozen=True, slots=True)
class Ended:
    """How a rush has ended."""

    decisions: Sequence[Mapping[str, Any]]
    """As the API has them, the oldest first."""
    stays: Sequence[Stay]
    """Of the rush, by the books."""
    members: frozenset[str]
    """Interfaces that are in the queue when everybody is home."""


def faults_of(rush: Rush, ended: Ended, *, daily: Iterable[str]) -> Iterator[str]:
    """What was not as it should be, a sentence each.

    Args:
        rush: what was done.
        ended: what came of it.
        daily: interfaces of those who are at work in the queue every day.
    """
    came = [tier["tier"] for each in ended.decisions for tier in each["tiers"] if tier["changed"] and tier["in"]]
    went = [tier["tier"] for each in ended.decisions for tier in each["tiers"] if tier["changed"] and not tier["in"]]
    if tuple(came) != TIERS:
        yield f"the tiers came in as {' '.join(came) or 'none'}, not as {' '.join(TIERS)}"
    if tuple(went) != TIERS[::-1]:
        yield f"the tiers went home as {' '.join(went) or 'none'}, not in reverse"
    yield from cut(rush.talks)
    if ended.members != frozenset(daily):
        yield f"in the queue are {' '.join(sorted(ended.members))} when everybody should be home"
    yield from _of_books(rush, ended.stays)


def balance(stays: Sequence[Stay]) -> str:
    """``joined 20 = answered 19 + abandoned 1``."""
    ends = Counter(stay.end for stay in stays)
    return f"joined {len(stays)} = " + (" + ".join(f"{end.value} {ends[end]}" for end in StayEnd if ends[end]) or "0")


def _of_books(rush: Rush, stays: Sequence[Stay]) -> Iterator[str]:
    answered = [stay for stay in stays if stay.end is StayEnd.ANSWERED]
    if len(stays) != len(rush.callers):
        yield f"the books have {len(stays)} callers, and {len(rush.callers)} called"
    by_phone = Counter(f"PJSIP/{talk.agent}" for talk in rush.talks)
    by_books = Counter(stay.interface for stay in answered)
    if by_phone != by_books:
        yield f"the phones had {dict(by_phone)} talks, and the books have {dict(by_books)}"
    if any(not stay.is_over for stay in stays):
        yield "the books have callers who are still there"
