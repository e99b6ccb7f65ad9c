"""A process that was killed is gone when that is said."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from ivrctl.testkit.killing import kill


def test_it_has_ended_when_kill_returns() -> None:
    """Without a moment between: whoever looks for it finds none that runs, however long its like takes to leave."""
    memory = f"held = bytearray({256 << 20}); held[::4096] = b'x' * len(held[::4096]); print(flush=True); input()"
    with subprocess.Popen(
        ["python3", "-c", memory], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        kill(process.pid)
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        assert ended is not None
        assert ended.si_status == signal.SIGKILL


def test_there_is_none_of_this_id() -> None:
    """Which is said, and nothing is waited for."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
        with pytest.raises(ProcessLookupError):
            kill(process.pid)
