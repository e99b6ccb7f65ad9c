"""A lookup says the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_databases import SiteDatabases
from ivrctl.flow.program import compile_site
from ivrctl.lang.report import render_text
from ivrctl.model.values import Row, Value
from ivrctl.testkit.postgresql_server import PostgresqlServer

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry.}
databases:
  shop: {url: {env: SHOP_URL}}
queues: {sales: {}}
extensions: {_81XX: "PJSIP/{extension}"}
lookups:
  customer:
    sql: select * from customers where number = :number
    database: shop
    params: {number: phone}
    returns:
      amount: money
      points: number
      level: [gold, silver]
      since: date
      seen: datetime
      noted: datetime
      is_late: boolean
      name: text
      desk: queue?
      phone: extension?
      until: date?
  matching:
    sql: >-
      select count(*) as many from customers
      where amount >= :least and since < :before and seen < :now and is_late = :late and level = :level
    database: shop
    params: {least: money, before: date, now: datetime, late: boolean, level: [gold, silver]}
    returns: {many: number}
  named:
    sql: select name, level, amount from customers where amount >= :least order by number
    database: shop
    params: {least: money}
    returns: {name: text, level: [gold, silver], amount: money}
    rows: 2
  wide:
    sql: select name as a, name as b, name as c, name as d, name as e from customers where amount >= :least
    database: shop
    params: {least: money}
    returns: {a: text, b: text, c: text, d: text, e: text}
    rows: 2
  by-points:
    sql: select name from customers where points = :points
    database: shop
    params: {points: number}
    returns: {name: text}
  echo:
    sql: select :number as said
    database: shop
    params: {number: text}
    returns: {said: text}
  given-or-not:
    sql: select case when :day is null then 'none' else 'a day' end as said
    database: shop
    params: {day: "date?"}
    returns: {said: text}
  no-table: {sql: select 1 as many from goods, database: shop, returns: {many: number}}
  not-a-number:
    sql: select cast(name as integer) as many from customers
    database: shop
    returns: {many: text}
  other-names: {sql: select 1 as other, database: shop, returns: {many: number}}
  none-where-due: {sql: select null as many, database: shop, returns: {many: number}}
"""

TABLE = """
create table customers (
  number text, amount numeric, points integer, level text, since date, seen {moment}, noted timestamp, is_late boolean,
  name text, desk text, phone text, until date);
insert into customers values (
  '13800138000', 120.50, 12, 'gold', '2026-02-01', '2026-02-01 00:00:00+00:00', '2026-02-01 08:00:00', true,
  '王小明', 'sales', '8101', null);
"""
MORE = """
insert into customers select '2', 130, points, level, since, seen, noted, is_late, {second}, desk, phone, until
  from customers where number = '13800138000';
insert into customers select '3', 140, points, {third}, since, seen, noted, is_late, 'Cem', desk, phone, until
  from customers where number = '13800138000';
"""
SECOND = timedelta(seconds=5)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of the same table in either database, with the columns that each would have."""
    if request.param == "sqlite":
        connection = sqlite3.connect(tmp_path / "shop.sqlite")
        connection.executescript(TABLE.format(moment="timestamp"))
        connection.close()
        return "sqlite:shop.sqlite"
    server: PostgresqlServer = request.getfixturevalue("shared_postgresql")
    database = request.getfixturevalue("postgresql_database")
    server.execute(TABLE.format(moment="timestamptz"), database)
    return server.url(database)


@pytest.fixture
def insert(shop: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., None]:
    def insert(second: str = "'Bao'", third: str = "level") -> None:
        """Put two more customers, 2 and 3, beside the first: as he is but for amount, name, and the third's level."""
        statements = MORE.format(second=second, third=third)
        if shop.startswith("sqlite:"):
            connection = sqlite3.connect(tmp_path / "shop.sqlite")
            connection.executescript(statements)
            connection.close()
        else:
            server: PostgresqlServer = request.getfixturevalue("shared_postgresql")
            server.execute(statements, request.getfixturevalue("postgresql_database"))

    return insert


@pytest.fixture
async def databases(shop: str, tmp_path: Path) -> AsyncIterator[SiteDatabases]:
    program, findings = compile_site({"ivrctl.yaml": SITE.encode()})
    assert program is not None, render_text(findings, {"ivrctl.yaml": SITE})
    opened = SiteDatabases(program.site, tmp_path, {"SHOP_URL": shop})
    yield opened
    await opened.close()


async def _ask(databases: SiteDatabases, lookup: str, **params: Value) -> Row | None:
    row = await databases.ask(lookup, params, SECOND)
    assert not isinstance(row, tuple)
    return row


async def _rows(databases: SiteDatabases, least: str = "0", lookup: str = "named") -> object:
    return await databases.ask(lookup, {"least": Decimal(least)}, SECOND)


async def test_row_comes_with_its_declared_types(databases: SiteDatabases) -> None:
    """Money, numbers, words, dates, moments, booleans and none: equal, and written in the same way."""
    row = await _ask(databases, "customer", number="13800138000")
    moment = datetime(2026, 2, 1, 8, 0, tzinfo=SHANGHAI)
    expected: Mapping[str, Value] = {
        "amount": Decimal("120.50"),
        "points": Decimal(12),
        "level": "gold",
        "since": date(2026, 2, 1),
        "seen": moment,
        "noted": moment,
        "is_late": True,
        "name": "王小明",
        "desk": "sales",
        "phone": "8101",
        "until": None,
    }
    assert row == expected
    # Equal instants in other zones are equal in Python, and would be spoken as other hours.
    assert {name: str(value) for name, value in (row or {}).items()} == {
        name: str(value) for name, value in expected.items()
    }


async def test_no_row_is_none(databases: SiteDatabases) -> None:
    """A question without an answer is answered: with none."""
    assert await _ask(databases, "customer", number="000") is None


async def test_rows_are_a_list_in_their_order_and_no_more_than_declared(
    databases: SiteDatabases, insert: Callable[..., None]
) -> None:
    """A lookup with rows answers the first ones, as many as it declares; one row is a list of one."""
    first = {"name": "王小明", "level": "gold", "amount": Decimal("120.50")}
    second = {"name": "Bao", "level": "gold", "amount": Decimal(130)}
    third = {"name": "Cem", "level": "gold", "amount": Decimal(140)}
    assert await _rows(databases) == (first,)
    insert()
    assert await _rows(databases) == (first, second)
    assert await _rows(databases, "121") == (second, third)
    assert await _rows(databases, "1000") is None


async def test_one_wrong_row_spoils_the_list(databases: SiteDatabases, insert: Callable[..., None]) -> None:
    """A list is as declared or it is none; a row behind those that are declared is not even read."""
    insert(third="'platinum'")
    assert await _rows(databases) is not None
    with pytest.raises(LookupFault, match='"level" is not as declared'):
        await _rows(databases, "121")


async def test_rows_that_are_too_much_for_a_call_are_a_fault(
    databases: SiteDatabases, insert: Callable[..., None]
) -> None:
    """They would stand in the journal at each of its steps."""
    insert(second=f"'{'a' * 4_000}'")
    assert await _rows(databases, "131", "wide") is not None
    with pytest.raises(LookupFault, match="its 2 rows have more than 16 kB"):
        await _rows(databases, "121", "wide")


async def test_parameters_compare_by_their_declared_types(databases: SiteDatabases) -> None:
    """Money, dates, moments, booleans and words go in as the site declares them."""
    given: dict[str, Value] = {
        "least": Decimal("120.50"),
        "before": date(2026, 2, 2),
        "now": datetime(2026, 2, 2, tzinfo=UTC),
        "late": True,
        "level": "gold",
    }
    assert await _ask(databases, "matching", **given) == {"many": Decimal(1)}
    for other in ({"least": Decimal("120.51")}, {"before": date(2026, 2, 1)}, {"late": False}, {"level": "silver"}):
        assert await _ask(databases, "matching", **{**given, **other}) == {"many": Decimal(0)}


async def test_number_finds_a_whole_number(databases: SiteDatabases) -> None:
    """A column of integers is compared with the site's decimal numbers."""
    assert await _ask(databases, "by-points", points=Decimal(12)) == {"name": "王小明"}


@pytest.mark.parametrize("text", ["x' or '1'='1", "%", "\\", "王小明", ":number", "$1", "", " "])
async def test_hostile_parameter_is_only_a_value(databases: SiteDatabases, text: str) -> None:
    """A parameter is bound: whatever stands in it comes back as it went in."""
    assert await _ask(databases, "echo", number=text) == {"said": text}


async def test_none_goes_in_as_none(databases: SiteDatabases) -> None:
    """An optional parameter may be none: its type is known all the same."""
    assert await _ask(databases, "given-or-not", day=None) == {"said": "none"}
    assert await _ask(databases, "given-or-not", day=date(2026, 2, 1)) == {"said": "a day"}


@pytest.mark.parametrize(
    ("lookup", "reason"),
    [
        ("no-table", "the database shop failed: .*goods"),
        ("other-names", 'the answer has no "many"'),
        ("none-where-due", '"many" is not as declared: none where number is due'),
    ],
)
async def test_answer_that_cannot_be_used_is_a_fault(databases: SiteDatabases, lookup: str, reason: str) -> None:
    """Told in a sentence, and the connection answers the next question."""
    with pytest.raises(LookupFault, match=reason):
        await _ask(databases, lookup)
    assert await _ask(databases, "echo", number="1") == {"said": "1"}


async def test_fault_tells_no_value_of_a_row(databases: SiteDatabases) -> None:
    """A fault goes into a log: what a customer's row holds does not."""
    try:
        told = str(await _ask(databases, "not-a-number"))
    except LookupFault as fault:
        told = str(fault)
    assert "王小明" not in told
