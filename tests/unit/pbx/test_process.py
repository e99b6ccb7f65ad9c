"""Ending exactly the process that was started."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.adapters.pbx.process import end_process, spawn_detached, start_time

SLEEP = ["sleep", "60"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEP) as process:
        yield process
        process.kill()


def test_a_process_is_known_by_its_start(sleeper: subprocess.Popen[bytes]) -> None:
    """The start time of a running process is a number that does not change."""
    assert start_time(sleeper.pid) == start_time(sleeper.pid) is not None


def test_a_process_that_has_ended_has_no_start(sleeper: subprocess.Popen[bytes]) -> None:
    """Also before it is reaped: a zombie does nothing any more."""
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert start_time(sleeper.pid) is None


def test_nobody_has_no_start() -> None:
    """A process id that does not exist, and 0, which is a planned instance's."""
    assert start_time(2**22 + 1) is None
    assert start_time(0) is None


def test_the_right_process_is_ended(sleeper: subprocess.Popen[bytes]) -> None:
    """And it has ended when the function returns."""
    started = start_time(sleeper.pid)
    assert started is not None
    end_process(sleeper.pid, started)
    assert start_time(sleeper.pid) is None


def test_a_process_id_used_again_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    """The id is the same, the start is not: it is somebody else."""
    started = start_time(sleeper.pid)
    assert started is not None
    end_process(sleeper.pid, started - 1)
    assert start_time(sleeper.pid) == started


def test_a_process_that_has_ended_is_no_error() -> None:
    """Nothing is left to do."""
    end_process(2**22 + 1, 1)
    end_process(0, 0)


def test_a_stubborn_process_is_killed(tmp_path: Path) -> None:
    """SIGTERM is ignored, SIGKILL cannot be."""
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    stubborn = ["sh", "-c", f"trap '' TERM; echo > {ready}; while :; do read line < {ready}; done"]
    with subprocess.Popen(stubborn, start_new_session=True) as process:
        ready.read_bytes()
        started = start_time(process.pid)
        assert started is not None
        end_process(process.pid, started, seconds=0.1)
        assert start_time(process.pid) is None


def test_a_detached_process_has_a_session_of_its_own(tmp_path: Path) -> None:
    """It does not get the terminal's signals, and what it says is in its file."""
    pid = spawn_detached(["sh", "-c", "ps -o sid= -p $$; echo failure >&2"], tmp_path / "console")
    os.waitpid(pid, 0)
    session, complaint = (tmp_path / "console").read_text().split()
    assert (int(session), complaint) == (pid, "failure")
