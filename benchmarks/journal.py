"""What a record in the journal costs, beside the databases that could hold it.

Run it with ``python benchmarks/journal.py [--records N] [--rounds N]``. Every candidate writes the same positions, one
by one and durable against a kill of the process, in a folder of the disk under test; rounds are interleaved, so that a
slow moment of the host hits all of them. Times are microseconds a record: the median round and the spread of the
middle half.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiosqlite

from ivrctl.adapters.journal import Journal

ACTIONS = 8
"""Records of a leg before it ends: a greeting, a menu, a lookup, an answer, a hand-off and coming back."""
LEGS_WAITING = 200
"""Open legs that every rotation has to copy."""

Case = Callable[[Path, int], Awaitable[float]]


def position(number: int) -> dict[str, Any]:
    """A position of the usual size: two frames, some variables."""
    return {
        "frames": [
            {"version": "5f1c9e", "flow": "hotline", "step": "main", "index": 2, "variables": {"language": "zh"}},
            {
                "version": "5f1c9e",
                "flow": "account",
                "step": "balance",
                "index": number % 5,
                "variables": {"balance": {"decimal": "120.50"}, "due": {"date": "2026-03-01"}, "name": "王小明"},
            },
        ],
        "ahead": "12",
        "awaited": None,
    }


def legs(records: int) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Leg, position, and whether the leg ends after it."""
    for number in range(records):
        yield f"1771920000.{number // ACTIONS}-1771920000123", position(number), number % ACTIONS == ACTIONS - 1


async def encoding(_folder: Path, records: int) -> float:
    """The share that every candidate pays: the position as JSON."""
    begun = time.perf_counter()
    for _, at, _ in legs(records):
        json.dumps(at).encode()
    return time.perf_counter() - begun


async def journal(folder: Path, records: int) -> float:
    """The journal as the controller uses it."""
    return journal_with(folder, records, rotate_after=8 * 1024 * 1024)


async def journal_rotating(folder: Path, records: int) -> float:
    """The same with a segment of 256 kB, so that rotations are in the figure."""
    return journal_with(folder, records, rotate_after=256 * 1024)


def journal_with(folder: Path, records: int, rotate_after: int) -> float:
    """Record and close legs, with others waiting."""
    subject = Journal(folder / f"journal-{rotate_after}", rotate_after=rotate_after)
    for number in range(LEGS_WAITING):
        subject.record(f"waiting-{number}", position(number))
    begun = time.perf_counter()
    for leg, at, is_last in legs(records):
        subject.record(leg, at)
        if is_last:
            subject.close_leg(leg)
    took = time.perf_counter() - begun
    subject.close()
    return took


async def finding(folder: Path, records: int) -> float:
    """A find for every record, as when each were the coming back of a caller."""
    subject = Journal(folder / "finding")
    for leg, at, _ in legs(records):
        subject.record(leg, at)
    begun = time.perf_counter()
    for leg, _, _ in legs(records):
        subject.find(leg)
    took = time.perf_counter() - begun
    subject.close()
    return took


TABLE = "CREATE TABLE IF NOT EXISTS journal (leg TEXT PRIMARY KEY, n INTEGER, t REAL, at TEXT)"
PUT = "INSERT OR REPLACE INTO journal VALUES (?, ?, ?, ?)"
DROP = "DELETE FROM journal WHERE leg = ?"


async def sqlite(folder: Path, records: int) -> float:
    """The standard library's SQLite, WAL, no fsync, a transaction for each record."""
    with sqlite3.connect(folder / "sqlite3.db", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(TABLE)
        begun = time.perf_counter()
        for number, (leg, at, is_last) in enumerate(legs(records)):
            connection.execute(PUT, (leg, number, time.time(), json.dumps(at)))
            if is_last:
                connection.execute(DROP, (leg,))
        took = time.perf_counter() - begun
    connection.close()
    return took


async def asynchronous_sqlite(folder: Path, records: int) -> float:
    """The same through aiosqlite, which does not block the event loop."""
    async with aiosqlite.connect(folder / "aiosqlite.db", isolation_level=None) as connection:
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=OFF")
        await connection.execute(TABLE)
        begun = time.perf_counter()
        for number, (leg, at, is_last) in enumerate(legs(records)):
            await connection.execute(PUT, (leg, number, time.time(), json.dumps(at)))
            if is_last:
                await connection.execute(DROP, (leg,))
        return time.perf_counter() - begun


CASES: dict[str, tuple[Case, int]] = {
    "JSON encoding alone": (encoding, 1),
    "journal": (journal, 1),
    "journal, rotating": (journal_rotating, 1),
    "journal, find": (finding, 1),
    "sqlite3": (sqlite, 1),
    "aiosqlite": (asynchronous_sqlite, 10),
}
"""By name: what runs, and by how much fewer records it gets, so that a slow candidate does not fill the run."""


def measure(records: int, rounds: int) -> dict[str, list[float]]:
    """Microseconds a record, for every candidate and round."""
    figures: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(rounds):
        for name, (case, divisor) in CASES.items():
            count = max(ACTIONS, records // divisor)
            with tempfile.TemporaryDirectory() as folder:
                figures[name].append(asyncio.run(_run(case, Path(folder), count)) / count * 1e6)
    return figures


async def _run(case: Case, folder: Path, count: int) -> float:
    return await case(folder, count)


def show(figures: dict[str, list[float]]) -> None:
    """Print the table."""
    print(f"{'µs a record':<22}{'median':>9}{'middle half':>18}{'least':>9}")
    for name, values in figures.items():
        low, median, high = statistics.quantiles(values, n=4)
        print(f"{name:<22}{median:>9.2f}{low:>9.2f} -{high:>7.2f}{min(values):>9.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    show(measure(options.records, options.rounds))


if __name__ == "__main__":
    main()
