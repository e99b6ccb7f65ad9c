"""Starting a process that outlives us, and ending exactly that process.

A pidfd is taken before the identity is compared, so between the comparison and the signal the id cannot have become
another process's.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_SECONDS = 5.0
"""How long a process may take to leave after SIGTERM (Asterisk: 0.1 s seen); then it is killed."""

_START_TIME = 19
"""Index of `starttime` in /proc/<pid>/stat, counted after the command's closing bracket (proc(5), field 22)."""


def start_time(pid: int) -> int | None:
    """Return when the process `pid` was started, in clock ticks since boot; None when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[_START_TIME])


def spawn_detached(argv: Sequence[str], output: Path) -> int:
    """Start `argv` in a session of its own, its output in a file, and return its process id."""
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(output), write, 0o640),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawnp(argv[0], list(argv), os.environ, file_actions=actions, setsid=True)


def end_process(pid: int, started: int, *, seconds: float = STOP_SECONDS) -> None:
    """End the process that was started then, and return when it has ended: SIGTERM, then SIGKILL after `seconds`."""
    with _pidfd(pid) as process:
        if process is None or start_time(pid) != started:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, number)
            # A pidfd becomes readable when its process has ended, whoever's child it is.
            if select.select([process], [], [], seconds)[0]:
                break
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # reaped if this very process had started it


@contextmanager
def _pidfd(pid: int) -> Iterator[int | None]:
    try:
        process = os.pidfd_open(pid)
    except (ProcessLookupError, ValueError, OSError):
        yield None
        return
    try:
        yield process
    finally:
        os.close(process)
