"""Sets up what the demonstration needs, has its calls dialled, and prints them."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ivrctl.adapters import pbx as development
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.addresses import free_address
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.call import told
from ivrctl.cli.demo.calls import (
    CALLS,
    COMMAND,
    CUSTOMERS,
    KNOWN_CALLERS,
    LATER_CALLS,
    NOTICE,
    NOTICE_LINE,
    DemoCall,
    failures_of,
)
from ivrctl.cli.demo.rush import RushShown
from ivrctl.cli.progress import say
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.testkit.dialling import PlacedCall, place_call
from ivrctl.testkit.interface_server.server import InterfaceServer
from ivrctl.testkit.rush import write_site
from ivrctl.web.client import ask

SITE = Path("flows")
NAME = "demo"
STARTS_WITHIN = 30.0
HEARD_AFTER = 1.0
"""Seconds after which every call hears a notice that has been made."""


def main() -> None:
    """Run the demonstration; exit code 0 when every call went as it should."""
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivrctl-demo-")))
            say("starting the development PBX; its programs are installed the first time")
            pbx = development.up(NAME, agi=free_address(), progress=say)
            stack.callback(development.down, NAME)
            demonstration = Demonstration(pbx, folder)
            asyncio.run(demonstration.run())
    except IvrctlError as error:
        sys.stderr.write(f"demo: {error}\n" + (f"  try: {error.advice}\n" if error.advice else ""))
        raise SystemExit(error.exit_code) from None
    failures = demonstration.failures
    say(f"{demonstration.calls} calls in {time.monotonic() - began:.0f} s, {len(failures)} not as they should be")
    for failure in failures:
        sys.stderr.write(f"  {failure}\n")
    if failures:
        raise SystemExit(FINDINGS)


@dataclass(slots=True)
class Demonstration:
    """One run on one PBX, and what has come of it so far."""

    pbx: development.Pbx
    folder: Path
    """For the state of its controller, and for what the phones record."""
    calls: int = 0
    failures: list[str] = field(default_factory=list)
    state: StateFolder = field(init=False)
    site: Path = field(init=False)
    """The demo site, with a line and a policy more."""

    def __post_init__(self) -> None:
        """Make the state folder, and the site."""
        self.state = StateFolder.open(self.folder / "state")
        self.site = write_site(SITE, self.folder / "site")

    async def run(self) -> None:
        """All rounds of calls, each with what must have happened before it.

        Raises:
            UnreachableError: the controller did not start, or a command of ivrctl failed.
        """
        async with InterfaceServer(COMMAND) as customer_system:
            environment = {
                **os.environ,
                "IVRCTL_PEPPER": secrets.token_hex(32),
                "CRM_URL": f"{customer_system.url}/good",
            }
            say("making the prompts, importing two customers")
            await asyncio.to_thread(self._ivrctl, environment, "prompts", "build", str(self.site), "--pbx", NAME)
            (self.folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
            of_site = ("--site", str(self.site), "--state", str(self.state.path))
            await asyncio.to_thread(
                self._ivrctl, environment, "customers", "import", str(self.folder / "customers.csv"), *of_site
            )
            say("starting the controller")
            with _controller(self.site, self.state, environment) as process:
                await asyncio.to_thread(_wait_until_serving, process, self.state)
                await self._dial(CALLS)
                await self._dial(KNOWN_CALLERS)
                texts = [part for language, text in NOTICE.items() for part in ("--text", f"{language}={text}")]
                say(f"announcing something on line {NOTICE_LINE}")
                await asyncio.to_thread(
                    self._ivrctl, environment, "notice", "add", *texts, "--line", NOTICE_LINE, "--for", "10m", *of_site
                )
                await asyncio.sleep(HEARD_AFTER)
                await self._dial(LATER_CALLS)
                await self._rush(lambda *command: self._ivrctl(environment, *command, *of_site))

    async def _rush(self, ivrctl: Callable[..., None]) -> None:
        """More callers than agents: backup staff comes in and goes home."""
        say("a rush: more callers than agents")
        shown = RushShown(self.pbx, self.state, ivrctl)
        self.failures += await shown.run()
        self.calls += shown.calls

    def _ivrctl(self, environment: Mapping[str, str], *command: str) -> None:
        done = subprocess.run([sys.executable, "-m", "ivrctl", *command], env=environment, check=False)
        if done.returncode:
            raise UnreachableError(f"ivrctl {' '.join(command[:2])} ended with {done.returncode}")

    async def _dial(self, calls: Sequence[DemoCall]) -> None:
        """Dial all lines at the same time, as callers do, and print what became of each call."""
        say(f"{len(calls)} callers dial")
        question = partial(ask, self.state.api_socket)
        async with asyncio.TaskGroup() as group:
            tasks: list[asyncio.Task[PlacedCall]] = []
            for call in calls:
                kept = self.folder / str(self.calls)
                kept.mkdir()
                self.calls += 1
                tasks.append(group.create_task(place_call(self.pbx, question, call.plan, kept)))
        for call, placed in zip(calls, (task.result() for task in tasks), strict=True):
            sys.stdout.write(told(placed) + "\n")
            who = f"{call.plan.caller} -> {call.plan.number}"
            self.failures += [f"{who}: {failure}" for failure in failures_of(call, placed)]


@contextmanager
def _controller(site: Path, state: StateFolder, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A controller of the demo site; it is told to stop, and has, on leaving."""
    log = (state.path / "serve.log").open("wb")
    command = [sys.executable, "-m", "ivrctl", "serve", str(site), "--pbx", NAME, "--state", str(state.path)]
    with log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(STARTS_WITHIN)


def _wait_until_serving(process: subprocess.Popen[bytes], state: StateFolder) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            ask(state.api_socket, "/status")
        except UnreachableError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (state.path / "serve.log").read_text(errors="replace")
                raise UnreachableError(f"the controller did not start:\n{log}") from None
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    main()
