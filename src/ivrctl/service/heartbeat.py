"""The child's end of the heartbeat: says ready, beats from the event loop, notices that the parent is gone.

Counterpart of ``service.parent``, which kills a child that is silent for too long: the beat must come from the event
loop that serves calls, and from nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os

from ivrctl.service.parent import pulse

BEAT_EVERY = 0.5
"""Seconds: six beats in the time after which the parent gives a child up."""


class ParentGoneError(Exception):
    """The parent process has died: leave at once, so that its successor finds the sockets free."""


class Heartbeat:
    """Speaks over the pipe whose write end is ``fd``, and owns it."""

    def __init__(self, fd: int) -> None:
        """Take the inherited file descriptor."""
        os.set_blocking(fd, False)
        os.set_inheritable(fd, False)
        self._fd = fd

    def accepting(self) -> None:
        """Say that this child accepts calls from now on: where nobody else does, none is turned away any more.

        Raises:
            ParentGoneError: nobody listens.
        """
        self._say(pulse.ACCEPTING)

    def ready(self) -> None:
        """Say that this child serves: the one before it may leave.

        Raises:
            ParentGoneError: nobody listens.
        """
        self._say(pulse.READY)

    def misconfigured(self, text: str) -> None:
        """Say that the configuration cannot be used, and why; then leave. The parent will not start another child.

        Raises:
            ParentGoneError: nobody listens.
        """
        self._say(pulse.misconfigured(text))

    async def beat(self, every: float = BEAT_EVERY) -> None:
        """Beat every so many seconds until cancelled.

        Raises:
            ParentGoneError: nobody listens.
        """
        while True:
            self._say(pulse.BEAT)
            await asyncio.sleep(every)

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._fd)

    def _say(self, content: bytes) -> None:
        try:
            # A full pipe holds thousands of beats that the parent has not read: one more says nothing new.
            with contextlib.suppress(BlockingIOError):
                os.write(self._fd, content)
        except BrokenPipeError as error:
            raise ParentGoneError from error
