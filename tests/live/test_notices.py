"""Notices on a real Asterisk: what the fallback leg plays, while a controller runs and when none does."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.prompts.notice_files import FOLDER, NoticeFiles
from ivrctl.cli.commands.notice import Where, asked_for, change, end, make
from ivrctl.testkit.audio import find, melody, read_wav, tone, write_wav
from ivrctl.testkit.softphone import PhoneEvent, Softphone
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

from .sounds import is_said

if TYPE_CHECKING:
    from tests.live.conftest import Phones

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

LINE = "10010"
SITE = """
site: notices
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry about that.}
api: {tokens: {duty: {file: duty.token}}}
"""
FLOW = """
lines: {"10010": start}
steps: {start: [{play: Welcome to our shop.}, {hangup: served}]}
"""
TOKEN = "the-token-of-the-duty-manager"
TEXT = "The northern exchange is out of service until the evening."


@pytest.fixture
def folder(pbx: Pbx) -> Iterator[Path]:
    """The files of notices of this PBX, as if nobody had made one."""
    NoticeFiles(pbx.prompts.ours)
    own = pbx.prompts.ours / FOLDER
    yield own
    for file in own.iterdir():
        file.unlink()


@pytest.fixture
def apology(pbx: Pbx) -> Iterator[Path]:
    """The site's own recorded apology, which a test can tell from everything else."""
    file = pbx.prompts.ours / "fallback.wav"
    write_wav(file, tone(1000, 1400, seconds=1.5))
    yield file
    file.unlink(missing_ok=True)


def played(folder: Path) -> Path:
    """The one file that the dialplan plays to everybody."""
    [file] = folder.glob("all-*.wav")
    return file


async def fallen_back(phones: Phones, seconds: float) -> Softphone:
    """A caller who has listened to the fallback leg for a while."""
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.ESTABLISHED, within=15)
    await asyncio.sleep(seconds)
    await caller.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=2)
    return caller


async def test_notices_that_are_not_over_are_heard_before_the_apology(
    folder: Path, apology: Path, phones: Phones
) -> None:
    """For everybody, then for the line; what is over, and what is for another line, is not."""
    told = {
        "all-2": (melody(1.5), 3600),
        "all-4": (tone(500, 900, seconds=1.5), -1),
        f"{LINE}-1": (tone(700, 1900, seconds=1.5), 3600),
        "10086-1": (tone(600, 2300, seconds=1.5), 3600),
    }
    for name, (samples, left) in told.items():
        write_wav(folder / f"{name}.wav", samples)
        os.utime(folder / f"{name}.wav", (time.time() + left,) * 2)
    caller = await fallen_back(phones, seconds=8)
    matches = {name: find(samples, caller.heard) for name, (samples, _) in told.items()}
    assert {name for name, match in matches.items() if match.is_heard} == {"all-2", f"{LINE}-1"}
    places = [matches["all-2"].at_seconds, matches[f"{LINE}-1"].at_seconds, find(apology, caller.heard).at_seconds]
    assert places == sorted(places)


@pytest.fixture
def api() -> tuple[str, int]:
    """Where the API is served over TCP."""
    return LOOPBACK, free_tcp_port(10_100 + os.getpid() % 20_000)


@pytest.fixture
async def served(tmp_path: Path, pbx: Pbx, folder: Path, api: tuple[str, int]) -> AsyncIterator[Serving]:
    """A site of the test's own, served, with an API over TCP."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE)
    (site / "main.ivr.yaml").write_text(FLOW)
    (site / "duty.token").write_text(TOKEN)
    async with serving(site, tmp_path, pbx, ask, "--api", f"{api[0]}:{api[1]}") as started:
        await started.until_serving()
        yield started


def asked(text: str, **others: object) -> dict[str, Any]:
    return asked_for(texts=[f"en={text}"], recordings=None, scope={}, **others)


async def test_notice_is_heard_with_the_controller_stopped_and_no_longer_after_its_end(
    served: Serving, phones: Phones, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made while it ran, changed and ended while it did not: the next caller hears what stands."""
    where = Where(served.site, served.state.path, served.pbx.name)
    await asyncio.to_thread(make, where, asked(TEXT, lasts="2h"), as_json=False)
    id_ = capsys.readouterr().out.split()[1]
    file = await asyncio.to_thread(played, folder)
    await served.stop()
    caller = await fallen_back(phones, seconds=7)
    assert is_said(file, caller.heard)

    await asyncio.to_thread(change, where, id_, asked("It works again.", lasts="30s"), as_json=False)
    ends = time.time() + 30
    file = await asyncio.to_thread(played, folder)
    caller = await fallen_back(phones, seconds=4)
    assert is_said(file, caller.heard)
    await asyncio.sleep(max(0.0, ends + 1 - time.time()))
    # Nobody has removed it.
    assert file.exists()
    caller = await fallen_back(phones, seconds=4)
    assert not find(file, caller.heard).is_heard


async def test_notice_that_was_ended_is_not_heard(
    served: Serving, phones: Phones, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether a controller runs or not."""
    where = Where(served.site, served.state.path, served.pbx.name)
    await asyncio.to_thread(make, where, asked(TEXT, lasts="2h"), as_json=False)
    id_ = capsys.readouterr().out.split()[1]
    file = await asyncio.to_thread(played, folder)
    content = await asyncio.to_thread(read_wav, file)
    await asyncio.to_thread(end, where, id_, as_json=False)
    assert not file.exists()
    await served.kill()
    caller = await fallen_back(phones, seconds=5)
    assert not find(content, caller.heard).is_heard


async def test_api_over_tcp_outlives_its_controllers(served: Serving, api: tuple[str, int]) -> None:
    """A kill and an upgrade: what was acknowledged stands, and the socket is the parent's."""
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async def asked_over_tcp(method: str, **options: Any) -> dict[str, Any]:
        async with aiohttp.ClientSession() as session, Deadline(20):
            url = f"http://{api[0]}:{api[1]}/notices"
            async with session.request(method, url, headers=headers, **options) as answer:
                body: dict[str, Any] = await answer.json()
                return body

    made = await asked_over_tcp("POST", json={"texts": {"en": TEXT}, "lasts": "2h"})
    first = await served.until_serving()
    served.signal_controller(first, signal.SIGKILL)
    second = await served.until_serving(other_than=first)
    assert (await asked_over_tcp("GET"))["notices"] == [made["notice"]]
    served.send(signal.SIGHUP)
    await served.until_serving(other_than=second)
    assert (await asked_over_tcp("GET"))["notices"] == [made["notice"]]
    assert made["notice"]["author"] == "duty"
    assert TOKEN not in served.log.read_text()
