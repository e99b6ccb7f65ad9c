"""The engine ``agi``: for every scenario a FastAGI server of its own, and a fake Asterisk that calls it."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Self

from ivrctl.adapters.fastagi_server import FastAgiServer
from ivrctl.flow.program import Program
from ivrctl.testkit.engines.agi.prompts import PaperPrompts
from ivrctl.testkit.engines.agi.stage import AgiScene, AgiStage
from ivrctl.testkit.engines.stage import Stage
from ivrctl.testkit.engines.watched import Time, WatchedRunner
from ivrctl.testkit.fake_asterisk import FakeAsterisk, QueueSetup, VirtualClock
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.given import Refusal

FALLBACK_QUEUE = "front-desk"
"""Where the dialplan's fallback leg leads: it is the PBX's, not the site's."""


class AgiEngine:
    """Plays scenarios over a loopback socket, in time that jumps."""

    name = "agi"

    def __init__(self, program: Program, *, is_observed: bool = False) -> None:
        """Play a site; where it is observed, verdicts say what was walked."""
        self.program = program
        self._is_observed = is_observed

    async def __aenter__(self) -> Self:
        """Nothing is shared: every scenario has a server of its own."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    async def set_up(self, scenario: Scenario) -> AgiStage:
        """Start a server, and have the fake Asterisk call it."""
        clock, prompts = VirtualClock(), PaperPrompts()
        time = Time(clock.now, clock.sleep)
        watched = WatchedRunner(scenario, self.program, prompts, time, is_observed=self._is_observed)
        server = FastAgiServer(watched.serve, on_error=watched.failed)
        sock = socket.create_server(("127.0.0.1", 0))
        address = sock.getsockname()
        await server.start(sock)
        queues = self._queues(scenario)
        asterisk = FakeAsterisk(address, prompts.length_of, clock=clock, queues=queues)
        caller = asterisk.call(str(scenario.caller.dials), ani=str(scenario.caller.from_ or ""))
        watched.on_change.append(caller.channel.changed)
        return AgiStage(AgiScene(scenario, asterisk, server, queues), caller, watched)

    async def clear(self, stage: Stage) -> None:
        """Hang up whatever still stands, and stop the server."""
        if isinstance(stage, AgiStage):
            await stage.asterisk.close()
            await stage.server.close()

    def _queues(self, scenario: Scenario) -> dict[str, QueueSetup]:
        """The queues as queues.conf has them: without members, they let nobody in."""
        queues = {FALLBACK_QUEUE: QueueSetup()}
        for name, queue in self.program.site.queues.items():
            refusal = scenario.refusal_of(name)
            is_full = refusal == Refusal.FULL
            if refusal != Refusal.FAILED:
                is_empty = not is_full and not scenario.members_of(name)
                queues[str(name)] = QueueSetup("".join(queue.keys), is_empty=is_empty, is_full=is_full)
        return queues
