"""A controller whose site keeps its call records in PostgreSQL: real calls, a server that is killed, an upgrade."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivrctl.errors import ConfigurationError
from ivrctl.service import endings
from ivrctl.testkit.postgresql_server import PostgresqlServer

from .conftest import Serving, controller_of, serving

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
            return await stack.enter_async_context(serving(tmp_path, environ))

        yield started


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


@pytest.mark.postgresql
def test_store_whose_variable_is_not_set_is_a_configuration_error(tmp_path: Path) -> None:
    """The controller does not start, and says what to set."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "ivrctl.yaml").write_text(SITE)
    (tmp_path / "site" / "main.ivr.yaml").write_text(FLOW)
    with pytest.raises(ConfigurationError, match="the site's store: the environment variable CALLS_URL is not set"):
        controller_of(tmp_path, {})
