"""Killing a process, whoever's child it is, and knowing that it is gone."""

from __future__ import annotations

import os
import select
import signal

from ivrctl.errors import UnreachableError


def kill(pid: int, within: float = 10.0) -> None:
    """Send SIGKILL and return when the process has ended.

    The signal alone is not enough before its like is started again: a process that dies is still found, and has its
    ports, until all its threads have left.

    Args:
        pid: of the process.
        within: seconds that it may take to leave.

    Raises:
        ProcessLookupError: there is none of this id.
        UnreachableError: it does not leave in time.
    """
    process = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
        # A pidfd becomes readable when its process has ended (pidfd_open(2)).
        if not select.select([process], [], [], within)[0]:
            raise UnreachableError(f"process {pid} was killed and has not ended within {within:g} s")
    finally:
        os.close(process)
