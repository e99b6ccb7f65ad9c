"""Connections that are given up while something is going on in them."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.sqlite_connection import connect

ENDLESS = "WITH RECURSIVE rows(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM rows) SELECT x FROM rows"


async def test_one_that_is_stopped_can_be_closed_at_the_same_time(tmp_path: Path) -> None:
    """Its thread has ended by then, and answers no more: who waited for it would do so for ever."""
    connection = await connect(str(tmp_path / "site.sqlite"))
    stopped = connection.stop()
    async with Deadline(5):
        with pytest.raises(ValueError, match="closed"):
            await connection.close()
        assert stopped is not None
        await stopped


async def test_one_that_is_given_up_at_its_beginning_ends_its_thread(tmp_path: Path) -> None:
    """A thread that goes on speaks to an event loop that may be closed."""
    connecting = asyncio.ensure_future(connect(str(tmp_path / "site.sqlite")))
    await asyncio.sleep(0)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting


@pytest.mark.parametrize("is_stopped", [False, True], ids=["closed", "stopped"])
async def test_one_that_is_given_up_in_a_transaction_keeps_no_lock(tmp_path: Path, *, is_stopped: bool) -> None:
    """Though a statement of it is still there, such as in an exception that somebody looks at."""
    path = tmp_path / "site.sqlite"
    connection = await connect(str(path))
    await connection.execute("BEGIN IMMEDIATE")
    left = await connection.execute(ENDLESS)
    if is_stopped:
        stopped = connection.stop()
        assert stopped is not None
        with pytest.raises(ValueError, match="closed"):
            await connection.close()
        await stopped
    else:
        await connection.close()
    with closing(sqlite3.connect(path, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
    del left


async def test_one_that_is_stopped_while_it_is_closed_ends_its_thread(tmp_path: Path) -> None:
    """A deadline that strikes in the closing of a busy connection has it stopped, and closed a second time."""
    connection = await connect(str(tmp_path / "site.sqlite"))
    busy, free = threading.Event(), threading.Event()
    await connection.create_function("wait", 0, lambda: (busy.set(), free.wait(5))[1])
    waiting = asyncio.ensure_future(connection.execute("SELECT wait()"))
    await asyncio.to_thread(busy.wait, 5)
    closing_it = asyncio.ensure_future(connection.close())
    await asyncio.sleep(0)
    stopped = connection.stop()
    free.set()
    assert stopped is not None
    async with Deadline(5):
        await stopped
        await asyncio.gather(waiting, closing_it, return_exceptions=True)
    await asyncio.to_thread(connection._thread.join, 5)
    assert not connection._thread.is_alive()
