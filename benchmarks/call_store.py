"""What a record of a call costs in either store, beside the drivers' own ``executemany`` as peers.

Run it with ``python benchmarks/call_store.py [--records N] [--rounds N]``. It starts a PostgreSQL server of its own,
with ``fsync`` on, and writes the same records everywhere; rounds are interleaved, so that a slow moment of the host
hits all of them. Times are microseconds a record, from the first ``add`` to the last record stored: the median round
and the spread of the middle half. The peers write one transaction of finished rows; the stores make the rows, write
batches of 200, and pass over legs that are there already.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy import schema
from sqlalchemy.dialects import postgresql, sqlite

from ivrctl.adapters.call_store import CallStore, sqlite_url
from ivrctl.adapters.call_store.table import calls, row_of
from ivrctl.model.call import CallRecord, Ending, TraceEntry
from ivrctl.testkit.postgresql_server import PostgresqlServer

BEGAN = datetime(2026, 2, 24, 8, 0, tzinfo=UTC)
COLUMNS = tuple(column.name for column in calls.columns)


def table_for(dialect: sa.Dialect) -> str:
    """The store's own table and its index, as a database understands them."""
    made = [schema.CreateTable(calls), *(schema.CreateIndex(index) for index in calls.indexes)]
    return ";".join(str(each.compile(dialect=dialect)) for each in made)


Case = Callable[[Path, PostgresqlServer, list[CallRecord]], Awaitable[float]]


def record(number: int) -> CallRecord:
    """A record of the usual size: a dozen things that happened, three fields."""
    began = BEGAN + timedelta(seconds=number)
    return CallRecord(
        leg=f"{number:08}.7-1771920000123",
        uniqueid=f"1771920000.{number}",
        ani="+8613800138000",
        dnis="1001011",
        version="5f1c9e",
        began_at=began,
        ended_at=began + timedelta(minutes=1),
        ending=Ending.SERVED,
        reason="",
        path=("hotline/welcome", "account/start", "account/balance"),
        fields={"balance": Decimal("120.50"), "subject": "charges", "order": "1234"},
        trace=tuple(
            TraceEntry(second, f"account/balance[{second}]", "says", "您的余额是120.50。") for second in range(12)
        ),
    )


async def store_in_sqlite(folder: Path, _server: PostgresqlServer, records: list[CallRecord]) -> float:
    """The store as a site without ``store`` has it."""
    return await _stored(sqlite_url(folder / "store.sqlite"), records)


async def store_in_postgresql(_folder: Path, server: PostgresqlServer, records: list[CallRecord]) -> float:
    """The store of a site that names a server."""
    server.execute("drop table if exists calls")
    return await _stored(server.url(), records)


async def _stored(url: str, records: list[CallRecord]) -> float:
    store = CallStore(url)
    await store.open()
    begun = time.perf_counter()
    for one in records:
        store.add(one)
    await store.flushed()
    took = time.perf_counter() - begun
    await store.close()
    return took


async def sqlite_alone(folder: Path, _server: PostgresqlServer, records: list[CallRecord]) -> float:
    """The standard library's driver, with the store's settings."""
    rows = [_finished(one, _text) for one in records]
    connection = sqlite3.connect(folder / "peer.sqlite")
    connection.executescript("pragma journal_mode=WAL; pragma synchronous=NORMAL;" + table_for(sqlite.dialect()))
    begun = time.perf_counter()
    places = ", ".join("?" * len(COLUMNS))
    connection.executemany(f"insert into calls ({', '.join(COLUMNS)}) values ({places})", rows)  # noqa: S608 - fixed text
    connection.commit()
    took = time.perf_counter() - begun
    connection.close()
    return took


async def asyncpg_alone(_folder: Path, server: PostgresqlServer, records: list[CallRecord]) -> float:
    """PostgreSQL's driver without SQLAlchemy."""
    rows = [_finished(one, lambda moment: moment.replace(tzinfo=None)) for one in records]
    server.execute(f"drop table if exists calls; {table_for(postgresql.dialect())}")
    connection = await asyncpg.connect(server.url())
    places = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 1))
    begun = time.perf_counter()
    await connection.executemany(f"insert into calls ({', '.join(COLUMNS)}) values ({places})", rows)  # noqa: S608 - fixed text
    took = time.perf_counter() - begun
    await connection.close()
    return took


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ")


def _finished(one: CallRecord, moment: Callable[[datetime], object]) -> tuple[Any, ...]:
    values = row_of(one).values()
    return tuple(
        moment(value) if isinstance(value, datetime) else json.dumps(value) if isinstance(value, list | dict) else value
        for value in values
    )


CASES: dict[str, Case] = {
    "sqlite3 executemany": sqlite_alone,
    "store in SQLite": store_in_sqlite,
    "asyncpg executemany": asyncpg_alone,
    "store in PostgreSQL": store_in_postgresql,
}


def measure(server: PostgresqlServer, count: int, rounds: int) -> dict[str, list[float]]:
    """Microseconds a record, for every candidate and round."""
    records = [record(number) for number in range(count)]
    figures: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(rounds):
        for name, case in CASES.items():
            with tempfile.TemporaryDirectory() as folder:
                figures[name].append(asyncio.run(_run(case, Path(folder), server, records)) / count * 1e6)
    return figures


async def _run(case: Case, folder: Path, server: PostgresqlServer, records: list[CallRecord]) -> float:
    return await case(folder, server, records)


def show(figures: dict[str, list[float]], count: int) -> None:
    """Print the table."""
    print(f"{f'µs a record of {count}':<24}{'median':>9}{'middle half':>20}{'least':>9}")
    for name, values in figures.items():
        low, median, high = statistics.quantiles(values, n=4)
        print(f"{name:<24}{median:>9.1f}{low:>10.1f} -{high:>8.1f}{min(values):>9.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with PostgresqlServer(is_durable=True) as server:
        show(measure(server, options.records, options.rounds), options.records)


if __name__ == "__main__":
    main()
