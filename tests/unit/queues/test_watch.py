"""All of it over real sockets and a real database: what a controller runs, against an Asterisk with every fault."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from ivrctl.acd.intervals import Interval
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.adapters.ami import Login, Pace
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.process_lock import ProcessLock
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.service.queues import AmiAccess, QueueObserver, QueueWatch
from ivrctl.testkit.fake_ami import FakeAmi, Fault

from .pbx import LivePbx, seen
from .scripted import moment

Read = TypeVar("Read")
QUICK = 20.0
"""Times as fast as a clock pauses pass."""


async def quick(hurry: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with Deadline(seconds / QUICK):
            await hurry.wait()


class Site:
    """An Asterisk, and a site whose controller watches its queues."""

    def __init__(self, folder: Path) -> None:
        self.pbx = LivePbx("sales", "billing")
        self.asterisk = FakeAmi(self.pbx, clock=lambda: self.pbx.now)
        self.folder = folder
        self.url = sqlite_url(folder / "calls.sqlite")
        self.log: list[str] = []
        self.alarms: list[str] = []

    @contextlib.asynccontextmanager
    async def watching(self, secret: str = "right") -> AsyncIterator[QueueWatch]:  # noqa: S107 - of a fake
        """A controller watches."""
        access = AmiAccess(self.asterisk.address, Login("ivrctl", secret))
        log, alarm, lock = self.log.append, self.alarms.append, ProcessLock(self.folder / "books.lock")
        watch = QueueWatch(access, self.url, log=log, alarm=alarm, lock=lock, pace=Pace(pause=quick))
        running = asyncio.ensure_future(watch.run())
        try:
            yield watch
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await watch.close()

    async def is_right(self, watch: QueueWatch) -> None:
        """Wait until the picture is known and true."""
        await until(lambda: watch.picture.is_known and seen(watch.picture) == self.pbx.truth())

    async def has_books(self, watch: QueueWatch) -> None:
        """Wait until the database has said what was open."""
        await until(lambda: watch.books.is_open)
        assert self.alarms == []

    async def stays(self) -> list[Stay]:
        """What is in the books."""
        return await self._read(BooksReader.stays)

    async def gaps(self) -> list[Gap]:
        """What is missing in them, behind the first reading."""
        return [gap for gap in await self._read(BooksReader.gaps) if gap.why != "nothing was seen before"]

    async def _read(self, what: Callable[[BooksReader, Interval], Awaitable[Read]]) -> Read:
        store = SiteStore(self.url)
        try:
            return await what(BooksReader(store), Interval(moment(0), moment(self.pbx.now + 3600)))
        finally:
            await store.close()


async def until(is_so: Callable[[], bool], within: float = 30.0) -> None:
    async with Deadline(within):
        while not is_so():  # noqa: ASYNC110 - whatever happens on sockets and in threads
            await asyncio.sleep(0.005)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    made = Site(tmp_path)
    async with made.asterisk:
        yield made


async def test_what_happens_is_seen_and_written(site: Site) -> None:
    """From the socket to the database, with what the flow knew."""
    site.pbx.join("1.1")
    async with site.watching() as watch:
        await site.is_right(watch)
        await site.has_books(watch)
        assert site.log == ["the queues are seen: 2"]
        watch.queued("1.2", "10010", "gold")
        site.asterisk.say(site.pbx.join("1.2"))
        await site.is_right(watch)
        site.asterisk.say(site.pbx.answer("1.1"))
        site.asterisk.say(site.pbx.leave("1.2", status="LEAVEEMPTY"))
        await site.is_right(watch)
        status = watch.status()
        assert (status["seen"], status["why"], status["queues"], status["unreadable"]) == (True, "", 2, 0)
    ends = {stay.uniqueid: (stay.end, stay.line, stay.tier) for stay in await site.stays()}
    assert ends == {"1.1": (StayEnd.ANSWERED, "", ""), "1.2": (StayEnd.EMPTY, "10010", "gold")}


async def test_a_session_that_breaks_is_mended(site: Site) -> None:
    """Twice in a row; what happened meanwhile is right with the next reading, and it is said when it was not seen."""
    async with site.watching() as watch:
        await site.is_right(watch)
        for number in range(2):
            site.pbx.join(f"1.{number}")
            site.asterisk.cut()
            await site.is_right(watch)
    # A reading may be on its way just then, and says that it failed.
    log = [line.partition(": ")[0] for line in site.log if "cannot be read" not in line]
    assert log == ["the queues are seen", "the queues are not seen"] * 2 + ["the queues are seen"]


@pytest.mark.parametrize("cut_after", [200, 400, 700, 1500])
async def test_a_reading_that_is_cut_is_none(site: Site, cut_after: int) -> None:
    """Half a list would be half the queues."""
    site.pbx.join("1.1")
    site.asterisk.cut_after = cut_after
    async with site.watching() as watch:
        await until(lambda: site.asterisk.ended >= 1)
        assert seen(watch.picture) in ({}, site.pbx.truth())
        site.asterisk.cut_after = None
        await site.is_right(watch)


async def test_an_asterisk_that_comes_back_on_its_port(site: Site) -> None:
    """It is seen again by itself, with the queues that it has now."""
    async with site.watching() as watch:
        await site.is_right(watch)
        await site.asterisk.__aexit__()
        await until(lambda: not watch.picture.is_known)
        assert watch.facts() == {} or not dict(watch.facts())
        site.pbx.desks.pop("billing")
        site.pbx.now += 5
        await site.asterisk.__aenter__()
        await site.is_right(watch)


async def test_a_watch_that_fails_begins_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw ends no controller: it is told, and the queues are seen again."""
    async with site.watching() as watch:
        await site.is_right(watch)
        with monkeypatch.context() as broken:
            broken.setattr(QueueObserver, "take", _fails)
            site.asterisk.say(site.pbx.join("1.1"))
            await until(lambda: site.alarms != [])
        assert not watch.picture.is_known
        await site.is_right(watch)
    assert "begins anew" in site.alarms[0]
    assert "nobody foresaw" in site.alarms[0]


def _fails(_observer: QueueObserver, _told: object) -> None:
    raise RuntimeError("nobody foresaw this")


async def test_a_refused_login_is_told_and_shown(site: Site) -> None:
    """What a person must mend: in the log once an attempt, in the status as long as it lasts."""
    site.asterisk.fault = Fault.REFUSING
    async with site.watching() as watch:
        await until(lambda: bool(site.alarms))
        await until(lambda: "refuses" in watch.why_blind)
        assert 'Asterisk refuses the AMI user "ivrctl"' in site.alarms[0]
        assert not watch.status()["seen"]
        site.asterisk.fault = Fault.NONE
        await site.is_right(watch)


async def test_a_secret_that_is_missing_is_told_once(tmp_path: Path) -> None:
    """The site serves its calls; why no queue is seen stands in the log and in the status."""
    alarms: list[str] = []
    access = AmiAccess(("127.0.0.1", 1), None, "the variable AMI_SECRET is not set")
    watch = QueueWatch(access, sqlite_url(tmp_path / "calls.sqlite"), log=alarms.append, alarm=alarms.append)
    running = asyncio.ensure_future(watch.run())
    await asyncio.sleep(0)
    assert alarms == ["the queues are not watched: the variable AMI_SECRET is not set"]
    status = watch.status()
    assert (status["seen"], status["why"]) == (False, "the variable AMI_SECRET is not set")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await watch.close()


async def test_who_waits_while_the_controller_starts_again_has_one_stay(site: Site) -> None:
    """With his line and tier, and what became of him."""
    async with site.watching() as watch:
        await site.is_right(watch)
        await site.has_books(watch)
        watch.queued("1.1", "10010", "gold")
        site.asterisk.say(site.pbx.join("1.1"), site.pbx.join("1.2"))
        await site.is_right(watch)
    site.pbx.now += 4
    site.pbx.leave("1.2")
    async with site.watching() as watch:
        await site.has_books(watch)
        await site.is_right(watch)
        site.asterisk.say(site.pbx.answer("1.1"))
        await site.is_right(watch)
        site.pbx.now += 10
        site.asterisk.say(site.pbx.finish("1.1"))
        await site.is_right(watch)
    stays = {stay.uniqueid: stay for stay in await site.stays()}
    assert len(stays) == len(await site.stays()) == 2
    assert (stays["1.1"].end, stays["1.1"].line, stays["1.1"].tier) == (StayEnd.ANSWERED, "10010", "gold")
    assert (stays["1.1"].interface, stays["1.1"].is_over) == ("PJSIP/8101", True)
    assert stays["1.2"].end is StayEnd.UNKNOWN


async def test_books_that_are_handed_over_have_no_gap(site: Site) -> None:
    """The next controller sees the queues before the one before it leaves; nobody's stay is there twice or cut."""
    async with site.watching() as watch:
        await site.has_books(watch)
        await site.is_right(watch)
        watch.queued("1.1", "10010", "gold")
        site.asterisk.say(site.pbx.join("1.1"), site.pbx.join("1.2"))
        await site.is_right(watch)
        async with site.watching() as successor:
            await successor.until_seen(within=10)
            assert (successor.picture.is_known, successor.books.is_open) == (True, False)
            site.asterisk.say(site.pbx.join("1.3"), site.pbx.answer("1.1"))
            await site.is_right(watch)
            leaving = asyncio.ensure_future(watch.leave_books())
            site.asterisk.say(site.pbx.leave("1.2", status="TIMEOUT"), site.pbx.join("1.4"))
            await leaving
            await site.has_books(successor)
            site.pbx.now += 10
            site.asterisk.say(site.pbx.finish("1.1"), site.pbx.leave("1.3", status="LEAVEEMPTY"))
            await site.is_right(successor)
    stays = {stay.uniqueid: stay for stay in await site.stays()}
    assert len(stays) == len(await site.stays()) == 4
    assert {of: stay.end for of, stay in stays.items()} == {
        "1.1": StayEnd.ANSWERED,
        "1.2": StayEnd.TIMED_OUT,
        "1.3": StayEnd.EMPTY,
        "1.4": StayEnd.WAITING,
    }
    assert (stays["1.1"].line, stays["1.1"].tier, stays["1.1"].is_over) == ("10010", "gold", True)
    assert all(stay.is_joined_exactly for stay in stays.values())
    assert await site.gaps() == []


async def test_books_whose_keeper_died_have_a_gap(site: Site) -> None:
    """From the last thing that it has written to the first reading of the next one, who was not there before."""
    async with site.watching() as watch:
        await site.has_books(watch)
        site.asterisk.say(site.pbx.join("1.1"))
        await site.is_right(watch)
        await watch._writer.flushed()
    async with site.watching() as successor:
        await site.has_books(successor)
        await site.is_right(successor)
    assert [gap.why for gap in await site.gaps()] == ["ivrctl was not running"]


async def test_a_successor_that_sees_nothing_begins_its_books_with_a_gap(site: Site) -> None:
    """From when the one before it left them; it keeps nobody waiting for longer than it was told."""
    async with site.watching() as watch:
        await site.has_books(watch)
        await site.is_right(watch)
        site.asterisk.fault = Fault.REFUSING
        async with site.watching() as successor:
            await successor.until_seen(within=0.1)
            left_at = watch.now()
            await watch.leave_books()
            site.asterisk.fault = Fault.NONE
            await until(lambda: successor.books.is_open and successor.picture.is_known)
            await successor._writer.flushed()
    (gap,) = await site.gaps()
    assert gap.why == "ivrctl was not running"
    assert abs(gap.began_at - left_at) < timedelta(seconds=1)


async def test_a_database_that_is_away_holds_nobody_up(site: Site, tmp_path: Path) -> None:
    """The queues are seen meanwhile; when it answers the books have all of it, from the first event on."""
    site.url = sqlite_url(tmp_path / "later" / "calls.sqlite")
    async with site.watching() as watch:
        await site.is_right(watch)
        site.asterisk.say(site.pbx.join("1.1"))
        await site.is_right(watch)
        await until(lambda: any("wait for the database" in alarm for alarm in site.alarms))
        assert not watch.books.is_open
        (tmp_path / "later").mkdir()
        await until(lambda: watch.books.is_open)
        site.asterisk.say(site.pbx.leave("1.1", status="TIMEOUT"))
        await site.is_right(watch)
    assert [stay.end for stay in await site.stays()] == [StayEnd.TIMED_OUT]
    assert len([alarm for alarm in site.alarms if "wait for the database" in alarm]) == 1


async def test_nothing_is_left_behind(site: Site) -> None:
    """No task, no descriptor, no session at Asterisk; also when it ends in the middle of a connection."""

    def count() -> int:
        links = [each for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
        return sum("socket:" in name or "sqlite" in name for name in (str(each.readlink()) for each in links))

    # What tests before have left to the garbage would go at some moment of this one.
    gc.collect()
    before, tasks = count(), len(asyncio.all_tasks())
    for fault in (Fault.NONE, Fault.SILENT, Fault.FLAPPING, Fault.REFUSING, Fault.NONE):
        site.asterisk.fault = fault
        async with site.watching():
            await asyncio.sleep(0.05)
    await until(lambda: count() <= before)
    assert len(asyncio.all_tasks()) == tasks


async def test_a_member_with_signs_in_his_name(site: Site) -> None:
    """`;`, `|` and `,` are what they are, in events and in lists."""
    async with site.watching() as watch:
        await site.is_right(watch)
        site.asterisk.say(site.pbx.sign_on("PJSIP/8102", name="a;b|c,d: e"))
        await site.is_right(watch)
        assert watch.picture.queues["sales"].members["PJSIP/8102"].name == "a;b|c,d: e"
