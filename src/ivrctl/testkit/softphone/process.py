"""One baresip process in the PBX's runtime, with its log."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections import deque
from pathlib import Path

from ivrctl.adapters.pbx import Bind, Confinement, Runtime
from ivrctl.testkit.softphone.configuration import AUDIO_INSIDE, INSIDE, READY
from ivrctl.testkit.softphone.control import SoftphoneError

READY_SECONDS = 10.0
"""How long baresip may take to start: 0.05 s seen."""
LEAVE_SECONDS = 3.0
_TAIL = 25


def control_address() -> str:
    """Return a loopback address for a control port: one of 16 million, so phones need not agree on ports."""
    host = secrets.randbelow(1 << 24)
    return f"127.{64 + (host >> 18)}.{host >> 10 & 255}.{1 + (host >> 2) % 254}"


class PhoneProcess:
    """A running baresip; it ends with us even if we are killed."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        """Nothing runs yet."""
        self._runtime = runtime
        self._folder = folder
        self._command = self._baresip()
        self._process: asyncio.subprocess.Process | None = None
        self._logging: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._tail: deque[str] = deque(maxlen=_TAIL)

    async def start(self) -> None:
        """Start baresip and return when its control port listens.

        Raises:
            SoftphoneError: it did not start.
        """
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=pipe,
            stderr=asyncio.subprocess.STDOUT,
            # A Ctrl-C at the terminal is for us: the phone still has to hang up.
            start_new_session=True,
        )
        self._logging = asyncio.ensure_future(self._log(self._process))
        ready = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait((ready, self._logging), timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if not self._ready.is_set():
            await self.stop()
            raise SoftphoneError(f"baresip did not start:\n{self.log_tail}")

    async def stop(self) -> None:
        """Return when the process has ended: it is given a while to leave, then told to, then killed."""
        if self._process is None or self._logging is None:
            return
        # By the process, not by its log: whoever cancels all tasks cancels the log's, too, and waits for this one.
        ending = asyncio.ensure_future(self._process.wait())
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None and self._process.returncode is None:
                self._process.send_signal(number)
            await asyncio.wait((ending,), timeout=LEAVE_SECONDS)
            if ending.done():
                break
        await asyncio.wait((ending, self._logging), timeout=LEAVE_SECONDS)
        if self._process.returncode != 0:
            await asyncio.to_thread(self._runtime.discard, self._command)

    @property
    def log(self) -> Path:
        """All that baresip said."""
        return self._folder / "baresip.log"

    @property
    def log_tail(self) -> str:
        """The last lines that it said."""
        return "\n".join(f"    {line}" for line in self._tail)

    def _baresip(self) -> list[str]:
        binds = [Bind(self._folder / "etc", INSIDE), Bind(self._folder / "audio", AUDIO_INSIDE, is_writable=True)]
        # PR_SET_PDEATHSIG: a phone must not go on calling when the test that held it is gone.
        argv = ["/usr/bin/setpriv", "--pdeathsig", "TERM", "/usr/bin/baresip", "-v", "-f", INSIDE]
        return self._runtime.confine(argv, Confinement(binds=binds, user="nobody:nogroup", carries_sound=True))

    async def _log(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        with self.log.open("wb") as log:
            # Not line by line: the running counters of a call end with carriage returns only, for as long as it lasts.
            rest = b""
            while arrived := await process.stdout.read(4096):
                log.write(arrived)
                *lines, rest = (rest + arrived).replace(b"\r", b"\n").split(b"\n")
                self._note(lines)

    def _note(self, lines: list[bytes]) -> None:
        for line in lines:
            if line.startswith(READY):
                self._ready.set()
            if line and not line.startswith(b"["):
                self._tail.append(line.decode(errors="replace"))
