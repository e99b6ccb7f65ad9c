"""A controller whose site keeps its call records in PostgreSQL: real calls, a server that is killed, an upgrade."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivrctl.adapters.fastagi_server import LOOPBACK
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import SilentVoice
from ivrctl.errors import ConfigurationError
from ivrctl.service import endings
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.site_versions import SiteVersions
from ivrctl.testkit.fake_asterisk import FakeAsterisk, ScaledClock
from ivrctl.testkit.postgresql_server import PostgresqlServer

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
store: {url: {env: CALLS_URL}}
databases: {shop: {url: {env: CALLS_URL}}}
lookups:
  many: {sql: select count(*) as many from calls, database: shop, returns: {many: number}}
"""
FLOW = """
lines: {"100": start}
steps:
  start:
    - lookup: {query: many, timeout: 2s}
      save: found
      then: {missing: away, failed: away}
    - play: "{found.many:number}"
    - hangup: served
  away:
    - play: We cannot say now.
    - hangup: unserved
"""


@dataclass(frozen=True)
class Views:
    """A folder as we and as Asterisk see it."""

    ours: Path
    asterisk: str


@dataclass
class Serving:
    """A controller that serves, and an Asterisk that sends it calls."""

    controller: Controller
    asterisk: FakeAsterisk

    async def call(self) -> None:
        """One caller dials, hears and is hung up on."""
        await self.asterisk.call("100", ani="13800138000").ends()


Start = Callable[[], Awaitable[Serving]]


@pytest.fixture
async def start(tmp_path: Path, postgresql_server: PostgresqlServer) -> AsyncIterator[Start]:
    """Starts controllers one after the other on the same state folder."""
    environ = {"CALLS_URL": postgresql_server.url()}
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "ivrctl.yaml").write_text(SITE)
    (tmp_path / "site" / "main.ivr.yaml").write_text(FLOW)
    async with AsyncExitStack() as stack:
        stack.enter_context(capture_logs())

        async def started() -> Serving:
            controller = _controller(tmp_path, environ)
            agi = socket.create_server(("127.0.0.1", 0))
            await controller.start(agi)
            stack.push_async_callback(controller.close)
            # Lookups take real time, prompts a tenth of theirs.
            asterisk = FakeAsterisk(agi.getsockname(), lambda _file: 1.0, clock=ScaledClock(speed=10))
            await stack.enter_async_context(asterisk)
            return Serving(controller, asterisk)

        yield started


def _controller(folder: Path, environ: Mapping[str, str]) -> Controller:
    state = StateFolder.open(folder / "state")
    versions = SiteVersions(folder / "site", state.versions, lambda _text: None)
    versions.load()
    cache, spool = (Views(folder / name, f"/{name}") for name in ("prompts", "spool"))
    prompts = PromptLibrary(voice=SilentVoice(), currency="CNY", cache=cache, spool=spool)
    return Controller(ControllerSettings(folder / "site", state, LOOPBACK, environ), versions, prompts)


def _endings(server: PostgresqlServer) -> list[str]:
    return server.execute("select ending from calls order by began_at").split()


@pytest.mark.postgresql
async def test_call_leaves_its_record_in_postgresql(start: Start, postgresql_server: PostgresqlServer) -> None:
    """And its lookup reads from there as well."""
    serving = await start()
    await serving.call()
    await serving.controller.store.flushed()
    assert _endings(postgresql_server) == ["served"]


@pytest.mark.postgresql
async def test_calls_go_on_while_the_server_is_away_and_their_records_follow(
    start: Start, postgresql_server: PostgresqlServer
) -> None:
    """A flow goes on where its lookup ``failed``; what happened meanwhile is in the database later."""
    serving = await start()
    await serving.call()
    await serving.controller.store.flushed()
    await asyncio.to_thread(postgresql_server.kill)
    await serving.call()
    assert serving.controller.status()["records_waiting"] == 1
    assert serving.controller.status()["open_legs"] == 1
    await asyncio.to_thread(postgresql_server.start)
    await serving.controller.store.flushed()
    assert _endings(postgresql_server) == ["served", "unserved"]
    assert serving.controller.status()["open_legs"] == 0


@pytest.mark.postgresql
async def test_records_outlive_a_controller_that_could_not_store_them(
    start: Start, postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal keeps them, and the next controller hands them in."""
    serving = await start()
    await asyncio.to_thread(postgresql_server.kill)
    await serving.call()
    await serving.controller.store.close(within=0)
    await serving.controller.close()
    await asyncio.to_thread(postgresql_server.start)
    monkeypatch.setattr(endings, "SETTLES_WITHIN", timedelta(0))
    after = await start()
    await after.controller.store.flushed()
    assert _endings(postgresql_server) == ["unserved"]
    assert after.controller.status()["open_legs"] == 0


@pytest.mark.postgresql
async def test_records_that_a_full_store_did_not_take_are_handed_in_later(
    start: Start, postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the server is away, the journal keeps what memory does not."""
    serving = await start()
    monkeypatch.setattr(serving.controller.store._writer, "_most_waiting", 1)
    monkeypatch.setattr(endings, "SETTLES_WITHIN", timedelta(0))
    await asyncio.to_thread(postgresql_server.kill)
    for _ in range(3):
        await serving.call()
    serving.controller.hand_in_left_behind()
    assert serving.controller.status()["records_waiting"] == 1
    assert serving.controller.status()["open_legs"] == 3
    await asyncio.to_thread(postgresql_server.start)
    for _ in range(3):
        await serving.controller.store.flushed()
        serving.controller.hand_in_left_behind()
    assert _endings(postgresql_server) == ["unserved"] * 3
    assert serving.controller.status()["records_lost"] == 0


def test_store_whose_variable_is_not_set_is_a_configuration_error(tmp_path: Path) -> None:
    """The controller does not start, and says what to set."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "ivrctl.yaml").write_text(SITE)
    (tmp_path / "site" / "main.ivr.yaml").write_text(FLOW)
    with pytest.raises(ConfigurationError, match="the site's store: the environment variable CALLS_URL is not set"):
        _controller(tmp_path, {})
