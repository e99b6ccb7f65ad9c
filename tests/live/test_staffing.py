"""Backup staff on a real Asterisk: a rush, a restart in the middle, a person's hand, a controller that is killed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivrctl.acd.intervals import Interval
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, Ports, credentials, down, rx, up
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.testkit.killing import kill
from ivrctl.testkit.rush import QUEUE, Ended, Rush, faults_of, write_site
from ivrctl.testkit.rush.people import AT_HOME, AT_WORK, ON_BREAK
from ivrctl.testkit.signal_phone import SignalCall, SignalPhones
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("staffing"), pytest.mark.timeout(300)]

FLOWS = Path(__file__).parents[2] / "flows"
BACKUP = frozenset(f"PJSIP/{number}" for number in AT_HOME)
DAILY = (f"PJSIP/{AT_WORK}", f"PJSIP/{ON_BREAK}")
CHANGED_WITHIN = 10.0
"""Seconds from an order to the members that it wants."""
AS_DESIRED_WITHIN = 10.0
"""Seconds from FullyBooted to members as desired."""
REST = 10.0
"""Seconds of ``rest_at_least`` in the policy of a rush."""


@pytest.fixture(scope="module")
def there() -> Iterator[Pbx]:
    """One of this module's own, since it is killed."""
    agi = (LOOPBACK, free_tcp_port(12_000 + os.getpid() % 20_000))
    made = up(f"staff-{os.getpid()}", agi=agi)
    yield made
    down(made.name)
    shutil.rmtree(made.folder)


@pytest.fixture
def pbx(there: Pbx) -> Pbx:
    """It, as it runs now."""
    return running(there)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo site with a line for a rush."""
    return write_site(FLOWS, tmp_path_factory.mktemp("rush") / "site")


@pytest.fixture
async def served(site: Path, pbx: Pbx, tmp_path: Path) -> AsyncIterator[Serving]:
    """A controller that acts on the queues."""
    for interface in (*BACKUP, *DAILY):
        rx(pbx, f"queue remove member {interface} from {QUEUE}")
    async with serving(site, tmp_path, pbx, ask) as started:
        await started.until(lambda: bool(started.ask("/staffing")["acting"]), "it acts", within=15)
        yield started


@pytest.fixture
async def rush(pbx: Pbx, served: Serving) -> AsyncIterator[Rush]:
    """Agents at their places, and four who are available for backup."""
    async with SignalPhones.opened(pbx) as phones:
        made = Rush(phones, credentials(pbx).agents)
        await made.open()
        await until(served, lambda: is_ready(served), "the backup staff is seen", within=30)
        yield made
        await made.close()


def running(pbx: Pbx) -> Pbx:
    """The PBX on its ports, started where it does not run."""
    return up(pbx.name, agi=pbx.agi, ports=Ports(sip=pbx.sip_port, ami=pbx.ami_port))


def policy(served: Serving) -> dict[str, Any]:
    """How the policy of the rush stands."""
    told = served.ask("/staffing")["policies"]
    return (
        dict(told[0])
        if told
        else {"tiers": [], "hold": "not decided yet", "pending": [], "changes": [], "unmanaged": []}
    )


async def until(served: Serving, holds: Callable[[], bool], what: str, within: float = CHANGED_WITHIN) -> None:
    """Return when something holds; where it does not, say how the policy stands."""
    try:
        await served.until(holds, what, within)
    except UnreachableError as error:
        told = {key: policy(served).get(key) for key in ("hold", "changes", "pending", "held", "orders")}
        raise UnreachableError(f"{error}\n{sorted(members(served))}\n{json.dumps(told, indent=1)}") from error


def is_ready(served: Serving) -> bool:
    """True when it is known of everybody that he is available."""
    told = policy(served)
    known = {person["number"]: person["presence"] for tier in told["tiers"] for person in tier["people"]}
    return not told["hold"] and all(known.get(number) == "ready" for number in AT_HOME)


def is_known(served: Serving) -> bool:
    """True while the queues are seen."""
    return bool(served.ask("/agents")["seen"]["known"])


def members(served: Serving) -> frozenset[str]:
    """The interfaces in the queue as it is now; none while nothing is seen."""
    told = served.ask("/agents")
    there = frozenset(agent["interface"] for agent in told["agents"] if QUEUE in agent["queues"])
    return there if told["seen"]["known"] else frozenset()


def order(served: Serving, kind: str, tier: str = "", lasts: str = "10m") -> str:
    """Order something by hand; the order's id."""
    body = {"kind": kind, "tier": tier, "lasts": lasts, "reason": "a test"}
    id_: str = ask(served.state.api_socket, "/staffing/orders", "POST", body=body)["orders"][0]["id"]
    return id_


def cancel(served: Serving, id_: str) -> None:
    """End it."""
    ask(served.state.api_socket, f"/staffing/orders/{id_}", "DELETE")


async def all_in(served: Serving) -> str:
    """Everybody of the backup staff is ordered in, and is in; the order's id."""
    id_ = order(served, "engage", "retention")
    await until(served, lambda: members(served) >= BACKUP, "everybody is in")
    await until(served, lambda: not policy(served)["pending"] and not policy(served)["changes"], "it is seen")
    return id_


async def all_home(served: Serving, *stay: str) -> None:
    """Everybody is home but those."""
    order(served, "release", "break")
    left = frozenset((*DAILY, *stay))
    await until(served, lambda: is_known(served) and members(served) <= left, "everybody is home")
    await until(served, lambda: not policy(served)["pending"], "nothing is pending")


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


async def test_tiers_come_in_one_after_the_other_and_go_home_in_reverse(served: Serving, rush: Rush) -> None:
    """More callers than agents, then none: nobody in a call is cut off, and the books balance with the phones."""
    texts: list[tuple[str, str]] = []
    rush.on_text = lambda agent, text: texts.append((agent, text))
    began_at = datetime.now(UTC)
    await rush.calls()
    await until(
        served,
        lambda: members(served) == frozenset(DAILY) and not any(tier["in"] for tier in policy(served)["tiers"]),
        "everybody is home again",
        within=60,
    )
    await until(served, lambda: entries_waiting(served) == 0, "the books are written", within=15)
    ended = Ended(await decisions(served), await stays(served, began_at), members(served))
    assert list(faults_of(rush, ended, daily=DAILY)) == []
    assert {agent for agent, text in texts if text.startswith("You are called in to broadband: ")} == set(AT_HOME)
    assert [agent for agent, text in texts if text.startswith("Please end your pause")] == [ON_BREAK]
    assert any("may be called in soon" in text for agent, text in texts if agent == "8104")


async def test_the_queue_log_has_the_decisions(served: Serving, rush: Rush, pbx: Pbx) -> None:
    """A reader of queue_log sees which tier came and why, beside the members that were added."""
    await all_in(served)
    log = pbx.folder / "log/queue_log"

    def entries() -> list[list[str]]:
        return [line.split("|") for line in log.read_text().splitlines() if "|IVRCTLTIER" in line]

    await until(served, lambda: any(entry[5] == "retention" for entry in entries()), "it is written", within=10)
    (entry,) = [entry for entry in entries()[-4:] if entry[5] == "leaders"]
    assert entry[2:8] == [QUEUE, "", "IVRCTLTIERIN", "leaders", "rush", "order"]
    assert entry[9].startswith("leaders came in: ordered by ")
    await all_home(served)


@pytest.mark.parametrize("how", ["core restart now", "kill -9"])
async def test_after_a_restart_of_asterisk_members_are_as_desired_within_ten_seconds(
    served: Serving, rush: Rush, pbx: Pbx, how: str
) -> None:
    """Asterisk has forgotten them; what was desired is so again, from FullyBooted on."""
    await all_in(served)
    if how == "kill -9":
        await asyncio.to_thread(kill, pbx.pid)
    else:
        rx(pbx, how)
    await until(served, lambda: bool(policy(served)["hold"]), "nothing is seen", within=15)
    restarted = await asyncio.to_thread(running, pbx)
    await asyncio.to_thread(booted, restarted)
    booted_at = time.monotonic()
    await until(served, lambda: members(served) >= BACKUP, "everybody is in again", AS_DESIRED_WITHIN)
    assert time.monotonic() - booted_at < AS_DESIRED_WITHIN
    await all_home(served)


async def test_whom_a_person_removes_rests_and_whom_a_person_adds_stays(served: Serving, rush: Rush, pbx: Pbx) -> None:
    """One is not put back at once; the other, who was a member before, is as wanted, and not ours to send home."""
    rx(pbx, f"queue add member PJSIP/8103 to {QUEUE} penalty 2")
    await all_in(served)
    assert [(each["interface"], each["queue"]) for each in policy(served)["unmanaged"]] == [("PJSIP/8103", QUEUE)]
    rx(pbx, f"queue remove member PJSIP/8106 from {QUEUE}")
    await until(served, lambda: "PJSIP/8106" not in members(served), "he is out")
    removed_at = time.monotonic()
    await until(served, lambda: "PJSIP/8106" in members(served), "he has rested", REST + CHANGED_WITHIN)
    assert time.monotonic() - removed_at > REST - 1
    await all_home(served, "PJSIP/8103")
    assert "PJSIP/8103" in members(served)
    assert penalty(served, "PJSIP/8103") == 2


async def test_who_talks_is_not_sent_home_before_the_talk_is_over(served: Serving, rush: Rush, pbx: Pbx) -> None:
    """His tier is out, he is held back, his caller notices nothing; then he goes."""
    await all_in(served)
    for interface in (*DAILY, *(BACKUP - {"PJSIP/8106"})):
        rx(pbx, f"queue pause member {interface} queue {QUEUE}")
    answered: asyncio.Queue[SignalCall] = asyncio.Queue()
    rush.phones.agents["8106"].on_call = lambda call: (call.accept(), answered.put_nowait(call))[1]
    caller = rush.phones.caller("13800138000").dial("7300")
    async with Deadline(20):
        talk = await answered.get()
    order(served, "release", "break")
    await until(served, lambda: members(served) & BACKUP == {"PJSIP/8106"}, "the others are home")
    (held,) = policy(served)["held"]
    assert (held["interface"], held["held_because"]) == ("PJSIP/8106", "in_call")
    assert not caller.is_over
    talk.hang_up()
    await until(served, lambda: not members(served) & BACKUP, "he is home too")
    await caller.until_over(10)


@pytest.mark.parametrize("when", ["before anything", "between two changes", "when all are in"])
async def test_a_killed_controller_leaves_nobody_behind(served: Serving, rush: Rush, when: str) -> None:
    """Whatever it was doing: its successor goes on with the order, takes over who is in, and sends them home."""
    id_ = order(served, "engage", "retention")
    if when == "between two changes":
        await until(served, lambda: bool(members(served) & BACKUP), "the first is in")
    elif when == "when all are in":
        await until(served, lambda: members(served) >= BACKUP, "everybody is in")
    pid = await served.until_serving()
    served.signal_controller(pid, signal.SIGKILL)
    await served.until_serving(other_than=pid)
    await until(served, lambda: bool(served.ask("/staffing")["acting"]), "its successor acts")
    await until(served, lambda: members(served) >= BACKUP, "everybody is in", within=20)
    with suppress(IvrctlError):
        cancel(served, id_)
    await all_home(served)
    assert members(served) == frozenset(DAILY)


def entries_waiting(served: Serving) -> int:
    """Entries of the books that are not in the database yet."""
    waiting: int = served.ask("/status")["status"]["queues"]["entries_waiting"]
    return waiting


def penalty(served: Serving, interface: str) -> int:
    """Of a member."""
    told = served.ask(f"/queues/{QUEUE}")["queue"]["members"]
    found: int = next(member["penalty"] for member in told if member["interface"] == interface)
    return found


async def decisions(served: Serving) -> list[dict[str, Any]]:
    """All of them, the oldest first."""
    told: list[dict[str, Any]] = served.ask("/staffing/history?limit=100")["decisions"]
    return told[::-1]


async def stays(served: Serving, since: datetime) -> list[Any]:
    """By the books."""
    store = SiteStore(sqlite_url(served.state.call_database))
    try:
        period = Interval(since - timedelta(seconds=1), datetime.now(UTC) + timedelta(minutes=1))
        return list(await BooksReader(store).stays(period, QUEUE))
    finally:
        await store.close()
