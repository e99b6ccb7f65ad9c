"""A real PostgreSQL server for tests that are marked ``postgresql``: one for each worker, a database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from ivrctl.testkit.postgresql_server import PostgresqlServer

_numbers = count(1)


@pytest.fixture(scope="session")
def shared_postgresql() -> Iterator[PostgresqlServer]:
    """A server that nobody stops; without its programs this fails, and says how to install them."""
    with PostgresqlServer() as server:
        yield server


@pytest.fixture
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A server of the test's own, to be frozen, killed and started again."""
    with PostgresqlServer() as server:
        yield server


@pytest.fixture
def postgresql_database(shared_postgresql: PostgresqlServer) -> Iterator[str]:
    """The name of an empty database."""
    name = f"test_{next(_numbers)}"
    shared_postgresql.execute(f"create database {name}")
    yield name
    shared_postgresql.execute(f"drop database {name} with (force)")


@pytest.fixture
def postgresql_url(shared_postgresql: PostgresqlServer, postgresql_database: str) -> str:
    """The URL of an empty database."""
    return shared_postgresql.url(postgresql_database)
