"""What is read of the books: days counted by group, with wrap-ups, gaps and patience; each of them once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from math import inf

import pytest

from ivrctl.acd.intervals import Interval
from ivrctl.acd.stay import Gap
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.forecast.history import Counted
from ivrctl.service.forecasting.outlook import calendar_of, counting_of
from ivrctl.service.forecasting.past import Past
from ivrctl.service.forecasting.reading import FEWEST_ABANDONED, Waits

from .weeks import HALF, MONDAY, abandoned, call, day_of_calls, site, write

HOTLINE, BOTH = frozenset({"broadband"}), frozenset({"broadband", "mobile-data"})
FRIDAY = MONDAY - timedelta(days=3)
NOON = datetime.combine(MONDAY, time(12), UTC)


class Books(BooksReader):
    """Notes what is read."""

    def __init__(self, store: SiteStore) -> None:
        super().__init__(store)
        self.days: list[date] = []

    async def gaps(self, period: Interval, queue: str | None = None) -> list[Gap]:
        """Asked for once for each day."""
        self.days.append(period.begin.date())
        return await super().gaps(period, queue)


async def at_once() -> None:
    """Nobody rests."""


def past() -> Past:
    of = site()
    return Past(counting_of(of, frozenset({HOTLINE, BOTH})), calendar_of(of))


def counted(past: Past, day: date, group: frozenset[str] = HOTLINE) -> dict[str, Counted]:
    found = past.history(group).on(day)
    return {f"{one.interval.begin:%H:%M}": one for one in found}


async def test_calls_are_counted_by_interval_and_group(store: SiteStore) -> None:
    """Two queues together are both; talk and wrap-up are how long calls take."""
    await write(store, [*day_of_calls(FRIDAY), *day_of_calls(FRIDAY, {21: 3}, "mobile-data")])
    read = past()
    await read.read(BooksReader(store), MONDAY, NOON, at_once)
    assert (counted(read, FRIDAY)["10:30"].offered, counted(read, FRIDAY, BOTH)["10:30"].offered) == (40, 43)
    assert counted(read, FRIDAY)["10:30"].handling == pytest.approx(40 * 180)
    assert counted(read, FRIDAY)["15:00"] == Counted(counted(read, FRIDAY)["15:00"].interval, 0)


async def test_days_that_are_over_are_read_once(store: SiteStore) -> None:
    """Today is read again each time, and yesterday until its last talks are over."""
    await write(store, day_of_calls(FRIDAY))
    books, read = Books(store), past()
    await read.read(books, MONDAY, NOON - timedelta(hours=11, minutes=50), at_once)
    assert books.days == [MONDAY - timedelta(days=back) for back in range(4)]
    books.days.clear()
    await read.read(books, MONDAY, NOON - timedelta(hours=1), at_once)
    assert books.days == [MONDAY, MONDAY - timedelta(days=1)]
    books.days.clear()
    await read.read(books, MONDAY, NOON, at_once)
    assert books.days == [MONDAY]


async def test_what_is_imported_later_is_read_then(store: SiteStore) -> None:
    """The books begin earlier all at once: all of them are read anew."""
    await write(store, day_of_calls(FRIDAY))
    books, read = Books(store), past()
    await read.read(books, MONDAY, NOON, at_once)
    await write(store, day_of_calls(FRIDAY - timedelta(weeks=1)))
    books.days.clear()
    await read.read(books, MONDAY, NOON, at_once)
    assert len(books.days) == 11
    assert counted(read, FRIDAY - timedelta(weeks=1))["10:30"].offered == 40


async def test_before_the_books_began_nothing_is_known(store: SiteStore) -> None:
    """A site that began at ten on Friday had no quiet morning, and no quiet Thursday."""
    await write(store, day_of_calls(FRIDAY, {20: 2, 21: 2}))
    read = past()
    await read.read(BooksReader(store), MONDAY, NOON, at_once)
    assert min(counted(read, FRIDAY)) == "10:00"
    assert read.history(HOTLINE).days == tuple(FRIDAY + timedelta(days=ahead) for ahead in range(4))


async def test_intervals_with_a_gap_are_not_known(store: SiteStore) -> None:
    """What was not seen is not without calls; a gap of another queue does no harm."""
    began = datetime.combine(FRIDAY, time(10, 40), UTC)
    gaps = [Gap(began, began + HALF, "the connection was lost", "mobile-data")]
    await write(store, [*day_of_calls(FRIDAY), *gaps])
    read = past()
    await read.read(BooksReader(store), MONDAY, NOON, at_once)
    assert "10:30" in counted(read, FRIDAY)
    assert "10:30" not in counted(read, FRIDAY, BOTH)
    assert "11:00" not in counted(read, FRIDAY, BOTH)


async def test_patience_is_what_all_waited_over_who_hung_up(store: SiteStore) -> None:
    """Of too few nobody can tell; and who hangs up at once has not waited.

    Nobody's first seconds count: where nearly all are answered in them, callers are no more patient than elsewhere.
    """
    at = datetime.combine(FRIDAY, time(10), UTC)
    hung_up = [abandoned(at + number * timedelta(seconds=10), f"a{number}", 40) for number in range(FEWEST_ABANDONED)]
    answered = [entry for number in range(100) for entry in call(at, f"b{number}", waited=10)]
    soon_answered = [entry for number in range(500) for entry in call(at, f"d{number}", waited=4)]
    at_once_away = [abandoned(at, f"c{number}", 3) for number in range(30)]
    await write(store, [*hung_up, *answered, *soon_answered, *at_once_away])
    read = past()
    await read.read(BooksReader(store), MONDAY, NOON, at_once)
    assert read.waits(HOTLINE) == Waits(pytest.approx(50 * 35 + 100 * 5), 50)
    assert read.waits(HOTLINE).patience == pytest.approx(45)
    assert Waits(1000, 49).patience == inf


async def test_empty_books_have_no_past(store: SiteStore) -> None:
    """Nothing is read, and nothing is known."""
    books, read = Books(store), past()
    await read.read(books, MONDAY, NOON, at_once)
    assert (books.days, read.history(HOTLINE).days) == ([], ())
