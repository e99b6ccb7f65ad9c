"""The engine ``agi``: for every scenario a FastAGI server of its own, and a fake Asterisk that calls it."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from ivrctl.adapters.fastagi_server import FastAgiServer
from ivrctl.flow.program import Program
from ivrctl.testkit.engines.agi.prompts import PaperPrompts
from ivrctl.testkit.engines.agi.stage import AgiStage
from ivrctl.testkit.engines.stage import Stage
from ivrctl.testkit.engines.watched import Time, WatchedRunner
from ivrctl.testkit.fake_asterisk import FakeAsterisk, QueueSetup, VirtualClock
from ivrctl.testkit.scenario import Scenario

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
        asterisk = FakeAsterisk(address, prompts.length_of, clock=clock, queues=self._queues(scenario))
        caller = asterisk.call(str(scenario.caller.dials), ani=str(scenario.caller.from_ or ""))
        watched.on_change.append(caller.channel.changed)
        return AgiStage(scenario, asterisk, server, caller, watched)

    async def clear(self, stage: Stage) -> None:
        """Hang up whatever still stands, and stop the server."""
        if isinstance(stage, AgiStage):
            await stage.asterisk.close()
            await stage.server.close()

    def _queues(self, scenario: Scenario) -> Mapping[str, QueueSetup]:
        """The queues as queues.conf has them: without members, they let nobody in."""
        queues = {
            str(name): QueueSetup("".join(queue.keys), is_empty=not scenario.members_of(name))
            for name, queue in self.program.site.queues.items()
        }
        return {**queues, FALLBACK_QUEUE: QueueSetup()}
