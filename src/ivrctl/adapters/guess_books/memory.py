"""Books in memory: for a simulated call, which must not lock anybody out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from ivrctl.adapters.guess_books.keys import Keys
from ivrctl.identity import Book, Books

_Result = TypeVar("_Result")


class BooksInMemory:
    """Books that end with the process."""

    def __init__(self) -> None:
        """Begin with empty ones."""
        self._books: dict[str, Book] = {}

    async def turn(
        self,
        keys: Keys,
        change: Callable[[Books], tuple[Books, _Result]],
        *,
        now: datetime,  # noqa: ARG002 - of no matter in memory, where nothing is forgotten
        within: timedelta,  # noqa: ARG002 - it takes no time
    ) -> _Result:
        """Hand the books in, and keep those that come back."""
        books, answer = change(Books(*(self._books.get(key) for key in keys)))
        kept = zip(keys, (books.account, books.caller, books.site), strict=True)
        self._books |= {key: book for key, book in kept if book is not None}
        return answer
