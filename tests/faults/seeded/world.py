"""What a seeded run has: a site, its controllers and their parent, a fake Asterisk, who is asked, who looks.

What looks afterwards is none of ivrctl's: ``sqlite3``, ``/proc``, every file that is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ivrctl.adapters.deadline import Deadline
from ivrctl.testkit.fake_ami import AppQueue, FakeAmi
from ivrctl.testkit.fake_asterisk import DialplanGlobals, FakeAsterisk, ScaledClock
from ivrctl.testkit.interface_server import InterfaceServer
from ivrctl.web.client import ask

from ..matrix import CallSeen, Evidence, Vitals
from ..reading import Reading, texts_of_sounds
from ..way import LOOPBACK
from . import site as texts
from .callers import OnePhone, Persona, all_of, dial, personas
from .charge import Charge
from .process import WITHIN, Controller, Nursery
from .settings import Settings
from .wire import Wire

SPEED = 40.0
"""So many seconds of callers in one real second: a controller that is replaced takes two to four of them."""
MUCH_LATER = 23.5 * 3600
"""Seconds behind everything: legs that nobody has heard of again have their record by then."""
LOOK_EVERY = 0.05
"""Seconds between looks at what tells nobody: files and processes."""
RESTS_WITHIN = 10.0
"""Seconds from the last call until a controller holds no more than before the first."""
WARMING = -1
"""The seed of those who call before anything is broken."""
PARALLEL = 10
"""Callers at one time; more would only wait for the processor."""


class World:
    """See the module. Made by ``opened``."""

    def __init__(self, settings: Settings, nursery: Nursery, crm: InterfaceServer, ami: FakeAmi) -> None:
        folder, server = settings.folder, settings.server
        self.folder, self.crm, self.ami, self.leg_seconds = folder, crm, ami, settings.leg_seconds
        databases = texts.FILES if server is None else texts.SERVER
        self.site = texts.write(folder, crm=crm.url, ami=ami.address[1], databases=databases)
        self.state = folder / "state"
        self.state.mkdir(mode=0o700, exist_ok=True)
        self.reading = Reading(folder, server=server)
        self.clock = folder / "clock"
        self.clock.write_bytes(struct.pack("d", 0.0))
        self.secrets = texts.CANARIES | ({} if server is None else texts.make_in(server))
        self.charge = Charge(self.site, self.state, self.secrets, clock=self.clock if settings.is_clock_set else None)
        self.controller: Controller | None = None
        self.exits: list[int] = []
        """Of the controllers that were told to leave."""
        self.personas: list[Persona] = []
        self.calls: list[CallSeen] = []
        self.texts: dict[str, str] = {}
        self._nursery = nursery
        agi = socket.create_server((LOOPBACK, 0), backlog=512)
        api = socket.socket(socket.AF_UNIX)
        api.bind(str(self.state / "api.sock"))
        api.listen(64)
        self.sockets = {"agi": agi, "api": api}
        self.wire = Wire(agi.getsockname())
        self._parent: asyncio.Future[None] | None = None
        self._starting: asyncio.Future[Controller] | None = None
        self._serves = asyncio.Event()
        self.vitals_before: Vitals | None = None
        self._watched_pid = 0
        self._furthest = 0.0
        self._under_way: list[asyncio.Future[object]] = []

    # who serves

    def keep_serving(self) -> None:
        """Be the parent from here on: a controller that dies is replaced at once."""
        self._parent = asyncio.ensure_future(self._replace())

    async def _replace(self) -> None:
        while True:
            if self.controller is None or not self.controller.is_alive:
                self._starting = asyncio.ensure_future(self.start())
                self.controller = await asyncio.shield(self._starting)
                self._starting = None
            serving = self.controller
            if await serving.until_accepting():
                self._serves.set()
            await serving.until_over()
            if self.controller is serving:
                self._serves.clear()

    async def succeed(self) -> None:
        """Be the parent that is told to reload: the old controller leaves when a new one serves."""
        new = await self.start()
        if await new.until_serving():
            old, self.controller = self.controller, new
            if old is not None:
                self.leaving(old)

    async def stop_replacing(self) -> None:
        """Be the parent no longer; what serves goes on, also one that is being started."""
        if self._parent is not None:
            self._parent.cancel()
            await asyncio.gather(self._parent, return_exceptions=True)
            self._parent = None
        if self._starting is not None:
            starting, self._starting = self._starting, None
            self.controller = await starting

    async def start(self, **changes: object) -> Controller:
        """One more controller."""
        return await self._nursery.start(replace(self.charge, **changes), self.sockets)  # type: ignore[arg-type]

    async def go_away(self) -> None:
        """Parent and controller are killed: nobody listens any more."""
        await self.stop_replacing()
        self.wire.stop_listening()
        if self.controller is not None:
            await self.controller.kill()
        self._serves.clear()

    async def come_back(self) -> None:
        """They are started again."""
        await self.wire.listen()
        self.keep_serving()

    async def until_serving(self) -> Controller:
        """The one that takes calls."""
        async with Deadline(WITHIN):
            await self._serves.wait()
        assert self.controller is not None
        return self.controller

    def leaving(self, controller: Controller) -> None:
        """Tell one to leave, and do not wait for it."""
        self.later(self.dismiss(controller))

    def later(self, what: Coroutine[None, None, object]) -> asyncio.Future[object]:
        """Let something go on beside the calls; what is found afterwards is looked for when it is over."""
        self._under_way.append(asyncio.ensure_future(what))
        return self._under_way[-1]

    async def dismiss(self, controller: Controller) -> int:
        """Tell one to leave its calls to a successor; how it ended."""
        controller.send(signal.SIGTERM)
        code = await controller.ended()
        if not controller.was_killed:
            self.exits.append(code)
        return code

    # who calls

    @asynccontextmanager
    async def called(self) -> AsyncIterator[None]:
        """A fake Asterisk whose controller is behind the wire."""
        clock, numbers = ScaledClock(speed=SPEED), DialplanGlobals(leg_seconds=self.leg_seconds)
        async with FakeAsterisk(self.wire.address, _length, clock=clock, numbers=numbers) as self.asterisk:
            yield

    def dial(self, persona: Persona) -> OnePhone:
        """Somebody calls; his call begins when it is awaited."""
        self.personas.append(persona)
        return dial(self.asterisk, persona, self.texts)

    async def warm_up(self) -> None:
        """As many calls at once as there will be, to fill what is filled once; then look how much is held."""
        controller = await self.until_serving()
        manifest = self.site / "sounds" / "manifest.jsonl"
        await self._until(lambda: manifest.exists() and all(said in manifest.read_text() for said in texts.SAID))
        self.texts = texts_of_sounds(self.site / "sounds", f"{self.site}/sounds")
        self.calls += await all_of([self.dial(persona) for persona in personas(WARMING, PARALLEL)])
        self._watched_pid = controller.pid
        self.vitals_before = await self.vitals(controller)

    async def vitals(self, controller: Controller) -> Vitals | None:
        """What a controller holds now; None where nobody may look."""
        told = self.state / "tasks"
        told.unlink(missing_ok=True)
        controller.send(signal.SIGUSR1)
        await self._until(told.exists)
        return self.reading.vitals(controller.pid, int(told.read_text()))

    # what is found afterwards

    async def evidence(self) -> Evidence:
        """Let everything come to its end, and look."""
        await asyncio.gather(*self._under_way)
        vitals = await self._vitals_behind()
        await self.stop_replacing()
        if self.controller is not None and self.controller.is_alive:
            await self.dismiss(self.controller)
        await self._close_everything()
        records = self.reading.records()
        return Evidence(
            calls=self.calls,
            records=records,
            taken=frozenset(self.wire.taken),
            tickets=self.reading.tickets(),
            noted=texts.NOTED,
            swept=self.reading.swept(self._secrets()),
            vitals=vitals,
            exits=self.exits,
            remarks=[f"the controllers warned of: {told}"] if (told := self.reading.warned()) else [],
        )

    def _secrets(self) -> dict[str, str]:
        """What must stand nowhere, and what each is."""
        secrets = {value: name for name, value in self.secrets.items()}
        return secrets | {persona.pin: f"the PIN of seed {persona.seed}" for persona in self.personas}

    async def _vitals_behind(self) -> tuple[Vitals, Vitals] | None:
        controller = self.controller
        if self.vitals_before is None or controller is None or not controller.is_alive:
            return None
        if controller.pid != self._watched_pid:
            return None
        for _ in range(round(RESTS_WITHIN / LOOK_EVERY)):
            after = await self.vitals(controller)
            if after is None:
                return None
            if not after.too_much(self.vitals_before):
                break
            await asyncio.sleep(LOOK_EVERY)
        return self.vitals_before, after

    async def _close_everything(self) -> None:
        """A controller of a day later hands in what those before it could not."""
        await self._until_delivered()
        self.set_clock(self._furthest + MUCH_LATER)
        closing = await self.start(clock=self.clock)
        await closing.until_serving()
        wanted = {leg for call in self.calls for leg in call.legs if leg in self.wire.taken}
        with contextlib.suppress(TimeoutError):
            await self._until(lambda: wanted <= {record["leg"] for record in self.reading.records()}, 5.0)
        await self.dismiss(closing)

    async def _until_delivered(self) -> None:
        """What was submitted is where it is to be; a fresh controller tries at once what the former could not."""
        if self.reading.waiting():
            last = await self.start()
            await last.until_serving()
            with contextlib.suppress(TimeoutError):
                await self._until(lambda: not self.reading.waiting(), 20.0)
            await self.dismiss(last)

    def set_clock(self, ahead: float) -> None:
        """Set the clock of those that follow it, to so many seconds ahead."""
        self._furthest = max(self._furthest, ahead)
        with self.clock.open("r+b") as opened:
            opened.write(struct.pack("d", ahead))

    async def ask(self, path: str, method: str = "GET", body: dict[str, object] | None = None) -> dict[str, object]:
        """Ask the API."""
        return await asyncio.to_thread(ask, self.state / "api.sock", path, method, body=body)

    @staticmethod
    async def _until(holds: Callable[[], bool], within: float = WITHIN) -> None:
        async with Deadline(within):
            while not holds():  # noqa: ASYNC110 - files and processes of others tell nobody
                await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def opened(folder: Path, **settings: Any) -> AsyncIterator[World]:
    """A world whose controller serves, with ``Settings``; nothing of it is left but its folder."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything runs on the loop
    async with (
        Nursery() as nursery,
        InterfaceServer() as crm,
        FakeAmi(AppQueue({texts.QUEUE: {}}), secret=texts.CANARIES["IVRCTL_AMI_SECRET"]) as ami,
    ):
        world = World(Settings(folder, **settings), nursery, crm, ami)
        async with world.wire, world.called():
            world.keep_serving()
            try:
                await world.warm_up()
                yield world
            finally:
                await world.stop_replacing()
                for each in world.sockets.values():
                    each.close()
                shutil.rmtree(folder / "site" / "sounds", ignore_errors=True)


def _length(file: str) -> float | None:
    """How long a file plays, as fast callers hear it; None for one that is not there."""
    path = Path(f"{file}.wav")
    try:
        # 16 bit, 8 kHz, behind a header of 44 bytes.
        return (path.stat().st_size - 44) / 16_000
    except OSError:
        return 1.0 if not file.startswith("/") else None
