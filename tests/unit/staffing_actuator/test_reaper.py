"""What a controller that is gone has begun is ended without any."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from ivrctl.adapters.ami import AmiSession, AmiUnreachableError, Login
from ivrctl.adapters.ami.queue_actions import Asking
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store import StaffingStore
from ivrctl.adapters.staffing_store.acting import LASTS
from ivrctl.adapters.staffing_store.store import LEASE
from ivrctl.adapters.staffing_store.writes import lease_kept
from ivrctl.service.staffing.reaper import WITHIN, Became, ReaperParts, Reaping, reap
from ivrctl.staffing.plan import Owned
from ivrctl.testkit.fake_ami import Answering, Fault, Seat

from ..staffing.memberships import wanted  # noqa: TID252 - test folders are no packages to import from
from .floor import STATIC, Floor

Reap = Callable[[], Awaitable[Reaping]]
NOW = datetime.now(UTC)
LATER = LEASE + timedelta(seconds=1)


@pytest.fixture
async def reaping(floor: Floor) -> AsyncIterator[Reap]:
    """Runs a reaper three minutes from now."""
    database = SiteStore(floor.url)
    sessions: list[AmiSession] = []

    async def connect() -> Asking:
        sessions.append(await AmiSession.open(floor.asterisk.address, Login("ivrctl", "right")))
        return sessions[-1]

    async def run() -> Reaping:
        def clock() -> datetime:
            return datetime.now(UTC) + LATER

        store = StaffingStore(database, place="reaper", holder=secrets.token_hex(4), clock=clock)
        return await reap(ReaperParts(store, connect, clock, lambda _seconds: asyncio.sleep(0)))

    yield run
    for session in sessions:
        session.close()
    await database.close()


async def begun(floor: Floor, *seats: Seat, queue: str = "broadband") -> None:
    """A controller has begun memberships, and is gone without a word."""
    database = SiteStore(floor.url)
    store = StaffingStore(database, place="here", holder="gone")
    await store.lead()
    for number, seat in enumerate(seats):
        floor.pbx.queues[queue][seat.interface] = seat
        since = NOW + timedelta(seconds=number)
        await store.write(lease_kept(Owned(queue, seat.interface, "leaders", "hotline", since, since + LEASE)))
    await store._writer.close()
    await database.close()


def outcomes(done: Reaping) -> list[tuple[str, Became]]:
    return [(one.lease.interface.removeprefix("PJSIP/"), one.became) for one in done.reaped]


async def test_what_has_expired_ends(floor: Floor, reaping: Reap) -> None:
    """The last that was begun first; whoever is not leased stays."""
    floor.pbx.queues["broadband"]["PJSIP/8105"] = Seat("PJSIP/8105")
    await begun(floor, Seat("PJSIP/8110"), Seat("PJSIP/8111"))
    assert outcomes(await reaping()) == [("8111", Became.ENDED), ("8110", Became.ENDED)]
    assert floor.members() == {"8105": 0}
    assert await floor.leases() == set()


async def test_done_twice_it_has_nothing_to_do(floor: Floor, reaping: Reap) -> None:
    """And does not even connect."""
    await begun(floor, Seat("PJSIP/8110"))
    await reaping()
    asked = len(floor.asterisk.actions)
    assert await reaping() == Reaping()
    assert len(floor.asterisk.actions) == asked


async def test_while_a_controller_acts_nothing_is_done(floor: Floor, reaping: Reap) -> None:
    """Though a lease has expired: it takes over what an earlier one has begun."""
    await begun(floor, Seat("PJSIP/8110", penalty=5))
    controller = await floor.controller("successor", wanted("8110"))
    controller.store._clock = lambda: datetime.now(UTC) + LATER
    controller.store._renewed_at = NOW
    await controller.store.renew()
    async with controller.store._store.writing() as connection:
        expired = Owned("mobile", "PJSIP/8110", "leaders", "hotline", NOW, NOW)
        await lease_kept(expired)(connection)
    assert (await reaping()).why_not == "a controller acts: it takes over what an earlier one has begun"
    assert floor.sent() == []


async def test_who_is_busy_waits_for_the_next_run(floor: Floor, reaping: Reap) -> None:
    """Who talks, rings or wraps up; then he goes."""
    wraps_up = int(datetime.now(UTC).timestamp())
    await begun(
        floor,
        Seat("PJSIP/8110", status=2),
        Seat("PJSIP/8111", status=6),
        Seat("PJSIP/8112", in_call=True),
        Seat("PJSIP/8113", last_call=wraps_up, wrap_up=60),
    )
    first = await reaping()
    assert {became for _, became in outcomes(first)} == {Became.WAITS}
    assert {one.why for one in first.reaped} == {"talks, rings or wraps up"}
    assert len(await floor.leases()) == 4
    for number in ("8110", "8111"):
        floor.pbx.change("broadband", f"PJSIP/{number}", status=1)
    assert [number for number, became in outcomes(await reaping()) if became is Became.ENDED] == ["8111", "8110"]


async def test_the_last_who_could_take_a_caller_waits(floor: Floor, reaping: Reap) -> None:
    """Of two one goes; the other when nobody waits any more."""
    floor.pbx.change("broadband", STATIC, status=2)
    floor.pbx.join("broadband", "1.1")
    await begun(floor, Seat("PJSIP/8110"), Seat("PJSIP/8111"))
    assert outcomes(await reaping()) == [("8111", Became.ENDED), ("8110", Became.WAITS)]
    floor.pbx.callers.clear()
    assert outcomes(await reaping()) == [("8110", Became.ENDED)]


async def test_what_is_not_there_is_only_forgotten(floor: Floor, reaping: Reap) -> None:
    """He has signed off, or stands in queues.conf now, or his queue is gone: nobody is asked to do anything."""
    await begun(floor, Seat("PJSIP/8110"), Seat("PJSIP/8111", is_static=True))
    await begun(floor, Seat("PJSIP/8112"), queue="mobile")
    del floor.pbx.queues["broadband"]["PJSIP/8110"]
    del floor.pbx.queues["mobile"]
    assert sorted(outcomes(await reaping())) == [
        ("8110", Became.GONE),
        ("8111", Became.NOT_OURS),
        ("8112", Became.GONE),
    ]
    assert floor.sent() == []
    assert await floor.leases() == set()


async def test_what_fails_is_told_and_stays_leased(floor: Floor, reaping: Reap) -> None:
    """The user has not the right; the next run tries again."""
    await begun(floor, Seat("PJSIP/8110"))
    floor.asterisk.answering.append(Answering.REFUSED)
    done = await reaping()
    assert done.has_failed
    assert [one.why for one in done.reaped] == ["Asterisk refuses QueueRemove: Permission denied"]
    assert len(await floor.leases()) == 1
    assert outcomes(await reaping()) == [("8110", Became.ENDED)]


async def test_without_asterisk_it_says_so_and_holds_up_no_controller(floor: Floor, reaping: Reap) -> None:
    """The term is given up in any case."""
    await begun(floor, Seat("PJSIP/8110"))
    floor.asterisk.fault = Fault.FLAPPING
    with pytest.raises(AmiUnreachableError):
        await reaping()
    floor.asterisk.fault = Fault.NONE
    successor = await floor.controller("successor")
    await successor.has()
    assert floor.members() == {}


async def test_a_controller_that_comes_back_goes_on_without_what_was_ended(floor: Floor, reaping: Reap) -> None:
    """It finds out at its next write that somebody else has acted, and begins anew."""
    controller = await floor.controller()
    await controller.has(wanted("8110"))
    assert outcomes(await reaping()) == [("8110", Became.ENDED)]
    await floor.until(lambda: "PJSIP/8110" not in controller.picture.queues["broadband"].members)
    await floor.until(lambda: not controller.store.is_acting)
    assert floor.members() == {}


def test_a_term_outlasts_a_run() -> None:
    """Nobody renews it meanwhile."""
    assert WITHIN + timedelta(seconds=30) < LASTS
