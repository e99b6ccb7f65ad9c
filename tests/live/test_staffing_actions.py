"""Plans become members of a real Asterisk's queues: seen, leased, and ended without a controller when it was killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.adapters.ami import AmiSession, Deadlines, Login
from ivrctl.adapters.ami.queue_actions import Asking, queue_add, queue_penalty, queue_remove, queue_status
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, credentials, down, rx, up
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.adapters.staffing_store import StaffingStore
from ivrctl.adapters.staffing_store.store import LEASE
from ivrctl.service.staffing.reaper import Became, ReaperParts, Reaping, reap
from ivrctl.staffing.decision import Wanted

from ..unit.staffing.memberships import policy, wanted  # noqa: TID252 - test folders are no packages to import from
from ..unit.staffing_actuator.floor import Controller, Place, Steps, until  # noqa: TID252 - the same
from .test_staffing import booted, running

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

HERE, THERE, DESK = "expert", "shanghai", "front-desk"
QUEUES = (HERE, THERE, DESK)
STATIC = {(DESK, "PJSIP/8105"), (DESK, "PJSIP/8106")}
"""They stand in queues.conf."""
WITHIN = 20.0
AS_DESIRED_WITHIN = 10.0
"""Seconds from FullyBooted to members as desired."""
ROOT = Path(__file__).parents[2]


def login_of(pbx: Pbx) -> Login:
    known = credentials(pbx)
    return Login(known.ami_user, known.ami_secret)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "calls.sqlite")


@pytest.fixture
async def session(pbx: Pbx) -> AsyncIterator[AmiSession]:
    """A session beside the controller's; nobody who is no member by queues.conf is one afterwards."""
    opened = await AmiSession.open((LOOPBACK, pbx.ami_port), login_of(pbx))
    yield opened
    for queue, interface in await members(opened) - STATIC:
        await queue_remove(opened, queue, interface)
    opened.close()


@pytest.fixture
async def controller(pbx: Pbx, url: str) -> AsyncIterator[Controller]:
    """One that acts on the queues."""
    made = controller_of(pbx, url)
    await made.begin()
    await until(lambda: made.picture.is_known, WITHIN)
    yield made
    await made.stop()


def controller_of(pbx: Pbx, url: str, holder: str = "one") -> Controller:
    of = policy(ceiling=1000, queues=QUEUES)
    place = Place((LOOPBACK, pbx.ami_port), login_of(pbx), url, lambda: of, 1.0, Deadlines())
    return Controller(place, holder, Steps())


async def members(session: AmiSession) -> set[tuple[str, str]]:
    """Who is in the queues of these tests, as a reading says."""
    entries = (await queue_status(session)).members
    return {(entry.text("Queue"), entry.text("Location")) for entry in entries if entry.text("Queue") in QUEUES}


async def penalty(session: AmiSession, queue: str, interface: str) -> str:
    entries = (await queue_status(session)).members
    found = (entry for entry in entries if (entry.text("Queue"), entry.text("Location")) == (queue, interface))
    return next(found).text("Penalty")


def seats(*people: Wanted) -> set[tuple[str, str]]:
    return {(each.queue, each.interface) for each in people}


async def test_people_come_change_and_go(controller: Controller, session: AmiSession) -> None:
    """Each is seen by another session too, with name and penalty; nobody else is touched."""
    li, wang, zhang = wanted("8110", queue=HERE), wanted("8111", queue=HERE), wanted("8110", queue=THERE)
    await controller.has(li, wang, zhang, within=WITHIN)
    assert await members(session) == STATIC | seats(li, wang, zhang)
    await controller.has(wanted("8110", queue=HERE, penalty=9), zhang, within=WITHIN)
    assert await members(session) == STATIC | seats(li, zhang)
    assert [await penalty(session, queue, "PJSIP/8110") for queue in (HERE, THERE)] == ["9", "5"]
    await controller.has(within=WITHIN)
    assert await members(session) == STATIC
    assert len(controller.actuator.sent("hotline")) == 6
    assert controller.troubles == []


async def test_whoever_stands_in_queues_conf_is_not_touched(controller: Controller, session: AmiSession) -> None:
    """He is as wanted, with the penalty that he has, and stays when nobody wants him."""
    await controller.want(wanted("8105", queue=DESK, penalty=7))
    await until(lambda: controller.round is not None and bool(controller.round.plan.unmanaged), WITHIN)
    await controller.want()
    await until(lambda: controller.round is not None and not controller.round.plan.unmanaged, WITHIN)
    assert controller.actuator.owned == {}
    assert await members(session) == STATIC
    assert await penalty(session, DESK, "PJSIP/8105") == "0"


async def test_what_a_person_changes_by_hand(controller: Controller, session: AmiSession) -> None:
    """A penalty of ours is ours; whoever was added by a person is that person's, before and behind."""
    await queue_add(session, HERE, "PJSIP/8111", penalty=2)
    await until(lambda: "PJSIP/8111" in controller.picture.queues[HERE].members, WITHIN)
    await controller.want(wanted("8110", queue=HERE), wanted("8111", queue=HERE))
    await until(lambda: bool(controller.actuator.owned) and not controller.actuator.pending, WITHIN)
    await queue_penalty(session, HERE, "PJSIP/8110", 1)
    await until(lambda: controller.picture.queues[HERE].members["PJSIP/8110"].penalty == 1, WITHIN)
    await until(lambda: controller.picture.queues[HERE].members["PJSIP/8110"].penalty == 5, WITHIN)
    assert await penalty(session, HERE, "PJSIP/8111") == "2"
    await queue_remove(session, HERE, "PJSIP/8110")
    await until(lambda: "PJSIP/8110" not in controller.picture.queues[HERE].members, WITHIN)
    await controller.want()
    await until(lambda: not controller.actuator.owned and not controller.actuator.pending, WITHIN)
    assert await members(session) == STATIC | {(HERE, "PJSIP/8111")}


async def reaped(pbx: Pbx, url: str) -> Reaping:
    """A run without any controller, when every lease has expired."""
    database, sessions = SiteStore(url), list[AmiSession]()

    def clock() -> datetime:
        return datetime.now(UTC) + LEASE + timedelta(seconds=30)

    async def connect() -> Asking:
        sessions.append(await AmiSession.open((LOOPBACK, pbx.ami_port), login_of(pbx)))
        return sessions[-1]

    store = StaffingStore(database, place="reaper", holder="reaper", clock=clock)
    try:
        return await reap(ReaperParts(store, connect, clock, asyncio.sleep))
    finally:
        for each in sessions:
            each.close()
        await database.close()


async def killed_at(step: int, pbx: Pbx, url: str) -> bool:
    """A controller's process is killed at a step of it; False where it came to its end before."""
    known = credentials(pbx)
    secrets = {"IVRCTL_TEST_USER": known.ami_user, "IVRCTL_TEST_SECRET": known.ami_secret}
    argv = [sys.executable, "-m", "tests.live.staffing_hand", str(pbx.ami_port), url, HERE, THERE]
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=ROOT, env={**os.environ, **secrets}, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = b""
    try:
        async with Deadline(60):
            while said not in {f"step {step}\n".encode(), b"done\n"}:
                said = await process.stdout.readline()
                assert said, "it ended by itself"
    finally:
        process.kill()
        await process.wait()
    return said != b"done\n"


async def left(url: str) -> set[tuple[str, str]]:
    """What the leases say."""
    database = SiteStore(url)
    try:
        return {(each.queue, each.interface) for each in await StaffingStore(database, place="-", holder="-").owned()}
    finally:
        await database.close()


async def test_killed_at_any_step_it_leaves_nobody_beyond_a_lease(
    pbx: Pbx, session: AmiSession, tmp_path: Path, steps: range
) -> None:
    """Every member whom it has added has a lease at that moment, and a run without any controller ends all of them."""
    tried, ended = 0, 0
    for step in filter((2).__lt__, steps):
        url = sqlite_url(tmp_path / f"{step}.sqlite")
        was_killed = await killed_at(step, pbx, url)
        ours = await members(session) - STATIC
        assert ours <= await left(url), f"at step {step}"
        done = await reaped(pbx, url)
        assert {one.became for one in done.reaped} <= {Became.ENDED, Became.GONE}
        assert await members(session) == STATIC, f"at step {step}"
        assert await reaped(pbx, url) == Reaping()
        tried, ended = tried + 1, ended + len(ours)
        if not was_killed:
            break
    assert tried > 4
    assert ended > 1


@pytest.fixture
def own_pbx() -> Iterator[Pbx]:
    """One of this test's own, since it is killed."""
    agi = (LOOPBACK, free_tcp_port(13_000 + os.getpid() % 20_000))
    made = up(f"actions-{os.getpid()}", agi=agi)
    yield made
    down(made.name)
    shutil.rmtree(made.folder)


async def test_after_a_restart_a_hundred_members_are_there_within_ten_seconds(own_pbx: Pbx, url: str) -> None:
    """Asterisk has forgotten them all; none of them counts as a change."""
    people = [wanted(f"81{number:02}", queue=queue) for number in range(10, 60) for queue in (HERE, THERE)]
    controller = controller_of(own_pbx, url)
    await controller.begin()
    try:
        await until(lambda: controller.picture.is_known, WITHIN)
        await controller.has(*people, within=60)
        counted = controller.actuator.sent("hotline")
        rx(own_pbx, "core restart now")
        await until(lambda: not controller.picture.is_known, WITHIN)
        await asyncio.to_thread(booted, await asyncio.to_thread(running, own_pbx))
        booted_at = time.monotonic()
        await until(controller.is_settled, AS_DESIRED_WITHIN)
        print(f"100 members {time.monotonic() - booted_at:.1f} s after FullyBooted")  # noqa: T201 - a figure to be seen
        assert controller.actuator.sent("hotline") == counted
    finally:
        await controller.stop()
