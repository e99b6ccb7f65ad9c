"""Brings the site's database to the schema of this release, and refuses one of a newer release.

Of two controllers that start in one moment, one takes the steps and the other waits for it: an advisory lock on
PostgreSQL, an immediate transaction on SQLite. All steps are one transaction, so that a database is never half grown.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ivrctl.adapters.postgresql import advisory_lock, is_server
from ivrctl.adapters.site_store.engine import begin_writing, transaction
from ivrctl.adapters.site_store.migrations import REVISIONS
from ivrctl.adapters.site_store.schema import metadata
from ivrctl.errors import ConfigurationError

VERSION_TABLE = "alembic_version"
"""Alembic's own name for it: its one row says the last step that was taken."""
GROWTH_LOCK = 0x69767263
"""The advisory lock under which steps are taken: ``ivrc`` in ASCII."""
LOCK_SECONDS = 5
"""For a table that somebody uses: a step that waits longer for it would hold up those behind it."""

_MAY_READ = sa.text(f"select has_table_privilege('{VERSION_TABLE}', 'select')")
_FOUND = sa.text(f"select version_num from {VERSION_TABLE}")  # noqa: S608 - a fixed name
_ALEMBIC = "ivrctl.adapters.site_store.steps"


class NewerDatabaseError(ConfigurationError):
    """The database has taken a step that this release does not know."""

    def __init__(self, found: str) -> None:
        """Say which one, and how to go on."""
        super().__init__(
            f"the site's database is of a newer release of ivrctl: it has schema {found}, and this release knows "
            f"{REVISIONS[-1]}",
            advice="run that release again, or restore a copy of the database from before the upgrade",
        )


async def bring_up(engine: AsyncEngine, *tables: sa.Table) -> None:
    """Take the steps that are missing; a database that has them all is asked a few questions and left alone.

    Args:
        engine: of the database.
        tables: made anew, empty, where somebody has dropped them since.

    Raises:
        NewerDatabaseError: it is of a newer release; nothing is changed.
        DBAPIError, OSError, TimeoutError: the database is away, busy, or grants no right to change tables.
    """
    async with transaction(engine) as connection:
        if await _is_grown(connection) and not await _missing(connection, tables):
            return
    # In a thread: alembic takes a quarter of a second to import, and reads the steps from files.
    steps = await asyncio.to_thread(importlib.import_module, _ALEMBIC)
    script = await asyncio.to_thread(steps.all_steps)
    async with transaction(engine) as connection:
        await _lock(connection)
        if not await _is_grown(connection):
            await connection.run_sync(steps.take, script)
        if missing := await _missing(connection, tables):
            await connection.run_sync(metadata.create_all, tables=missing)


async def _missing(connection: AsyncConnection, tables: Sequence[sa.Table]) -> list[sa.Table]:
    def look(inner: sa.Connection) -> list[sa.Table]:
        return [table for table in tables if not sa.inspect(inner).has_table(table.name)]

    return await connection.run_sync(look)


async def _is_grown(connection: AsyncConnection) -> bool:
    """True when every step was taken; also when we may not know: then an administrator keeps the tables."""
    if not await connection.run_sync(lambda inner: sa.inspect(inner).has_table(VERSION_TABLE)):
        return False
    if is_server(connection.engine) and not await connection.scalar(_MAY_READ):
        return True
    found = await connection.scalar(_FOUND)
    if found is not None and found not in REVISIONS:
        raise NewerDatabaseError(str(found))
    return bool(found == REVISIONS[-1])


async def _lock(connection: AsyncConnection) -> None:
    """Hold off everybody else who would take the same steps."""
    if not is_server(connection.engine):
        await begin_writing(connection)
        return
    # CREATE TABLE of two sessions can fail in PostgreSQL's own catalogue, IF NOT EXISTS or not.
    await connection.execute(advisory_lock(GROWTH_LOCK))
    await connection.execute(sa.text(f"set local lock_timeout = '{LOCK_SECONDS}s'"))
