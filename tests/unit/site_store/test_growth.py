"""The site's database grows to the schema of this release, whole or not at all."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine

import ivrctl
import ivrctl.adapters.books_store
import ivrctl.adapters.customers.tables
import ivrctl.adapters.guess_books
import ivrctl.adapters.staffing_store
from ivrctl.adapters.call_store import CallStore
from ivrctl.adapters.postgresql import is_server
from ivrctl.adapters.site_store import NewerDatabaseError, SiteStore, steps
from ivrctl.adapters.site_store.engine import close_engine, open_engine, transaction
from ivrctl.adapters.site_store.growth import bring_up
from ivrctl.adapters.site_store.migrations import FOLDER, REVISIONS
from ivrctl.adapters.site_store.schema import metadata
from ivrctl.model.call import CallRecord, Ending

FIRST_RELEASE = """
create table calls (leg text not null primary key, uniqueid text not null, ani text not null, dnis text not null,
  version text not null, began_at moment not null, ended_at moment not null, ending text not null,
  reason text not null, path json not null, fields json not null, trace json not null);
create index ix_calls_ended_at on calls (ended_at);
insert into calls values ('leg-1', '1.7', '+8613800138000', '100', '5f1c', '2026-02-24 08:00:00', '2026-02-24 08:01:00',
  'served', '', '["account/start"]', '{}', '[]');
"""
"""What the first release made by itself, with a record of a call."""

RECORD = CallRecord(
    leg="leg-1",
    uniqueid="1.7",
    ani="+8613800138000",
    dnis="100",
    version="5f1c",
    began_at=datetime(2026, 2, 24, 8, 0, tzinfo=UTC),
    ended_at=datetime(2026, 2, 24, 8, 1, tzinfo=UTC),
    ending=Ending.SERVED,
    reason="",
    path=("account/start",),
    fields={},
    trace=(),
)


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(url)
    yield opened
    await close_engine(opened)


async def _run(engine: AsyncEngine, *statements: str) -> None:
    async with transaction(engine) as connection:
        for statement in statements:
            await connection.execute(sa.text(statement))


async def _ask(engine: AsyncEngine, query: str) -> list[Any]:
    async with transaction(engine) as connection:
        return list((await connection.execute(sa.text(query))).scalars())


async def _make_first_release(engine: AsyncEngine) -> None:
    moment = "timestamp" if is_server(engine) else "datetime"
    await _run(engine, *(part.replace("moment", moment) for part in FIRST_RELEASE.split(";") if part.strip()))


def _differences(connection: sa.Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_steps_are_one_chain() -> None:
    """Each follows the one with the number before it, so nobody asks in which order they are taken."""
    chain = [(script.revision, script.down_revision) for script in steps.all_steps().walk_revisions()]
    assert [revision for revision, _ in reversed(chain)] == list(REVISIONS)
    assert [before for _, before in reversed(chain)] == [None, *REVISIONS[:-1]]


async def test_steps_make_what_the_tables_say(engine: AsyncEngine) -> None:
    """An empty database has every table, column and index afterwards, and no others."""
    await bring_up(engine)
    async with transaction(engine) as connection:
        assert await connection.run_sync(_differences) == []


async def test_database_of_the_first_release_is_taken_over(engine: AsyncEngine, url: str) -> None:
    """Its records stay, and are read with nothing in what they could not know."""
    await _make_first_release(engine)
    store = CallStore(url)
    await store.open()
    assert await store.get("leg-1") == RECORD
    await store.close()
    async with transaction(engine) as connection:
        assert await connection.run_sync(_differences) == []


async def test_controller_of_the_release_before_still_writes(engine: AsyncEngine, url: str) -> None:
    """While it drains, the next one has taken the steps already."""
    await bring_up(engine)
    await _run(
        engine,
        next(part for part in FIRST_RELEASE.split(";") if "insert" in part).replace(
            "calls values",
            "calls (leg, uniqueid, ani, dnis, version, began_at, ended_at, ending, reason, path, fields, trace) values",
        ),
    )
    store = CallStore(url)
    assert await store.get("leg-1") == RECORD
    await store.close()


async def test_second_time_changes_nothing(engine: AsyncEngine) -> None:
    """What is there stays."""
    await bring_up(engine)
    await _run(engine, "insert into customer_imports values ('d', 1, 1, '2026-02-24 08:00:00')")
    await bring_up(engine)
    assert await _ask(engine, "select version_num from alembic_version") == [REVISIONS[-1]]
    assert await _ask(engine, "select digest from customer_imports") == ["d"]


async def test_of_many_that_start_in_one_moment_one_takes_the_steps(url: str) -> None:
    """The others wait for it, and go on."""
    engines = [open_engine(url) for _ in range(6)]
    await _make_first_release(engines[0])
    await asyncio.gather(*(bring_up(engine) for engine in engines))
    assert await _ask(engines[0], "select leg from calls") == ["leg-1"]
    for engine in engines:
        await close_engine(engine)


async def test_database_of_a_newer_release_is_refused(engine: AsyncEngine, url: str) -> None:
    """It is told by name, and nothing is changed."""
    await bring_up(engine)
    await _run(engine, "update alembic_version set version_num = '9999'")
    store = SiteStore(url)
    with pytest.raises(NewerDatabaseError, match=f"it has schema 9999, and this release knows {REVISIONS[-1]}"):
        async with store.writing():
            raise AssertionError("nothing is written")
    await store.close()
    assert await _ask(engine, "select version_num from alembic_version") == ["9999"]


async def test_records_wait_while_the_database_is_of_a_newer_release(engine: AsyncEngine, url: str) -> None:
    """Calls go on: they are told of once, and are stored by the release that can."""
    await bring_up(engine)
    await _run(engine, "update alembic_version set version_num = '9999'")
    heard: list[str] = []
    paused, go_on = asyncio.Event(), asyncio.Event()

    async def pause(_seconds: float) -> None:
        paused.set()
        await go_on.wait()

    store = CallStore(url, on_trouble=heard.append, sleep=pause)
    await store.open()
    store.add(RECORD)
    await paused.wait()
    assert "it has schema 9999" in heard[0]
    async with transaction(engine) as connection:
        await connection.execute(sa.text("update alembic_version set version_num = :known"), {"known": REVISIONS[-1]})
    go_on.set()
    await store.flushed()
    assert await store.get("leg-1") == RECORD
    await store.close()


async def test_step_that_fails_leaves_the_database_as_it_was(engine: AsyncEngine) -> None:
    """Whole or not at all: here a table is in the way of the last step."""
    await _make_first_release(engine)
    await _run(engine, "create table customer_numbers (number text)")
    with pytest.raises(sa.exc.DBAPIError):
        await bring_up(engine)
    async with transaction(engine) as connection:
        names = await connection.run_sync(lambda inner: sa.inspect(inner).get_table_names())
        columns = await connection.run_sync(lambda inner: sa.inspect(inner).get_columns("calls"))
    assert sorted(names) == ["calls", "customer_numbers"]
    assert "tier" not in [column["name"] for column in columns]


async def test_event_loop_goes_on_while_steps_are_taken(engine: AsyncEngine) -> None:
    """Calls are served meanwhile: the longest that anything else waits is a fraction of what the steps take."""
    waits: list[float] = []
    loop = asyncio.get_running_loop()
    growing = loop.create_task(bring_up(engine))
    while not growing.done():
        began = loop.time()
        await asyncio.sleep(0)
        waits.append(loop.time() - began)
    assert len(waits) > 20


IMPORTED = """
import atexit, sys
from ivrctl.cli.app import app
sys.argv = ["ivrctl", *WORDS]
atexit.register(lambda: print("alembic" in sys.modules, "argon2" in sys.modules))
app()
"""


@pytest.mark.parametrize("words", ["--help", "check --help"])
def test_alembic_is_not_imported_by_commands_that_need_none(words: str) -> None:
    """Help is there at once."""
    program = IMPORTED.replace("WORDS", repr(words.split()))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-1] == "False False"


def test_steps_lie_in_the_package(tmp_path: Path) -> None:
    """So they are in the wheel."""
    assert FOLDER.is_relative_to(Path(ivrctl.__file__).parent)
    assert len(list(FOLDER.glob("m*.py"))) == len(REVISIONS)
