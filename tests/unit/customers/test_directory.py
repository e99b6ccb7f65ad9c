"""Calls find a customer by his number and by what he knows of himself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.adapters.customers import CustomerDirectory
from ivrctl.adapters.customers.tables import customers, identifiers, numbers
from ivrctl.adapters.site_store import SiteStore, SiteStoreError, sqlite_url
from ivrctl.model.customer import Customer
from ivrctl.testkit.postgresql_server import PostgresqlServer

ANN = Customer("C-1", "Ann", "easy", "vip", "shanghai", "en", pin_hash="$argon2id$of-ann")
BOB = Customer("C-2")


@pytest.fixture
async def directory(store: SiteStore) -> CustomerDirectory:
    """Ann, of whom everything is known, and Bob, of whom only a number is."""
    now = datetime(2026, 2, 24, 8, 0, tzinfo=UTC)
    texts = {"name": "", "brand": "", "tier": "", "region": "", "language": ""}
    ann = {"name": "Ann", "brand": "easy", "tier": "vip", "region": "shanghai", "language": "en"}
    async with store.writing() as connection:
        await connection.execute(customers.insert(), {"id": "C-1", **ann, "pin_hash": ANN.pin_hash, "updated_at": now})
        await connection.execute(customers.insert(), {"id": "C-2", **texts, "updated_at": now})
        await connection.execute(numbers.insert(), {"number": "+8613800138000", "customer": "C-1"})
        await connection.execute(numbers.insert(), {"number": "+8613800138002", "customer": "C-2"})
        await connection.execute(identifiers.insert(), {"kind": "member", "value": "123456", "customer": "C-1"})
    return CustomerDirectory(store)


async def test_customer_is_found_by_his_number(directory: CustomerDirectory) -> None:
    """With everything that is known of him; what is not known is none."""
    assert await directory.by_number("+8613800138000") == ANN
    assert await directory.by_number("+8613800138002") == BOB


async def test_number_that_nobody_has_finds_nobody(directory: CustomerDirectory) -> None:
    """Not found is a value."""
    assert await directory.by_number("+8613800138009") is None
    assert await directory.by_number("") is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [("member", "12345"), ("member", "1234567"), ("member", "%"), ("member", ""), ("id-number", "123456")],
)
async def test_identifier_is_compared_exactly(directory: CustomerDirectory, kind: str, value: str) -> None:
    """Of its own kind, and from its first character to its last."""
    assert await directory.by_identifier("member", "123456") == ANN
    assert await directory.by_identifier(kind, value) is None


@pytest.mark.parametrize("hostile", ["'; drop table customers; --", "1" * 5000, "🙂", "\u202e123456", "a\nb"])
async def test_whatever_is_keyed_is_a_value(directory: CustomerDirectory, hostile: str) -> None:
    """It names nobody, and changes nothing."""
    assert await directory.by_identifier("member", hostile) is None
    assert await directory.by_number(hostile) is None
    assert await directory.by_identifier("member", "123456") == ANN


def test_no_hash_is_in_what_is_printed_of_a_customer() -> None:
    """Logs hold none."""
    assert "argon2id" not in repr(ANN)


async def test_database_that_is_away_is_one_type_of_error(tmp_path: Path) -> None:
    """Whoever asks tells it from a customer whom nobody knows."""
    store = SiteStore(sqlite_url(tmp_path / "missing" / "calls.sqlite"))
    with pytest.raises(SiteStoreError, match="unable to open database file"):
        await CustomerDirectory(store).by_number("+8613800138000")
    await store.close()


@pytest.mark.postgresql
async def test_database_that_hangs_is_given_up_at_the_deadline(postgresql_server: PostgresqlServer) -> None:
    """And answers again once it goes on."""
    store = SiteStore(postgresql_server.url())
    directory = CustomerDirectory(store)
    assert await directory.by_number("1") is None
    postgresql_server.freeze()
    with pytest.raises(SiteStoreError, match=r"no answer within 0\.3 s"):
        await directory.by_number("1", within=timedelta(seconds=0.3))
    postgresql_server.thaw()
    assert await directory.by_number("1") is None
    await store.close()


@pytest.mark.postgresql
async def test_server_that_was_started_again_answers_at_once(postgresql_server: PostgresqlServer) -> None:
    """Connections that it has closed are replaced within the same question."""
    store = SiteStore(postgresql_server.url())
    directory = CustomerDirectory(store)
    assert await directory.by_number("1") is None
    await asyncio.to_thread(postgresql_server.stop)
    await asyncio.to_thread(postgresql_server.start)
    assert await directory.by_number("1") is None
    await store.close()
