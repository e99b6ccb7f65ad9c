"""The stage of the simulation: agents beside a simulated call, and time that is moved instead of waited for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from ivrctl.errors import ConfigurationError
from ivrctl.flow.commands import HandOffToDial, HandOffToQueue
from ivrctl.lang.source import Span
from ivrctl.model.values import Value
from ivrctl.testkit.engines.log import CallLog, Heard, Stay, longest_silence
from ivrctl.testkit.engines.sim.answers import GivenAnswers
from ivrctl.testkit.engines.sim.call import Doing, SimCall
from ivrctl.testkit.engines.stage import RETRY_SECONDS, StageFault
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.settings import next_version, with_settings


class SimStage:
    """One simulated call and its agents."""

    def __init__(self, scenario: Scenario, call: SimCall) -> None:
        """Use ``dialled`` to make one."""
        self._scenario = scenario
        self._call = call
        self.log: CallLog = call.log
        self._rings_again: dict[str, float] = {}
        """When the phone of an agent who refused rings again."""
        self._signed_off: set[str] = set()

    @classmethod
    async def dialled(cls, scenario: Scenario, make: Callable[[GivenAnswers], SimCall]) -> SimStage:
        """The stage of a call that has just begun.

        Raises:
            StageFault: it cannot begin.
        """
        faults: list[str] = []
        try:
            call = make(GivenAnswers(scenario.given, faults.append))
        except ConfigurationError as error:
            raise StageFault(str(error)) from error
        call.log.faults = faults
        stage = cls(scenario, call)
        await stage._after(await call.advance())
        return stage

    @property
    def now(self) -> float:
        """Seconds since the call began."""
        return self._call.elapsed

    async def pass_time(self, until: float, is_enough: Callable[[], bool]) -> None:
        """Move the clock from event to event."""
        call = self._call
        while call.elapsed < until and not is_enough():
            due = math.inf if call.doing is None else call.doing.due
            if due > until or self._is_talking:
                call.elapsed = self._next_ring(until)
            else:
                await self._after(await call.advance())

    def is_over(self, heard: Heard) -> bool:
        """Whether the prompt has ended: the command that says it tells, where it ends with it."""
        return not heard.is_running

    async def press(self, key: str) -> None:
        """The caller presses a key; while the line is being answered nobody listens."""
        doing = self._call.doing
        if doing is None or self.now < doing.since:
            return
        await self._call.press(key)
        await self._after(self._call.doing)

    async def hang_up(self) -> None:
        """The caller hangs up."""
        self._call.hang_up()

    def is_ringing(self, agent: str) -> bool:
        """Whether an agent's phone rings."""
        stay = self.log.stay
        is_rung = stay is not None and stay.agent is None and agent in stay.rings
        return is_rung and self._rings_again.get(agent, 0.0) <= self.now

    async def answer(self, agent: str) -> None:
        """The agent answers."""
        if self.log.stay is not None:
            self.log.stay.agent, self.log.stay.answered = agent, self.now

    async def refuse(self, agent: str) -> None:
        """The agent refuses: a queue rings again after a while, a dial is over."""
        if self.log.stay is not None and self.log.stay.application == "dial":
            await self._after(await self._call.hand_back("busy"))
        else:
            self._rings_again[agent] = self.now + RETRY_SECONDS

    async def sign_off(self, agent: str) -> None:
        """The agent's phone rings no more; a queue that has nobody left lets its caller go."""
        self._signed_off.add(agent)
        stay = self.log.stay
        if stay is not None and stay.application == "queue" and stay.agent is None:
            stay.rings = self._members_of(stay.target)
            if not stay.rings:
                await self._after(await self._call.hand_back("left"))

    async def agent_hangs_up(self, agent: str) -> None:
        """The agent hangs up, and the caller comes back to his flow."""
        if (stay := self.log.stay) is not None and stay.agent == agent:
            stay.is_ended_by_agent = True
            await self._after(await self._call.hand_back("answered"))

    async def transfer(self, agent: str, line: str) -> None:
        """The agent transfers the caller to a line."""
        if (stay := self.log.stay) is not None and stay.agent == agent:
            await self._after(await self._call.transfer(line))

    async def talk(self, seconds: float) -> None:
        """They talk: time passes."""
        await self.pass_time(self.now + seconds, lambda: not self._is_talking)

    async def speak(self, seconds: float) -> None:
        """He speaks from the tone on: time passes."""
        stay = self.log.stay
        begins = self.now if stay is None else max(self.now, stay.began)
        await self.pass_time(begins + seconds, lambda: stay is None or not stay.is_on)

    def change(self, settings: Mapping[str, Value]) -> None:
        """Legs that begin have the new values."""
        program = self._call.program
        self._call.program = with_settings(program, settings, next_version(program))

    async def settle(self) -> None:
        """Everything is known at once."""

    def longest_silence(self) -> float:
        """From the lengths that the prompts are taken to have."""
        return longest_silence(self.log, self.log.ended_at)

    def unheard(self, _met: Sequence[tuple[Span, str, Heard]]) -> None:
        """What is said is heard."""

    def keep(self) -> str | None:
        """There is no evidence beside the verdict."""
        return None

    @property
    def _is_talking(self) -> bool:
        return self.log.stay is not None and self.log.stay.is_talking

    def _next_ring(self, until: float) -> float:
        """The next moment at which a refused phone rings again, or ``until``."""
        return min((at for at in self._rings_again.values() if self.now < at < until), default=until)

    async def _after(self, doing: Doing | None) -> None:
        """A new command: see whom a hand-off rings; where it rings nobody, it is over at once."""
        while doing is not None:
            match doing.command:
                case HandOffToQueue(queue=queue):
                    rings, otherwise = self._members_of(queue), self._scenario.refusal_of(queue)
                case HandOffToDial(extension=extension):
                    rings, otherwise = self._phones_of(extension), "unavailable"
                case _:
                    return
            self._new_stay().rings = rings
            if rings:
                return
            doing = await self._call.hand_back(otherwise)

    def _new_stay(self) -> Stay:
        return self.log.stays[-1]

    def _members_of(self, queue: str) -> tuple[str, ...]:
        return tuple(agent for agent in self._scenario.members_of(queue) if agent not in self._signed_off)

    def _phones_of(self, extension: str) -> tuple[str, ...]:
        return tuple(name for name, agent in self._scenario.agents.items() if agent.extension == extension)
