"""Controllers as their parent sees them: started, heard of, killed. The listening sockets are the parent's and stay."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Self

from ivrctl.adapters.deadline import Deadline
from ivrctl.service.parent.pulse import Accepting, Misconfigured, PulseReader, Ready, Sign

from .charge import Charge

WITHIN = 60.0
"""Seconds for whatever a controller does at once: the machine may be busy."""
_ROOT = Path(__file__).parents[3]


@cache
def _nursery() -> socket.socket:
    """Where the process that controllers are forked from takes its orders: one for this process, since it starts long.

    It leaves when this process does.
    """
    orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    orders.setblocking(False)
    argv = [sys.executable, "-m", f"{__package__}.nursery", str(theirs.fileno())]
    process = subprocess.Popen(argv, cwd=_ROOT, pass_fds=[theirs.fileno()])
    theirs.close()
    atexit.register(_leave, orders, process)
    return orders


def _leave(orders: socket.socket, process: subprocess.Popen[bytes]) -> None:
    orders.close()
    process.wait()


class Nursery:
    """Starts controllers; an asynchronous context manager, used from one event loop, one after the other."""

    async def __aenter__(self) -> Self:
        """Hear of them from here on."""
        self._orders = _nursery()
        self._started: deque[asyncio.Future[int]] = deque()
        self._ended: dict[int, asyncio.Future[int]] = {}
        asyncio.get_running_loop().add_reader(self._orders, self._hear)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill those that are left."""
        for pid, ended in self._ended.items():
            if not ended.done():
                os.kill(pid, signal.SIGKILL)
        async with Deadline(WITHIN):
            await asyncio.gather(*self._ended.values())
        asyncio.get_running_loop().remove_reader(self._orders)

    async def start(self, charge: Charge, sockets: Mapping[str, socket.socket]) -> Controller:
        """Start a controller on these listening sockets."""
        loop = asyncio.get_running_loop()
        reading, writing = os.pipe2(os.O_CLOEXEC)
        file = charge.log or charge.state.parent / "serve.log"
        log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        names = {"pulse": writing, "log": log, **{name: each.fileno() for name, each in sockets.items()}}
        started: asyncio.Future[int] = loop.create_future()
        self._started.append(started)
        order = json.dumps({**asdict(charge), "names": list(names)}, default=str).encode()
        socket.send_fds(self._orders, [order], list(names.values()))
        os.close(writing)
        os.close(log)
        async with Deadline(WITHIN):
            pid = await started
        return Controller(pid, self._ended[pid], reading)

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while message := self._orders.recv(4096):
                self._take(json.loads(message))
            # It has failed: whoever waits for a controller waits in vain, and says so.
            asyncio.get_running_loop().remove_reader(self._orders)

    def _take(self, told: dict[str, Any]) -> None:
        if "started" in told:
            pid, started = told["started"], self._started.popleft()
            self._ended.setdefault(pid, asyncio.get_running_loop().create_future())
            if not started.done():
                started.set_result(pid)
            return
        # A child of a run before this one is nobody's any more.
        if (ended := self._ended.get(told["ended"])) is not None:
            ended.set_result(told["status"])


class Controller:
    """One process."""

    def __init__(self, pid: int, ended: asyncio.Future[int], pulse: int) -> None:
        """Made by the nursery."""
        self.pid = pid
        self.was_killed = False
        self.refusal = ""
        """Why it cannot use its configuration."""
        self._ended = ended
        self._pulse, self._reader = pulse, PulseReader()
        self._signs: set[type[Sign]] = set()
        self._heard = asyncio.Event()
        self._is_over = False
        os.set_blocking(pulse, False)
        asyncio.get_running_loop().add_reader(pulse, self._hear)

    @property
    def is_alive(self) -> bool:
        """Whether it runs, or is stopped."""
        return not self._ended.done()

    async def until_serving(self, within: float = WITHIN) -> bool:
        """Return when it serves; False when it has ended before."""
        return await self._until(Ready, within)

    async def until_accepting(self, within: float = WITHIN) -> bool:
        """Return when it takes calls; False when it has ended before."""
        return await self._until(Accepting, within)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """End it as the kernel does."""
        self.was_killed = True
        self.send(signal.SIGKILL)
        await self.ended()

    async def ended(self, within: float = WITHIN) -> int:
        """Wait for an end that is to come now; its exit code, negative for a signal."""
        async with Deadline(within):
            return await self.until_over()

    async def until_over(self) -> int:
        """Wait for its end, however long it lives; its exit code, negative for a signal."""
        return await asyncio.shield(self._ended)

    async def _until(self, sign: type[Sign], within: float) -> bool:
        async with Deadline(within):
            while sign not in self._signs and not self._is_over:
                self._heard.clear()
                await self._heard.wait()
        return sign in self._signs

    def _hear(self) -> None:
        try:
            content = os.read(self._pulse, 4096)
        except BlockingIOError:
            return
        for sign in self._reader.receive(content):
            self._signs.add(type(sign))
            if isinstance(sign, Misconfigured):
                self.refusal = sign.text
        if not content:
            self._is_over = True
            asyncio.get_running_loop().remove_reader(self._pulse)
            os.close(self._pulse)
        self._heard.set()
