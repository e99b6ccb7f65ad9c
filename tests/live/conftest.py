"""What live tests stand on: one PBX for the session, softphones, and a controller that does what a test says."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, RuntimeName, down, up
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.pbx.root import require_host
from ivrctl.errors import IvrctlError
from ivrctl.testkit.softphone import Softphone

from . import sounds


def pytest_configure() -> None:
    """Stand on the Debian root where it can be had, which is the quickest; ``IVRCTL_RUNTIME`` says otherwise.

    Whatever answers on this host is tried all the same, by ``test_runtimes.py`` and by the tests of the composed pair.
    """
    with suppress(IvrctlError):
        require_host()
        os.environ.setdefault("IVRCTL_RUNTIME", RuntimeName.ROOT)


def pytest_report_header() -> str:
    """Say on what the live tests stand."""
    return f"development PBX: {os.environ.get('IVRCTL_RUNTIME', 'the container engine that answers')}"


@dataclass
class AgiSession:
    """One AGI session of the scripted controller: lines out, replies in."""

    request: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def leg(self) -> str:
        """The leg's id."""
        return self.request["agi_arg_1"]

    @property
    def after(self) -> str:
        """`start`, or the hand-off that the leg has come back from."""
        return self.request["agi_arg_2"]

    async def send(self, command: str) -> str:
        """Send one command and return its reply; HANGUP is a reply here, EOF an empty one."""
        self.writer.write(command.encode() + b"\n")
        return (await self.reader.readline()).decode().strip()

    async def variable(self, name: str) -> str:
        """Return a channel variable, "" when it is not set."""
        reply = await self.send(f"GET VARIABLE {name}")
        return reply.partition("(")[2].rstrip(")")

    async def hand_off(self, kind: str, arguments: str = "", number: int = 1) -> None:
        """End the session in the way of the controller: IVRCTL_NEXT is set last."""
        await self.send(f'SET VARIABLE IVRCTL_HANDOFF "{kind}-{number}"')
        await self.send(f'SET VARIABLE IVRCTL_ARGS "{arguments}"')
        await self.send(f"SET VARIABLE IVRCTL_NEXT {kind}")


Script = Callable[[AgiSession], Awaitable[None]]


@dataclass
class ScriptedController:
    """A FastAGI server that runs a test's script for each session, one script a session in the order given."""

    address: tuple[str, int]
    sessions: list[AgiSession] = field(default_factory=list)
    """Of the script `leg`."""
    ended: list[AgiSession] = field(default_factory=list)
    """Of the script `ended`: the caller has left while the dialplan had him."""
    errors: list[BaseException] = field(default_factory=list)
    _scripts: list[Script] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, *scripts: Script) -> None:
        """Listen; the last script is run for all further sessions, too."""
        self._scripts = list(scripts)
        self._server = await asyncio.start_server(self._accept, *self.address)

    async def stop(self) -> None:
        """Stop listening; sessions that run go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def close(self) -> None:
        """Stop listening and end all sessions: nothing is left in the event loop."""
        await self.stop()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def until_sessions(self, count: int, within: float = 10) -> AgiSession:
        """Return the session number `count` when it has begun."""
        return await self._until(self.sessions, count, within)

    async def until_ended(self, within: float = 5) -> AgiSession:
        """Return the first session of the script `ended`, when it is over."""
        return await self._until(self.ended, 1, within)

    async def _until(self, sessions: list[AgiSession], count: int, within: float) -> AgiSession:
        async with Deadline(within):
            while len(sessions) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return sessions[count - 1]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = AgiSession({}, reader, writer)
        try:
            while line := (await reader.readline()).decode().strip():
                name, _, value = line.partition(": ")
                session.request[name] = value
            await self._run(session)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the caller has gone, or the test has ended
        except BaseException as error:  # noqa: BLE001 - an assertion in a script fails the test, not this task
            self.errors.append(error)
        finally:
            self._arrived.set()
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)

    async def _run(self, session: AgiSession) -> None:
        if session.request["agi_network_script"] == "ended":
            session.request["outcome"] = await session.variable("IVRCTL_OUTCOME")
            session.request["held"] = await session.variable("QEHOLDTIME")
            await session.send("SET VARIABLE IVRCTL_NEXT told")
            self.ended.append(session)
            return
        self.sessions.append(session)
        self._arrived.set()
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        await script(session)


@pytest.fixture(scope="session")
def agi_address() -> tuple[str, int]:
    """Where the session's PBX looks for its controller: a port below those that the kernel gives to connections."""
    return LOOPBACK, free_tcp_port(10_000 + os.getpid() % 20_000)


@pytest.fixture(scope="session")
def pbx(agi_address: tuple[str, int]) -> Iterator[Pbx]:
    """One PBX for all live tests of this process, with ports of its own."""
    name = f"test-{os.getpid()}"
    started = up(name, agi=agi_address)
    sounds.give(started)
    yield started
    keep = os.environ.get("IVRCTL_KEEP")
    down(name)
    if keep:
        shutil.copytree(started.folder / "log", Path(keep) / name, dirs_exist_ok=True)
    shutil.rmtree(started.folder)


@pytest.fixture
async def controller(agi_address: tuple[str, int]) -> AsyncIterator[ScriptedController]:
    """A scripted controller; a script's failed assertion fails the test."""
    scripted = ScriptedController(agi_address)
    yield scripted
    await scripted.close()
    if scripted.errors:
        raise scripted.errors[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let fixtures see whether their test has failed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


_FAILED: pytest.StashKey[bool] = pytest.StashKey()


@dataclass
class Phones:
    """Makes the phones of a test; they hang up when it ends."""

    pbx: Pbx
    folder: Path
    stack: AsyncExitStack
    made: int = 0

    async def caller(self, number: str = "13800138000") -> Softphone:
        """Return a phone in the public network."""
        return await self.stack.enter_async_context(Softphone.caller(self.pbx, number, folder=self._next(number)))

    async def agent(self, extension: str) -> Softphone:
        """Return an agent's phone, registered."""
        return await self.stack.enter_async_context(Softphone.agent(self.pbx, extension, folder=self._next(extension)))

    def _next(self, name: str) -> Path:
        self.made += 1
        return self.folder / f"{self.made}-{name}"


@pytest.fixture
async def phones(pbx: Pbx, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Phones]:
    """Softphones; when the test fails, their sound and logs and the PBX's log are kept, and it is said where."""
    async with AsyncExitStack() as stack:
        yield Phones(pbx, tmp_path, stack)
    if request.node.stash.get(_FAILED, default=True):
        shutil.copy(pbx.log, tmp_path / "asterisk.log")
        kept = tmp_path
        if keep := os.environ.get("IVRCTL_KEEP"):
            kept = Path(keep) / request.node.name.replace("/", "-")
            shutil.copytree(tmp_path, kept, dirs_exist_ok=True)
        request.node.add_report_section("teardown", "kept", f"sound and logs: {kept}")
        print(f"sound and logs of the failed call: {kept}")  # noqa: T201 - pytest shows it with the failure
