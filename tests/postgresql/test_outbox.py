"""Submissions to a real server: once, whatever is killed, and however long the server is away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.testkit.postgresql_server import PostgresqlServer

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
