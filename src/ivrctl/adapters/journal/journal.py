"""Record where each leg stands, and find it again, also after a kill and from another process.

Counterpart of ``service.call_runner``, which asks ``find`` when a leg comes in and records at every action boundary.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from ivrctl.adapters.journal.index import Entry, Index
from ivrctl.adapters.journal.record import Position, ended_line, parse_line, standing_line
from ivrctl.adapters.journal.segments import Segment, SegmentFiles

ROTATE_AFTER = 8 * 1024 * 1024
"""Bytes: some minutes of a busy controller, read in a fraction of a second by the next one."""
FORGOTTEN_AFTER = timedelta(hours=24)
"""No caller waits longer; a leg whose end was lost with its controller must not be kept for ever."""
REPAIR_PAUSE = 1.0
"""Seconds between tries to write a fresh segment on a disk that refuses."""
UNWRITTEN = ""
"""Stands for the segment of positions that are on no disk yet."""
SETTLE_ROUNDS = 100
"""How often a listing is taken again while others fold; each fold takes longer than a listing."""


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """A leg that has not ended, as the journal knows it."""

    leg: str
    position: Position
    age: timedelta
    """Since its last record."""


def _silent(_fault: str) -> None:
    """Nobody asked to hear of faults."""


class Journal:
    """One process's view of the journal: it writes its own segment and reads all of them.

    Used from one thread. A disk that refuses costs the guarantee, not the call: it is reported to ``on_fault``, the
    positions stay in memory, and a fresh segment with all of them is tried again every ``REPAIR_PAUSE``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        rotate_after: int = ROTATE_AFTER,
        on_fault: Callable[[str], None] = _silent,
        now: Callable[[], float] = time.time,
        files: SegmentFiles | None = None,
    ) -> None:
        """Read all segments, and fold those that lost their writer into one of our own.

        Args:
            folder: made when it does not exist.
            rotate_after: size of a segment in bytes after which a new one is begun.
            on_fault: told in one sentence of unreadable lines and refused writes.
            now: Unix time in seconds; the wall clock, because records outlive processes and boots.
            files: the effects, for tests.

        Raises:
            OSError: the folder cannot be made or read.
        """
        self._files = files or SegmentFiles(folder)
        self._rotate_after = rotate_after
        self._report = on_fault
        self._now = now
        self._index = Index()
        self._offsets: dict[str, int] = {}
        self._listed: frozenset[str] = frozenset()
        self._segment: Segment | None = None
        self._rotate_at = 0
        self._repair_at = 0.0
        self._refresh()
        if self._listed:
            self._rotate()

    def record(self, leg: str, position: Mapping[str, Any]) -> None:
        """Note that a leg stands at a position, under the number after the last one seen of this leg.

        ``find`` the leg when it comes in: another process may have recorded it since.

        Raises:
            TypeError: the position holds something that JSON lacks.
        """
        known = self._index.entries.get(leg)
        if known is not None and not known.is_open:
            self._report(f"leg {leg} has ended and was recorded again: ignored")
            return
        number = known.number + 1 if known is not None else 1
        at = self._stamp()
        self._append(leg, number, at, standing_line(leg, number, at, position), is_open=True)

    def close_leg(self, leg: str) -> None:
        """Note that a leg is over: it is never found again. A leg that was never recorded needs no end."""
        known = self._index.entries.get(leg)
        if known is None or not known.is_open:
            return
        at = self._stamp()
        self._append(leg, known.number + 1, at, ended_line(leg, known.number + 1, at), is_open=False)

    def find(self, leg: str) -> Position | None:
        """The newest position of a leg, whoever recorded it; None when it is unknown, has ended or is forgotten."""
        self._hear_others()
        entry = self._index.entries.get(leg)
        if entry is None or not entry.is_open or entry.at < self._oldest():
            return None
        return _position(entry)

    def has_ended(self, leg: str) -> bool:
        """Whether a leg is known to be over, whoever closed it; one that is forgotten is not known."""
        self._hear_others()
        entry = self._index.entries.get(leg)
        return entry is not None and not entry.is_open

    def open_legs(self) -> list[OpenLeg]:
        """All legs that have not ended, in any process, the one recorded last first."""
        self._hear_others()
        now = self._now()
        entries = sorted(self._index.open_entries(self._oldest()), key=lambda item: item[1].at, reverse=True)
        return [OpenLeg(leg, _position(entry), timedelta(seconds=max(0.0, now - entry.at))) for leg, entry in entries]

    def close(self) -> None:
        """Stop writing. Open legs stay in the segment for the next controller to find."""
        if self._segment is not None:
            self._files.close(self._segment)
            self._segment = None

    def _append(self, leg: str, number: int, at: float, line: bytes, *, is_open: bool) -> None:
        segment = self._segment
        if segment is None or segment.size >= self._rotate_at:
            self._rotate()
            segment = self._segment
        if segment is None or not self._is_written(segment, line):
            self._index.put(leg, Entry(number, at, line, is_open, UNWRITTEN))
        else:
            self._index.put(leg, Entry(number, at, line, is_open, segment.name))

    def _is_written(self, segment: Segment, line: bytes) -> bool:
        """Write a line; after a refused or half write go on in a fresh segment, since this one may end torn."""
        try:
            self._files.append(segment, line)
        except OSError as error:
            self._report(f"the journal could not be written: {error}")
            self._files.close(segment)
            self._segment = None
            self._repair_at = self._now() + REPAIR_PAUSE
            return False
        return True

    def _rotate(self) -> None:
        """Begin a new segment, or go on with the old one when that is not possible now."""
        if self._now() < self._repair_at:
            return
        try:
            with self._files.folding() as is_alone:
                if is_alone:
                    self._fold()
                else:
                    self._go_on()
        except OSError as error:
            self._report(f"the journal could not begin a new segment: {error}")
            self._repair_at = self._now() + REPAIR_PAUSE

    def _fold(self) -> None:
        """Write all that counts in our segment and in those without a writer to a new one, then drop them."""
        abandoned = {name for name in self._files.names() if self._files.is_abandoned(name)}
        # Read after the writers were seen dead: nothing can be added to these segments any more.
        self._refresh()
        old = self._segment
        dropped = abandoned if old is None else abandoned | {old.name}
        new = self._begin(dropped | {UNWRITTEN})
        # A segment that is full with open legs alone must not be folded again at every record.
        self._rotate_at = max(self._rotate_after, 2 * new.size)
        if old is not None:
            self._files.close(old)
        for name in dropped:
            self._files.unlink(name)
            self._forget(name)
        self._files.sweep_drafts()

    def _begin(self, replaced: set[str]) -> Segment:
        """Begin our next segment with all that counts in the segments that it replaces."""
        carried = self._index.carried(replaced, self._oldest())
        self._segment = new = self._files.create(entry.line for entry in carried.values())
        self._index.move(carried, new.name)
        self._index.forget_segment(UNWRITTEN)
        return new

    def _forget(self, name: str) -> None:
        self._index.forget_segment(name)
        self._offsets.pop(name, None)

    def _go_on(self) -> None:
        """Another controller folds: fold later, and until then write without having folded."""
        segment = self._segment or self._begin({UNWRITTEN})
        self._rotate_at = segment.size + self._rotate_after // 8

    def _hear_others(self) -> None:
        """Read what other processes recorded; what cannot be read now is left for the next time."""
        try:
            self._refresh()
        except OSError as error:
            self._report(f"the journal could not be read: {error}")

    def _refresh(self) -> None:
        """Read what all other segments gained.

        A fold elsewhere first adds its new segment and then removes old ones, but one listing can miss both. So
        segments count as gone, and as all, only when a listing is confirmed by a second one.
        """
        for _ in range(SETTLE_ROUNDS):
            names = self._files.names()
            try:
                for name in names:
                    self._catch_up(name)
            except FileNotFoundError:
                continue
            if names == self._listed:
                break
            self._listed = names
        self._forget_gone()

    def _forget_gone(self) -> None:
        own = UNWRITTEN if self._segment is None else self._segment.name
        for name in self._index.mentions.keys() - self._listed - {own, UNWRITTEN}:
            self._forget(name)
        if self._segment is not None and own not in self._listed:
            # Somebody cleared the folder under us: what we hold is written anew with the next record.
            self._rotate_at = 0

    def _catch_up(self, name: str) -> None:
        """Read the whole lines that a segment of another writer gained; a torn last one waits for its rest."""
        if self._segment is not None and name == self._segment.name:
            return
        offset = self._offsets.get(name, 0)
        content = self._files.read(name, offset)
        end = content.rfind(b"\n") + 1
        self._offsets[name] = offset + end
        for line in content[:end].splitlines(keepends=True):
            record = parse_line(line)
            if record is None:
                self._report(f"the journal segment {name} holds an unreadable line of {len(line)} bytes: skipped")
            else:
                self._index.read(name, line, record)

    def _stamp(self) -> float:
        """Now, as exact as a line holds it: a copy that was read back must compare as equal."""
        return round(self._now(), 3)

    def _oldest(self) -> float:
        return self._now() - FORGOTTEN_AFTER.total_seconds()


def _position(entry: Entry) -> Position:
    record = parse_line(entry.line)
    if record is None or record.position is None:
        raise AssertionError("an open entry holds a line that says where the leg stands")
    return record.position
