"""Has the thread of the calls go before everything on the machine that is not real-time itself.

A turn takes a millisecond of it, and a caller waits for that millisecond. Where sound, databases and refused callers
keep all processors busy, niceness shares time out; a real-time priority does not ask (sched(7)).
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

PRIORITY = 1
"""The lowest real-time one: an Asterisk with ``highpriority = yes`` (10) and the kernel's threads stay before it."""


def go_first() -> bool:
    """Give the calling thread a real-time priority, where its process is to go before others and may.

    It is to where it has a negative niceness: somebody gave it that. It may as root, or with ``RLIMIT_RTPRIO``.

    What it starts is ordinary (``SCHED_RESET_ON_FORK``). Threads have the niceness of the process as before: one that
    holds the interpreter's lock and waits for a processor holds up the calls. Programs have 0; see ``as_before``.

    Returns:
        Whether it has it.
    """
    if not _niceness() < 0 or not hasattr(os, "SCHED_RESET_ON_FORK"):
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except PermissionError:
        return False
    niceness = _niceness()

    def begin(*_: object) -> None:
        # Called at the first event of a new thread, in it; that is all it is for.
        sys.setprofile(None)
        _set(0, niceness)

    threading.setprofile(begin)
    return True


def as_before(pid: int) -> None:
    """Give a program that works for a caller the niceness that this process has, where it may (``RLIMIT_NICE``)."""
    _set(pid, _niceness())


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def _set(pid: int, niceness: int) -> None:
    with suppress(PermissionError, ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
