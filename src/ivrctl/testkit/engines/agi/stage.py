"""The stage of the fake Asterisk: its caller, its agents, its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ivrctl.adapters.fastagi_server import FastAgiServer
from ivrctl.lang.source import Span
from ivrctl.model.call import Ending
from ivrctl.model.values import Value
from ivrctl.service.legs import outcome_of
from ivrctl.testkit import fake_asterisk as fake
from ivrctl.testkit.engines.log import CallLog, Heard, Stay, longest_silence
from ivrctl.testkit.engines.stage import RETRY_SECONDS
from ivrctl.testkit.engines.watched import WatchedRunner
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.script import By

RECORD_SECONDS = 2.0
"""Real seconds until the record of a call that has ended must be there: it is made without waiting for anything."""


@dataclass(frozen=True, slots=True)
class AgiScene:
    """What a stage is set with."""

    scenario: Scenario
    asterisk: fake.FakeAsterisk
    server: FastAgiServer
    queues: dict[str, fake.QueueSetup]
    """Those that the fake Asterisk has, as they stand now."""


class AgiStage:
    """One call of the fake Asterisk."""

    def __init__(self, scene: AgiScene, caller: fake.Caller, watched: WatchedRunner) -> None:
        """Made by the engine."""
        self.log: CallLog = watched.log
        self.asterisk = scene.asterisk
        self.server = scene.server
        self._scenario = scene.scenario
        self._queues = scene.queues
        self._signed_off: set[str] = set()
        self._caller = caller
        self._watched = watched
        self._rings_again: dict[str, float] = {}
        caller.channel.on_change.append(self._look)

    @property
    def now(self) -> float:
        """Seconds since the call began, on the fake Asterisk's clock."""
        return self._caller.channel.elapsed

    async def pass_time(self, until: float, is_enough: Callable[[], bool]) -> None:
        """Let the fake Asterisk's clock go on."""
        self._look()
        if self.now < until and not is_enough():
            await self._caller.wait_until(lambda: is_enough() or self.now >= until, at=until)

    def is_over(self, heard: Heard) -> bool:
        """Whether the prompt has ended: the command that says it tells, where it ends with it."""
        return not heard.is_running

    async def press(self, key: str) -> None:
        """The caller presses a key; nobody may be listening."""
        self._caller.press_now(key)

    async def hang_up(self) -> None:
        """The caller hangs up."""
        self._caller.hang_up()
        self.log.end(By.CALLER, self.now, "")

    def is_ringing(self, agent: str) -> bool:
        """Whether an agent's phone rings."""
        stay = self.log.stay
        is_rung = stay is not None and stay.agent is None and agent in stay.rings
        return is_rung and self._rings_again.get(agent, 0.0) <= self.now

    async def answer(self, agent: str) -> None:
        """The agent answers."""
        self._caller.stays[-1].answer(agent)

    async def refuse(self, agent: str) -> None:
        """The agent refuses: a queue rings again after a while, a dial is over."""
        stay = self._caller.stays[-1]
        if stay.application is fake.Application.DIAL:
            stay.end("BUSY")
            return
        again = self._rings_again[agent] = self.now + RETRY_SECONDS
        channel = self._caller.channel
        channel.clock.call_at(channel.began + again, channel.changed)

    async def sign_off(self, agent: str) -> None:
        """The agent's phone rings no more; a queue that has nobody left takes nobody in, and lets its caller go."""
        self._signed_off.add(agent)
        for name, queue in self._queues.items():
            if agent in self._scenario.members_of(name) and not self._members_of(name):
                self._queues[name] = replace(queue, is_empty=True)
        stay = self.log.stay
        if stay is not None and stay.application == "queue" and stay.agent is None:
            stay.rings = self._members_of(stay.target)
            if not stay.rings:
                self._caller.stays[-1].end("LEAVEEMPTY")

    async def agent_hangs_up(self, agent: str) -> None:
        """The agent hangs up."""
        if self.log.stay is not None and self.log.stay.agent == agent:
            self.log.stay.is_ended_by_agent = True
        self._caller.stays[-1].agent_hangs_up()

    async def transfer(self, _agent: str, line: str) -> None:
        """The agent transfers the caller."""
        self._caller.stays[-1].transfer(line)

    async def talk(self, seconds: float) -> None:
        """They talk: time passes."""
        talk = self.log.stay
        await self.pass_time(self.now + seconds, lambda: talk is None or not talk.is_on)

    async def speak(self, seconds: float) -> None:
        """He speaks: time passes."""
        message = self.log.stay
        await self.pass_time(self.now + seconds, lambda: message is None or not message.is_on)

    def change(self, settings: Mapping[str, Value]) -> None:
        """Legs that begin have the new values."""
        self._watched.versions.change(settings)

    def _members_of(self, queue: str) -> tuple[str, ...]:
        return tuple(agent for agent in self._scenario.members_of(queue) if agent not in self._signed_off)

    async def settle(self) -> None:
        """Wait for the record of the last leg."""
        if self.log.ended is not By.CALLER or self.log.ending:
            return
        record = await self._watched.until_recorded(RECORD_SECONDS)
        if record is None:
            self.log.faults.append("there is no record of the call")
        else:
            self.log.ending, self.log.reason = str(record.ending), record.reason

    def longest_silence(self) -> float:
        """From the prompts that were played."""
        return longest_silence(self.log, self.log.ended_at)

    def unheard(self, _met: Sequence[tuple[Span, str, Heard]]) -> None:
        """What is played is heard."""

    def keep(self) -> str | None:
        """There is no evidence beside the verdict."""
        return None

    # what the fake Asterisk shows

    def _look(self) -> None:
        """Take note of what has changed: stays, and the end."""
        if self.log.ended is not None:
            return
        if self._caller.is_in_fallback:
            self._end(By.FALLBACK, str(Ending.FALLBACK))
            return
        for index, stay in enumerate(self._caller.stays):
            self._mirror(index, stay)
        if self._caller.has_ended:
            self._end(By.FLOW, "")

    def _end(self, by: By, otherwise: str) -> None:
        record = self._watched.record
        ending, reason = (otherwise, "") if record is None else (str(record.ending), record.reason)
        self.log.end(by, self.now, ending, reason)

    def _mirror(self, index: int, stay: fake.Stay) -> None:
        if index == len(self.log.stays):
            self.log.stays.append(self._entered(stay))
        mirror = self.log.stays[index]
        mirror.agent = stay.agent
        if mirror.is_on and stay.outcome is not None:
            mirror.ended = self.now
            mirror.outcome = self._outcome(stay)

    def _entered(self, stay: fake.Stay) -> Stay:
        if stay.application is fake.Application.QUEUE:
            rings = self._members_of(stay.target)
            # The fake Asterisk shows an entry before it turns the caller away.
            turned_away = None if rings else self._scenario.refusal_of(stay.target)
            return Stay("queue", stay.target, stay.began, rings, priority=int(stay.priority or 0), outcome=turned_away)
        if stay.application is fake.Application.VOICEMAIL:
            return Stay("voicemail", stay.target, stay.began)
        site = self._watched.program.site
        agents = self._scenario.agents.items()
        phones = {name: str(agent.extension) for name, agent in agents}
        rings = tuple(name for name, extension in phones.items() if site.dial_string(extension) == stay.target)
        if not rings:
            # Not within this call: the dialplan is just entering Dial().
            self.asterisk.clock.call_at(self.asterisk.clock.now(), lambda: stay.end("CHANUNAVAIL"))
        return Stay("dial", phones[rings[0]] if rings else stay.target, stay.began, rings)

    def _outcome(self, stay: fake.Stay) -> str:
        """In the language's words; a caller who was transferred in a talk has been answered."""
        if stay.agent is not None:
            return "answered"
        return outcome_of(f"{stay.application}-0", stay.outcome or "")
