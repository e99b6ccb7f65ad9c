"""The books of guesses: of an account, whose lock doubles, and of a calling number or a site, counted in a window.

An account that is locked after ``a`` wrong guesses, first for ``f``, takes the guess number ``a + k`` no earlier than
``f (2^k - 1)`` after the ``a``-th, as long as a lock is shorter than the longest. How many that are in a day,
``most_in_a_row`` counts. A right PIN, which only the customer knows, begins the row anew. So that an attacker who waits
for him to call gains little by it, the day that begins with a wrong guess has at most ``MOST_A_DAY`` of them, whatever
comes in between: any 24 hours twice as many, since two such days may meet in them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivrctl.site.identity import AccountLock, WindowLock

DAY = timedelta(hours=24)

MOST_A_DAY = 20
"""Wrong guesses at one account in the day that begins with the first of them."""

AHEAD = timedelta(minutes=1)
"""By which the clocks of two controllers may differ. What a book says of a time further ahead, a clock has written that
was set back since."""

_MOST_DOUBLED = 20
"""Times that a lock is doubled: a minute has become two years by then, and no lock is so long."""


@dataclass(frozen=True, slots=True)
class Book:
    """What is known of the guesses at one account, from one calling number, or at the site."""

    since: datetime
    """When the first guess of its day, or of its window, was taken; aware."""
    last: datetime
    """When the last one was."""
    wrong: int
    """Since then; those that are reserved count as wrong."""
    in_row: int = 0
    """Of an account: wrong ones since the last right one."""

    def by_clock(self, now: datetime) -> Book:
        """The book by a clock that was set back: what lies ahead counts as of now, so that its locks end all the same.

        They last as long as they would have then, and never shorter: who guesses gains nothing by it.
        """
        if max(self.since, self.last) <= now + AHEAD:
            return self
        return replace(self, since=min(self.since, now), last=min(self.last, now))


@dataclass(frozen=True, slots=True)
class Locked:
    """No guess is taken, and nothing may be compared."""

    until: datetime
    sort: str = "account"
    """Of the book that says so: ``account``, ``caller`` or ``site``."""


@dataclass(frozen=True, slots=True)
class AccountBooks:
    """The rules of an account's book; None is a book in which nothing stands."""

    lock: AccountLock

    def reserve(self, book: Book | None, now: datetime) -> Book | Locked:
        """Take one guess as if it were wrong; or say until when none is taken."""
        if book is None or now >= self.forgotten_at(book):
            return Book(now, now, 1, 1)
        until = self.locked_until(book)
        if until is not None and now < until:
            return Locked(until)
        if now >= book.since + DAY:
            return Book(now, now, 1, book.in_row + 1)
        return replace(book, last=max(now, book.last), wrong=book.wrong + 1, in_row=book.in_row + 1)

    def right(self, book: Book, since: datetime) -> Book:
        """The guess was right: the row begins anew. What else was guessed in this day stays in the book.

        Args:
            book: as it is now.
            since: of the book in which the guess was reserved; one of a day that is over is given back to nobody.
        """
        return replace(_less(book, since), in_row=0)

    def uncompared(self, book: Book, since: datetime) -> Book:
        """Nothing was compared: as if nobody had guessed."""
        return replace(_less(book, since), in_row=max(book.in_row - 1, 0))

    def locked_until(self, book: Book) -> datetime | None:
        """When the lock ends that stands in the book, perhaps long ago; None for a book without one."""
        of_row = [book.last + self.length(book.in_row)] if book.in_row >= self.lock.after else []
        of_day = [book.since + DAY] if book.wrong >= MOST_A_DAY else []
        return max([*of_row, *of_day], default=None)

    def forgotten_at(self, book: Book) -> datetime:
        """From when on nothing in it counts: as long as its longest lock after the last of what it says."""
        ends = max(book.since + DAY, book.last, self.locked_until(book) or book.last)
        return ends + max(DAY, self.lock.longest)

    def length(self, in_row: int) -> timedelta:
        """How long the lock is after so many wrong guesses in a row, which are at least those that lock."""
        doubled = 1 << min(in_row - self.lock.after, _MOST_DOUBLED)
        return min(self.lock.first * doubled, self.lock.longest)


@dataclass(frozen=True, slots=True)
class WindowBooks:
    """The rules of the book of one calling number, or of the site; None is a book in which nothing stands."""

    lock: WindowLock

    def reserve(self, book: Book | None, now: datetime) -> Book | Locked:
        """Take one guess as if it were wrong; or say until when none is taken."""
        if book is None or now >= self.forgotten_at(book):
            return Book(now, now, 1)
        until = self.locked_until(book)
        if until is not None:
            return Locked(until)
        return replace(book, last=max(now, book.last), wrong=book.wrong + 1)

    def give_back(self, book: Book, since: datetime) -> Book:
        """The guess was right, or nothing was compared.

        Args:
            book: as it is now.
            since: of the book in which the guess was reserved; one of a window that is over is given back to nobody.
        """
        return _less(book, since)

    def locked_until(self, book: Book) -> datetime | None:
        """When the lock ends that stands in the book, perhaps long ago; None for a book without one."""
        return book.last + self.lock.for_ if book.wrong >= self.lock.after else None

    def forgotten_at(self, book: Book) -> datetime:
        """From when on nothing in it counts."""
        return self.locked_until(book) or book.since + self.lock.within


def _less(book: Book, since: datetime) -> Book:
    return replace(book, wrong=max(book.wrong - 1, 0)) if book.since == since else book


def most_in_a_row(lock: AccountLock) -> int:
    """The most wrong guesses that an account takes in any 24 hours in which no right one comes.

    They are those of the first 24 hours of a row: later locks are longer, and a row is forgotten only when it has been
    left alone for a day.
    """
    rules, taken, spent = AccountBooks(lock), lock.after, timedelta()
    while (spent := spent + rules.length(taken)) < DAY:
        taken += 1
    return min(taken, most_whatever_happens())


def most_whatever_happens() -> int:
    """The most wrong guesses that an account takes in any 24 hours, however often the customer himself comes in."""
    return 2 * MOST_A_DAY
