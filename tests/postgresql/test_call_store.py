"""The call store on a real server that is killed, hangs, refuses and comes back: no record is lost, none is doubled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from ivrctl.adapters.call_store import Backlog, CallStore
from ivrctl.adapters.deadline import Deadline
from ivrctl.errors import ConfigurationError
from ivrctl.model.call import CallRecord, Ending
from ivrctl.testkit.postgresql_server import PostgresqlServer

pytestmark = pytest.mark.postgresql

BEGAN = datetime(2026, 2, 24, 8, 0, tzinfo=UTC)
AWAY = "the database of call records is away, records wait"
BACK = "the database of call records answers again"
DEADLINE = 30
"""Seconds for what waits on a server's event."""


def _call(number: int) -> CallRecord:
    began = BEGAN + timedelta(seconds=number)
    return CallRecord(
        leg=f"leg-{number:05}",
        uniqueid="1771920000.7",
        ani="+8613800138000",
        dnis="1001011",
        version="5f1c",
        began_at=began,
        ended_at=began + timedelta(minutes=1),
        ending=Ending.SERVED,
        reason="",
        path=("account/start",),
        fields={},
        trace=(),
    )


@dataclass
class Kept:
    """A store, and what it has told."""

    url: str
    heard: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.store = CallStore(
            self.url, on_trouble=self._hear, on_settled=self._settle, sleep=lambda _seconds: asyncio.sleep(0.01)
        )

    def _hear(self, trouble: str) -> None:
        self.heard.append(trouble.partition(":")[0])
        self.told.set()

    def _settle(self, leg: str) -> None:
        self.settled.append(leg)
        self.told.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return when what the store has told makes it so."""
        async with Deadline(DEADLINE):
            while not is_so():
                self.told.clear()
                await self.told.wait()

    async def until_away(self) -> None:
        """Return when the store has said that its database is away."""
        await self.until(lambda: AWAY in self.heard)

    async def flushed(self) -> None:
        """Return when nothing waits any more."""
        async with Deadline(DEADLINE):
            await self.store.flushed()

    async def served(self) -> int:
        """How many records are in the database."""
        return (await self.store.counts())[Ending.SERVED]


@pytest.fixture
async def own(postgresql_server: PostgresqlServer) -> AsyncIterator[Kept]:
    """A store on a server that the test may treat badly."""
    kept = Kept(postgresql_server.url())
    await kept.store.open()
    yield kept
    await kept.store.close()


@pytest.fixture
async def kept(postgresql_url: str) -> AsyncIterator[Kept]:
    """A store on an empty database of the shared server."""
    opened = Kept(postgresql_url)
    await opened.store.open()
    yield opened
    await opened.store.close()


async def test_records_wait_while_the_server_is_away(own: Kept, postgresql_server: PostgresqlServer) -> None:
    """Those of before, of meanwhile and of after: all are stored once it is back."""
    for number in range(300):
        own.store.add(_call(number))
    await own.flushed()
    await asyncio.to_thread(postgresql_server.kill)
    for number in range(300, 600):
        own.store.add(_call(number))
    await own.until_away()
    assert own.store.backlog.waiting == 300
    assert len(own.settled) == 300
    await asyncio.to_thread(postgresql_server.start)
    await own.flushed()
    assert await own.served() == 600
    assert own.store.backlog.lost == 0
    assert own.heard == [AWAY, BACK]


async def test_server_killed_in_the_middle_of_writing_loses_and_doubles_nothing(
    own: Kept, postgresql_server: PostgresqlServer
) -> None:
    """What was told as settled is there; what was under way is written again."""
    for number in range(8_000):
        own.store.add(_call(number))
    await own.until(lambda: bool(own.settled))
    postgresql_server.kill()
    settled = set(own.settled)
    assert len(settled) < 8_000
    await own.until_away()
    await asyncio.to_thread(postgresql_server.start)
    in_database = set(postgresql_server.execute("select leg from calls").split())
    assert settled <= in_database
    await own.flushed()
    assert await own.served() == 8_000
    assert len(own.settled) == 8_000
    assert own.store.backlog.lost == 0


async def test_connections_that_an_administrator_ends_lose_nothing(
    kept: Kept, shared_postgresql: PostgresqlServer, postgresql_database: str
) -> None:
    """A batch is written again over a new connection, whatever its last one had come to."""
    for number in range(2_000):
        kept.store.add(_call(number))
        if number % 500 == 0:
            await asyncio.to_thread(shared_postgresql.end_connections, postgresql_database)
    await kept.flushed()
    assert await kept.served() == 2_000
    assert kept.store.backlog.lost == 0


@pytest.mark.parametrize(
    ("refuse", "allow"),
    [
        ("drop table calls", ""),
        (
            "alter table calls rename to calls_of_old",
            "drop table if exists calls; alter table calls_of_old rename to calls",
        ),
        ("alter table calls rename column ani to caller", "alter table calls rename column caller to ani"),
        ("alter table calls add constraint never check (leg = '')", "alter table calls drop constraint never"),
        (
            "alter database {name} set default_transaction_read_only = on",
            "set default_transaction_read_only = off; alter database {name} reset default_transaction_read_only",
        ),
    ],
    ids=["table gone", "table renamed", "column renamed", "constraint", "read-only"],
)
async def test_table_that_refuses_every_record_loses_none(
    kept: Kept, shared_postgresql: PostgresqlServer, postgresql_database: str, refuse: str, allow: str
) -> None:
    """A fault that is not a record's own is waited out until somebody has repaired it."""
    await asyncio.to_thread(shared_postgresql.execute, refuse.format(name=postgresql_database), postgresql_database)
    await asyncio.to_thread(shared_postgresql.end_connections, postgresql_database)
    for number in range(3):
        kept.store.add(_call(number))
    await kept.until_away()
    await asyncio.to_thread(shared_postgresql.execute, allow.format(name=postgresql_database), postgresql_database)
    await asyncio.to_thread(shared_postgresql.end_connections, postgresql_database)
    await kept.flushed()
    assert await kept.served() == 3
    assert kept.store.backlog.lost == 0


async def test_record_that_cannot_be_stored_does_not_hold_up_the_others(kept: Kept) -> None:
    """PostgreSQL stores no NUL in a text: the record is named and left behind."""
    for record in (_call(1), replace(_call(2), reason="a\0b"), replace(_call(3), ani="1" * 5000)):
        kept.store.add(record)
    await kept.flushed()
    assert await kept.served() == 2
    assert kept.store.backlog == Backlog(waiting=0, lost=1, failures=0)
    assert kept.heard == ["the record of leg leg-00002 cannot be stored and is lost"]


async def test_controllers_that_start_in_one_moment_make_one_table(postgresql_url: str) -> None:
    """None of them sees the other's table half made."""
    stores = [Kept(postgresql_url) for _ in range(8)]
    await asyncio.gather(*(kept.store.open() for kept in stores))
    for kept in stores:
        for number in range(100):
            kept.store.add(_call(number))
    await asyncio.gather(*(kept.flushed() for kept in stores))
    assert [kept.store.backlog for kept in stores] == [Backlog(waiting=0, lost=0, failures=0)] * 8
    assert await stores[0].served() == 100
    for kept in stores:
        await kept.store.close()


async def test_role_without_the_right_to_make_tables_writes_into_one_that_is_there(
    kept: Kept, shared_postgresql: PostgresqlServer, postgresql_database: str
) -> None:
    """Least rights: an administrator has made the table, the controller may insert and select."""
    shared_postgresql.execute(
        "create role clerk login password 'clerk'; grant select, insert on calls to clerk", postgresql_database
    )
    clerk = Kept(shared_postgresql.url(postgresql_database, user="clerk", password="clerk"))
    await clerk.store.open()
    clerk.store.add(_call(1))
    await clerk.flushed()
    assert await kept.served() == 1
    assert clerk.heard == []
    await clerk.store.close()
    shared_postgresql.execute("drop owned by clerk; drop role clerk", postgresql_database)


async def test_records_wait_for_a_server_that_hangs(own: Kept, postgresql_server: PostgresqlServer) -> None:
    """What hangs a while is not lost, nor stored twice, once it goes on."""
    for number in range(600):
        own.store.add(_call(number))
    await own.until(lambda: bool(own.settled))
    postgresql_server.freeze()
    for number in range(600, 900):
        own.store.add(_call(number))
    postgresql_server.thaw()
    await own.flushed()
    assert await own.served() == 900
    assert len(own.settled) == 900


async def test_closing_does_not_wait_for_a_hanging_server(own: Kept, postgresql_server: PostgresqlServer) -> None:
    """What it did not take is counted."""
    postgresql_server.freeze()
    own.store.add(_call(1))
    began = time.monotonic()
    await own.store.close(within=0.2)
    assert time.monotonic() - began < 5
    assert own.store.backlog.lost == 1
    assert own.settled == []


def test_malformed_url_is_told_without_its_password() -> None:
    """A password that is not escaped would be cut into a host and a path."""
    with pytest.raises(ConfigurationError) as fault:
        CallStore("postgresql://ivr:s3/cret@127.0.0.1/calls")
    assert "cret" not in f"{fault.value} {fault.value.advice}"
    assert "%2F" in str(fault.value.advice)
