"""``serve`` as a process of its own, over the small controller of these tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ivrctl.adapters.deadline import Deadline

StartServe = Callable[..., Awaitable["Serve"]]
Result = TypeVar("Result")
CONTROLLER = Path(__file__).with_name("controller.py")
DEADLINE = 20.0
"""Seconds after which a test has waited in vain; a loaded host is slow."""

RUN = """
import json, sys
from pathlib import Path
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.errors import IvrctlError
from ivrctl.service.parent import Periods, serve
state, port, controller, mood, periods = sys.argv[1:]
argv = [sys.executable, controller, mood]
try:
    code = serve(
        argv, agi=("127.0.0.1", int(port)), state=StateFolder.open(Path(state)), periods=Periods(**json.loads(periods))
    )
except IvrctlError as error:
    print(f"{error}; {error.advice}", file=sys.stderr)
    code = error.exit_code
sys.exit(code)
"""


class Serve:
    """A running ``serve``."""

    def __init__(self, process: asyncio.subprocess.Process, state: Path, mood: Path) -> None:
        self.process = process
        self.state = state
        self.mood = mood
        self.writers: list[asyncio.StreamWriter] = []

    async def said(self, word: str) -> int:
        """Wait for a controller to say ``ready`` or ``starting``; its pid."""
        assert self.process.stdout is not None
        line = (await within(self.process.stdout.readline())).split()
        assert line, "the processes ended without a word"
        assert line[0].decode() == word
        return int(line[1])

    async def heard(self, text: str) -> None:
        """Wait for a line on standard error that holds a text."""
        assert self.process.stderr is not None
        lines = []
        while line := (await within(self.process.stderr.readline())).decode():
            if text in line:
                return
            lines.append(line)
        raise AssertionError(f"{text!r} was not said: {lines}")

    async def ask(self, line: str) -> str:
        """Send a line to whoever serves, and read one back; empty when the connection ends instead."""
        reader, writer = await self.connect()
        with contextlib.closing(writer):
            try:
                writer.write(f"{line}\n".encode())
                return (await within(reader.readline())).decode().strip()
            except ConnectionError:
                return ""

    @property
    def phases(self) -> dict[int, str]:
        """By pid, the phases of the children as the file has them; what the parent says it has written before."""
        return {child["pid"]: child["phase"] for child in self.status["children"]}

    async def turned_away(self) -> None:
        """Connect until a connection is ended without an answer: no child accepts any more, and the parent does."""
        while await self.ask("pid"):
            pass

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the AGI socket; closed at the end of the test at the latest."""
        reader, writer = await within(asyncio.open_connection("127.0.0.1", self.port))
        self.writers.append(writer)
        return reader, writer

    @property
    def status(self) -> dict[str, Any]:
        """The parent as its file describes it now."""
        status = json.loads((self.state / "parent.json").read_text())
        assert isinstance(status, dict)
        return status

    @property
    def port(self) -> int:
        """The AGI socket's port."""
        return int(self.status["listening"]["agi"].rpartition(":")[2])

    def send(self, what: signal.Signals) -> None:
        """Send a signal to the parent alone."""
        self.process.send_signal(what)

    async def ended(self) -> int:
        """Wait for the parent's end, and for that of every controller: all of them hold its standard output."""
        assert self.process.stdout is not None
        code = await within(self.process.wait())
        await within(self.process.stdout.read())
        return code


async def within(what: Awaitable[Result]) -> Result:
    """Wait, but not for ever."""
    async with Deadline(DEADLINE):
        return await what


@pytest.fixture
async def start_serve(tmp_path: Path) -> AsyncIterator[StartServe]:
    """A way to start it, as often as a test likes; what is left at the end is killed."""
    started: list[Serve] = []

    async def start(mood: str = "serve", *, port: int = 0, **periods: float) -> Serve:
        file = tmp_path / "mood"
        file.write_text(mood)
        state = tmp_path / "state"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", RUN, str(state), str(port)),
            *(str(CONTROLLER), str(file), json.dumps({"drain": 10.0} | periods)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(Serve(process, state, file))
        return started[-1]

    yield start
    for serve in started:
        for writer in serve.writers:
            writer.close()
        with contextlib.suppress(ProcessLookupError):
            serve.process.kill()
        await serve.ended()
