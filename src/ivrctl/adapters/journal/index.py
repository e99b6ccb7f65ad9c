"""The newest record of every leg, and which segments mention the leg. Pure: no files, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from ivrctl.adapters.journal.record import Record


@dataclass(slots=True)
class Entry:
    """The newest record of one leg."""

    number: int
    at: float
    """Unix time in seconds."""
    line: bytes
    """As written, so that folding copies it with its number and time."""
    is_open: bool
    segment: str
    """The name of the segment that holds the line."""


@dataclass(slots=True)
class Index:
    """What all segments read so far say together."""

    entries: dict[str, Entry] = field(default_factory=dict)
    mentions: dict[str, set[str]] = field(default_factory=dict)
    """By segment, the legs that any line in it speaks of, superseded lines included."""

    def put(self, leg: str, entry: Entry) -> None:
        """Take the newest record of a leg from the process's own writing."""
        self.entries[leg] = entry
        self.mentions.setdefault(entry.segment, set()).add(leg)

    def read(self, segment: str, line: bytes, record: Record) -> None:
        """Take a record read in a segment; an older one only counts as a mention.

        A copy (same number and time) counts as newer, so that the entry names the segment that was written last.
        """
        self.mentions.setdefault(segment, set()).add(record.leg)
        known = self.entries.get(record.leg)
        if known is None or (record.number, record.at) >= (known.number, known.at):
            entry = Entry(record.number, record.at, line, record.position is not None, segment)
            self.entries[record.leg] = entry

    def carried(self, dropped: Collection[str], oldest: float) -> dict[str, Entry]:
        """What must be written elsewhere before the segments ``dropped`` may be removed, one by one in any order.

        Open legs whose newest line stands in one of them; and ends of legs that another segment still mentions,
        because without its end such a leg would come back to life. Records from before ``oldest`` are forgotten.
        """
        return {
            leg: entry
            for leg, entry in self.entries.items()
            if entry.segment in dropped
            and entry.at >= oldest
            and (entry.is_open or self._is_mentioned_outside(entry.segment, leg))
        }

    def move(self, legs: Collection[str], segment: str) -> None:
        """The entries of these legs have been copied to a segment."""
        for leg in legs:
            self.entries[leg].segment = segment
        self.mentions.setdefault(segment, set()).update(legs)

    def forget_segment(self, segment: str) -> None:
        """A segment is gone: what still counted in it has been copied to another, which has been read."""
        legs = self.mentions.pop(segment, set())
        for leg in legs:
            entry = self.entries.get(leg)
            if entry is not None and entry.segment == segment:
                del self.entries[leg]

    def open_entries(self, oldest: float) -> Iterator[tuple[str, Entry]]:
        """The legs that have not ended and whose last record is not from before ``oldest``."""
        return ((leg, entry) for leg, entry in self.entries.items() if entry.is_open and entry.at >= oldest)

    def _is_mentioned_outside(self, segment: str, leg: str) -> bool:
        return any(leg in legs for name, legs in self.mentions.items() if name != segment)
