"""Has the thread of the calls go before everything on the machine that is not real-time itself.

A turn takes a millisecond of a processor, and a caller waits for it. Where sound, databases and refused callers keep
all processors busy, niceness shares time out; a real-time priority does not ask (sched(7)).

The system gives what is started from that thread the same priority. Threads of Python's give it back before they do
anything, and keep the niceness. A program has to be given the ordinary one by whoever starts it: ``ordinary``.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PRIORITY = 1
"""The lowest real-time one: an Asterisk with ``highpriority = yes`` (10) and the kernel's threads stay before it."""


def go_first() -> str:
    """Give the calling thread a real-time priority, where its process is to go before others and may.

    It is to where it has a negative niceness: somebody gave it that. It may as root, or with ``RLIMIT_RTPRIO``.

    Returns:
        What an operator is to know of it; empty where nobody wanted it to go first.
    """
    if os.getpriority(os.PRIO_PROCESS, 0) >= 0 or not hasattr(os, "sched_setscheduler"):
        return ""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    except OSError as error:
        return f"the thread of the calls has no real-time priority: {error.strerror}"
    threading.setprofile(_begin)
    return "the thread of the calls goes first, by a real-time priority"


def ordinary(pid: int) -> None:
    """Take the priority of the calls from a program that was started; it keeps the niceness."""
    if is_first():
        with suppress(OSError):
            os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))


@contextmanager
def at_length() -> Iterator[None]:
    """Do without the priority while the thread of the calls works for longer than a turn: sound has to go on."""
    if not is_first():
        yield
        return
    ordinary(0)
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))


def is_first() -> bool:
    """Whether the calling thread has the priority."""
    return hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) == os.SCHED_RR


def _begin(*_: object) -> None:
    # Called at the first event of a new thread, in it, which is all that it is for.
    sys.setprofile(None)
    ordinary(0)
