"""What became of the promises to answer callers in time, by the tiers of customers: of whole calls, from their records.

Each call was measured when it ended (``model.promise``): all its waits until it was answered, against what its tier is
promised. Who was promised nothing, or left by himself before the time was over, is in no count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ivrctl.acd.books import Cell, Dimension, Scheme
from ivrctl.acd.figure import Figure, share
from ivrctl.model.call import CallRecord
from ivrctl.model.promise import Promise


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """The calls of one tier, or of all of them together."""

    cell: Cell
    kept: int = 0
    broken: int = 0
    unknown: int = 0
    """Nobody knows how long they waited."""

    @property
    def promised(self) -> int:
        """All that count."""
        return self.kept + self.broken + self.unknown

    @property
    def share(self) -> Figure:
        """Kept / (kept + broken), of the calls that began then."""
        return share(self.kept, self.kept + self.broken, "of no promise is known what became of it")


def is_of(record: CallRecord, cell: Cell) -> bool:
    """True for a call that counts in a cell: one of its tier, and one that waited in its queue."""
    is_in_queue = cell.queue is None or any(wait.queue == cell.queue for wait in record.waits)
    return bool(record.promise) and cell.tier in {None, record.tier} and is_in_queue


class PromiseTally:
    """Rows from one call after the other; see ``promise_rows``."""

    def __init__(self, scheme: Scheme, queue: str | None = None) -> None:
        self._scheme = scheme
        self._queue = queue
        self._counted: defaultdict[Cell, Counter[str]] = defaultdict(Counter)

    def add(self, record: CallRecord) -> None:
        """One more, each once and in any order."""
        scheme, queue = self._scheme, self._queue
        if record.began_at in scheme.period and is_of(record, Cell(queue=queue)):
            at = scheme.intervals.of(record.began_at) if Dimension.INTERVAL in scheme.by else None
            self._counted[Cell(at, queue, record.tier)][record.promise] += 1
            self._counted[Cell(None, queue)][record.promise] += 1

    def rows(self) -> list[PromiseRow]:
        """Of those that were added."""
        counted = dict(self._counted)
        whole = counted.pop(Cell(None, self._queue), None)
        rows = [_row(cell, counts) for cell, counts in sorted(counted.items(), key=lambda item: _order(item[0]))]
        return [] if whole is None else [*rows, _row(Cell(None, self._queue), whole)]


def promise_rows(records: Iterable[CallRecord], scheme: Scheme, queue: str | None = None) -> list[PromiseRow]:
    """A row for each tier, apart by intervals where the scheme is so; then all of them together.

    None at all where no call was promised anything.

    Args:
        records: in any order; those of calls that began outside the period are none of it.
        scheme: its other dimensions mean nothing here: a call is in several queues, and nobody's until it is answered.
        queue: only calls that waited in it.
    """
    tally = PromiseTally(scheme, queue)
    for record in records:
        tally.add(record)
    return tally.rows()


def _row(cell: Cell, counts: Counter[str]) -> PromiseRow:
    return PromiseRow(cell, counts[Promise.KEPT], counts[Promise.BROKEN], counts[Promise.UNKNOWN])


def _order(cell: Cell) -> tuple[str, str]:
    return "" if cell.interval is None else cell.interval.begin.isoformat(), cell.tier or ""
