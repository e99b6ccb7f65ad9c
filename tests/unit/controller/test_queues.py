"""The queues in a whole controller: flows are told of them, the status says whether they are seen."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivrctl.adapters.ami import Login
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import LOOPBACK
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import SilentVoice
from ivrctl.cli.commands.operate import _queues
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.queues import AmiAccess
from ivrctl.service.site_versions import SiteVersions
from ivrctl.testkit.fake_ami import FakeAmi
from ivrctl.testkit.fake_asterisk import FakeAsterisk, ScaledClock

from ..queues.pbx import LivePbx  # noqa: TID252 - test folders are no packages to import from
from .conftest import SITE, Views

FLOW = """
lines: {"100": start}
steps:
  start:
    - hangup: served
      when: queues.sales.waiting != none and queues.sales.waiting > 1
    - hangup: unserved
"""


@asynccontextmanager
async def _controller(folder: Path, ami: AmiAccess) -> AsyncIterator[tuple[Controller, FakeAsterisk]]:
    site = folder / "site"
    site.mkdir(exist_ok=True)
    (site / "ivrctl.yaml").write_text(SITE + "queues: {sales: {}}\n")
    (site / "main.ivr.yaml").write_text(FLOW)
    state = StateFolder.open(folder / "state")
    versions = SiteVersions(site, state.versions, lambda _text: None)
    versions.load()
    cache, spool = (Views(folder / name, f"/{name}") for name in ("prompts", "spool"))
    prompts = PromptLibrary(voice=SilentVoice(), currency="CNY", cache=cache, spool=spool)
    controller = Controller(ControllerSettings(site, state, LOOPBACK, {}, ami=lambda: ami), versions, prompts)
    agi = socket.create_server(("127.0.0.1", 0))
    await controller.start(agi)
    watching = asyncio.ensure_future(controller.queues.run())
    try:
        async with FakeAsterisk(agi.getsockname(), lambda _file: 1.0, clock=ScaledClock(speed=10)) as asterisk:
            yield controller, asterisk
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await controller.close()


async def _ending(controller: Controller, asterisk: FakeAsterisk) -> str:
    """How the next call ends."""
    await asterisk.call("100", ani="13800138000").ends()
    await controller.store.flushed()
    (record,) = await controller.store.recent(1)
    return str(record.ending)


async def _until_seen(controller: Controller, waiting: int) -> None:
    async with Deadline(10):
        while getattr(controller.queues.facts().get("sales"), "waiting", None) != waiting:  # noqa: ASYNC110 - on sockets
            await asyncio.sleep(0.005)


@pytest.mark.thorough
async def test_flows_ask_how_many_wait(tmp_path: Path) -> None:
    """None until they are seen, and then what Asterisk said a moment ago."""
    pbx = LivePbx()
    async with FakeAmi(pbx) as ami:
        access = AmiAccess(ami.address, Login("ivrctl", "right"))
        async with _controller(tmp_path, access) as (controller, asterisk):
            await _until_seen(controller, 0)
            assert await _ending(controller, asterisk) == "unserved"
            ami.say(pbx.join("1.1"), pbx.join("1.2"))
            await _until_seen(controller, 2)
            assert await _ending(controller, asterisk) == "served"
            ami.cut()
            async with Deadline(10):
                while controller.queues.picture.is_known:  # noqa: ASYNC110 - on sockets
                    await asyncio.sleep(0.001)
            assert controller.queues.facts().get("sales") is None
            await controller.drain(is_leaving_for_good=False)
            assert not controller.queues.books.is_writing


async def test_a_secret_that_is_missing_stands_in_log_and_status(tmp_path: Path) -> None:
    """Once in the log; calls are served."""
    with capture_logs() as logged:
        async with _controller(tmp_path, AmiAccess(("127.0.0.1", 1), None, "SECRET is not set")) as (controller, _):
            await asyncio.sleep(0)
            shown = controller.status()["queues"]
    assert [entry["trouble"] for entry in logged if entry["event"] == "queues"] == [
        "the queues are not watched: SECRET is not set"
    ]
    assert _queues(shown) == [("queues", "not seen: SECRET is not set")]


_SEEN = {"seen": True, "why": "", "stale_since": None, "read_at": "x", "queues": 7, "entries_dropped": 0}


@pytest.mark.parametrize(
    ("status", "lines"),
    [
        ({}, []),
        (_SEEN, [("queues", "7 queues seen")]),
        ({**_SEEN, "queues": 1}, [("queues", "1 queue seen")]),
        (
            {**_SEEN, "seen": False, "why": "no reply to 2 pings", "stale_since": "2026-03-02T12:00:00+00:00"},
            [("queues", "7 queues, stale since 2026-03-02T12:00:00+00:00: no reply to 2 pings")],
        ),
        (
            {**_SEEN, "seen": False, "why": "not read yet", "read_at": None, "queues": 0},
            [("queues", "not seen: not read yet")],
        ),
        (
            {**_SEEN, "entries_dropped": 3, "entries_waiting": 9},
            [("queues", "7 queues seen"), ("books", "3 entries dropped, 9 waiting")],
        ),
    ],
)
def test_queues_in_the_status_are_one_line(status: dict[str, object], lines: list[tuple[str, str]]) -> None:
    """Seen, or since when not, and why."""
    assert _queues(status) == lines
