"""The server of tests and benchmarks: it is stopped by its pid, whoever of its children has left meanwhile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ivrctl.testkit import postgresql_server
from ivrctl.testkit.postgresql_server import PostgresqlServer

SLEEPER = """
import signal
# Whoever is started behind the shell's & ignores it.
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("ready", flush=True)
signal.pause()
"""


def _gone() -> int:
    """The pid of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        pass
    return process.pid


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> PostgresqlServer:
    """One whose postmaster only sleeps, so that no PostgreSQL is needed; of its children one has ended meanwhile."""
    monkeypatch.setattr(postgresql_server, "server_programs", lambda: Path("/nowhere"))
    monkeypatch.setattr(PostgresqlServer, "_family", staticmethod(lambda pid: [pid, _gone()]))
    made = PostgresqlServer()
    made._process = subprocess.Popen([sys.executable, "-S", "-c", SLEEPER], stdout=subprocess.PIPE)
    assert made._process.stdout is not None
    with made._process.stdout as said:
        assert said.readline() == b"ready\n"
    return made


def test_server_is_stopped_when_a_child_has_ended_meanwhile(server: PostgresqlServer) -> None:
    """The backend of a client that has just left is listed and gone a moment later: its end keeps nothing running."""
    process = server._process
    assert process is not None
    server.__exit__()
    assert process.poll() is not None
    assert not server._folder.exists()


def test_server_is_killed_when_a_child_has_ended_meanwhile(server: PostgresqlServer) -> None:
    """As the one that is stopped."""
    process = server._process
    assert process is not None
    server.kill()
    assert process.poll() is not None
    server.__exit__()


@pytest.mark.postgresql
def test_whoever_is_killed_leaves_no_memory_behind() -> None:
    """What a server shares with its children lies in its folder, which is removed; nobody else would remove it."""
    with PostgresqlServer() as server:
        assert server.execute("show dynamic_shared_memory_type") == "mmap\n"
        process = server._process
        assert process is not None
        assert "/dev/shm/PostgreSQL" not in Path(f"/proc/{process.pid}/maps").read_text()  # noqa: S108 - is looked for
        server.kill()
