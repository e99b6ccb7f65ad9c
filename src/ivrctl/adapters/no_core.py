"""Has a process leave nothing of its memory behind when it dies: PINs that callers key live there."""

from __future__ import annotations

import ctypes
import resource

_PR_SET_DUMPABLE = 4
"""prctl(2)."""


def leave_no_core() -> None:
    """Have no core written of this process, and nobody but root look into its memory.

    The limit alone is not enough: where the kernel hands cores to a program, as systemd's, it heeds only the other one.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
