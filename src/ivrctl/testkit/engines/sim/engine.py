"""The engine ``sim``: every scenario a simulated call."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from ivrctl.flow.coverage import Walk
from ivrctl.flow.program import Program
from ivrctl.testkit.engines.sim.call import SimCall
from ivrctl.testkit.engines.sim.stage import SimStage
from ivrctl.testkit.engines.stage import Stage
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.notices import standing_notices
from ivrctl.testkit.scenario.settings import with_settings


class SimEngine:
    """Plays scenarios on the flow's engine alone."""

    name = "sim"

    def __init__(self, program: Program, *, is_observed: bool = False) -> None:
        """Play a site; where it is observed, verdicts say what was walked."""
        self.program = program
        self._is_observed = is_observed

    async def __aenter__(self) -> Self:
        """Nothing is shared."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    async def set_up(self, scenario: Scenario) -> SimStage:
        """Dial."""
        caller = scenario.caller
        program = with_settings(self.program, scenario.given.settings, self.program.version)
        return await SimStage.dialled(
            scenario,
            lambda answers: SimCall(
                program,
                caller.dials,
                caller.from_ or "",
                answers,
                scenario.at,
                notices=standing_notices(scenario.given.notices, program, scenario.at),
                queues=scenario.given.queue_facts,
                off_peak=scenario.given.quiet,
                walk=Walk() if self._is_observed else None,
            ),
        )

    async def clear(self, stage: Stage) -> None:
        """Nothing is open."""
