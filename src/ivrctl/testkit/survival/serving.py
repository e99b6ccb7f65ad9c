"""One ``ivrctl serve`` as the operating system sees it, with its controller processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.errors import UnreachableError
from ivrctl.testkit.interface_server import InterfaceServer
from ivrctl.testkit.survival.lines import AMOUNT, INTERFACE

STARTS_WITHIN = 60.0
"""Seconds: a first start makes the site's prompts meanwhile."""
NICENESS = -15
"""That of the service, as ``ivrctl unit`` has it."""
LOOK_EVERY = 0.02
"""Seconds between looks at a file that another process writes."""

ASK_EVERY = 0.1
"""Seconds between looks that may be questions to the API: each takes a controller milliseconds and serves nobody."""

Ask = Callable[[Path, str], dict[str, Any]]
"""A question to the API: its socket and the path; raises an ``IvrctlError`` when there is no answer."""


@dataclass(slots=True)
class Serving:
    """A site that is served; ``kill`` and ``start`` it as often as a supervisor would."""

    site: Path
    state: StateFolder
    pbx: Pbx
    ask_api: Ask
    options: tuple[str, ...] = ()
    """Further options of ``ivrctl serve``."""
    interface: str = ""
    """The address of what its slow lookups ask; see ``lines``."""
    process: asyncio.subprocess.Process | None = None
    killed: list[int] = field(default_factory=list)
    """Pids of everything that was killed."""

    @property
    def log(self) -> Path:
        """What all processes said."""
        return self.state.path / "serve.log"

    async def start(self, *, says_where: bool = True) -> None:
        """Start the parent process, as a supervisor does; return at once.

        Args:
            says_where: whether it is told where to listen, instead of asking the PBX.
        """
        host, port = self.pbx.agi
        argv = [*_weighed(), sys.executable, "-m", "ivrctl", "serve", str(self.site), "--state", str(self.state.path)]
        argv += ["--pbx", self.pbx.name, *(["--agi", f"{host}:{port}"] if says_where else []), *self.options]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, INTERFACE: self.interface},
                start_new_session=True,
            )

    async def until_serving(self, other_than: int | None = None, within: float = STARTS_WITHIN) -> int:
        """Return the pid of the controller that serves, when one does that is not ``other_than``.

        Raises:
            UnreachableError: none does in time; the message ends with the log.
        """
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            pids = [pid for pid in self.controllers("serving") if pid != other_than]
            if pids and self._is_alive(pids[-1]):
                return pids[-1]
            await asyncio.sleep(LOOK_EVERY)
        raise UnreachableError(f"no controller serves within {within:g} s:\n{self.log_tail()}")

    async def until(self, holds: Callable[[], bool], what: str, within: float = STARTS_WITHIN) -> None:
        """Return when something that can be looked at holds.

        Raises:
            UnreachableError: it does not hold in time.
        """
        deadline = time.monotonic() + within
        while not await asyncio.to_thread(holds):
            if time.monotonic() > deadline:
                raise UnreachableError(f"{what}: not within {within:g} s\n{self.log_tail()}")
            await asyncio.sleep(ASK_EVERY)

    def controllers(self, phase: str) -> list[int]:
        """The controller processes that the parent says are in a phase, the oldest first."""
        status = self.state.read_parent_status() or {}
        return [child["pid"] for child in status.get("children", ()) if child["phase"] == phase]

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the parent process."""
        if self.process is None or self.process.returncode is not None:
            raise UnreachableError("ivrctl serve does not run")
        self.process.send_signal(number)

    def signal_controller(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to a controller process."""
        os.kill(pid, number)
        if number is signal.SIGKILL:
            self.killed.append(pid)

    async def kill(self) -> None:
        """Kill the parent process; its children leave by themselves. Return when it is gone."""
        if self.process is not None and self.process.returncode is None:
            children = self.controllers("serving")
            self.killed.append(self.process.pid)
            self.process.kill()
            await self.process.wait()
            await self.until(lambda: not any(map(self._is_alive, children)), "the children leave", within=10)

    async def stop(self, within: float = 70.0) -> int:
        """Have it leave in an orderly way; its exit code."""
        if self.process is None:
            raise UnreachableError("ivrctl serve was never started")
        if self.process.returncode is None:
            self.process.terminate()
        async with Deadline(within):
            return await self.process.wait()

    def ask(self, path: str) -> dict[str, Any]:
        """Ask the API; a controller that is being replaced is asked again."""
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return self.ask_api(self.state.api_socket, path)
            except UnreachableError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(ASK_EVERY)

    def records(self) -> list[dict[str, Any]]:
        """The records of the calls that have ended, the newest first."""
        calls: list[dict[str, Any]] = self.ask("/calls?limit=1000")["calls"]
        return calls

    def log_tail(self, lines: int = 30) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @staticmethod
    def _is_alive(pid: int) -> bool:
        """Whether a process runs; one that is dead and not reaped yet does not."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return False
        return state not in {"Z", "X"}


def _weighed() -> list[str]:
    """What begins a command that is to weigh as much as the service does.

    Linux may weigh whole sessions against each other, and niceness only within one (sched(7), autogroup).
    """
    if os.geteuid() != 0 or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return []
    return [
        "/bin/sh",
        "-c",
        f'echo {NICENESS} 2>/dev/null >/proc/self/autogroup; exec nice -n {NICENESS} "$@"',
        "serve",
    ]


@asynccontextmanager
async def serving(site: Path, folder: Path, pbx: Pbx, ask: Ask, *options: str) -> AsyncIterator[Serving]:
    """Serve a site with a state folder of its own, from the first controller that serves to an orderly end.

    What the slow lookups of ``lines`` ask is there meanwhile, and outlives every controller.

    Args:
        site: its folder.
        folder: where the state folder is made.
        pbx: whose dialplan looks for its controller where this one will listen.
        ask: how to ask the API.
        options: further options of ``ivrctl serve``.
    """
    async with InterfaceServer({"amount": AMOUNT}) as interface:
        served = Serving(site, StateFolder.open(folder / "state"), pbx, ask, options, interface.url)
        try:
            await served.start()
            await served.until_serving()
            yield served
        finally:
            await _end(served)


async def _end(served: Serving) -> None:
    if served.process is not None and served.process.returncode is None:
        served.process.terminate()
        try:
            async with Deadline(10):
                await served.process.wait()
        except TimeoutError:
            await served.kill()
