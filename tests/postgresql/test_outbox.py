"""Submissions to a real server: once, whatever is killed, and however long the server is away."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ivrctl.adapters.submission_databases import SubmissionDatabases
from ivrctl.model.delivery import Delivered, Failed, Refused
from ivrctl.testkit.postgresql_server import PostgresqlServer

from ..unit.outbox.conftest import SITE, site  # noqa: TID252 - test folders are no packages
from ..unit.outbox.kills import TABLE, TO_A_TABLE, Processes  # noqa: TID252 - test folders are no packages

pytestmark = pytest.mark.postgresql

ROOT = Path(__file__).parents[2]


@pytest.fixture
def processes(tmp_path: Path, postgresql_url: str) -> Iterator[Processes]:
    """Processes of a site whose tickets go to a table of a server."""
    command = [sys.executable, "-m", "tests.unit.outbox.controller_process"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        made = Processes(tmp_path, started)
        made.declare(TO_A_TABLE, "{file: bss.url}")
        (tmp_path / "site" / "bss.url").write_text(postgresql_url)
        yield made
        assert started.stdin is not None
        started.stdin.close()


def test_what_is_killed_at_any_point_is_in_the_table_once(
    processes: Processes, shared_postgresql: PostgresqlServer, postgresql_database: str
) -> None:
    """A call that resumes has its ticket once and whole, wherever the controller was killed."""
    shared_postgresql.execute(TABLE, database=postgresql_database)
    points = processes.at_every_point(lambda point: processes.run([(f"key-{point}", "ticket")]) and None)
    found = shared_postgresql.execute("select key || '=' || text from tickets", database=postgresql_database)
    due = {f"leg/key-{point}=text of key-{point}" for point in range(1, points + 2)}
    assert points > 20
    assert sorted(found.splitlines()) == sorted(due)


SHORT = 1.0
"""Seconds for one try."""
TICKETS = "create table tickets (key text primary key, text text check (text <> 'empty'), count numeric)"


@pytest.fixture
async def databases(tmp_path: Path, postgresql_server: PostgresqlServer) -> AsyncIterator[SubmissionDatabases]:
    """Those of a site whose tickets go to a server that a test may kill."""
    postgresql_server.execute(TICKETS)
    (tmp_path / "url").write_text(postgresql_server.url())
    opened = SubmissionDatabases(site(SITE.replace('"sqlite:bss.sqlite"', "{file: url}")), tmp_path, {}, longest=SHORT)
    yield opened
    await opened.close()


TICKET = site().submissions["ticket"]
HELLO = {"text": "hello", "count": None}


async def test_server_that_is_killed_is_waited_for_and_gets_it_once(
    databases: SubmissionDatabases, postgresql_server: PostgresqlServer
) -> None:
    """While it is away every try fails as one of nobody; afterwards the same key is there once."""
    assert await databases.write(TICKET, "leg/1", HELLO) == Delivered()
    postgresql_server.kill()
    answer = await databases.write(TICKET, "leg/2", HELLO)
    assert isinstance(answer, Failed)
    assert answer.is_away
    postgresql_server.start()
    for _ in range(2):
        # A connection of before may be met once.
        if not isinstance(await databases.write(TICKET, "leg/2", HELLO), Delivered):
            await asyncio.sleep(0)
    assert await databases.write(TICKET, "leg/2", HELLO) == Delivered()
    assert postgresql_server.execute("select key from tickets order by key").split() == ["leg/1", "leg/2"]


async def test_server_that_hangs_is_given_up_in_time(
    databases: SubmissionDatabases, postgresql_server: PostgresqlServer
) -> None:
    """The try ends as one that was not answered; once it goes on, the same key is there once."""
    assert await databases.write(TICKET, "leg/1", HELLO) == Delivered()
    postgresql_server.freeze()
    began = time.monotonic()
    assert await databases.write(TICKET, "leg/2", HELLO) == Failed(
        f"the database bss did not answer within {SHORT:g} s"
    )
    assert time.monotonic() - began < SHORT + 3
    postgresql_server.thaw()
    assert await databases.write(TICKET, "leg/2", HELLO) == Delivered()
    assert postgresql_server.execute("select key from tickets order by key").split() == ["leg/1", "leg/2"]


async def test_value_and_constraint_refuse_this_one(databases: SubmissionDatabases) -> None:
    """What the table will never take is refused, without the value in the reason; a missing table is waited for."""
    refused = await databases.write(TICKET, "leg/1", {"text": "empty", "count": None})
    assert isinstance(refused, Refused)
    assert isinstance(await databases.write(TICKET, "leg/2", {"text": "secret words", "count": "no number"}), Refused)
