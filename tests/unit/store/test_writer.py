"""The writer keeps records while the database is away, and lets no record hold up the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ivrctl.adapters.call_store import Backlog, CallStore, sqlite_url
from ivrctl.model.call import CallRecord, Ending

MakeCall = Callable[..., CallRecord]


class Pauses:
    """Stands for ``asyncio.sleep``: a test sees each pause and decides when it is over."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[float] = asyncio.Queue()
        self._over = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        """Begin a pause."""
        self.begun.put_nowait(seconds)
        await self._over.acquire()

    def end(self) -> None:
        """Let one pause be over."""
        self._over.release()


async def test_records_wait_for_a_database_that_is_away(tmp_path: Path, call: MakeCall) -> None:
    """Once it can be opened, everything is stored."""
    folder = tmp_path / "later"
    pauses, heard = Pauses(), list[str]()
    store = CallStore(sqlite_url(folder / "calls.sqlite"), on_trouble=heard.append, sleep=pauses)
    await store.open()
    store.add(call("leg-1"))
    await pauses.begun.get()
    assert store.backlog == Backlog(waiting=1, lost=0, failures=2)
    folder.mkdir()
    pauses.end()
    await store.flushed()
    assert await store.get("leg-1") == call("leg-1")
    await store.close()
    assert [text.split(":")[0] for text in heard] == [
        "the database of call records is away, records wait",
        "the database of call records answers again",
    ]


async def test_pauses_double_up_to_ten_seconds(tmp_path: Path, call: MakeCall) -> None:
    """A database that is away for an hour is not hammered."""
    pauses = Pauses()
    store = CallStore(sqlite_url(tmp_path / "never" / "calls.sqlite"), sleep=pauses)
    await store.open()
    store.add(call("leg-1"))
    seen = []
    for _ in range(7):
        seen.append(await pauses.begun.get())
        pauses.end()
    await store.close(within=0)
    assert seen == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


async def test_a_full_queue_takes_no_more_and_says_so_once(tmp_path: Path, call: MakeCall) -> None:
    """The bound is kept; whoever hands a record in knows that it was not taken."""
    heard = list[str]()
    url = sqlite_url(tmp_path / "never" / "calls.sqlite")
    store = CallStore(url, on_trouble=heard.append, most_waiting=2, sleep=Pauses())
    assert [store.add(call(f"leg-{number}")) for number in range(5)] == [True, True, False, False, False]
    assert store.is_full
    assert store.backlog == Backlog(waiting=2, lost=0, failures=0)
    assert heard == ["2 call records wait for the database: no more are taken for now"]
    await store.close()


async def test_close_counts_what_the_database_did_not_take(tmp_path: Path, call: MakeCall) -> None:
    """No record vanishes silently."""
    heard = list[str]()
    store = CallStore(sqlite_url(tmp_path / "never" / "calls.sqlite"), on_trouble=heard.append, sleep=Pauses())
    await store.open()
    store.add(call("leg-1"))
    await store.close(within=0.01)
    assert store.backlog.lost == 1
    assert heard[-1] == "1 call records are not stored: the database did not take them in time"


async def test_a_record_that_cannot_be_stored_does_not_hold_up_the_others(url: str, call: MakeCall) -> None:
    """It is named, counted as lost and left behind."""
    heard = list[str]()
    store = CallStore(url, on_trouble=heard.append)
    await store.open()
    naive = replace(call("leg-bad"), began_at=datetime(2026, 2, 24, 8, 0))  # noqa: DTZ001 - the fault meant
    for record in (call("leg-1"), naive, call("leg-2")):
        store.add(record)
    await store.flushed()
    assert (await store.counts())[Ending.SERVED] == 2
    assert store.backlog.lost == 1
    assert heard[0].startswith("the record of leg leg-bad cannot be stored and is lost")
    await store.close()


async def test_a_database_that_was_emptied_gets_its_table_again(file_url: str, tmp_path: Path, call: MakeCall) -> None:
    """An operator may move the file away while calls go on."""
    pauses = Pauses()
    store = CallStore(file_url, sleep=pauses)
    await store.open()
    await store._engine.dispose()
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"calls.sqlite{suffix}").unlink(missing_ok=True)
    store.add(call("leg-1"))
    await pauses.begun.get()
    pauses.end()
    await store.flushed()
    assert await store.get("leg-1") == call("leg-1")
    await store.close()


async def test_a_fault_that_hits_every_record_alike_is_the_databases(tmp_path: Path, call: MakeCall) -> None:
    """A file that is no database costs no record: they wait until it is repaired."""
    file = tmp_path / "calls.sqlite"
    file.write_bytes(b"this is not a database, and long enough to be told apart from an empty one" * 20)
    pauses = Pauses()
    store = CallStore(sqlite_url(file), sleep=pauses)
    await store.open()
    store.add(call("leg-1"))
    store.add(call("leg-2"))
    await pauses.begun.get()
    assert store.backlog.lost == 0
    file.unlink()
    pauses.end()
    await store.flushed()
    assert (await store.counts())[Ending.SERVED] == 2
    await store.close()
