"""The past days of a site, each read from its books once: what is over changes no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce

from ivrctl.acd.intervals import DAY, Interval, day_of
from ivrctl.adapters.books_store import BooksReader
from ivrctl.forecast.history import Counted, History
from ivrctl.service.forecasting.reading import Counting, DayRead, Queues, Waits, read_day
from ivrctl.site.calendar import Calendar, DayKind

LOOKED_BACK = 91
"""Days: eight weeks of the same kind of day, and three edges of a month."""
RARE_LOOKED_BACK = 400
"""Days in which holidays and make-up days are looked for, since a quarter of a year has few."""
SETTLED_AFTER = timedelta(hours=1)
"""Behind the end of a day: its last talks are over, and what is read of it now can be kept."""

Rest = Callable[[], Awaitable[None]]
"""Taken between two days, so that whoever else has work to do comes to it."""


@dataclass(slots=True)
class Past:
    """See the module; used by one reader at a time."""

    counting: Counting
    calendar: Calendar | None = None
    _read: dict[date, DayRead] = field(default_factory=dict)
    _began: datetime | None = None
    """From when on there are books."""
    _open: dict[date, DayRead] = field(default_factory=dict)
    """Days that are not settled yet, as they were read last."""

    async def read(self, books: BooksReader, day: date, now: datetime, rest: Rest) -> None:
        """Read what is needed to forecast a day, and the day so far, and is not read yet.

        Raises:
            SiteStoreError: the database does not answer; what was read until then stays.
        """
        began, before = await books.began_at(), self._began
        self._began, self._open = began, {}
        if began is None or (before is not None and began < before):
            self._read.clear()  # a log was imported: days before are known now
        if began is None:
            return
        zone = self.counting.intervals.zone
        days = tuple(self._wanted(day))
        self._read = {one: self._read[one] for one in days if one in self._read}
        for wanted in days:
            whole = day_of(wanted, zone)
            period = Interval(max(whole.begin, began), whole.end)
            if wanted in self._read or whole.end <= began or whole.begin > now:
                continue
            found = await read_day(books, period, self.counting, now)
            (self._read if whole.end + SETTLED_AFTER <= now else self._open)[wanted] = found
            await rest()

    def history(self, group: Queues) -> History:
        """What is known of a group of queues."""
        known = [read.histories[group] for read in (*self._read.values(), *self._open.values())]
        counted = (one for history in known for day in history.days for one in history.on(day))
        return History.of(self.counting.intervals, counted)

    def on(self, group: Queues, day: date) -> tuple[Counted, ...]:
        """The intervals of a day that are over."""
        read = self._read.get(day) or self._open.get(day)
        return () if read is None else read.histories[group].on(day)

    def waits(self, group: Queues) -> Waits:
        """What callers waited in all that time."""
        return reduce(Waits.__add__, (read.waits[group] for read in self._read.values()), Waits())

    @property
    def groups(self) -> Collection[Queues]:
        """Those that are counted."""
        return self.counting.groups

    def _wanted(self, day: date) -> Iterator[date]:
        """The newest first."""
        for back in range(RARE_LOOKED_BACK + 1):
            one = day - back * DAY
            if back <= LOOKED_BACK or self._is_rare(one):
                yield one

    def _is_rare(self, day: date) -> bool:
        return self.calendar is not None and self.calendar.kind_of(day) in {DayKind.HOLIDAY, DayKind.MAKE_UP}
