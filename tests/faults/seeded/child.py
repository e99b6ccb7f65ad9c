"""The controller's process of the seeded runs: the shipped one, forked from a server that has imported it already.

It gets its sockets, its heartbeat and the name of its parent as ``ivrctl serve`` hands them down. Two things are other
than shipped: the voice is silent, and its clock can be set.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import mmap
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ivrctl.service.controller
import ivrctl.web.server  # noqa: F401 - a controller imports it when it serves
from ivrctl.adapters.journal import Journal
from ivrctl.adapters.site_store import steps  # noqa: F401 - alembic is imported by it
from ivrctl.adapters.voices import SilentVoice
from ivrctl.cli import controller_process
from ivrctl.service import voices
from ivrctl.service.parent.inheritance import Inheritance

from .charge import Charge


def serve(charge: Charge, inherited: Mapping[str, int]) -> None:
    """Become a controller.

    Args:
        charge: what it is started with.
        inherited: descriptors, by name: ``pulse`` for the heartbeat, ``log``, and the listening sockets.
    """
    fds = dict(inherited)
    log, pulse = fds.pop("log"), fds.pop("pulse")
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.environ.update(charge.environ, **Inheritance(pulse, os.getppid(), fds).environ())
    if charge.clock is not None:
        _follow(charge.clock)
    if charge.descriptors is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (charge.descriptors, charge.descriptors))
    voices.voice_of = lambda *_: SilentVoice()
    signal.signal(signal.SIGUSR1, lambda *_: _tell_tasks(charge.state))
    sys.argv = ["ivrctl controller", str(charge.site), "--state", str(charge.state)]
    controller_process.main()


def _tell_tasks(state: Path) -> None:
    (state / "tasks.draft").write_text(str(len(asyncio.all_tasks())), encoding="utf-8")
    (state / "tasks.draft").replace(state / "tasks")


def _follow(file: Path) -> None:
    """Have this process read its time of day from a clock that somebody else sets."""
    with file.open("r+b") as opened:
        ahead = mmap.mmap(opened.fileno(), 8)
    real_time, real = time.time, dt.datetime

    def offset() -> float:
        seconds: float = struct.unpack("d", ahead[:8])[0]
        return seconds

    class _Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

    class Stepped(real, metaclass=_Meta):
        """The time of day as that clock has it."""

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return real.now(tz) + dt.timedelta(seconds=offset())

    time.time = lambda: real_time() + offset()
    time.time_ns = lambda: int((real_time() + offset()) * 1e9)
    # It was given the real clock when it was defined.
    (Journal.__init__.__kwdefaults__ or {})["now"] = time.time
    for name, module in list(sys.modules.items()):
        if name.startswith("ivrctl.") and getattr(module, "datetime", None) is real:
            module.datetime = Stepped  # type: ignore[attr-defined]
