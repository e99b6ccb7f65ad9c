from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivrctl.adapters.sqlite_reader import SqliteReader

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0"
CONNECTIONS = 2


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript("create table goods (name text); insert into goods values ('apple'), ('pear');")
    connection.close()
    return path


@pytest.fixture
async def reader(file: Path) -> AsyncIterator[SqliteReader]:
    opened = SqliteReader("shop", file, CONNECTIONS, 1.0)
    yield opened
    await opened.close()


def threads() -> int:
    return sum(thread.name == "sqlite reader" for thread in threading.enumerate())


async def test_rows_have_the_names_of_their_columns_and_are_no_more_than_asked_for(reader: SqliteReader) -> None:
    """The first ones, in the statement's order."""
    assert await reader.ask("select name as fruit from goods order by name", {}, 1).rows == [{"fruit": "apple"}]


async def test_statement_that_answers_no_rows_is_a_fault(reader: SqliteReader) -> None:
    """It is no question."""
    with pytest.raises(sqlite3.ProgrammingError, match="answers no rows"):
        await reader.ask("pragma shrink_memory", {}, 1).rows


async def test_answer_that_is_not_read_to_its_end_keeps_nobody_from_writing(reader: SqliteReader, file: Path) -> None:
    """The file is let go of as soon as the rows are there."""
    assert len(await reader.ask("select name from goods", {}, 1).rows) == 1
    writer = sqlite3.connect(file, timeout=0)
    writer.execute("insert into goods values ('plum')")
    writer.commit()
    writer.close()


async def test_there_are_as_many_threads_as_are_needed_and_no_more_than_allowed(reader: SqliteReader) -> None:
    """One where one question follows the other; the bound where many come at once; none when it is closed."""
    before = threads()
    for _ in range(3):
        await reader.ask("select 1 as one", {}, 1).rows
    assert threads() == before + 1
    await asyncio.gather(*(reader.ask("select 1 as one", {}, 1).rows for _ in range(10)))
    assert threads() <= before + CONNECTIONS
    await reader.close()
    assert threads() == before


async def test_question_that_waits_for_a_thread_is_given_up_at_once(reader: SqliteReader) -> None:
    """Its statement is never run; those before it are interrupted, and the connections answer again."""
    running = [reader.ask(ENDLESS, {}, 1) for _ in range(CONNECTIONS)]
    waiting = reader.ask("select 1 as one", {}, 1)
    await asyncio.gather(waiting.stop(), *(each.stop() for each in running))
    assert await waiting.rows == []
    assert await reader.ask("select 1 as one", {}, 1).rows == [{"one": 1}]


async def test_what_is_stopped_when_it_has_ended_stops_nothing_else(reader: SqliteReader) -> None:
    """The next question on the same connection is answered."""
    ended = reader.ask("select 1 as one", {}, 1)
    await ended.rows
    await ended.stop()
    assert await reader.ask("select 2 as two", {}, 1).rows == [{"two": 2}]


async def test_fault_that_nobody_takes_is_no_fault(reader: SqliteReader) -> None:
    """Who hung up does not ask what became of it."""
    reading = reader.ask("select nonsense", {}, 1)
    await asyncio.wait({reading.rows})
    del reading
