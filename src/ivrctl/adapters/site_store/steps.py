"""The steps of ``migrations``, taken by alembic: imported only where a database lacks one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from ivrctl.adapters.site_store.migrations import FOLDER, REVISIONS


def all_steps() -> ScriptDirectory:
    """The steps, read from their files: no ``alembic.ini`` and no ``env.py`` is needed."""
    script = ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])
    script.get_current_head()
    return script


def take(connection: sa.Connection, script: ScriptDirectory) -> None:
    """Take all steps that are missing, within the connection's transaction."""

    def missing(taken: object, _context: object) -> list[object]:
        return list(script._upgrade_revs(REVISIONS[-1], taken))  # type: ignore[arg-type]  # noqa: SLF001 - as alembic.command.upgrade does

    with EnvironmentContext(Config(), script, fn=missing, destination_rev=REVISIONS[-1]) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()
