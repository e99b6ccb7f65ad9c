"""The writer makes nobody wait, and outlives a database that is gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.acd.stay import StayEnd
from ivrctl.adapters.books_store import BooksBacklog, BooksReader, BooksWriter
from ivrctl.adapters.site_store import SiteStore, sqlite_url

from .entries import DAY, TEN, span, stay


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


async def test_entries_wait_for_a_database_that_is_away(tmp_path: Path) -> None:
    """Once it can be opened everything is written, and both are said."""
    folder = tmp_path / "later"
    url = sqlite_url(folder / "calls.sqlite")
    pauses, heard = Pauses(), list[str]()
    writer = BooksWriter(url, on_trouble=heard.append, sleep=pauses)
    await writer.open()
    writer.add(stay(1))
    await pauses.begun.get()
    writer.add(stay(1, end=StayEnd.ABANDONED))
    assert writer.backlog == BooksBacklog(waiting=1, dropped=0, failures=1)
    folder.mkdir()
    pauses.end()
    await writer.flushed()
    await writer.close()
    store = SiteStore(url)
    assert await BooksReader(store).stays(DAY) == [stay(1, end=StayEnd.ABANDONED)]
    await store.close()
    assert [text.partition(":")[0] for text in heard] == [
        "the database of the books is away, entries wait",
        "the database of the books answers again",
    ]


async def test_oldest_are_dropped_when_too_many_wait_and_a_gap_says_so(tmp_path: Path) -> None:
    """Three of five fit: the two that were handed in first are lost, and the books know from when to when."""
    folder = tmp_path / "later"
    url = sqlite_url(folder / "calls.sqlite")
    pauses, heard = Pauses(), list[str]()
    writer = BooksWriter(url, on_trouble=heard.append, most_waiting=3, sleep=pauses)
    await writer.open()
    some = [stay(number, end=StayEnd.ABANDONED, minute=number) for number in range(5)]
    for entry in some:
        writer.add(entry)
    assert writer.backlog == BooksBacklog(waiting=3, dropped=2, failures=0)
    await pauses.begun.get()
    folder.mkdir()
    pauses.end()
    await writer.flushed()
    await writer.close()
    store = SiteStore(url)
    reader = BooksReader(store)
    assert await reader.stays(DAY) == some[2:]
    (gap,) = await reader.gaps(DAY)
    assert gap.why == "entries of the books were dropped: the database was away for too long"
    left = some[1].left_at
    assert left is not None
    assert (gap.began_at, gap.ended_at) == (some[0].joined_at, left + timedelta(microseconds=1))
    await store.close()
    assert len([text for text in heard if "dropped" in text]) == 1


async def test_entry_that_cannot_be_stored_does_not_hold_up_the_others(url: str) -> None:
    """A time without a zone is refused before it is sent; the others are written, and a gap stands for it."""
    writer = BooksWriter(url)
    await writer.open()
    naive = replace(stay(2), left_at=datetime(2026, 11, 20, 10, 0))  # noqa: DTZ001 - the fault meant
    for entry in (stay(1), naive, stay(4)):
        writer.add(entry)
    await writer.flushed()
    assert writer.backlog == BooksBacklog(waiting=0, dropped=1, failures=0)
    await writer.close()
    store = SiteStore(url)
    assert await BooksReader(store).stays(DAY) == [stay(1), stay(4)]
    assert [gap.began_at for gap in await BooksReader(store).gaps(DAY)] == [naive.joined_at]
    await store.close()


async def test_handing_in_does_not_wait_for_a_database_that_hangs(tmp_path: Path) -> None:
    """Ten thousand entries are taken without the event loop turning once."""
    writer = BooksWriter(sqlite_url(tmp_path / "never" / "calls.sqlite"), sleep=Pauses())
    for number in range(10_000):
        writer.add(stay(number))
    assert writer.backlog.waiting == 10_000
    await writer.close()


async def test_close_says_what_the_database_did_not_take(tmp_path: Path) -> None:
    """Nothing vanishes silently."""
    heard = list[str]()
    writer = BooksWriter(sqlite_url(tmp_path / "never" / "calls.sqlite"), on_trouble=heard.append, sleep=Pauses())
    await writer.open()
    writer.add(span(0, None))
    await writer.close(within=0.01)
    assert heard[-1] == "1 entries of the books are lost: the database did not take them in time"


async def test_database_that_was_emptied_gets_its_tables_again(file_url: str, tmp_path: Path) -> None:
    """An operator may move the file away while the controller runs."""
    writer = BooksWriter(file_url, sleep=lambda _seconds: asyncio.sleep(0))
    await writer.open()
    writer.add(stay(1))
    await writer.flushed()
    (tmp_path / "calls.sqlite").rename(tmp_path / "old.sqlite")
    writer.add(stay(2, minute=1))
    await writer.flushed()
    await writer.close()
    store = SiteStore(file_url)
    assert await BooksReader(store).stays(DAY) == [stay(2, minute=1)]
    assert TEN in DAY
    await store.close()


@pytest.mark.parametrize("is_written_between", [True, False])
async def test_a_stay_whose_joining_becomes_exact_is_one_stay(tmp_path: Path, *, is_written_between: bool) -> None:
    """It was reckoned from a reading, to the second; then the joining itself was told. Another stay is left alone."""
    store = SiteStore(sqlite_url(tmp_path / "calls.sqlite"))
    writer = BooksWriter(sqlite_url(tmp_path / "calls.sqlite"))
    await writer.open()
    exact, other = stay(1, end=StayEnd.ABANDONED), replace(stay(1, minute=5), chain=2)
    writer.add(replace(stay(1), joined_at=TEN - timedelta(seconds=0.7), is_joined_exactly=False))
    if is_written_between:
        await writer.flushed()
    writer.add(exact)
    writer.add(other)
    await writer.flushed()
    await writer.close()
    assert await BooksReader(store).stays(DAY) == [exact, other]
    await store.close()
