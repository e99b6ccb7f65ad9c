"""Lookups on a real server that is slow, hangs, is killed and comes back: an answer, or a fault in time."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_databases import POOL_SIZE, SiteDatabases
from ivrctl.model.values import RowOrRows, Value
from ivrctl.testkit.postgresql_server import PostgresqlServer

from .conftest import OpenDatabases

pytestmark = pytest.mark.postgresql

LOOKUPS = """
one: {sql: select 1 as many, database: shop, returns: {many: number}}
amounts: {sql: select amount from goods order by amount desc, database: shop, returns: {amount: number}, rows: 2}
amount: {sql: select amount from goods, database: shop, returns: {amount: number}}
process: {sql: select pg_backend_pid() as many, database: shop, returns: {many: number}}
slow:
  sql: select 1 as many from pg_sleep(:seconds)
  database: shop
  params: {seconds: number}
  returns: {many: number}
allowing:
  sql: select set_config('transaction_read_only', 'off', false) as said
  database: shop
  returns: {said: text}
whole:
  sql: select cast(:number as integer) as many
  database: shop
  params: {number: text}
  returns: {many: number}
own-types:
  sql: >-
    select id, level, trim(code) as code, cast(price as numeric) as price, at from own_types
    where id = cast(:id as uuid) and cast(level as text) = :level
  database: shop
  params: {id: text, level: [gold, silver]}
  returns: {id: text, level: [gold, silver], code: digits, price: money, at: date}
local: {sql: select 1 as many, database: local, returns: {many: number}}
"""
SHORT = timedelta(milliseconds=400)
LONG = timedelta(seconds=20)
LATE = 2.5
"""Seconds after which an answer that is due after ``SHORT`` is late, on two busy cores."""


@pytest.fixture
async def databases(
    shared_postgresql: PostgresqlServer, postgresql_database: str, open_databases: OpenDatabases
) -> AsyncIterator[SiteDatabases]:
    shared_postgresql.execute("create table goods (amount integer); insert into goods values (7)", postgresql_database)
    opened = open_databases(shared_postgresql.url(postgresql_database), LOOKUPS)
    yield opened
    await opened.close()


@pytest.fixture
async def own(
    postgresql_server: PostgresqlServer, open_databases: OpenDatabases, tmp_path: Path
) -> AsyncIterator[SiteDatabases]:
    """Databases of a server that the test may treat badly."""
    sqlite3.connect(tmp_path / "local.sqlite").close()
    (tmp_path / "local.sqlite").touch()
    opened = open_databases(postgresql_server.url(), LOOKUPS)
    yield opened
    await opened.close()


async def _ask(databases: SiteDatabases, lookup: str, within: timedelta = LONG, **params: Value) -> RowOrRows | None:
    return await databases.ask(lookup, params, within)


@pytest.mark.parametrize("statement", ["delete from goods", "create table t (n integer)", "select nextval('numbers')"])
async def test_connection_cannot_write(
    databases: SiteDatabases, shared_postgresql: PostgresqlServer, postgresql_database: str, statement: str
) -> None:
    """Every transaction is read-only, whatever the rights of the account."""
    shared_postgresql.execute("create sequence numbers", postgresql_database)
    async with databases._database("shop").connect() as connection:
        with pytest.raises(SQLAlchemyError, match="read-only transaction"):
            await connection.execute(text(statement))


async def test_statement_cannot_allow_itself_to_write(databases: SiteDatabases) -> None:
    """A ``select`` that changes the session's settings is refused by the server."""
    with pytest.raises(LookupFault, match="read-write mode must be set before any query"):
        await _ask(databases, "allowing")


async def test_server_itself_gives_up_a_statement_in_time(
    databases: SiteDatabases, shared_postgresql: PostgresqlServer
) -> None:
    """The caller is told in time, and the statement does not go on in the server."""
    began = time.monotonic()
    with pytest.raises(LookupFault, match=r"^no answer within 0\.4 s$"):
        await _ask(databases, "slow", SHORT, seconds=Decimal(60))
    assert time.monotonic() - began < LATE
    await _until_running(shared_postgresql, lambda count: count == 0)


async def test_caller_who_hangs_up_leaves_no_connection_behind(
    databases: SiteDatabases, shared_postgresql: PostgresqlServer
) -> None:
    """His lookup is cut off; all connections are there for the next callers."""
    for _ in range(2):
        asked = [asyncio.ensure_future(_ask(databases, "slow", seconds=Decimal(60))) for _ in range(POOL_SIZE)]
        await _until_running(shared_postgresql, lambda count: count >= POOL_SIZE)
        for asking in asked:
            asking.cancel()
        await asyncio.wait(asked)
        assert all(asking.cancelled() for asking in asked)
    answers = await asyncio.gather(*(_ask(databases, "one") for _ in range(POOL_SIZE)))
    assert answers == [{"many": Decimal(1)}] * POOL_SIZE


async def _until_running(server: PostgresqlServer, is_so: Callable[[int], bool]) -> None:
    """Return when the number of slow statements that are under way in the server is as it should be."""
    query = (
        "select count(*) from pg_stat_activity where query like 'select 1 as many from pg_sleep%' and state = 'active'"
    )
    async with Deadline(20):
        for _ in itertools.repeat(None):
            if is_so(int(await asyncio.to_thread(server.execute, query))):
                return


async def test_connections_are_bounded(databases: SiteDatabases) -> None:
    """More callers than connections wait for one another, and each has his answer."""
    processes = await asyncio.gather(*(_ask(databases, "process") for _ in range(5 * POOL_SIZE)))
    assert len({str(row) for row in processes}) <= POOL_SIZE


async def test_locked_table_is_a_fault_and_answers_again_later(
    databases: SiteDatabases,
    shared_postgresql: PostgresqlServer,
    postgresql_database: str,
    open_databases: OpenDatabases,
) -> None:
    """While somebody holds the whole table no answer comes in time; afterwards it does."""
    async with databases._database("shop").connect() as connection:
        # Read-only transactions may not lock a table: this one stands for somebody else's.
        await connection.execute(text("set transaction read write"))
        await connection.execute(text("lock table goods in access exclusive mode"))
        with pytest.raises(LookupFault, match=r"no answer within 0\.4 s"):
            await _ask(databases, "amount", SHORT)
    assert await _ask(databases, "amount") == {"amount": Decimal(7)}


async def test_table_that_was_altered_answers_at_once(
    databases: SiteDatabases, shared_postgresql: PostgresqlServer, postgresql_database: str
) -> None:
    """Statements that are prepared on standing connections are prepared anew."""
    assert await _ask(databases, "amount") == {"amount": Decimal(7)}
    change = "alter table goods alter column amount type numeric using amount + 0.5"
    await asyncio.to_thread(shared_postgresql.execute, change, postgresql_database)
    assert await _ask(databases, "amount") == {"amount": Decimal("7.5")}


async def test_rows_come_over_a_connection_that_the_server_has_closed(
    own: SiteDatabases, postgresql_server: PostgresqlServer
) -> None:
    """A lookup with rows is asked again like any other, and leaves the connection usable with rows unread."""
    await asyncio.to_thread(postgresql_server.execute, "create table goods (amount integer)")
    await asyncio.to_thread(postgresql_server.execute, "insert into goods select * from generate_series(1, 50000)")
    most = ({"amount": Decimal(50000)}, {"amount": Decimal(49999)})
    assert await _ask(own, "amounts") == most
    await asyncio.to_thread(postgresql_server.stop)
    await asyncio.to_thread(postgresql_server.start)
    assert [await _ask(own, "amounts") for _ in range(3)] == [most] * 3
    assert await _ask(own, "one") == {"many": Decimal(1)}


OWN_TYPES = """
create type level as enum ('gold', 'silver');
create table own_types (id uuid, level level, code char(6), price money, at timestamptz);
insert into own_types values (
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'gold', '12', 120.50, '2026-01-31 16:00Z');
"""


async def test_types_that_only_postgresql_has_fit_the_sites(
    databases: SiteDatabases, shared_postgresql: PostgresqlServer, postgresql_database: str
) -> None:
    """Identifiers and enumerated types as text, a moment that is midnight on the site's clock as a date."""
    await asyncio.to_thread(shared_postgresql.execute, OWN_TYPES, postgresql_database)
    identifier = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
    assert await _ask(databases, "own-types", id=identifier, level="gold") == {
        "id": identifier,
        "level": "gold",
        "code": "12",
        "price": Decimal("120.50"),
        "at": date(2026, 2, 1),
    }


async def test_encryption_that_a_url_demands_is_not_left_out(
    shared_postgresql: PostgresqlServer, open_databases: OpenDatabases
) -> None:
    """A server without TLS is refused by ``sslmode=require``, as libpq has it."""
    databases = open_databases(f"{shared_postgresql.url()}?sslmode=require", LOOKUPS)
    with pytest.raises(LookupFault, match="SSL"):
        await _ask(databases, "one")
    await databases.close()


async def test_hanging_server_fails_in_time_and_holds_up_nobody_else(
    own: SiteDatabases, postgresql_server: PostgresqlServer
) -> None:
    """With a standing connection or without: all fail in time, and leave nothing behind; other databases answer."""
    await asyncio.gather(*(_ask(own, "slow", seconds=Decimal("0.1")) for _ in range(POOL_SIZE // 2)))
    postgresql_server.freeze()
    began = time.monotonic()
    asked = [asyncio.ensure_future(_ask(own, "one", SHORT)) for _ in range(2 * POOL_SIZE)]
    assert await _ask(own, "local", SHORT) == {"many": Decimal(1)}
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {str(answer) for answer in answers} == {"no answer within 0.4 s"}
    assert time.monotonic() - began < LATE
    while own._under_way:
        await asyncio.wait(own._under_way)
    assert own._database("shop").pool.checkedout() == 0  # type: ignore[attr-defined]
    assert asyncio.all_tasks() == {asyncio.current_task()}
    postgresql_server.thaw()
    assert await _ask(own, "one") == {"many": Decimal(1)}


async def test_closing_does_not_wait_for_a_hanging_server(
    own: SiteDatabases, postgresql_server: PostgresqlServer
) -> None:
    """A controller that leaves is not held up by a database: neither by what was asked nor by what stands."""
    await asyncio.gather(*(_ask(own, "slow", seconds=Decimal("0.1")) for _ in range(4)))
    postgresql_server.freeze()
    await asyncio.gather(*(_ask(own, "one", SHORT) for _ in range(2)), return_exceptions=True)
    began = time.monotonic()
    await own.close()
    assert time.monotonic() - began < 2 * LATE


async def test_server_that_was_started_again_answers_at_once(
    own: SiteDatabases, postgresql_server: PostgresqlServer
) -> None:
    """Connections that a stop or a kill has closed are replaced within the same question."""
    for end in (postgresql_server.stop, postgresql_server.kill):
        await asyncio.gather(*(_ask(own, "slow", seconds=Decimal("0.1")) for _ in range(3)))
        await asyncio.to_thread(end)
        await asyncio.to_thread(postgresql_server.start)
        assert await _ask(own, "one") == {"many": Decimal(1)}


async def test_server_that_is_away_is_a_fault_at_once(own: SiteDatabases, postgresql_server: PostgresqlServer) -> None:
    """Nobody waits for his deadline when the connection is refused."""
    await _ask(own, "one")
    await asyncio.to_thread(postgresql_server.kill)
    with pytest.raises(LookupFault, match=r"the database shop failed: .*Connect call failed"):
        await _ask(own, "one")


async def test_server_that_dies_under_a_statement_is_a_fault(
    own: SiteDatabases, postgresql_server: PostgresqlServer
) -> None:
    """The caller is told in time: the statement is tried once more, and the connection is refused."""
    asking = asyncio.ensure_future(_ask(own, "slow", seconds=Decimal(60)))
    await _until_running(postgresql_server, lambda count: count == 1)
    await asyncio.to_thread(postgresql_server.kill)
    with pytest.raises(LookupFault, match="the database shop failed"):
        await asking


async def test_value_that_does_not_fit_is_not_quoted(databases: SiteDatabases) -> None:
    """The fault goes into a log: it names the kind of mistake, and not what the caller keyed."""
    with pytest.raises(LookupFault, match=r"a value does not fit \(InvalidTextRepresentationError\)") as fault:
        await _ask(databases, "whole", number="secret of Ann")
    assert "Ann" not in str(fault.value)


SECRET = "s3cret-word"
OTHER = "h1dden"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://postgres:{SECRET}@127.0.0.1:{{port}}/postgres",
        f"postgresql://postgres:{SECRET}@127.0.0.1:1/postgres",
        f"postgresql://postgres:{SECRET}/{OTHER}@127.0.0.1:{{port}}/postgres",
        f"postgresql://postgres:{SECRET}#{OTHER}@127.0.0.1:{{port}}/postgres",
        f"postgresql://postgres:{SECRET}?{OTHER}@127.0.0.1:{{port}}/postgres",
        f"postgresql://postgres:{SECRET}@{OTHER}@127.0.0.1:{{port}}/postgres",
        f"postgresql://postgres:{SECRET}@127.0.0.1:{{port}}/postgres?sslmode={OTHER}",
        f"postgresql://postgres:{SECRET}@127.0.0.1:{{port}}/postgres?target_session_attrs={OTHER}",
        f"postgres:{SECRET}@127.0.0.1",
        f"mysql://postgres:{SECRET}@127.0.0.1/{OTHER}",
    ],
)
async def test_password_stands_in_no_fault(
    shared_postgresql: PostgresqlServer, open_databases: OpenDatabases, url: str
) -> None:
    """Wrong, refused, malformed: whatever is wrong with a URL, its password is in no error and no traceback."""
    databases = open_databases(url.replace("{port}", str(shared_postgresql.port)), LOOKUPS)
    with pytest.raises(LookupFault) as fault:
        await _ask(databases, "one")
    told = "".join(traceback.format_exception(fault.value))
    assert SECRET not in told
    assert OTHER not in str(fault.value)
    await databases.close()


async def test_password_may_hold_any_character_when_it_is_escaped(
    shared_postgresql: PostgresqlServer, open_databases: OpenDatabases
) -> None:
    """As libpq's URLs have it."""
    shared_postgresql.execute("create role odd login password 'a/b#c?d@e f%'")
    password = "a%2Fb%23c%3Fd%40e%20f%25"
    databases = open_databases(shared_postgresql.url(user="odd", password=password), LOOKUPS)
    assert await _ask(databases, "one") == {"many": Decimal(1)}
    await databases.close()
    shared_postgresql.execute("drop role odd")
