"""The engine ``live``: a controller in this process, a PBX that looks for it, and phones."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer
from ivrctl.adapters.pbx import Pbx, rx
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.errors import ConfigurationError
from ivrctl.flow.program import Program
from ivrctl.service.prompting import Prompts, build_all
from ivrctl.testkit.engines.live.phones import Phones, come_to_rest
from ivrctl.testkit.engines.live.prompts import KeptPrompts
from ivrctl.testkit.engines.live.stage import CallClock, Cast, LiveStage, Scene
from ivrctl.testkit.engines.stage import Stage, StageFault
from ivrctl.testkit.engines.watched import Time, WatchedRunner
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.softphone import SoftphoneError


class LiveEngine:
    """Plays scenarios one after the other through one PBX; its phones serve them all."""

    name = "live"

    def __init__(
        self, program: Program, pbx: Pbx, prompts: PromptLibrary, kept: Path, *, is_observed: bool = False
    ) -> None:
        """Play a site.

        Args:
            program: the site.
            pbx: runs, and looks for its controller at an address where nobody listens yet.
            prompts: lie where the PBX sees them.
            kept: where the evidence of failures goes, and the phones' folders.
            is_observed: verdicts say what was walked.
        """
        self.program = program
        self._is_observed = is_observed
        self._pbx = pbx
        self._library = prompts
        self._prompts: Prompts = prompts
        self._kept = kept
        self._phones = Phones(pbx, kept / "phones")
        self._watched: WatchedRunner | None = None
        self._server = FastAgiServer(self._serve, on_error=self._failed)
        self._played = 0

    async def __aenter__(self) -> Self:
        """Make all prompts, and listen where the PBX looks.

        Raises:
            ConfigurationError: somebody listens there already.
        """
        await build_all(self._library, self.program)
        try:
            sock = socket.create_server(self._pbx.agi)
        except OSError as error:
            host, port = self._pbx.agi
            raise ConfigurationError(
                f"cannot listen at {host}:{port}, where the PBX looks for its controller: {error.strerror}",
                advice=f"ss -ltnp 'sport = :{port}'",
            ) from error
        await self._server.start(sock)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the phones and the server."""
        await self._phones.close()
        await self._server.close()

    @contextmanager
    def speaking(self, prompts: Prompts) -> Iterator[None]:
        """Say what is said in other prompts for a while; what is heard is compared with *their* sounds."""
        former, self._prompts = self._prompts, prompts
        try:
            yield
        finally:
            self._prompts = former

    async def set_up(self, scenario: Scenario) -> LiveStage:
        """Log the agents in, and dial."""
        for queue, given in scenario.given.queues.items():
            if given.refusal is not None:
                raise StageFault(
                    f"the queue {queue} of a real Asterisk cannot be made {given.refusal}: play it in sim or agi"
                )
        self._played += 1
        folder = self._kept / f"{self._played:03}-{_slug(str(scenario.title))}"
        try:
            cast = await self._cast(scenario)
        except SoftphoneError as error:
            raise StageFault(str(error)) from error
        await self._log_agents(scenario, "queue add member {member} to {queue}")
        prompts = KeptPrompts(self._prompts, folder)
        clock = CallClock()
        time = Time(clock.seconds, asyncio.sleep)
        self._watched = WatchedRunner(scenario, self.program, prompts, time, is_observed=self._is_observed)
        stage = LiveStage(Scene(scenario, self._pbx, cast, folder), self._watched, prompts, clock)
        try:
            await stage.dial()
        except StageFault:
            await self.clear(stage)
            raise
        return stage

    async def clear(self, stage: Stage) -> None:
        """Hang up what still stands, and log the agents off."""
        if not isinstance(stage, LiveStage):
            return
        for phone in (stage.cast.caller, *stage.cast.agents.values()):
            await come_to_rest(phone)
        await self._log_agents(stage.scenario, "queue remove member {member} from {queue}")
        stage.discard()

    async def _cast(self, scenario: Scenario) -> Cast:
        number = scenario.caller.from_
        caller = await self._phones.caller(None if number is None else str(number))
        agents = {name: await self._phones.agent(str(agent.extension)) for name, agent in scenario.agents.items()}
        return Cast(caller, agents)

    async def _log_agents(self, scenario: Scenario, command: str) -> None:
        for queue, given in scenario.given.queues.items():
            for name in given.members:
                extension = str(scenario.agents[str(name)].extension)
                member = self.program.site.dial_string(extension)
                await asyncio.to_thread(rx, self._pbx, command.format(member=member, queue=queue))

    async def _serve(self, session: AgiSession) -> None:
        if self._watched is not None:
            await self._watched.serve(session)

    def _failed(self, session: AgiSession, error: Exception) -> None:
        if self._watched is not None:
            self._watched.failed(session, error)


def _slug(title: str) -> str:
    """A title as the name of a folder."""
    words: Iterable[str] = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words)[:60]
