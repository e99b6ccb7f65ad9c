"""What the controller sees of the queues through faults of a real Asterisk, of the way to it, and of itself."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivrctl.acd.intervals import Interval
from ivrctl.acd.order import MOMENT
from ivrctl.acd.picture import DeviceState, Picture
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.adapters.ami import Login
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, Ports, credentials, rx, up
from ivrctl.adapters.pbx.instance import write_instance
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.service.queues import AmiAccess, QueueWatch
from ivrctl.site.phones import Phone
from ivrctl.testkit.black_hole import BlackHole
from ivrctl.testkit.killing import kill
from ivrctl.testkit.queue_day.day import Place, passwords, place
from ivrctl.testkit.queue_day.site import LINES, SALES
from ivrctl.testkit.signal_phone import SignalCall, SignalPhones
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("queue faults"), pytest.mark.timeout(180)]

AGENT = "PJSIP/8101"
SHOWN_WITHIN = 2.0
"""Seconds from a change by hand to the API."""
SEEN_WITHIN = 10.0
"""Seconds from FullyBooted to a picture that is right."""
NOTICED_WITHIN = 15.0
"""Seconds until a way that swallows everything is noticed."""
QUIET = 6.0
"""Seconds in which a refused login is not tried again."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A PBX of this module's own, since it is killed; and its site."""
    with place(f"faults-{os.getpid()}", tmp_path_factory.mktemp("faults"), ask) as made:
        yield made


@pytest.fixture
def pbx(there: Place) -> Pbx:
    """It, as it runs now."""
    return running(there)


@pytest.fixture
async def served(there: Place, pbx: Pbx, tmp_path: Path) -> AsyncIterator[Serving]:
    """A controller that sees the queues."""
    async with serving(there.site, tmp_path, pbx, ask) as started:
        await started.until(lambda: bool(seen(started)["known"]), "the queues are seen", within=15)
        yield started


def running(there: Place) -> Pbx:
    """The PBX on its ports, started where it does not run."""
    ports = Ports(sip=there.pbx.sip_port, ami=there.pbx.ami_port)
    return up(there.pbx.name, agi=there.pbx.agi, ports=ports, configuration=there.folder / "asterisk-conf")


def seen(served: Serving) -> dict[str, Any]:
    """How far the picture can be trusted."""
    told: dict[str, Any] = served.ask("/queues")["seen"]
    return told


def members(served: Serving) -> dict[str, tuple[str, str]]:
    """Who is in ``sales``: what he does, and the reason of his pause."""
    told = served.ask(f"/queues/{SALES}")["queue"]["members"]
    return {member["interface"]: (member["state"], member["reason"]) for member in told}


async def took(served: Serving, holds: Callable[[], bool], what: str, within: float) -> float:
    """Seconds until something holds."""
    began = time.monotonic()
    await served.until(holds, what, within)
    return time.monotonic() - began


async def books(served: Serving) -> tuple[list[Stay], list[Gap]]:
    """All stays and gaps of the last hour."""
    now = datetime.now(UTC)
    period = Interval(now - timedelta(hours=1), now + timedelta(minutes=1))
    store = SiteStore(sqlite_url(served.state.call_database))
    try:
        reader = BooksReader(store)
        return await reader.stays(period), await reader.gaps(period)
    finally:
        await store.close()


def booted(pbx: Pbx, within: float = 30) -> None:
    """Return when Asterisk says that it is fully booted."""
    until = time.monotonic() + within
    while True:
        try:
            rx(pbx, "core waitfullybooted")
        except IvrctlError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)  # there is nothing to be told by before there is a console
        else:
            return


# changes by hand


async def test_a_change_by_hand_is_seen_within_two_seconds(served: Serving, pbx: Pbx) -> None:
    """Somebody at Asterisk's console adds, pauses and removes a member."""
    with member_of(pbx, SALES):
        await took(served, lambda: members(served) == {AGENT: ("away", "")}, "he is there", SHOWN_WITHIN)
        rx(pbx, f"queue pause member {AGENT} queue {SALES} reason lunch")
        await took(served, lambda: members(served)[AGENT][1] == "lunch", "he pauses", SHOWN_WITHIN)
    await took(served, lambda: members(served) == {}, "he has gone", SHOWN_WITHIN)
    assert seen(served)["known"]


@contextmanager
def member_of(pbx: Pbx, queue: str) -> Iterator[None]:
    """The agent is in a queue meanwhile, by somebody at the console."""
    rx(pbx, f"queue add member {AGENT} to {queue}")
    try:
        yield
    finally:
        rx(pbx, f"queue remove member {AGENT} from {queue}")


async def test_who_is_available_for_backup_is_seen_with_his_phone_and_through_a_restart(
    there: Place, pbx: Pbx, tmp_path: Path
) -> None:
    """He is in no queue: his device tells that he is available, and Asterisk is asked whether his phone is there."""
    async with watching(pbx, tmp_path) as watch:
        assert watch.picture.backup == frozenset()
        async with SignalPhones.opened(pbx) as phones:
            phone = await phones.agent("8109", passwords(pbx)["8109"])
            call = phone.dial("*86")
            await call.until_established(within=10)
            await sees(watch, lambda picture: picture.backup == {"8109"}, SHOWN_WITHIN)
            await sees(watch, lambda picture: picture.device("PJSIP/8109") is not None, SHOWN_WITHIN)
            await call.until_over(within=10)
            async with Deadline(SHOWN_WITHIN):
                while watch.picture.device("PJSIP/8109") is not DeviceState.NOT_INUSE:
                    assert await watch.ask_devices()  # his call is over for Asterisk a moment later
            sight = watch.picture.sight
            rx(pbx, "core restart now")
            await sees(watch, lambda picture: not picture.is_known, NOTICED_WITHIN)
            restarted = await asyncio.to_thread(running, there)
            await asyncio.to_thread(booted, restarted)
            await sees(watch, lambda picture: picture.is_known and picture.sight > sight, SEEN_WITHIN)
            assert watch.picture.backup == {"8109"}
            await sees(watch, lambda picture: "PJSIP/8109" in picture.devices, SHOWN_WITHIN)
            await phone.dial("*87").until_over(within=10)
            await sees(watch, lambda picture: picture.backup == frozenset(), SHOWN_WITHIN)


@asynccontextmanager
async def watching(pbx: Pbx, folder: Path) -> AsyncIterator[QueueWatch]:
    """The queues as a controller sees them, in this process."""
    known = credentials(pbx)
    access = AmiAccess((LOOPBACK, pbx.ami_port), Login(known.ami_user, known.ami_secret))
    told: list[str] = []
    url = sqlite_url(folder / "books.sqlite")
    watch = QueueWatch(access, url, log=told.append, alarm=told.append, phone=lambda of: Phone(f"PJSIP/{of}", "", of))
    running = asyncio.ensure_future(watch.run())
    try:
        await sees(watch, lambda picture: picture.is_known, 15)
        yield watch
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await watch.close()


async def sees(watch: QueueWatch, is_so: Callable[[Picture], bool], within: float) -> None:
    """Wait until something is in the picture."""
    async with Deadline(within):
        with watch.changes.listen() as changed:
            while not is_so(watch.picture):
                changed.clear()
                await changed.wait()


# Asterisk ends and comes back


@pytest.mark.parametrize("how", ["core restart now", "core restart gracefully", "kill -9"])
async def test_after_a_restart_of_asterisk_the_picture_is_right_within_ten_seconds(
    served: Serving, there: Place, pbx: Pbx, how: str
) -> None:
    """Meanwhile it says since when it is stale; who was signed on is so no more, and who signs on then is seen."""
    rx(pbx, f"queue add member {AGENT} to {SALES}")
    await took(served, lambda: AGENT in members(served), "he is there", SHOWN_WITHIN)
    began_at = datetime.now(UTC)
    if how == "kill -9":
        await asyncio.to_thread(kill, pbx.pid)
    else:
        rx(pbx, how)
    await took(served, lambda: seen(served)["stale_since"] is not None, "it is stale", NOTICED_WITHIN)
    stale = seen(served)
    assert stale["why"]
    assert abs(datetime.fromisoformat(stale["stale_since"]) - began_at) < timedelta(seconds=5)
    restarted = await asyncio.to_thread(running, there)
    await asyncio.to_thread(booted, restarted)
    await took(served, lambda: bool(seen(served)["known"]), "the queues are seen again", SEEN_WITHIN)
    assert members(served) == {}
    with member_of(restarted, SALES):
        await took(served, lambda: AGENT in members(served), "he is there again", SHOWN_WITHIN)
    await took(served, lambda: entries_waiting(served) == 0, "the books are written", SEEN_WITHIN)
    _, gaps = await books(served)
    assert any(gap.began_at <= began_at + timedelta(seconds=5) and gap.ended_at for gap in gaps), gaps


async def test_a_silent_asterisk_is_noticed_within_fifteen_seconds(served: Serving, pbx: Pbx) -> None:
    """The kernel still takes what is sent, so only replies that do not come tell; it goes on where it stopped."""
    os.kill(pbx.pid, signal.SIGSTOP)
    stopped_at = datetime.now(UTC)
    try:
        await took(served, lambda: seen(served)["stale_since"] is not None, "it is stale", NOTICED_WITHIN)
        stale_since = datetime.fromisoformat(seen(served)["stale_since"])
    finally:
        os.kill(pbx.pid, signal.SIGCONT)
    assert abs(stale_since - stopped_at) < timedelta(seconds=NOTICED_WITHIN)
    await took(served, lambda: bool(seen(served)["known"]), "the queues are seen again", SEEN_WITHIN)


async def test_a_way_that_swallows_everything_is_noticed_within_fifteen_seconds(
    there: Place, pbx: Pbx, tmp_path: Path
) -> None:
    """No packet comes through, and none is refused; what changed meanwhile is right when the way is open again."""
    async with BlackHole.opened((LOOPBACK, pbx.ami_port)) as way:
        write_instance(replace(pbx, ami_port=way.port))
        try:
            async with serving(there.site, tmp_path, pbx, ask) as served:
                await took(served, lambda: bool(seen(served)["known"]), "the queues are seen", NOTICED_WITHIN)
                way.swallow()
                swallowed_at = datetime.now(UTC)
                await took(served, lambda: seen(served)["stale_since"] is not None, "it is stale", NOTICED_WITHIN)
                stale_since = datetime.fromisoformat(seen(served)["stale_since"])
                assert abs(stale_since - swallowed_at) < timedelta(seconds=6)  # the last reply to a ping was before
                with member_of(pbx, SALES):
                    assert members(served) == {}
                    way.let_through()
                    await took(served, lambda: bool(seen(served)["known"]), "the queues are seen again", SEEN_WITHIN)
                    assert AGENT in members(served)
        finally:
            write_instance(pbx)


async def test_a_user_whom_nothing_is_told_is_noticed_by_the_first_caller(
    there: Place, pbx: Pbx, tmp_path: Path
) -> None:
    """A login succeeds without the right to be told of queues; what each reading shows is said to be of that moment."""
    with ami_user(pbx, "read = system,call,agent,dialplan", "read = system,call,dialplan"):
        async with serving(there.site, tmp_path, pbx, ask) as served, SignalPhones.opened(pbx) as phones:
            await took(served, lambda: bool(seen(served)["known"]), "the queues are seen", NOTICED_WITHIN)
            await phones.agent("8101", passwords(pbx)["8101"])
            with member_of(pbx, SALES):
                await took(served, lambda: members(served) == {AGENT: ("free", "")}, "he is there", SEEN_WITHIN)
                call = phones.caller("13700000005").dial(LINES[SALES])
                await call.until_established(10)
                await took(served, lambda: "`agent`" in seen(served)["why"], "it says why", 2 * SEEN_WITHIN)
                assert seen(served)["stale_since"] is not None
                assert queue_of(served) == (1, 0)
                call.hang_up()
                await call.until_over(10)


async def test_a_wrong_password_is_told_and_not_tried_again_and_again(there: Place, pbx: Pbx, tmp_path: Path) -> None:
    """Only a person can mend it; the API says why nothing is seen."""
    before = pbx.log.read_text().count(_REFUSED)

    def tries() -> int:
        return pbx.log.read_text().count(_REFUSED) - before

    with ami_user(pbx, credentials(pbx).ami_secret, "another"):
        async with serving(there.site, tmp_path, pbx, ask) as served:
            await took(served, lambda: "refuses" in seen(served)["why"], "it says why", NOTICED_WITHIN)
            with pytest.raises(UnreachableError):
                await served.until(lambda: tries() > 2, "a third login", within=QUIET)
            assert not seen(served)["known"]
            assert "refuses" in served.log.read_text()
    assert 1 <= tries() <= 2


@contextmanager
def ami_user(pbx: Pbx, right: str, wrong: str) -> Iterator[None]:
    """The controller's AMI user is otherwise meanwhile."""
    file = pbx.folder / "etc/ivrctl.d/manager.conf"
    before = file.read_text()
    assert right in before
    file.write_text(before.replace(right, wrong))
    rx(pbx, "manager reload")
    try:
        yield
    finally:
        file.write_text(before)
        rx(pbx, "manager reload")


_REFUSED = "failed to authenticate as 'ivrctl'"


# the controller ends and comes back


async def test_stays_go_on_through_a_killed_controller_and_end_once_and_right(served: Serving, pbx: Pbx) -> None:
    """One talk ends and one caller hangs up while nobody sees it; one talk and one wait go on, and end as they do."""
    answers: asyncio.Queue[SignalCall] = asyncio.Queue()
    async with SignalPhones.opened(pbx) as phones:
        for name in ("8101", "8102"):
            phone = await phones.agent(name, passwords(pbx)[name])
            phone.on_call = answers.put_nowait
            rx(pbx, f"queue add member PJSIP/{name} to {SALES}")
        talks = []
        for number in ("13700000001", "13700000002"):
            caller = phones.caller(number).dial(LINES[SALES])
            talks.append((caller, await answer(answers)))
        waiting = [phones.caller(number).dial(LINES[SALES]) for number in ("13700000003", "13700000004")]
        await took(served, lambda: queue_of(served) == (2, 2), "two wait, two talk", 20)
        await took(served, lambda: entries_waiting(served) == 0, "the books are written", 10)

        await served.kill()
        killed_at = datetime.now(UTC)
        talks[0][1].hang_up()
        waiting[0].hang_up()
        await talks[0][0].until_over(10)
        await waiting[0].until_over(10)
        await served.start()
        await served.until_serving()
        await took(served, lambda: queue_of(served) == (1, 1), "one waits, one talks", SEEN_WITHIN)
        back_at = datetime.now(UTC)

        talks[1][0].hang_up()
        await answer(answers)
        answered_at = datetime.now(UTC)
        await took(served, lambda: queue_of(served) == (0, 1), "he talks", 5)
        waiting[1].hang_up()
        await took(served, lambda: queue_of(served) == (0, 0), "all is over", 5)
    given_up_at = back_at + MOMENT + timedelta(seconds=1)
    await took(served, lambda: datetime.now(UTC) > given_up_at, "why one left is waited for no longer", 15)
    for name in ("8101", "8102"):
        rx(pbx, f"queue remove member PJSIP/{name} from {SALES}")
    await took(served, lambda: entries_waiting(served) == 0, "the books are written", 10)

    stays, gaps = await books(served)
    by_number = {stay.number: stay for stay in stays}
    assert len(stays) == len(by_number) == 4
    unseen_talk, talk, unseen_wait, wait = (by_number[f"1370000000{n}"] for n in (1, 2, 3, 4))
    assert (unseen_talk.end, talk.end, wait.end) == (StayEnd.ANSWERED, StayEnd.ANSWERED, StayEnd.ANSWERED)
    assert unseen_wait.end is StayEnd.UNKNOWN
    assert (talk.talk_ended_by, wait.talk_ended_by, unseen_talk.talk_ended_by) == ("caller", "caller", "")
    assert unseen_talk.talk_ended_at is not None
    assert killed_at - timedelta(seconds=2) <= unseen_talk.talk_ended_at <= back_at + timedelta(seconds=2)
    assert wait.is_joined_exactly
    assert wait.left_at is not None
    assert abs(wait.left_at - answered_at) < timedelta(seconds=1)
    assert any(gap.began_at <= killed_at + timedelta(seconds=2) and gap.ended_at for gap in gaps)
    assert all(stay.is_over for stay in stays)


async def answer(ringing: asyncio.Queue[SignalCall]) -> SignalCall:
    """Answer the next phone that rings still."""
    async with Deadline(20):
        while (call := await ringing.get()).is_over:
            pass
    call.accept()
    return call


def queue_of(served: Serving) -> tuple[int, int]:
    """How many wait in ``sales`` and how many talk."""
    told = {queue["name"]: queue for queue in served.ask("/queues")["queues"]}.get(SALES, {})
    return told.get("waiting", -1), told.get("talking", -1)


def entries_waiting(served: Serving) -> int:
    """Entries that are not in the database yet."""
    waiting: int = served.ask("/status")["status"]["queues"]["entries_waiting"]
    return waiting


async def test_a_reload_of_the_controller_leaves_no_gap_in_the_books(served: Serving, pbx: Pbx) -> None:
    """Who waits through it has one stay, joined and answered at the moments at which he did."""
    answers: asyncio.Queue[SignalCall] = asyncio.Queue()
    rx(pbx, f"queue add member {AGENT} to {SALES}")
    async with SignalPhones.opened(pbx) as phones:
        phone = await phones.agent("8101", passwords(pbx)["8101"])
        phone.on_call = answers.put_nowait
        talks = phones.caller("13700000011").dial(LINES[SALES])
        agent = await answer(answers)
        waits = phones.caller("13700000012").dial(LINES[SALES])
        await took(served, lambda: queue_of(served) == (1, 1), "one waits, one talks", 20)
        await reload(served)
        await reload(served)
        await took(
            served, lambda: entries_waiting(served) == 0 and queue_of(served) == (1, 1), "it is seen", SEEN_WITHIN
        )
        agent.hang_up()
        await talks.until_over(10)
        await answer(answers)
        await took(served, lambda: queue_of(served) == (0, 1), "he talks", 5)
        waits.hang_up()
        await took(served, lambda: queue_of(served) == (0, 0), "all is over", 5)
    rx(pbx, f"queue remove member {AGENT} from {SALES}")
    await took(served, lambda: entries_waiting(served) == 0, "the books are written", 10)
    stays, gaps = await books(served)
    mine = {stay.number: stay for stay in stays if stay.number.startswith("1370000001")}
    assert len(mine) == 2
    assert all(stay.end is StayEnd.ANSWERED and stay.is_joined_exactly for stay in mine.values())
    assert [stay.line for stay in mine.values()] == [LINES[SALES]] * 2
    assert [gap.why for gap in gaps if gap.began_at > min(stay.joined_at for stay in mine.values())] == []


async def reload(served: Serving) -> None:
    """Another controller takes over, as for an upgrade, and the one before it leaves."""
    old = served.controllers("serving")[-1]
    served.send(signal.SIGHUP)
    await served.until_serving(other_than=old)
    await served.until(lambda: old not in served.controllers("draining"), "the old controller has left", 20)
