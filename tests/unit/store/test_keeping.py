"""The store keeps what it was given, and finds it by leg and by time."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ivrctl.adapters.call_store import AmbiguousLegError, CallStore, sqlite_url
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.model.call import CallRecord, Ending

MakeCall = Callable[..., CallRecord]


async def test_a_record_comes_back_as_it_was(store: CallStore, call: MakeCall) -> None:
    """Every field survives the database: money, dates, rows, Chinese text, the trace."""
    store.add(call("leg-1"))
    await store.flushed()
    assert await store.get("leg-1") == call("leg-1")


async def test_a_time_with_an_offset_is_the_same_instant_afterwards(store: CallStore, call: MakeCall) -> None:
    """A site's local time is stored as UTC."""
    began = datetime(2026, 2, 24, 16, 0, tzinfo=timezone(timedelta(hours=8)))
    store.add(replace(call("leg-1"), began_at=began))
    await store.flushed()
    record = await store.get("leg-1")
    assert record is not None
    assert record.began_at == began


async def test_an_unknown_leg_has_no_record(store: CallStore) -> None:
    """Not found is a value."""
    assert await store.get("leg-1") is None


async def test_a_beginning_that_only_one_leg_has_names_it(store: CallStore, call: MakeCall) -> None:
    """An operator types the first characters."""
    store.add(call("1771920000.7-1"))
    store.add(call("1771920001.8-2"))
    await store.flushed()
    record = await store.get("1771920001")
    assert record is not None
    assert record.leg == "1771920001.8-2"


async def test_a_beginning_of_several_legs_names_them(store: CallStore, call: MakeCall) -> None:
    """The operator is told what to choose from."""
    store.add(call("1771920000.7-1"))
    store.add(call("1771920000.7-2"))
    await store.flushed()
    with pytest.raises(AmbiguousLegError) as caught:
        await store.get("1771920000")
    assert caught.value.candidates == ("1771920000.7-1", "1771920000.7-2")


async def test_a_whole_leg_is_never_ambiguous(store: CallStore, call: MakeCall) -> None:
    """A leg that is the beginning of another one is still found by its own name."""
    store.add(call("leg-1"))
    store.add(call("leg-12"))
    await store.flushed()
    record = await store.get("leg-1")
    assert record is not None
    assert record.leg == "leg-1"


@pytest.mark.parametrize("wildcard", ["%", "_eg-1", "leg\\"])
async def test_wildcards_of_sql_are_plain_characters(store: CallStore, call: MakeCall, wildcard: str) -> None:
    """What an operator types is a beginning, not a pattern."""
    store.add(call("leg-1"))
    await store.flushed()
    assert await store.get(wildcard) is None


async def test_recent_calls_come_newest_first(store: CallStore, call: MakeCall) -> None:
    """By the time at which they ended."""
    for minute in (1, 3, 2):
        store.add(call(f"leg-{minute}", minute=minute))
    await store.flushed()
    assert [record.leg for record in await store.recent(2)] == ["leg-3", "leg-2"]


async def test_counts_name_every_ending(store: CallStore, call: MakeCall) -> None:
    """Also those that no call had."""
    store.add(call("leg-1"))
    store.add(call("leg-2", ending=Ending.FALLBACK))
    store.add(call("leg-3"))
    await store.flushed()
    expected = {Ending.SERVED: 2, Ending.UNSERVED: 0, Ending.REFUSED: 0, Ending.ABANDONED: 0, Ending.FALLBACK: 1}
    assert await store.counts() == expected


async def test_counts_since_leave_out_older_calls(store: CallStore, call: MakeCall) -> None:
    """``since`` is compared with the end of a call."""
    store.add(call("leg-1", minute=0))
    store.add(call("leg-2", minute=60))
    await store.flushed()
    counts = await store.counts(since=call("leg-2", minute=60).ended_at)
    assert counts[Ending.SERVED] == 1


async def test_the_same_leg_twice_is_stored_once(store: CallStore, call: MakeCall) -> None:
    """In one batch and in two; the first record counts."""
    store.add(call("leg-1", ani="1"))
    store.add(call("leg-1", ani="2"))
    await store.flushed()
    store.add(call("leg-1", ani="3"))
    await store.flushed()
    assert [record.ani for record in await store.recent(10)] == ["1"]


async def test_two_stores_on_one_database_store_a_leg_once(store: CallStore, url: str, call: MakeCall) -> None:
    """An old controller that drains and a new one may both report a leg."""
    other = CallStore(url)
    await other.open()
    for number in range(50):
        store.add(call(f"leg-{number}"))
        other.add(call(f"leg-{number}"))
    await store.flushed()
    await other.close()
    assert (await store.counts())[Ending.SERVED] == 50
    assert store.backlog.lost == 0
    assert other.backlog.lost == 0


async def test_close_writes_what_waits(url: str, call: MakeCall) -> None:
    """A controller that leaves takes no record with it."""
    first = CallStore(url)
    await first.open()
    for number in range(1000):
        first.add(call(f"leg-{number}"))
    await first.close()
    second = CallStore(url)
    await second.open()
    assert (await second.counts())[Ending.SERVED] == 1000
    await second.close()


async def test_the_default_database_is_in_wal_mode(file_store: CallStore, call: MakeCall, tmp_path: Path) -> None:
    """So that a reader does not hold up the writer."""
    file_store.add(call("leg-1"))
    await file_store.flushed()
    with sqlite3.connect(tmp_path / "calls.sqlite") as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    assert mode == ("wal",)


def test_a_url_that_is_none_is_a_configuration_error() -> None:
    """The message does not wait for the first call."""
    with pytest.raises(ConfigurationError, match="cannot be used"):
        CallStore("calls.sqlite")


def test_a_driver_that_is_not_asynchronous_is_a_configuration_error(tmp_path: Path) -> None:
    """It would block every call."""
    with pytest.raises(ConfigurationError, match="async"):
        CallStore(f"sqlite:///{tmp_path}/calls.sqlite")


async def test_reading_from_a_database_that_is_away_says_so(tmp_path: Path) -> None:
    """A command that shows calls ends with the exit code for unreachable."""
    store = CallStore(sqlite_url(tmp_path / "missing" / "calls.sqlite"))
    with pytest.raises(UnreachableError, match="unable to open database file"):
        await store.recent(1)
    await store.close()


async def test_a_file_that_was_moved_away_is_made_anew(
    file_store: CallStore, call: MakeCall, file_url: str, tmp_path: Path
) -> None:
    """Records after that go to a file that an operator can open, not to the one that has lost its name."""
    file_store.add(call("leg-1"))
    await file_store.flushed()
    for name in ("calls.sqlite", "calls.sqlite-wal", "calls.sqlite-shm"):
        shutil.move(tmp_path / name, tmp_path / f"away-{name}")
    file_store.add(call("leg-2"))
    await file_store.flushed()
    other = CallStore(file_url)
    assert [record.leg for record in await other.recent(9)] == ["leg-2"]
    await other.close()
