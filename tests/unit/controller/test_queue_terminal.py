"""``ivrctl queue watch`` in a terminal, as a process: keys, sizes, a controller that goes and comes back."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from ivrctl.adapters.state_folder import StateFolder
from ivrctl.service.parent.listeners import listen_unix
from ivrctl.web.server import start_api

from .centre import Seen
from .conftest import Whole

pytestmark = pytest.mark.thorough


@dataclass
class Watching:
    """Somebody's terminal with the command in it."""

    process: subprocess.Popen[bytes]
    terminal: int
    read: str = field(default="")

    def sees(self, text: str, within: float = 20.0) -> None:
        """Read until a text stands there that was not there before."""
        until = time.monotonic() + within
        os.set_blocking(self.terminal, False)
        while time.monotonic() < until:
            try:
                self.read += os.read(self.terminal, 65536).decode(errors="replace")
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                break
            plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.read)
            if text in plain:
                self.read = ""
                return
        raise AssertionError(f"nobody saw {text!r} at the end of {self.read[-2000:]!r}")

    def resize(self, columns: int, lines: int) -> None:
        """The window has another size."""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def press(self, key: str) -> None:
        """A key."""
        os.write(self.terminal, key.encode())

    def ends(self) -> int:
        """The exit code."""
        os.set_blocking(self.terminal, False)
        return self.process.wait(timeout=20)


@contextmanager
def _watching(whole: Whole) -> Iterator[Watching]:
    terminal, inner = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    words = ["queue", "watch", "--site", str(whole.folder / "site"), "--state", str(whole.state)]
    process = subprocess.Popen(
        [sys.executable, "-m", "ivrctl", *words],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"},
    )
    try:
        yield Watching(process, terminal)
    finally:
        process.kill()
        process.wait()
        os.close(inner)
        os.close(terminal)


async def test_supervisor_leaves_it_open_over_a_restart(whole: Whole) -> None:
    """It says that no controller answers, goes on by itself, takes another size, and q ends it with 0."""
    Seen(whole.controller).an_afternoon()
    socket = StateFolder.open(whole.state).api_socket
    api = await start_api(whole.controller, listen_unix(socket))
    with _watching(whole) as watching:
        await asyncio.to_thread(watching.sees, "paused lunch")
        await api.cleanup()
        await asyncio.to_thread(watching.sees, "stale since")
        await asyncio.to_thread(watching.sees, "no controller answers")
        api = await start_api(whole.controller, listen_unix(socket))
        await asyncio.to_thread(watching.sees, "q quits")
        watching.resize(100, 30)
        await asyncio.to_thread(watching.sees, " " * 60 + "q quits")
        watching.press("q")
        assert await asyncio.to_thread(watching.ends) == 0
        assert termios.tcgetattr(watching.terminal)[3] & termios.ICANON
    await api.cleanup()


@pytest.mark.parametrize(
    ("key", "number", "code"), [("\x03", None, 0), ("", signal.SIGINT, 130), ("", signal.SIGTERM, 130)]
)
async def test_ctrl_c_quits_and_a_signal_interrupts(whole: Whole, key: str, number: int | None, code: int) -> None:
    """Either way the terminal is as it was."""
    Seen(whole.controller).an_afternoon()
    api = await start_api(whole.controller, listen_unix(StateFolder.open(whole.state).api_socket))
    with _watching(whole) as watching:
        await asyncio.to_thread(watching.sees, "q quits")
        if number is None:
            watching.press(key)
        else:
            watching.process.send_signal(number)
        assert await asyncio.to_thread(watching.ends) == code
        assert termios.tcgetattr(watching.terminal)[3] & termios.ICANON
        watching.sees("", within=1)
    await api.cleanup()
