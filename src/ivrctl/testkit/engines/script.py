"""The interpreter: plays the lines of a script on a stage, whichever engine's it is.

Every line has a deadline in the caller's time, so that a run ends whatever the flow does. The first line that is not
met ends the script.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ivrctl.lang.source import Span
from ivrctl.testkit.engines.log import Heard, Stay
from ivrctl.testkit.engines.stage import REACTION_SECONDS, Stage, StageFault
from ivrctl.testkit.scenario import CALLER, Scenario
from ivrctl.testkit.scenario.script import (
    Act,
    By,
    Does,
    Ends,
    Enters,
    Hears,
    Line,
    Presses,
    Sets,
    Speaks,
    Talks,
    Transfers,
    Waits,
)
from ivrctl.testkit.verdict import Failure, Written

T = TypeVar("T")

OVERTIME_SECONDS = 5.0
"""How long a prompt may go on beyond its own length until it is told that it has ended: a busy PBX begins late."""
SHOWN_PROMPTS = 3
"""The last prompts that a failed ``hears`` shows beside what it wanted."""


class Script:
    """One script on one stage."""

    def __init__(self, scenario: Scenario, stage: Stage) -> None:
        self._scenario = scenario
        self._stage = stage
        self._log = stage.log
        self._listened = 0
        """Index of the first prompt that a ``hears`` has not passed yet."""
        self._entered = 0
        """Index of the first stay that an ``enters`` has not passed yet."""
        self.met: list[tuple[Span, str, Heard]] = []
        """The lines that were met by hearing: their place, the line, the prompt."""
        self.written: list[Written] = []
        """All lines, with the times at which they were met."""

    async def play(self) -> Failure | None:
        """Play all lines; the first that was not met, or None."""
        failure: Failure | None = None
        for line in self._scenario.script:
            acts, now = len(self._log.acts), self._stage.now
            if failure is None:
                failure = await self._failure(line)
            at = None if failure is not None else self._met_at(line, acts, now)
            self.written.append(Written(line.written, self._noted_by(line), at))
        return failure

    async def _failure(self, line: Line) -> Failure | None:
        try:
            await self._play(line)
        except StageFault as fault:
            return Failure(str(line.span), line.written, str(fault))
        return None

    def _noted_by(self, line: Line) -> str:
        """Who notes in the transcript what meets a line."""
        match line.kind:
            case Hears():
                return "ivr"
            case Enters():
                return "queue"
            case Ends():
                return "call"
            case Waits() | Sets():
                return ""
            case Does(act=act) if act is not Act.HANGS_UP:
                return self._scenario.agent_of(line)
            case Transfers():
                return self._scenario.agent_of(line)
            case _:
                return str(line.who or CALLER)

    def _met_at(self, line: Line, acts: int, now: float) -> float:
        """When a line was met that has been met: the beginning of what was heard, entered or done.

        Args:
            line: of the script.
            acts: how many acts had been noted before it.
            now: when its turn came.
        """
        match line.kind:
            case Hears():
                return self.met[-1][2].began
            case Enters():
                return self._log.stays[self._entered - 1].began
            case Ends():
                return self._log.ended_at
            case _:
                return self._log.acts[acts].at if len(self._log.acts) > acts else now

    async def _play(self, line: Line) -> None:
        match line.kind:
            case Hears(text=text):
                await self._hears(text, line)
            case Presses(keys=keys):
                await self._presses(keys, line)
            case Waits() | Sets():
                await self._nobody(line.kind)
            case Does(act=act):
                await self._does(act, line)
            case Enters(queue=queue, priority=priority):
                await self._enters(queue, priority, line)
            case Transfers(to=to):
                await self._transfers(to, line)
            case Talks(seconds=seconds):
                await self._talks(seconds)
            case Speaks(seconds=seconds):
                await self._speaks(seconds, line)
            case Ends():
                await self._ends(line.kind, line)

    async def _nobody(self, kind: Waits | Sets) -> None:
        """What happens by itself: time passes, the site is changed."""
        if isinstance(kind, Sets):
            self._stage.change(kind.values)
        else:
            await self._stage.pass_time(self._stage.now + kind.seconds, lambda: False)

    # the caller

    async def _hears(self, text: str, line: Line) -> None:
        """Listen until a prompt with the text has been heard to its end; it begins within the line's time."""
        stage, log = self._stage, self._log
        deadline = stage.now + line.within.total_seconds()
        while True:
            index = self._next_prompt(text)
            if index is None:
                if log.ended is not None or stage.now >= deadline:
                    raise StageFault(self._instead())
                await stage.pass_time(deadline, lambda: self._next_prompt(text) is not None or log.ended is not None)
                continue
            heard = log.heard[index]
            if heard.began > deadline:
                raise StageFault(f"it begins {heard.began - deadline:.1f} s too late")
            await stage.pass_time(heard.ends, partial(_is_cut, heard))
            await stage.pass_time(stage.now + OVERTIME_SECONDS, partial(stage.is_over, heard))
            if heard.cut_at is None:
                self._listened = index + 1
                self.met.append((line.span, line.written, heard))
                return

    def _next_prompt(self, text: str) -> int | None:
        heard = self._log.heard
        return next(
            (
                index
                for index in range(self._listened, len(heard))
                if heard[index].cut_at is None and text in heard[index].written
            ),
            None,
        )

    def _instead(self) -> str:
        """What the caller heard since the last prompt that he waited for."""
        since = [f"“{heard.written}”" for heard in self._log.heard[self._listened :]][-SHOWN_PROMPTS:]
        heard = "heard instead " + ", ".join(since) if since else "nothing was heard"
        return f"{heard}; {self._state()}"

    def _state(self) -> str:
        """Where the caller is now, in words."""
        log = self._log
        if log.ended is not None:
            return f"the call is over by {log.ended}, {log.ending or 'without a record'}"
        if log.stay is None:
            return "the call goes on"
        return f"the caller is in {log.stay.application} {log.stay.target}" + (
            f" with {log.stay.agent}" if log.stay.is_talking else ""
        )

    async def _presses(self, keys: str, line: Line) -> None:
        await self._first_sound(line)
        for key in keys:
            await self._react()
            self._refuse_if_over(f"to press {key}")
            self._log.act(self._stage.now, CALLER, f"presses {key}")
            await self._stage.press(key)
        self._pass_over()

    async def _first_sound(self, line: Line) -> None:
        """Wait until the first prompt or stay begins: before it the call is not answered, and keys are lost."""
        log = self._log
        if await self._until(lambda: log.heard or log.stays or None, line):
            began = min([heard.began for heard in log.heard[:1]] + [stay.began for stay in log.stays[:1]])
            await self._stage.pass_time(began, lambda: log.ended is not None)

    async def _react(self) -> None:
        """Nobody acts in the very moment in which a prompt ends or a phone begins to ring."""
        await self._stage.pass_time(self._stage.now + REACTION_SECONDS, lambda: False)

    async def _hangs_up(self) -> None:
        await self._react()
        self._refuse_if_over("to hang up")
        self._log.act(self._stage.now, CALLER, "hangs up")
        await self._stage.hang_up()

    def _refuse_if_over(self, what: str) -> None:
        if self._log.ended is not None:
            raise StageFault(f"too late {what}: {self._state()}")

    def _pass_over(self) -> None:
        """What was heard to its end before somebody acted is not what comes of it."""
        now, heard = self._stage.now, self._log.heard
        while self._listened < len(heard) and heard[self._listened].ends <= now:
            self._listened += 1

    # queues, agents, talks

    async def _enters(self, queue: str, priority: int | None, line: Line) -> None:
        stay = await self._until(lambda: self._next_stay(queue), line)
        if stay is None:
            raise StageFault(f"not in the queue {queue}; {self._state()}")
        if priority is not None and stay.priority != priority:
            raise StageFault(f"enters {queue} with priority {stay.priority}, not {priority}")
        self._entered = self._log.stays.index(stay) + 1

    def _next_stay(self, queue: str) -> Stay | None:
        stays = self._log.stays[self._entered :]
        return next((stay for stay in stays if stay.target == queue and stay.was_let_in), None)

    async def _does(self, act: Act, line: Line) -> None:
        if act is Act.HANGS_UP and line.who in {None, CALLER}:
            await self._hangs_up()
            return
        agent = self._scenario.agent_of(line)
        if act is Act.SIGNS_OFF:
            await self._react()
            self._log.act(self._stage.now, agent, "signs off")
            await self._stage.sign_off(agent)
        elif act is Act.HANGS_UP:
            await self._react()
            self._needs_talk_with(agent)
            self._log.act(self._stage.now, agent, "hangs up")
            await self._stage.agent_hangs_up(agent)
        else:
            if not await self._until(lambda: self._stage.is_ringing(agent) or None, line):
                raise StageFault(f"the phone of {agent} does not ring; {self._state()}")
            await self._react()
            self._log.act(self._stage.now, agent, str(act))
            await (self._stage.answer(agent) if act is Act.ANSWERS else self._stage.refuse(agent))
        self._pass_over()

    async def _transfers(self, to: str, line: Line) -> None:
        agent = self._scenario.agent_of(line)
        await self._react()
        self._needs_talk_with(agent)
        self._log.act(self._stage.now, agent, f"transfers to {to}")
        await self._stage.transfer(agent, to)
        self._pass_over()

    def _needs_talk_with(self, agent: str) -> None:
        stay = self._log.stay
        if stay is None or stay.agent != agent:
            raise StageFault(f"{agent} does not talk with the caller; {self._state()}")

    async def _talks(self, seconds: float) -> None:
        talk = self._log.stay
        if talk is None or not talk.is_talking:
            raise StageFault(f"nobody talks with the caller; {self._state()}")
        self._log.act(self._stage.now, CALLER, f"talks with {talk.agent} for {seconds:g} s")
        await self._stage.talk(seconds)
        if not talk.is_on:
            raise StageFault(f"the talk ended early; {self._state()}")

    async def _speaks(self, seconds: float, line: Line) -> None:
        stay = await self._until(self._message, line)
        if stay is None:
            raise StageFault(f"no message is recorded; {self._state()}")
        self._log.act(self._stage.now, CALLER, f"speaks for {seconds:g} s")
        await self._stage.speak(seconds)
        if not stay.is_on:
            raise StageFault(f"the message ended early; {self._state()}")
        self._pass_over()

    def _message(self) -> Stay | None:
        stay = self._log.stay
        return stay if stay is not None and stay.application == "voicemail" else None

    # the end

    async def _ends(self, wanted: Ends, line: Line) -> None:
        if await self._until(lambda: self._log.ended, line) is None:
            raise StageFault(self._state())
        await self._stage.settle()
        if wanted.by is not None and wanted.by not in self._ended_by():
            raise StageFault(f"it ended by {self._log.ended}: {self._log.reason or self._log.ending}")
        if wanted.as_ is not None and wanted.as_ != self._log.ending:
            raise StageFault(f"it ended as {self._log.ending or 'nothing: there is no record of it'}")

    def _ended_by(self) -> set[By | None]:
        """Who ended the call; when an agent hung up and nothing was said after it, he did as well as the flow."""
        log = self._log
        last = log.stays[-1] if log.stays else None
        is_by_agent = (
            log.ended is By.FLOW
            and last is not None
            and last.is_ended_by_agent
            and not any(heard.began >= (last.ended or 0.0) for heard in log.heard)
        )
        return {log.ended, By.AGENT} if is_by_agent else {log.ended}

    async def _until(self, found: Callable[[], T | None], line: Line) -> T | None:
        """Let time pass until something is found; None when it is not within the line's time, or the call is over."""
        deadline = self._stage.now + line.within.total_seconds()
        await self._stage.pass_time(deadline, lambda: found() is not None or self._log.ended is not None)
        return found()


def _is_cut(heard: Heard) -> bool:
    return heard.cut_at is not None
