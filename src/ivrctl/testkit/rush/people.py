"""Agents and callers of a rush: what they do, and when by their own clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ivrctl.testkit.rush.site import LINE
from ivrctl.testkit.signal_phone import CallEnd, SignalCall, SignalCallError, SignalPhone, SignalPhones

AT_WORK, ON_BREAK, AT_HOME = "8101", "8102", ("8103", "8104", "8105", "8106")
"""Who serves, who pauses, and who has said that he is available for backup."""
CALLERS, EVERY = 32, 0.8
"""How many call, and seconds between two of them: one agent answers one in six seconds, five one in a second."""
ANSWERS_AFTER = 0.6
"""Seconds that a phone rings."""
TALKS, TALKS_LONG = 5.0, 14.0
"""Seconds of a talk; of the last callers', which go on while their agents are sent home."""
LAST = 3
"""Callers who talk long."""
COMES_AFTER = 1.0
"""Seconds from the text that asks somebody to come until he dials."""
CODE_WITHIN = 20.0
OVER_WITHIN = 90.0
"""Seconds until the last caller has gone."""


@dataclass(slots=True)
class Talk:
    """One talk, as the agent's phone saw it."""

    agent: str
    caller: str
    planned: float
    """Seconds, until the agent hangs up."""
    began_at: datetime
    ended_at: datetime | None = None
    end: CallEnd | None = None

    @property
    def was_cut(self) -> bool:
        """True when it ended before the agent hung up."""
        return self.end is not CallEnd.HERE


@dataclass(slots=True)
class Rush:
    """Everybody; ``open`` has the agents take their places, ``calls`` has callers dial."""

    phones: SignalPhones
    passwords: Mapping[str, str]
    """Of the agents' phones."""
    on_text: Callable[[str, str], None] = lambda _agent, _text: None
    """Told what an agent's phone is sent."""
    talks: list[Talk] = field(default_factory=list)
    callers: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    _agents: dict[str, SignalPhone] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        """One serves, one pauses, four are available for backup."""
        for number in (AT_WORK, ON_BREAK, *AT_HOME):
            phone = self._agents[number] = await self.phones.agent(number, self.passwords[number])
            phone.on_call = self._ringing(number)
            phone.on_text = self._told(number)
        await asyncio.gather(
            self.dials(AT_WORK, "*81"), self.dials(ON_BREAK, "*81"), *(self.dials(number, "*86") for number in AT_HOME)
        )
        await self.dials(ON_BREAK, "*83*1")

    async def dials(self, number: str, code: str) -> None:
        """An agent dials a code and hears it out."""
        await self._agents[number].dial(code).until_over(CODE_WITHIN)

    async def calls(self) -> None:
        """Callers dial, one after the other; return when the last one has gone."""
        made = []
        for number in range(CALLERS):
            caller = f"1380013{8000 + number}"
            self.callers.append(caller)
            made.append(self._spawn(self._call(caller)))
            await asyncio.sleep(EVERY)
        await asyncio.gather(*made)

    async def close(self) -> None:
        """Whatever still goes on is left alone."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _call(self, caller: str) -> None:
        call = self.phones.caller(caller).dial(LINE)
        try:
            await call.until_over(OVER_WITHIN)
        except SignalCallError:
            self.unanswered.append(caller)
            call.hang_up()

    def _ringing(self, number: str) -> Callable[[SignalCall], None]:
        def rings(call: SignalCall) -> None:
            if number in self._busy:
                call.hang_up()
            else:
                self._busy.add(number)
                self._spawn(self._serve(number, call))

        return rings

    async def _serve(self, number: str, call: SignalCall) -> None:
        try:
            with suppress(SignalCallError):  # it rings still
                await call.until_over(ANSWERS_AFTER)
            call.accept()
            if call.established_at is not None:
                await self._talk(number, call, call.established_at)
        finally:
            self._busy.discard(number)

    async def _talk(self, number: str, call: SignalCall, began_at: datetime) -> None:
        is_last = call.number in self.callers[-LAST:]
        talk = Talk(number, call.number, TALKS_LONG if is_last else TALKS, began_at)
        self.talks.append(talk)
        with suppress(SignalCallError):  # it goes on
            await call.until_over(talk.planned)
        call.hang_up()
        talk.ended_at, talk.end = call.ended_at or datetime.now(UTC), call.end

    def _told(self, number: str) -> Callable[[str], None]:
        def told(text: str) -> None:
            self.on_text(number, text)
            if number == ON_BREAK:
                self._spawn(self._comes(number))

        return told

    async def _comes(self, number: str) -> None:
        await asyncio.sleep(COMES_AFTER)
        await self.dials(number, "*84")

    def _spawn(self, doing: Awaitable[None]) -> asyncio.Task[None]:
        async def done() -> None:
            await doing

        task = asyncio.get_running_loop().create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def cut(talks: Iterable[Talk]) -> list[str]:
    """The talks that ended before their agents hung up, a sentence each."""
    return [f"{talk.caller} was cut off while he talked to {talk.agent}" for talk in talks if talk.was_cut]
