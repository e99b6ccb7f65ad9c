"""The books of a day that was, and whom policies had called in on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ivrctl.acd.intervals import Interval
from ivrctl.adapters.ami.queue_actions import Outcome
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store.reads import sent_between
from ivrctl.adapters.staffing_store.values import Sent
from ivrctl.simulation.recorded import Books
from ivrctl.simulation.recorded_people import CalledIn
from ivrctl.staffing.plan import ChangeKind, SeatKey

BEFORE = timedelta(days=1)
"""Somebody may have been called in so long before the day, and be there still."""


async def books_of(period: Interval, store: SiteStore, now: datetime) -> Books:
    """All that is kept of a day.

    Args:
        period: the day.
        store: the site's database.
        now: until when lasts what has not ended.

    Raises:
        SiteStoreError: the database does not answer.
    """
    reader = BooksReader(store)
    stays = await reader.stays(period)
    spans = await reader.spans(period)
    gaps = await reader.gaps(period)
    sent = await store.read(lambda connection: sent_between(connection, period.begin - BEFORE, period.end))
    called_in = tuple(each for each in called_in_by(sent) if (each.ended_at or now) > period.begin)
    return Books(period, stays, spans, gaps, now, called_in)


def called_in_by(sent: Iterable[Sent]) -> Iterator[CalledIn]:
    """The memberships that some actions began and ended, in the order of the actions."""
    lasting: dict[SeatKey, datetime] = {}
    for each in sent:
        seat = each.change.seat
        if each.change.kind is ChangeKind.ADD and each.outcome == Outcome.ADDED.value:
            lasting.setdefault(seat, each.at)
        elif each.change.kind is ChangeKind.REMOVE and seat in lasting:
            yield CalledIn(seat[1], seat[0], lasting.pop(seat), each.settled_at or each.at)
    for (queue, interface), at in lasting.items():
        yield CalledIn(interface, queue, at, None)
