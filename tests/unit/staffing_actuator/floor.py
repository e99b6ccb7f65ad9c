"""A call centre with an Asterisk that does what it is told, with every fault, and controllers that carry plans out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.picture import Origin, Picture
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.adapters.ami import ActionLink, Deadlines, EventStream, Login, Pace
from ivrctl.adapters.ami.queue_actions import Asking
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store import StaffingStore
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.service.queues import QueueObserver
from ivrctl.service.queues.bookkeeper import Bookkeeper
from ivrctl.service.queues.changes import Changes
from ivrctl.service.queues.observer import ObserverParts
from ivrctl.service.queues.watch import WANTED
from ivrctl.service.staffing.actuator import Actuator, ActuatorParts
from ivrctl.staffing.decision import Cause, Decision, Memory, Reason, Wanted
from ivrctl.staffing.diff import diff
from ivrctl.staffing.guard import guard
from ivrctl.staffing.look import look
from ivrctl.staffing.plan import Plan
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.rounds import Round
from ivrctl.staffing.scene import Scene
from ivrctl.testkit.fake_ami import AppQueue, FakeAmi, Seat

from ..staffing.memberships import MINUTE, TIERS, policy  # noqa: TID252 - test folders are no packages to import from

QUICK = 50.0
"""Times as fast as a clock pauses pass."""
ACTIONS = {"QueueAdd", "QueueRemove", "QueuePenalty"}
STATIC = "PJSIP/8101"
"""He stands in queues.conf, in both queues."""


@dataclass(frozen=True)
class Place:
    """What a controller works with."""

    address: tuple[str, int]
    """Of AMI."""
    login: Login
    url: str
    policy: Callable[[], Policy]
    speed: float = QUICK
    """Times as fast as a clock its pauses pass."""
    deadlines: Deadlines = Deadlines(answer=0.25)  # noqa: RUF009 - frozen
    at_pauses: list[Callable[[], object]] = field(default_factory=list)
    """Called as each pause begins: what lasts for a pause is not seen by looking now and then."""

    async def pause(self, hurry: asyncio.Event, seconds: float) -> None:
        """Wait for an event, but not for long."""
        for look_at in self.at_pauses:
            look_at()
        with contextlib.suppress(TimeoutError):
            async with Deadline(seconds / self.speed):
                await hurry.wait()

    def seconds(self) -> float:
        """A steady clock."""
        return asyncio.get_running_loop().time() * self.speed


class Steps:
    """What a controller does, step by step; at one of them it may be killed: it does nothing any more."""

    def __init__(self, last: int | None = None) -> None:
        self.count = 0
        self.killed = asyncio.Event()
        self._last = last

    async def step(self) -> None:
        """Before or behind something that is seen outside."""
        self.count += 1
        if self._last is not None and self.count >= self._last:
            self.killed.set()
            await asyncio.Event().wait()


class SteppingStore(SiteStore):
    """A database whose transactions are steps: before each, and when it is there."""

    def __init__(self, url: str, steps: Steps) -> None:
        super().__init__(url)
        self._steps = steps

    @contextlib.asynccontextmanager
    async def writing(self, **how: object) -> AsyncIterator[object]:  # type: ignore[override]  # what is within passes through
        """A transaction."""
        await self._steps.step()
        async with super().writing() as connection:
            yield connection
        await self._steps.step()


class SteppingLink:
    """Actions on members are steps: before each, and when it is answered."""

    def __init__(self, link: Asking, steps: Steps) -> None:
        self._link = link
        self._steps = steps

    async def ask(self, action: Action) -> Answer:
        """Ask Asterisk."""
        if action.name in ACTIONS:
            await self._steps.step()
        answer = await self._link.ask(action)
        if action.name in ACTIONS:
            await self._steps.step()
        return answer


class Controller:
    """One that watches, and carries out whatever is wanted: a round at each change of the picture."""

    def __init__(self, place: Place, holder: str, steps: Steps) -> None:
        self.place = place
        self.steps = steps
        self.troubles: list[str] = []
        self.desired: tuple[Wanted, ...] = ()
        self.cause = Cause.TRIGGER
        self.round: Round | None = None
        pace = Pace(pause=place.pause, now=place.seconds)
        self._link = ActionLink(place.address, place.login, deadlines=place.deadlines, pace=pace)
        self._changes = Changes()
        parts = ObserverParts(
            stream=EventStream(place.address, place.login, WANTED, alarm=lambda _error: None, pace=pace),
            link=self._link,
            books=Bookkeeper(lambda _entry: None),
            clock=lambda: datetime.now(UTC),
            seconds=place.seconds,
            pause=place.pause,
            on_picture=self._changes.tell,
        )
        self.observer = QueueObserver(parts)
        self._database = SteppingStore(place.url, steps)
        self.store = StaffingStore(self._database, place="here", holder=holder)
        self.actuator = Actuator(
            ActuatorParts(
                ami=SteppingLink(self._link, steps),
                store=self.store,
                picture=lambda: self.observer.picture,
                changes=self._changes,
                read_again=self.observer.read_again,
                now=self.observer.now,
                clock=lambda: datetime.now(UTC),
                seconds=place.seconds,
                pause=place.pause,
                on_trouble=self.troubles.append,
            )
        )
        self._tasks: list[asyncio.Future[None]] = []

    @property
    def picture(self) -> Picture:
        """What it sees."""
        return self.observer.picture

    async def begin(self) -> None:
        """Watch, act, and go on with what is known."""
        self._tasks = [asyncio.ensure_future(each) for each in (self.observer.run(), self.actuator.run())]
        assert await self.store.lead()
        self.actuator.begin(await self.store.inherit(self.observer.now()))
        self._tasks.append(asyncio.ensure_future(self._rounds()))

    async def want(self, *people: Wanted, cause: Cause = Cause.TRIGGER) -> None:
        """These are desired from now on."""
        self.desired, self.cause = people, cause
        self._changes.tell()

    async def has(self, *people: Wanted, within: float = 10.0) -> None:
        """Wait until it sees the people who are wanted, and whoever stands in queues.conf, and nothing is pending."""
        await self.want(*people)
        await until(self.is_settled, within)

    def is_settled(self) -> bool:
        """True when what is desired is seen, nothing is pending, and the leases are those of who is in."""
        ours = {(each.queue, each.interface): each.penalty for each in self.desired}
        members = {
            (queue.name, member.interface): member.penalty
            for queue in self.picture.queues.values()
            for member in queue.members.values()
            if member.origin is Origin.DYNAMIC
        }
        is_known = self.picture.is_known and not self.actuator.pending
        return is_known and members == ours and self.actuator.owned.keys() == ours.keys()

    async def stop(self) -> None:
        """Nothing of it goes on; what was to be written soon is not."""
        writing = self.store._writer._loop._task
        tasks = [*self._tasks, *([] if writing is None else [writing])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._link.close()
        await self._database.close()

    async def _rounds(self) -> None:
        with self._changes.listen() as changed:
            while True:
                self._go_round()
                await asyncio.sleep(0.002)
                await self.place.pause(changed, 5)
                changed.clear()

    def _go_round(self) -> None:
        of, now = self.place.policy(), self.observer.now()
        view = look(of, Scene(self.picture, RecentStays(), ExpectedWaits(), now))
        reasons = tuple(Reason(tier, self.cause, is_in=True, is_change=True) for tier in TIERS)
        desired = {(each.queue, each.interface): each for each in self.desired}
        decision = Decision(now, desired, reasons, Memory(changes=self.actuator.sent(of.name)), now + MINUTE)
        plan = diff(of, decision, view, self.actuator.owned)
        plan = guard(plan, view, decision.memory, of, now, self.actuator.leaving) if view.is_known else Plan()
        self.round = Round(of, view, decision, plan, {})
        self.actuator.carry_out(self.round)


class Floor:
    """See the module."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.policy: Policy = policy(ceiling=100, queues=("broadband", "mobile"))
        seats = {queue: {STATIC: Seat(STATIC, is_static=True)} for queue in ("broadband", "mobile")}
        self.pbx = AppQueue(seats)
        self.asterisk = FakeAmi(self.pbx)
        self._stopping = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open."""
        await self._stopping.enter_async_context(self.asterisk)
        return self

    async def __aexit__(self, *_fault: object) -> None:
        """Close, with all controllers."""
        await self._stopping.aclose()

    async def controller(self, holder: str = "one", *people: Wanted) -> Controller:
        """One that acts, and sees the queues; from the beginning these are wanted."""
        made = self.mortal(holder, None)
        made.desired = people
        await made.begin()
        await self.until(lambda: made.picture.is_known)
        return made

    def mortal(self, holder: str, last_step: int | None) -> Controller:
        """One that has not begun, and is killed at a step."""
        place = Place(self.asterisk.address, Login("ivrctl", "right"), self.url, lambda: self.policy)
        made = Controller(place, holder, Steps(last_step))
        self._stopping.push_async_callback(made.stop)
        return made

    def sent(self, kind: str = "") -> list[tuple[str, str, str]]:
        """The actions on members that Asterisk was asked for: which, where and for whom."""
        return [
            (action["Action"], action["Queue"], action["Interface"].removeprefix("PJSIP/"))
            for action in self.asterisk.actions
            if action.get("Action") in ACTIONS and kind in {"", action["Action"]}
        ]

    def members(self, queue: str = "broadband") -> dict[str, int]:
        """Who is in it besides those of queues.conf, with his penalty."""
        return {
            interface.removeprefix("PJSIP/"): seat.penalty
            for interface, seat in self.pbx.queues[queue].items()
            if not seat.is_static
        }

    async def leases(self) -> set[tuple[str, str]]:
        """What the database says is ours, to whoever asks."""
        store = SiteStore(self.url)
        try:
            found = await StaffingStore(store, place="-", holder="-").owned()
        finally:
            await store.close()
        return {(lease.queue, lease.interface) for lease in found}

    async def until(self, is_so: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is so."""
        await until(is_so, within)


async def until(is_so: Callable[[], bool], within: float = 10.0) -> None:
    """Wait until something is so."""
    async with Deadline(within):
        while not is_so():  # noqa: ASYNC110 - whatever happens on sockets and in threads
            await asyncio.sleep(0.003)
