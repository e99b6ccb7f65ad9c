"""What a queue_log is to an import, wherever it lies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivrctl.acd.queue_log.lines import Line


@dataclass(frozen=True, slots=True)
class Raw:
    """A line that could not be read."""

    number: int
    """Its place, from 1."""
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines in their order."""

    lines: Sequence[tuple[int, Line]]
    """Each with its number, from 1."""
    unreadable: Sequence[Raw]
    place: str
    """Where the next piece begins."""
    count: int
    """Lines so far, from the beginning of the source."""
    done: float
    """How much of the source that is, from 0 to 1; 0 where nobody knows."""


class Source(Protocol):
    """A file or a table."""

    @property
    def name(self) -> str:
        """As a user knows it."""

    @property
    def first_at(self) -> datetime | None:
        """The time of its first line; None when it has none."""

    def digest(self, head: int) -> str:
        """What it is known by: of its first so many bytes."""

    @property
    def head(self) -> int:
        """How many bytes of its beginning there are to know it by."""

    def pieces(self, place: str, count: int) -> AsyncIterator[Piece]:
        """What stands behind a place, which an earlier piece said; empty: everything."""
