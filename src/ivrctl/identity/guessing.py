"""One guess and its three books: of the account, of the calling number, and of the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ivrctl.identity.books import AccountBooks, Book, Locked, WindowBooks
from ivrctl.site.identity import Locks


@dataclass(frozen=True, slots=True)
class Books:
    """The books that a guess concerns; None is one in which nothing stands."""

    account: Book | None = None
    caller: Book | None = None
    site: Book | None = None

    def by_clock(self, now: datetime) -> Books:
        """All three by a clock that was set back; these are to be kept, whatever becomes of the guess."""
        return Books(*(book and book.by_clock(now) for book in (self.account, self.caller, self.site)))


@dataclass(frozen=True, slots=True)
class Receipt:
    """For a guess that was reserved: with it the guess is given back, to the day and the windows that took it."""

    account: datetime
    caller: datetime
    site: datetime


@dataclass(frozen=True, slots=True)
class Reserved:
    """A guess that was taken: now something may be compared."""

    books: Books
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Guessing:
    """What a site allows."""

    account: AccountBooks
    caller: WindowBooks
    site: WindowBooks

    @classmethod
    def of(cls, locks: Locks) -> Guessing:
        """As the site file says."""
        return cls(AccountBooks(locks.account), WindowBooks(locks.caller), WindowBooks(locks.site))

    def reserve(self, books: Books, now: datetime) -> Reserved | Locked:
        """Take a guess in all three books as if it were wrong; where one is locked, in none of them.

        The account's book says nothing of whether there is such an account: one that nobody has is locked as any other.
        """
        taken = (
            self.account.reserve(books.account, now),
            self.caller.reserve(books.caller, now),
            self.site.reserve(books.site, now),
        )
        match taken:
            case Book() as account, Book() as caller, Book() as site:
                return Reserved(Books(account, caller, site), Receipt(account.since, caller.since, site.since))
            case _:
                locked = zip(("account", "caller", "site"), taken, strict=True)
                return max(
                    (Locked(each.until, sort) for sort, each in locked if isinstance(each, Locked)),
                    key=lambda each: each.until,
                )

    def forgotten_at(self, sort: str, book: Book) -> datetime:
        """From when on nothing in a book counts.

        Args:
            sort: of book: ``account``, ``caller`` or ``site``.
            book: as it is.
        """
        rules: dict[str, AccountBooks | WindowBooks] = {"caller": self.caller, "site": self.site}
        return rules.get(sort, self.account).forgotten_at(book)

    def right(self, books: Books, receipt: Receipt) -> Books:
        """What was guessed was right."""
        account = books.account and self.account.right(books.account, receipt.account)
        return self._given_back(account, books, receipt)

    def uncompared(self, books: Books, receipt: Receipt) -> Books:
        """Nothing was compared: who should have known did not answer."""
        account = books.account and self.account.uncompared(books.account, receipt.account)
        return self._given_back(account, books, receipt)

    def _given_back(self, account: Book | None, books: Books, receipt: Receipt) -> Books:
        caller = books.caller and self.caller.give_back(books.caller, receipt.caller)
        site = books.site and self.site.give_back(books.site, receipt.site)
        return Books(account, caller, site)
