"""The books of a day that was, and whom policies had called in on it."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from ivrctl.acd.intervals import Interval, day_of
from ivrctl.adapters.ami.queue_actions import Outcome
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store.reads import sent_between
from ivrctl.adapters.staffing_store.values import Sent
from ivrctl.service.backtesting.foreseeing import asked_of, foreseen
from ivrctl.simulation.days.recorded import Books, RecordedDay, Settings
from ivrctl.simulation.days.recorded_people import CalledIn
from ivrctl.site.site_file import Site
from ivrctl.staffing.plan import ChangeKind, SeatKey
from ivrctl.staffing.policy import Policy

BEFORE = timedelta(days=1)
"""Somebody may have been called in so long before the day, and be there still."""


async def calls_of(day: date, site: Site, store: SiteStore) -> int:
    """How many callers a day has, as far as books tell that are only counted.

    Raises:
        SiteStoreError: the database does not answer.
    """
    return await BooksReader(store).count_stays(day_of(day, site.zone))


async def recorded_day(
    day: date, site: Site, policies: Sequence[Policy], settings: Settings, store: SiteStore, now: datetime
) -> RecordedDay:
    """A day that was, for policies to be tried on it.

    Args:
        day: by the site's clock.
        site: whose books they are.
        policies: all that are to be tried: their queues are there, and what they look at is forecast.
        settings: what is known beside the books.
        store: the site's database.
        now: until when lasts what has not ended.

    Raises:
        SiteStoreError: the database does not answer.
    """
    watched = frozenset(queue for policy in policies for queue in policy.queues)
    forecast = await foreseen(asked_of(policies), site, day, store, now)
    known = replace(settings, watched=watched, foreseen=forecast)
    with _uncollected():
        return RecordedDay(day.isoformat(), await books_of(day_of(day, site.zone), store, now), site, known)


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is read is no garbage: to go through all of it for some, again and again, takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


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
