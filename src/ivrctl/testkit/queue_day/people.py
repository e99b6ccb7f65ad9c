"""Callers and agents do what is planned; what they did is noted by their own clocks, with nothing of ours between."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ivrctl.testkit.queue_day.plan import Day, Kind, PlannedCall, Rest
from ivrctl.testkit.queue_day.site import AGENTS, EXPERT, GUARD, LINES, NIGHT, REASONS, WAITING
from ivrctl.testkit.signal_phone import CallEnd, SignalCall, SignalCallError, SignalPhone, SignalPhones

SIGN_ON, SIGN_OFF, PAUSE, UNPAUSE = "*81", "*82", "*83", "*84"
ANSWERS_WITHIN = 20.0
"""Seconds until a line has answered."""
OVER_WITHIN = 150.0
"""Seconds until the last caller has gone."""
BY_HAND = 3
"""Agents who are put into their queues by QueueAdd; the others dial the code."""
GUARD_STAYS = 4.0
"""Seconds that the guard is in ``night``."""


@dataclass(slots=True)
class Talked:
    """One talk, as the agent's phone saw it."""

    extension: str
    began_at: datetime
    ended_at: datetime | None = None
    by: str = ""
    """``caller``, ``agent`` or ``transfer``."""


@dataclass(slots=True)
class Made:
    """One call, and what was done in it."""

    planned: PlannedCall
    call: SignalCall | None = None
    talks: list[Talked] = field(default_factory=list)
    rings: int = 0
    pressed_at: datetime | None = None
    hung_up_at: datetime | None = None
    withdrawn_at: datetime | None = None
    fault: str = ""
    """What went otherwise than planned."""

    @property
    def number(self) -> str:
        """The caller's."""
        return self.planned.number


@dataclass(frozen=True, slots=True)
class Rested:
    """What an agent did about his signing on."""

    agent: str
    reason: str
    began_at: datetime
    """When he was heard out."""
    ended_at: datetime
    """When he dialled the code that ends it."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person can do beside: over AMI, as a user of its own."""

    add: Callable[[str, str], Awaitable[None]]
    """A queue and an interface."""
    remove: Callable[[str, str], Awaitable[None]]
    withdraw: Callable[[str, str], Awaitable[None]]
    """A queue and a caller's number."""


@dataclass(slots=True)
class Noted:
    """All that was done."""

    began_at: datetime
    made: dict[str, Made] = field(default_factory=dict)
    """By number."""
    rested: list[Rested] = field(default_factory=list)
    busy: Counter[str] = field(default_factory=Counter)
    """Calls that a phone refused since it was in one."""


@dataclass(slots=True)
class _Agent:
    """An agent with his phone."""

    name: str
    phone: SignalPhone
    is_free: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while he is in no call, nor dials."""

    async def dials(self, code: str) -> datetime:
        """Dial a code and hear it out, when nothing else is to be done; when it was over."""
        await self.is_free.wait()
        self.is_free.clear()
        try:
            call = self.phone.dial(code)
            await call.until_over(within=20)
        finally:
            self.is_free.set()
        return call.ended_at or datetime.now(UTC)


class People:
    """See the module."""

    def __init__(self, day: Day, phones: SignalPhones, by_hand: ByHand) -> None:
        self.noted = Noted(datetime.now(UTC))
        self._day = day
        self._phones = phones
        self._by_hand = by_hand
        self._agents: dict[str, _Agent] = {}
        self._tasks = asyncio.TaskGroup()

    async def live(self, passwords: Mapping[str, str]) -> Noted:
        """The whole day; what was done."""
        for name, password in passwords.items():
            agent = self._agents[name] = _Agent(name, await self._phones.agent(name, password))
            agent.is_free.set()
            agent.phone.on_call = self._ringing(agent)
        async with self._tasks:
            await self._open()
            self.noted.began_at = datetime.now(UTC)
            for planned in self._day.calls:
                self._tasks.create_task(self._call(planned))
            self._tasks.create_task(self._rest_all())
            self._tasks.create_task(self._guard())
        return self.noted

    async def _open(self) -> None:
        """Some are put into their queues, and some dial the code."""
        names = sorted({name for of in AGENTS.values() for name in of})
        for name in names[:BY_HAND]:
            for queue in (queue for queue, of in AGENTS.items() if name in of):
                await self._by_hand.add(queue, f"PJSIP/{name}")
        await asyncio.gather(*(self._agents[name].dials(SIGN_ON) for name in names[BY_HAND:]))

    # callers

    async def _call(self, planned: PlannedCall) -> None:
        made = self.noted.made[planned.number] = Made(planned)
        await asyncio.sleep(planned.at)
        made.call = self._phones.caller(planned.number).dial(planned.line)
        try:
            await made.call.until_established(ANSWERS_WITHIN)
            await self._wait(made, made.call)
            await made.call.until_over(OVER_WITHIN)
        except SignalCallError as error:
            made.fault = str(error)
            made.call.hang_up()

    async def _wait(self, made: Made, call: SignalCall) -> None:
        planned = made.planned
        try:
            await call.until_over(planned.patience)
        except SignalCallError:
            if made.talks:
                return
        if call.is_over:
            return
        match planned.kind:
            case Kind.KEY | Kind.KEY_ON:
                made.pressed_at = datetime.now(UTC)
                await call.press("1")
            case Kind.WITHDRAWN:
                made.withdrawn_at = datetime.now(UTC)
                await self._by_hand.withdraw(WAITING, planned.number)
            case _:
                self._give_up(made)

    def _give_up(self, made: Made) -> None:
        if made.call is not None and not made.call.is_over:
            made.hung_up_at = datetime.now(UTC)
            made.call.hang_up()

    # agents

    def _ringing(self, agent: _Agent) -> Callable[[SignalCall], None]:
        def rings(call: SignalCall) -> None:
            if agent.is_free.is_set():
                self._tasks.create_task(self._serve(agent, call))
            else:
                self.noted.busy[agent.name] += 1
                call.hang_up()

        return rings

    async def _serve(self, agent: _Agent, call: SignalCall) -> None:
        """Let it ring, and answer where it is planned."""
        made = self.noted.made.get(call.number)
        if made is None:
            return
        planned, is_expert = made.planned, agent.name in AGENTS[EXPERT]
        made.rings += 1
        if (
            agent.name == GUARD
            or made.rings <= planned.ignored
            or (is_expert and planned.kind is Kind.TRANSFER_ABANDONED)
        ):
            await self._let_ring(made, call, is_expert=is_expert)
            return
        if planned.kind is Kind.RACE:
            await self._race(agent, made, call)
            return
        try:
            await call.until_over(planned.rings)
        except SignalCallError:
            if agent.is_free.is_set():
                call.accept()
                await self._talk(agent, made, call)

    async def _let_ring(self, made: Made, call: SignalCall, *, is_expert: bool) -> None:
        if is_expert:
            with suppress(SignalCallError):  # it rings still
                await call.until_over(made.planned.second_talk)
            self._give_up(made)

    async def _race(self, agent: _Agent, made: Made, call: SignalCall) -> None:
        """The caller hangs up in the moment of the answer: a little before, or a little behind."""
        await asyncio.sleep(made.planned.rings)
        if call.is_over or not agent.is_free.is_set():
            return
        behind = (made.planned.talk % 0.1) - 0.05
        if behind < 0:
            self._give_up(made)
            await asyncio.sleep(-behind)
        call.accept()
        if call.established_at is None:
            return
        talk = Talked(agent.name, call.established_at)
        made.talks.append(talk)
        agent.is_free.clear()
        if behind >= 0:
            await asyncio.sleep(behind)
            self._give_up(made)
        await call.until_over(10)
        agent.is_free.set()
        talk.ended_at, talk.by = call.ended_at, "caller"

    async def _talk(self, agent: _Agent, made: Made, call: SignalCall) -> None:
        planned, is_second = made.planned, bool(made.talks)
        talk = Talked(agent.name, call.established_at or datetime.now(UTC))
        made.talks.append(talk)
        agent.is_free.clear()
        try:
            await call.until_over(planned.second_talk if is_second else planned.talk)
        except SignalCallError:
            await self._end(talk, made, call, is_second=is_second)
        finally:
            agent.is_free.set()
        talk.ended_at = talk.ended_at or call.ended_at

    async def _end(self, talk: Talked, made: Made, call: SignalCall, *, is_second: bool) -> None:
        kind = made.planned.kind
        if kind in {Kind.TRANSFER, Kind.TRANSFER_ABANDONED} and not is_second:
            talk.by, talk.ended_at = "transfer", datetime.now(UTC)
            call.transfer(f"sip:{LINES[EXPERT]}@{self._phones.host}")
        elif kind in {Kind.AGENT_ENDS, Kind.SECOND_RING}:
            talk.by = "agent"
            call.hang_up()
        elif made.call is not None:
            talk.by = "caller"
            made.call.hang_up()
        await call.until_over(10)
        if call.end is CallEnd.THERE and talk.by == "agent":
            talk.by = "caller"

    # signing on and off

    async def _rest_all(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for rest in self._day.rests:
            await asyncio.sleep(max(0.0, began + rest.at - loop.time()))
            await self._rest(rest)

    async def _rest(self, rest: Rest) -> None:
        off, on = (f"{PAUSE}*{REASONS[rest.reason]}", UNPAUSE) if rest.reason else (SIGN_OFF, SIGN_ON)
        agent = self._agents[rest.agent]
        began_at = await agent.dials(off)
        await asyncio.sleep(rest.lasts)
        await agent.is_free.wait()
        ended_at = datetime.now(UTC)
        await agent.dials(on)
        self.noted.rested.append(Rested(rest.agent, rest.reason, began_at, ended_at))

    async def _guard(self) -> None:
        """He is in the queue for a while, and leaves those who wait."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for night in self._day.nights:
            await asyncio.sleep(max(0.0, began + night - loop.time()))
            await self._by_hand.add(NIGHT, f"PJSIP/{GUARD}")
            await asyncio.sleep(GUARD_STAYS)
            await self._by_hand.remove(NIGHT, f"PJSIP/{GUARD}")
