"""Calls survive kills of every process of ours: what callers heard, Asterisk's books and our records agree."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit import audio
from ivrctl.testkit.sipp import callers
from ivrctl.testkit.softphone import PhoneEvent, Softphone
from ivrctl.testkit.survival.books import Books
from ivrctl.testkit.survival.campaign import CampaignPlan, run_campaign
from ivrctl.testkit.survival.figures import keep, table
from ivrctl.testkit.survival.lines import ANSWERS, PERSON, PERSON_PATH, QUEUE, copy_site
from ivrctl.testkit.survival.people import signed_on
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SITE = Path(__file__).parents[2] / "flows"
REPLACED_WITHIN = 10.0
"""Seconds from a stall to the next controller that serves: 4 seen on a quiet machine, 5.6 beside four busy workers."""
LONGEST_SILENCE = 3.0

Start = Callable[..., Awaitable[Serving]]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str, dict[str, Any]], None]:
    """Prints a table of figures past pytest's capture, and keeps it as JSON where ``IVRCTL_FIGURES`` says."""

    def print_and_keep(title: str, figures: dict[str, Any]) -> None:
        with capsys.disabled():
            print(table(title, figures), end="")  # noqa: T201 - the figures are the point of the test
        keep(title, figures)

    return print_and_keep


@pytest.fixture(scope="module")
def site(pbx: Pbx, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the test's own, its prompts made."""
    folder = copy_site(SITE, tmp_path_factory.mktemp("site") / "survival")
    build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(folder), "--pbx", pbx.name]
    subprocess.run(build, check=True, capture_output=True)
    return folder


@pytest.fixture
async def served(site: Path, pbx: Pbx, tmp_path: Path) -> AsyncIterator[Serving]:
    """A real ``ivrctl serve`` with a state folder of its own; no prompt of a call is left when it ends."""
    async with serving(site, tmp_path, pbx, ask) as started:
        yield started
    assert [file.name for file in pbx.spool.ours.iterdir() if not file.name.startswith(".")] == []


def _open_legs(started: Serving) -> int:
    return int(started.ask("/status")["status"]["open_legs"])


async def test_calls_survive_kills_of_the_controller_and_of_its_parent(
    served: Serving, tmp_path: Path, tell: Callable[[str, dict[str, Any]], None]
) -> None:
    """Each goes on at the action at which it was, or reaches a person; it is served, queued and recorded once."""
    figures = await run_campaign(served, CampaignPlan(seed=int(os.environ.get("IVRCTL_SEED", "1")), kills=6), tmp_path)
    tell("kills under calls", figures.as_json())
    assert figures.faults == []
    assert figures.lost == 0
    assert figures.resumed > 0
    assert figures.without_record <= figures.records_to_come
    assert figures.longest_silence <= LONGEST_SILENCE


async def test_callers_reach_a_person_when_no_controller_comes_back(
    served: Serving, pbx: Pbx, tmp_path: Path, tell: Callable[[str, dict[str, Any]], None]
) -> None:
    """Parent and controller are killed and stay away: the front desk answers, within seconds."""
    loop = asyncio.get_running_loop()
    books = Books.opened(pbx)
    async with (
        Softphone.caller(pbx, "13911110001", folder=tmp_path / "caller") as caller,
        Softphone.agent(pbx, "8105", folder=tmp_path / "desk") as desk,
    ):
        await caller.dial(ANSWERS)
        await caller.until(PhoneEvent.ESTABLISHED, within=10)
        await served.kill()
        killed_at = loop.time()
        await desk.until(PhoneEvent.INCOMING, within=20)
        reached = loop.time() - killed_at
        await desk.accept()
        await desk.until(PhoneEvent.ESTABLISHED, within=5)
        await served.start()
        await served.until_serving()
        await desk.hang_up()
        await caller.until(PhoneEvent.CLOSED, within=10)
        apology = pbx.prompts.ours / "fallback.wav"
        assert audio.find(apology, caller.received).is_heard
    await served.until(lambda: len(served.records()) == 1, "the record is there", within=10)
    [record] = served.records()
    tell("no controller comes back", {"seconds_to_the_front_desk": round(reached, 1), "ending": record["ending"]})
    assert record["ending"] == "fallback"
    assert _open_legs(served) == 0
    assert len(books.fell_back()) == 1


async def test_a_caller_who_waits_and_talks_does_not_notice_that_nobody_controls_him(
    served: Serving, pbx: Pbx, tmp_path: Path
) -> None:
    """Parent and controller are gone from the wait to the end of the talk; the next ones finish the call."""
    books = Books.opened(pbx)
    async with (
        Softphone.caller(pbx, "13911110002", folder=tmp_path / "caller") as caller,
        Softphone.agent(pbx, "8101", folder=tmp_path / "agent") as agent,
        signed_on(pbx, QUEUE, "8101"),
    ):
        await caller.dial(PERSON)
        await agent.until(PhoneEvent.INCOMING, within=15)
        await served.kill()
        await agent.accept()
        await agent.until(PhoneEvent.ESTABLISHED, within=5)
        await served.start()
        await served.until_serving()
        await agent.hang_up()
        await caller.until(PhoneEvent.CLOSED, within=15)
    await served.until(lambda: len(served.records()) == 1, "the record is there", within=10)
    [record] = served.records()
    assert (record["ending"], tuple(record["path"])) == ("served", PERSON_PATH)
    assert _open_legs(served) == 0
    assert list(books.queued("ENTERQUEUE", QUEUE).values()) == [1]
    assert books.fell_back() == set()


async def test_a_controller_that_stalls_is_replaced_and_its_calls_go_on(
    served: Serving, pbx: Pbx, tell: Callable[[str, dict[str, Any]], None]
) -> None:
    """Its event loop is stopped: within five seconds another one serves."""
    loop = asyncio.get_running_loop()
    numbers = [f"139222200{n:02}" for n in range(10)]
    async with callers(pbx, ANSWERS, numbers, per_second=20) as calling:
        stalled = await served.until_serving()
        await served.until(lambda: served.ask("/status")["status"]["calls_in_flow"] >= 10, "calls are in the flow")
        served.signal_controller(stalled, signal.SIGSTOP)
        stopped_at = loop.time()
        await served.until_serving(other_than=stalled, within=15)
        replaced_after = loop.time() - stopped_at
        told = await calling.told(within=60)
    await served.until(lambda: len(served.records()) >= len(numbers), "the records are there", within=10)
    endings = [record["ending"] for record in served.records()]
    tell(
        "a stalled controller",
        {"replaced_after": round(replaced_after, 2), "calls": told.placed, "served": endings.count("served")},
    )
    assert replaced_after <= REPLACED_WITHIN
    assert (told.ended_well, told.failed) == (len(numbers), 0)
    assert endings == ["served"] * len(numbers)
    assert _open_legs(served) == 0
