"""The terminal of somebody who watches: one key at a time without echo, resizes at once, and all as it was behind it.

Ctrl-C is a key here, not a signal: it ends the watching in the middle of nothing. A signal from elsewhere interrupts.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
from collections.abc import Iterator
from typing import Any, NoReturn

_MOST = 64
"""Bytes that are read at once: a key, or what is pasted."""


class Terminal:
    """Made by ``opened``."""

    def __init__(self, keys: int, woken: int, waker: int) -> None:
        self._keys = keys
        self._woken = woken
        self._waker = waker

    def wake(self) -> None:
        """End the waiting, from any thread."""
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._waker, b"\0")

    def wait(self, seconds: float) -> str:
        """The keys that were pressed, as soon as there are some; empty at a resize, when woken, and when it is time.

        A terminal that is gone says Ctrl-D for ever.
        """
        ready, _, _ = select.select([self._keys, self._woken], [], [], seconds)
        if self._woken in ready:
            os.read(self._woken, _MOST)
        if self._keys not in ready:
            return ""
        try:
            return os.read(self._keys, _MOST).decode("latin-1") or "\x04"
        except OSError:
            return "\x04"


@contextlib.contextmanager
def opened() -> Iterator[Terminal]:
    """The terminal that standard input is, until the end of the block."""
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    woken, waker = os.pipe()
    for end in (woken, waker):
        os.set_blocking(end, False)
    signals = {number: signal.getsignal(number) for number in (signal.SIGWINCH, signal.SIGTERM, signal.SIGHUP)}
    woken_before = signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    try:
        signal.signal(signal.SIGWINCH, lambda _number, _frame: None)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        termios.tcsetattr(keys, termios.TCSADRAIN, _by_key(before))
        yield Terminal(keys, woken, waker)
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
        signal.set_wakeup_fd(woken_before)
        for number, handler in signals.items():
            signal.signal(number, handler)
        os.close(woken)
        os.close(waker)


def _by_key(before: list[Any]) -> list[Any]:
    """No lines, no echo, no signals of keys."""
    iflag, oflag, cflag, lflag, ispeed, ospeed, control = before
    lflag &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
    control = list(control)
    control[termios.VMIN], control[termios.VTIME] = 1, 0
    return [iflag, oflag, cflag, lflag, ispeed, ospeed, control]


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
