from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.adapters.sqlite_at_once import MOMENT, RESTS, AtOnce, on_the_disk_of
from ivrctl.adapters.sqlite_reader import SqliteReader

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0"
NAMES = "select name from goods order by name"


def make(path: Path, *names: str) -> Path:
    """A file with goods of these names."""
    connection = sqlite3.connect(path)
    connection.execute("create table goods (name text)")
    connection.executemany("insert into goods values (?)", [(name,) for name in names])
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return make(tmp_path / "shop.sqlite", "apple", "pear")


class Clock:
    """A clock that goes on by so many seconds with each look."""

    def __init__(self) -> None:
        self.now, self.step = 1000.0, 0.0

    def __call__(self) -> float:
        """Seconds."""
        self.now += self.step
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at_once(file: Path, clock: Clock) -> Iterator[AtOnce]:
    opened = AtOnce(file, clock)
    yield opened
    opened.close()


def test_row_is_there_at_once(at_once: AtOnce) -> None:
    """By the names of the columns, no more rows than asked for."""
    assert at_once.ask("select name as fruit from goods where name = :name", {"name": "pear"}, 1) == [{"fruit": "pear"}]
    assert at_once.ask(NAMES, {}, 1) == [{"name": "apple"}]
    assert at_once.ask("select name from goods where name = 'plum'", {}, 1) == []


def test_steps_of_many_questions_are_not_those_of_one(at_once: AtOnce) -> None:
    """SQLite counts on from question to question."""
    assert all(at_once.ask(NAMES, {}, 1) for _ in range(1000))


def test_statement_without_an_end_is_left_to_a_thread(at_once: AtOnce) -> None:
    """SAFETY: whatever a site asks, the loop is held up for some steps only."""
    assert at_once.ask(ENDLESS, {}, 1) is None


def test_what_was_too_long_is_left_to_threads_for_a_while(at_once: AtOnce, clock: Clock) -> None:
    """SAFETY: a cold disk holds the loop up once, not with every caller."""
    clock.step = 2 * MOMENT
    assert at_once.ask(NAMES, {}, 1) == [{"name": "apple"}]
    clock.step = 0.0
    assert at_once.ask(NAMES, {}, 1) is None
    clock.now += RESTS * 2 * MOMENT + 0.001
    assert at_once.ask(NAMES, {}, 1) == [{"name": "apple"}]


def test_file_that_is_locked_is_left_to_a_thread_for_a_while(at_once: AtOnce, file: Path, clock: Clock) -> None:
    """SAFETY: the loop waits for nobody who writes, and does not try again with every caller."""
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("begin exclusive")
    clock.step = 0.001
    assert at_once.ask(NAMES, {}, 1) is None
    clock.step = 0.0
    writer.close()
    assert at_once.ask(NAMES, {}, 1) is None
    clock.now += RESTS * 0.001 + 0.001
    assert at_once.ask(NAMES, {}, 1) == [{"name": "apple"}]


def test_answer_that_is_not_read_to_its_end_keeps_nobody_from_writing(at_once: AtOnce, file: Path) -> None:
    """The file is let go of as soon as the rows are there."""
    assert at_once.ask(NAMES, {}, 1)
    writer = sqlite3.connect(file, timeout=0)
    writer.execute("insert into goods values ('plum')")
    writer.commit()
    writer.close()
    assert at_once.ask(NAMES, {}, 9) == [{"name": "apple"}, {"name": "pear"}, {"name": "plum"}]


def test_file_that_is_put_in_its_place_is_read(at_once: AtOnce, file: Path) -> None:
    """A controller lives for months: its callers do not hear yesterday's answer."""
    assert at_once.ask(NAMES, {}, 1) == [{"name": "apple"}]
    make(file.with_name("new"), "banana").replace(file)
    assert at_once.ask(NAMES, {}, 1) == [{"name": "banana"}]


@pytest.mark.parametrize("sql", ["pragma shrink_memory", "select one from nowhere", "delete from goods"])
def test_fault_is_left_to_a_thread(at_once: AtOnce, sql: str) -> None:
    """What is wrong is said by the one who is awaited; nothing is written by either."""
    assert at_once.ask(sql, {}, 1) is None


async def test_reader_asks_a_thread_only_for_what_is_left_to_it(file: Path) -> None:
    """The rows are the same by either way."""
    reader = SqliteReader("shop", file, 1, 1.0, AtOnce(file))
    assert reader.rows_at_once(NAMES, {}, 1) == [{"name": "apple"}]
    assert not any(thread.name == "sqlite reader" for thread in threading.enumerate())
    many = "with recursive n(i) as (select 1 union all select i + 1 from n limit 10000) select max(i) as most from n"
    assert reader.rows_at_once(many, {}, 1) is None
    assert await reader.ask(many, {}, 1).rows == [{"most": 10000}]
    assert await reader.ask(NAMES, {}, 1).rows == [{"name": "apple"}]
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        await reader.ask("select one from nowhere", {}, 1).rows
    await reader.close()


def test_disk_of_a_folder(tmp_path: Path, file: Path) -> None:
    """A file beside it lies on its disk; of what is not there nobody knows."""
    assert on_the_disk_of(tmp_path, file)
    assert not on_the_disk_of(Path("/proc"), file)
    assert not on_the_disk_of(tmp_path, tmp_path / "none")
