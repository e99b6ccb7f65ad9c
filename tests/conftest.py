"""What tests share: how properties are tried; a PostgreSQL server for each worker, and a database for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import settings

from ivrctl.testkit.postgresql_server import PostgresqlServer

_numbers = count(1)

# A property holds or it does not, however busy the machine is; each test has a deadline of its own by pytest-timeout.
# Few examples at each run, and others at the next: HYPOTHESIS_EXAMPLES=1000 tries many in one.
settings.register_profile("ivrctl", deadline=None, max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "40")))
settings.load_profile("ivrctl")


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
