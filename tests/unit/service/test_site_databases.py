from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_databases import POOL_SIZE, SiteDatabases
from ivrctl.adapters.sqlite_reader import SqliteReader
from ivrctl.flow.program import compile_site
from ivrctl.lang.report import render_text
from ivrctl.model.values import Secret, Value

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry.}
databases:
  shop: {url: "sqlite:the shop#1.sqlite"}
  away: {url: "sqlite:away.sqlite"}
  by-env: {url: {env: SHOP_URL}}
  by-file: {url: {file: shop.url}}
  postgres: {url: "postgresql://db.example/shop"}
  mysql: {url: "mysql://db.example/shop"}
queues: {sales: {}}
extensions: {_81XX: "PJSIP/{extension}"}
lookups:
  customer:
    sql: select * from customers where number = :number
    database: shop
    params: {number: phone}
    returns: {amount: money, level: [gold, silver], since: date?, desk: queue?, phone: extension?}
  customers:
    sql: select number, level from customers where amount + 0 > :least order by number
    database: shop
    params: {least: number}
    returns: {number: phone, level: text}
    rows: 3
  richer:
    sql: select count(*) as many from customers where amount > :least and since < :before and seen < :now
    database: shop
    params: {least: number, before: date, now: datetime}
    returns: {many: number}
  endless:
    sql: >-
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers)
      select n as many from numbers where n < 0 and :number <> ''
    database: shop
    params: {number: phone}
    returns: {many: number}
  absent: {sql: select 1 as many, database: away, returns: {many: number}}
  by-env: {sql: select 1 as many, database: by-env, returns: {many: number}}
  by-file: {sql: select 1 as many, database: by-file, returns: {many: number}}
  on-a-server: {sql: select 1 as many, database: postgres, returns: {many: number}}
  on-another: {sql: select 1 as many, database: mysql, returns: {many: number}}
  no-table: {sql: select 1 as many from goods, database: shop, returns: {many: number}}
  quoted:
    sql: select json_extract('{}', :pin) as many
    database: shop
    params: {pin: secret}
    returns: {many: number}
  other-names: {sql: select 1 as count, database: shop, returns: {many: number}}
"""

INSERT = "insert into customers values (?, ?, ?, ?, ?, ?, ?)"
TABLE = "create table customers (number text, amount, level, since, desk, phone, seen)"
ANN = ("13800138000", "120.50", "gold", "2026-02-01", "sales", "8101", "2026-02-01 08:00:00+08:00")
SECOND = timedelta(seconds=1)

Insert = Callable[..., None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "the shop#1.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(TABLE)
        connection.execute(INSERT, ANN)
    connection.close()
    return path


@pytest.fixture
def insert(file: Path) -> Insert:
    def insert(**fields: object) -> None:
        """Put a second customer, number 2, beside the first: as he is but for these fields."""
        names = ("number", "amount", "level", "since", "desk", "phone", "seen")
        row = {**dict(zip(names, ANN, strict=True)), "number": "2", **fields}
        connection = sqlite3.connect(file)
        with connection:
            connection.execute(INSERT, [row[name] for name in names])
        connection.close()

    return insert


@pytest.fixture
async def databases(file: Path) -> AsyncIterator[SiteDatabases]:
    program, findings = compile_site({"ivrctl.yaml": SITE.encode()})
    assert program is not None, render_text(findings, {"ivrctl.yaml": SITE})
    opened = SiteDatabases(program.site, file.parent, {})
    yield opened
    await opened.close()


async def _customer(databases: SiteDatabases, number: str = "2") -> Mapping[str, Value] | None:
    row = await databases.ask("customer", {"number": number}, SECOND)
    assert not isinstance(row, tuple)
    return row


async def _customers(databases: SiteDatabases, least: str = "0") -> object:
    return await databases.ask("customers", {"least": Decimal(least)}, SECOND)


async def test_row_comes_with_its_declared_types(databases: SiteDatabases) -> None:
    """What SQLite holds as text or number comes as money, date and words; columns that are not declared are left."""
    assert await _customer(databases, "13800138000") == {
        "amount": Decimal("120.50"),
        "level": "gold",
        "since": date(2026, 2, 1),
        "desk": "sales",
        "phone": "8101",
    }


async def test_no_row_is_none(databases: SiteDatabases) -> None:
    """A question without an answer is answered: with none."""
    assert await _customer(databases, "000") is None


async def test_rows_are_a_list_in_their_order_and_no_more_than_declared(
    databases: SiteDatabases, insert: Insert
) -> None:
    """A lookup with rows answers the first ones, as many as it declares."""
    for number in ("4", "3", "2"):
        insert(number=number, amount=200)
    numbers = [{"number": number, "level": "gold"} for number in ("13800138000", "2", "3")]
    assert await _customers(databases) == tuple(numbers)
    assert await _customers(databases, "150") == tuple({"number": n, "level": "gold"} for n in ("2", "3", "4"))


async def test_no_rows_are_none(databases: SiteDatabases) -> None:
    """An empty answer is that there is none, as with one row."""
    assert await _customers(databases, "1000") is None


async def test_rows_that_are_too_much_for_a_call_are_a_fault(databases: SiteDatabases, insert: Insert) -> None:
    """They would stand in the journal at each of its steps."""
    insert(number="2", level="字" * 1365)
    assert await _customers(databases) is not None
    insert(number="3", level="字" * 1365)
    with pytest.raises(LookupFault, match="more than 16 kB"):
        await _customers(databases)


async def test_one_wrong_row_spoils_the_answer(databases: SiteDatabases, insert: Insert) -> None:
    """A list is as declared or it is none."""
    insert(number="not a number", amount=200)
    with pytest.raises(LookupFault, match='"number" is not as declared'):
        await _customers(databases)


async def test_floating_point_amount_is_its_cent(databases: SiteDatabases, insert: Insert) -> None:
    """An amount that SQLite keeps as a floating-point number is the cent that was meant."""
    insert(amount=0.1 + 0.2)
    row = await _customer(databases)
    assert row is not None
    assert row["amount"] == Decimal("0.30")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount": "a lot"}, '"amount" is not as declared'),
        ({"amount": None}, '"amount" is not as declared'),
        ({"amount": float("inf")}, '"amount" is not as declared'),
        ({"amount": "NaN"}, '"amount" is not as declared'),
        ({"amount": b"\x00\xff"}, '"amount" is not as declared'),
        ({"level": "platinum"}, '"level" is not as declared'),
        ({"since": "yesterday"}, '"since" is not as declared'),
        ({"desk": "marketing"}, '"desk" is no queue of the site'),
        ({"phone": "9999"}, '"phone" is no extension of the site'),
    ],
)
async def test_answer_that_is_not_as_declared_is_a_fault(
    databases: SiteDatabases, insert: Insert, fields: Mapping[str, object], reason: str
) -> None:
    """A value of another type, a word outside the enumeration, a queue that is not the site's: all refused."""
    insert(**fields)
    with pytest.raises(LookupFault, match=reason):
        await _customer(databases)


async def test_reason_does_not_quote_the_value(databases: SiteDatabases, insert: Insert) -> None:
    """The fault goes into a log: what a customer's row holds does not."""
    insert(amount="secret of Ann")
    with pytest.raises(LookupFault) as fault:
        await _customer(databases)
    assert "Ann" not in str(fault.value)


async def test_optional_field_may_be_none(databases: SiteDatabases, insert: Insert) -> None:
    """Null is none where the site declares that it may be."""
    insert(since=None, desk=None, phone=None)
    row = await _customer(databases)
    assert row is not None
    assert (row["since"], row["desk"], row["phone"]) == (None, None, None)


async def test_parameters_compare_as_numbers_and_dates(databases: SiteDatabases, insert: Insert) -> None:
    """Decimals, dates and datetimes are bound in the form in which SQLite orders them."""
    insert(amount=99.5)
    insert(amount=100.5)
    params = {"least": Decimal("99.5"), "before": date(2026, 2, 2), "now": datetime(2026, 2, 2, tzinfo=UTC)}
    # The first customer's amount is a text, which SQLite takes for greater than any number.
    assert await databases.ask("richer", params, SECOND) == {"many": Decimal(2)}
    assert await databases.ask("richer", {**params, "before": date(2026, 1, 1)}, SECOND) == {"many": Decimal(0)}


async def test_hostile_parameter_is_only_a_value(databases: SiteDatabases) -> None:
    """A parameter is bound: no quote in it ends the statement."""
    assert await _customer(databases, "x' or '1'='1") is None


@pytest.mark.parametrize(
    ("lookup", "reason"),
    [
        ("absent", "has no file away.sqlite"),
        ("by-env", "SHOP_URL is not set"),
        ("by-file", "shop.url cannot be read"),
        ("on-another", "cannot be read; such as sqlite:FILE or postgresql://HOST/DATABASE"),
        ("no-table", "no such table"),
        ("other-names", 'has no "many"'),
    ],
)
async def test_database_that_cannot_answer_is_a_fault(databases: SiteDatabases, lookup: str, reason: str) -> None:
    """Whatever keeps a database from answering is told in a sentence, and nothing else is raised."""
    with pytest.raises(LookupFault, match=reason):
        await databases.ask(lookup, {}, SECOND)


async def test_missing_driver_is_named_with_the_command_that_installs_it(
    databases: SiteDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that names PostgreSQL, on an installation without its driver."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(LookupFault) as fault:
        await databases.ask("on-a-server", {}, SECOND)
    assert str(fault.value) == "PostgreSQL needs the driver asyncpg; pip install 'ivrctl[postgresql]'"


async def test_databases_that_cannot_be_opened_are_known_before_any_call(databases: SiteDatabases) -> None:
    """A controller says so when it starts, each with what to do."""
    assert [fault.partition(";")[0] for fault in databases.unusable()] == [
        'the database "away" has no file away.sqlite',
        'the database "by-env": the environment variable SHOP_URL is not set',
        'the database "by-file": the file shop.url cannot be read: No such file or directory',
        'the URL of the database "mysql" cannot be read',
    ]


async def test_absent_file_is_not_made(databases: SiteDatabases, tmp_path: Path) -> None:
    """A mistyped name does not leave an empty database behind."""
    with pytest.raises(LookupFault):
        await databases.ask("absent", {}, SECOND)
    assert not (tmp_path / "away.sqlite").exists()


async def test_file_that_comes_later_is_opened(databases: SiteDatabases, tmp_path: Path) -> None:
    """A database that was away answers as soon as it is there."""
    with pytest.raises(LookupFault):
        await databases.ask("absent", {}, SECOND)
    connection = sqlite3.connect(tmp_path / "away.sqlite")
    connection.executescript("create table t (n);")
    connection.close()
    assert await databases.ask("absent", {}, SECOND) == {"many": Decimal(1)}


async def test_url_may_come_from_the_environment_or_a_file(file: Path) -> None:
    """Credentials live outside the site file, in whichever form of URL."""
    program, _ = compile_site({"ivrctl.yaml": SITE.encode()})
    assert program is not None
    (file.parent / "shop.url").write_text(f"sqlite:///{file}\n")
    opened = SiteDatabases(program.site, file.parent, {"SHOP_URL": f"sqlite:{file.name}"})
    assert await opened.ask("by-env", {}, SECOND) == {"many": Decimal(1)}
    assert await opened.ask("by-file", {}, SECOND) == {"many": Decimal(1)}
    await opened.close()


async def test_statement_that_hangs_is_interrupted_within_its_deadline(databases: SiteDatabases) -> None:
    """A statement without an end is given up in time, and its thread with it: as many as there are connections."""
    asked = [databases.ask("endless", {"number": "1"}, timedelta(milliseconds=200)) for _ in range(POOL_SIZE)]
    began = time.monotonic()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {str(answer) for answer in answers} == {"no answer within 0.2 s"}
    assert time.monotonic() - began < 5
    assert await _customer(databases, "13800138000") is not None


async def test_locked_file_is_a_fault_and_answers_again_later(databases: SiteDatabases, file: Path) -> None:
    """While somebody holds the whole file no answer comes in time; afterwards it does."""
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("begin exclusive")
    with pytest.raises(LookupFault, match=r"no answer within 0\.3 s|locked"):
        await databases.ask("customer", {"number": "2"}, timedelta(milliseconds=300))
    writer.execute("rollback")
    writer.close()
    assert await databases.ask("customer", {"number": "13800138000"}, 5 * SECOND) is not None


async def test_lookup_that_is_given_up_leaves_the_connection_usable(databases: SiteDatabases) -> None:
    """A caller who hangs up cancels his lookup; the next one's is answered."""
    asking = asyncio.ensure_future(databases.ask("endless", {"number": "1"}, 60 * SECOND))
    await asyncio.wait({asking}, timeout=0.05)
    asking.cancel()
    await asyncio.wait({asking})
    assert asking.cancelled()
    assert await _customer(databases, "13800138000") is not None


async def test_connection_cannot_write(file: Path) -> None:
    """Connections are read-only, whatever a statement may do."""
    reader = SqliteReader("shop", file, POOL_SIZE, 1.0)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader.ask("delete from customers", {}, 1).rows
    await reader.close()


async def test_file_that_was_replaced_is_read_anew(databases: SiteDatabases, file: Path) -> None:
    """A new file under the name of the old one answers the next question, also on connections that stood."""
    assert (await _customer(databases, ANN[0]) or {})["amount"] == Decimal("120.50")
    fresh = file.with_name("fresh")
    with sqlite3.connect(fresh) as connection:
        connection.execute(TABLE)
        connection.execute(INSERT, (ANN[0], "7.00", *ANN[2:]))
    connection.close()
    fresh.replace(file)
    assert (await _customer(databases, ANN[0]) or {})["amount"] == Decimal("7.00")


async def test_file_that_was_removed_answers_no_more(databases: SiteDatabases, file: Path) -> None:
    """What was read before it went is not told as if it still held; the file that comes back is read."""
    await _customer(databases, ANN[0])
    away = shutil.move(file, file.with_name("away"))
    with pytest.raises(LookupFault, match="the database shop failed"):
        await _customer(databases, ANN[0])
    shutil.move(away, file)
    assert (await _customer(databases, ANN[0]) or {})["amount"] == Decimal("120.50")


async def test_secret_is_uncovered_for_the_statement_alone(databases: SiteDatabases, insert: Insert) -> None:
    """It finds the row that it belongs to, and a fault that follows does not show it."""
    await asyncio.to_thread(insert, number="4711")
    with_secret = await databases.ask("customer", {"number": Secret("4711")}, timedelta(seconds=3))
    assert with_secret is not None


async def test_fault_of_a_database_does_not_quote_a_secret(databases: SiteDatabases) -> None:
    """SQLite shows what a function could not take; the fault goes into logs and traces."""
    with pytest.raises(LookupFault, match="the database shop failed") as fault:
        await databases.ask("quoted", {"pin": Secret("4711")}, SECOND)
    assert "4711" not in str(fault.value)
