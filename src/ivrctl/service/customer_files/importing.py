"""An import: the file is read once to look at it, and once to write what is right in it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ivrctl.adapters.customers import Pins
from ivrctl.adapters.customers.batches import ImportBatches
from ivrctl.adapters.customers.changes import Changes, Conflict
from ivrctl.adapters.customers.csv_file import CsvFile, Row, UnreadableFile
from ivrctl.adapters.site_store import SiteStore
from ivrctl.flow.program import Program
from ivrctl.model.customer import CustomerEntry
from ivrctl.service.customer_files.checking import Finding, RowReader, keys_of
from ivrctl.service.customer_files.columns import Columns, columns_of
from ivrctl.service.customer_files.seen import Seen

BATCH = 200
"""Rows in one transaction: the controller's own writing waits some milliseconds for it, and a killed import has as many
PINs to hash again at most."""


LEFT_OUT = "left out"
"""Among the keys that were seen, the customer of a row that is not imported; no column has this name."""


class Said(Protocol):
    """Who hears how an import goes."""

    def finding(self, finding: Finding) -> None:
        """A row is left out, or the file cannot be read."""

    def progress(self, done: int, total: int, what: str) -> None:
        """So much of it is done."""

    def goes_on(self, line: int) -> None:
        """An import of the same file was broken off, and goes on at this line."""


@dataclass(slots=True)
class Outcome:
    """What became of the rows."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    skipped: int = 0
    """Done by the import that was broken off, and not looked at again in the directory."""
    is_readable: bool = True
    """False for a file of which nothing is imported."""

    def add(self, made: Changes) -> None:
        """Count a batch."""
        self.added += made.added
        self.changed += made.changed
        self.unchanged += made.unchanged
        self.left_out += len(made.conflicts)


@dataclass(slots=True)
class Import:
    """One import of one file into the directory of one site."""

    program: Program
    store: SiteStore
    pins: Callable[[], Pins]
    """Gives what hashes PINs; only asked for a file with PINs, since it needs a pepper."""
    clock: Callable[[], datetime]
    said: Said
    is_dry: bool = False
    """True to look and compare, and write nothing; PINs are not compared."""
    _outcome: Outcome = field(default_factory=Outcome, init=False)
    _remarks: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict, init=False)
    """What no caller could key: the first line in which it is so, and in how many."""

    async def run(self, file: CsvFile) -> Outcome:
        """Import what is right in the file.

        Raises:
            ConfigurationError: the file has PINs, and the site no pepper.
            SiteStoreError: the database does not answer; what was written until then stays, and the same import goes on
                from there.
        """
        with Seen() as seen:
            try:
                columns = await asyncio.to_thread(self._look, file, seen)
            except UnreadableFile as fault:
                self.said.finding(Finding(fault.line, "", fault.message, fault.advice))
                return Outcome(is_readable=False)
            await self._write(file, columns, seen)
        return self._outcome

    def _look(self, file: CsvFile, seen: Seen) -> Columns:
        """Read everything, and tell what is wrong: nothing is changed before that is known."""
        rows = file.rows()
        columns = columns_of(next(rows, Row(1, ())))
        reader = RowReader(self.program.site, columns)
        total = file.size
        for row in rows:
            self._outcome.rows += 1
            self._note(reader, row, seen)
            if self._outcome.rows % BATCH == 0:
                self.said.progress(min(file.read_so_far, total - 1), total, "bytes read")
        if self._outcome.rows == 0:
            raise UnreadableFile(1, "there is no row below the header", "each customer stands in a line of his own")
        for (column, remark), (first, count) in self._remarks.items():
            self.said.finding(_odd(column, remark, first, count))
        self.said.progress(total, total, "bytes read")
        return columns

    def _note(self, reader: RowReader, row: Row, seen: Seen) -> None:
        read = reader.read(row)
        wrong = _twice(read, seen) if isinstance(read, CustomerEntry) else read
        if isinstance(read, CustomerEntry) and not wrong:
            seen.note(keys_of(read), row.line)
            for odd in reader.remarks(read):
                first, count = self._remarks.get(odd, (row.line, 0))
                self._remarks[odd] = (first, count + 1)
            return
        for finding in wrong:
            self.said.finding(finding)
        self._outcome.left_out += 1
        seen.leave_out(row.line)
        if customer := reader.customer(row):
            seen.note([(LEFT_OUT, customer)], row.line)

    async def _write(self, file: CsvFile, columns: Columns, seen: Seen) -> None:
        # A dry run hashes nothing, but says what an import would be refused for.
        pins = self.pins() if "pin" in columns.names else None
        digest = hashlib.sha256(f"{await asyncio.to_thread(file.digest)} {self.program.version}".encode()).hexdigest()
        batches = ImportBatches(self.store, digest, lambda customer: seen.first("customer", customer) is not None)
        done_before = 0 if self.is_dry else await batches.last_line()
        if done_before:
            self.said.goes_on(done_before + 1)
        rows, done = self._rows(file, columns, seen), 0
        try:
            while batch := await asyncio.to_thread(_next_batch, rows):
                done += len(batch)
                todo = [entry for entry in batch if entry.line > done_before]
                self._outcome.skipped += len(batch) - len(todo)
                if todo:
                    await self._batch(batches, todo, pins)
                self.said.progress(done, self._outcome.rows, "rows")
            if not self.is_dry:
                await batches.finish(self.clock())
        finally:
            if pins is not None:
                pins.close()
        if done < self._outcome.rows:
            self.said.progress(self._outcome.rows, self._outcome.rows, "rows")

    def _rows(self, file: CsvFile, columns: Columns, seen: Seen) -> Iterator[CustomerEntry]:
        rows = file.rows()
        next(rows, None)
        reader = RowReader(self.program.site, columns)
        for row in rows:
            read = reader.read(row)
            if isinstance(read, CustomerEntry) and not seen.is_left_out(row.line):
                yield read

    async def _batch(self, batches: ImportBatches, entries: Sequence[CustomerEntry], pins: Pins | None) -> None:
        if self.is_dry:
            made = await batches.compare(entries, {})
        else:
            # Before the transaction: it takes seconds, and the database is others' meanwhile.
            hashes = {} if pins is None else await _new_hashes(batches, entries, pins)
            made = await batches.write(entries, hashes, last_line=entries[-1].line, now=self.clock())
        self._outcome.add(made)
        for conflict in made.conflicts:
            self.said.finding(_told(conflict))


def _next_batch(rows: Iterator[CustomerEntry]) -> list[CustomerEntry]:
    return [entry for _, entry in zip(range(BATCH), rows, strict=False)]


def _twice(entry: CustomerEntry, seen: Seen) -> list[Finding]:
    """What stands in an earlier row of the file, too."""
    found = []
    first = seen.first(LEFT_OUT, entry.customer)
    if first is not None and seen.first("customer", entry.customer) is None:
        message = f'"{entry.customer}" stands in line {first}, too, which is left out'
        found.append(Finding(entry.line, "customer", message, "this row is left out, too: keep one of the two"))
    for column, value in keys_of(entry):
        first = seen.first(column, value)
        if first is not None:
            message = f'"{value}" stands in line {first}, too'
            found.append(Finding(entry.line, column, message, "this row is left out: keep one of the two"))
    return found


def _odd(column: str, remark: str, first: int, count: int) -> Finding:
    """Told once for all rows of which it is so: there may be as many as there are customers."""
    also = "" if count == 1 else f"; so in {count} rows"
    advice = "it is kept, but nobody can be verified by it: see identity in ivrctl.yaml"
    return Finding(first, column, f"{remark}{also}", advice, "warning")


async def _new_hashes(batches: ImportBatches, entries: Sequence[CustomerEntry], pins: Pins) -> dict[str, str]:
    """The hashes of those PINs that are not the customers' already."""
    told = {entry.customer: str(entry.pin.text) for entry in entries if entry.pin is not None}
    kept = await batches.hashes(list(told))

    async def new(customer: str, pin: str) -> str | None:
        pin_hash = kept.get(customer)
        if pin_hash is not None and await pins.matches(pin_hash, pin):
            return None
        return await pins.hash(pin)

    made = await asyncio.gather(*(new(customer, pin) for customer, pin in told.items()))
    return {customer: pin_hash for customer, pin_hash in zip(told, made, strict=True) if pin_hash is not None}


def _told(conflict: Conflict) -> Finding:
    message = f'"{conflict.value}" belongs to customer {conflict.owner}, of whom the file has no row'
    advice = f"add his row without it, or see: ivrctl customers show {conflict.owner}"
    return Finding(conflict.line, conflict.column, message, advice)
