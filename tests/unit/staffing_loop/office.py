"""An office in time that a test moves: queues, people, a loop that goes round, and the database that it keeps.

What is carried out comes about at once, unless the hands are tied; the database is a real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.picture import BackupStaff, DeviceState, Member, Origin, Picture, Queue, QueueSettings, WaitingCaller
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.adapters.staffing_store import Inherited, StaffingStore
from ivrctl.service.queues.changes import Changes
from ivrctl.service.staffing.keeping import StoreKeeper
from ivrctl.service.staffing.loop import LoopParts, StaffingLoop, Told
from ivrctl.service.staffing.ports import Pending
from ivrctl.staffing.plan import Change, ChangeKind, Owned, SeatKey
from ivrctl.staffing.policy import Measure, Policy, Trigger
from ivrctl.staffing.rounds import Round
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Reading

from ..staffing.desk import HOTLINE, MINUTE, NINE, SECOND  # noqa: TID252 - test folders are no packages to import from

BY_WAIT = replace(HOTLINE, triggers=(Trigger(Measure.LONGEST_WAIT, (30, 60, 90, 120), 15),))
"""The hotline's policy, by the longest wait alone."""
EVERYBODY = frozenset(person.number for tier in HOTLINE.tiers for person in tier.people)


@dataclass
class Hands:
    """Does what is planned, at once, and remembers that it is ours."""

    office: Office
    owned: dict[SeatKey, Owned] = field(default_factory=dict)
    tied: dict[SeatKey, Pending] = field(default_factory=dict)
    are_tied: bool = False
    done: list[Change] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)

    @property
    def pending(self) -> Collection[Pending]:
        """What was planned while they are tied."""
        return self.tied.values()

    @property
    def leaving(self) -> Collection[SeatKey]:
        """Nobody for long."""
        return ()

    def begin(self, inherited: Inherited) -> None:
        """Those of before are ours."""
        self.owned = {(mine.queue, mine.interface): mine for mine in inherited.owned} | self.owned

    def sent(self, _policy: str) -> tuple[datetime, ...]:
        """When something was done."""
        return tuple(self.at)

    def carry_out(self, done: Round) -> None:
        """At once."""
        for change in done.plan.changes:
            if self.are_tied:
                before = self.tied.get(change.seat)
                attempts = 1 if before is None else before.attempts + 1
                since = self.office.now if before is None else before.since
                self.tied[change.seat] = Pending(done.policy.name, change, since, attempts, "no answer")
                continue
            self.tied.pop(change.seat, None)
            self.done.append(change)
            self.at.append(self.office.now)
            self._do(change, done.policy.name)

    def _do(self, change: Change, policy: str) -> None:
        now = self.office.now
        if change.kind is ChangeKind.REMOVE:
            del self.office.members[change.seat], self.owned[change.seat]
        else:
            self.office.sign_on(change.interface, change.queue, penalty=change.penalty)
            expires_at = now + 2 * MINUTE
            mine = Owned(*change.seat, change.tier, policy, now, expires_at, is_confirmed=True, sight=self.office.sight)
            self.owned[change.seat] = mine


@dataclass
class Office:
    """See the module."""

    folder: Path
    policies: dict[str, Policy] = field(default_factory=lambda: {BY_WAIT.name: BY_WAIT})
    now: datetime = NINE
    members: dict[SeatKey, Member] = field(default_factory=dict)
    callers: dict[SeatKey, datetime] = field(default_factory=dict)
    """By queue and uniqueid, since when they wait."""
    backup: frozenset[str] | None = EVERYBODY
    missing: frozenset[str] = frozenset()
    """Queues that Asterisk has not."""
    sight: int = 1
    blind: str = ""
    """Why nothing is seen."""
    told: list[str] = field(default_factory=list)
    """Every tier that came or went, with the minutes since nine."""
    faults: list[str] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    tell: Told | None = None
    """Who is told of rounds, besides."""

    forecast: Callable[[Policy, Scene, Mapping[SeatKey, Owned]], Reading | None] = lambda _policy, _scene, _owned: None
    """How many people will be missing."""

    def __post_init__(self) -> None:
        self.hands = Hands(self)
        self.site_store = SiteStore(sqlite_url(self.folder / "calls.sqlite"))
        self._until = self.now
        self._go = asyncio.Event()
        self._rests = asyncio.Event()
        self._running = self._resting = 0
        for queue in BY_WAIT.queues:
            self.sign_on("PJSIP/8101", queue)

    # what happens

    def sign_on(self, interface: str, queue: str = "broadband", **changes: object) -> None:
        """Somebody is a member, or is another one."""
        free = Member(
            interface, interface, "", Origin.DYNAMIC, 0, False, "", DeviceState.NOT_INUSE, False, None, timedelta(0)
        )
        self.members[queue, interface] = replace(free, **changes)  # type: ignore[arg-type]

    def sign_off(self, interface: str, queue: str = "broadband") -> None:
        """Somebody is no member any more."""
        del self.members[queue, interface]

    def calls(self, waited: float = 0.0, queue: str = "broadband") -> None:
        """A caller waits, and has for so many seconds."""
        self.callers[queue, f"1.{len(self.callers)}"] = self.now - waited * SECOND

    @property
    def picture(self) -> Picture:
        """All of it."""
        queues = {name: self._queue(name) for name in BY_WAIT.queues if name not in self.missing}
        phones = {f"PJSIP/{number}": DeviceState.NOT_INUSE for number in self.backup or ()}
        staff = BackupStaff(self.backup, MappingProxyType(phones))
        known = Picture(MappingProxyType(queues), self.now, self.now, sight=self.sight, staff=staff)
        return replace(known, stale_since=self.now, stale_because=self.blind) if self.blind else known

    def _queue(self, name: str) -> Queue:
        members = {interface: member for (queue, interface), member in self.members.items() if queue == name}
        callers = {
            uniqueid: WaitingCaller(uniqueid, uniqueid, "c", "0123", place, since)
            for place, ((queue, uniqueid), since) in enumerate(self.callers.items(), 1)
            if queue == name
        }
        settings = QueueSettings(name, "ringall", 0, 0, timedelta(seconds=20))
        return Queue(settings, MappingProxyType(callers), MappingProxyType(members))

    # the controller

    def keeper(self, holder: str = "1", place: str = "here") -> StoreKeeper:
        """What keeps what a controller knows."""
        store = StaffingStore(self.site_store, place=place, holder=holder, clock=lambda: self.now)
        return StoreKeeper(store, lambda: self.now)

    def loop(self, keeper: StoreKeeper | None = None) -> StaffingLoop:
        """A controller's."""
        return StaffingLoop(
            LoopParts(
                changes=self.changes,
                scene=lambda: Scene(self.picture, RecentStays(), ExpectedWaits(), self.now),
                policies=lambda: self.policies,
                keeper=keeper or self.keeper(),
                actuator=self.hands,
                shortfall=self.forecast,
                on_round=self._heard,
                on_fault=self.faults.append,
                now=lambda: self.now,
                pause=self._pause,
            )
        )

    @asynccontextmanager
    async def open(self, loop: StaffingLoop | None = None) -> AsyncIterator[StaffingLoop]:
        """A controller goes round."""
        loop = loop or self.loop()
        self._rests.clear()
        self._running += 1
        running = asyncio.ensure_future(loop.run())
        await self._rested(running)
        try:
            yield loop
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            self._running -= 1

    async def passes(self, lasts: timedelta) -> None:
        """Time passes, and whoever is to be woken is."""
        self._until = self.now + lasts
        self._rests.clear()
        self.changes.tell()
        self._go.set()
        self._go.clear()
        async with Deadline(50):
            await self._rests.wait()

    async def close(self) -> None:
        """Let go of the database."""
        await self.site_store.close()

    async def _rested(self, running: asyncio.Future[None]) -> None:
        resting = asyncio.ensure_future(self._rests.wait())
        await asyncio.wait({resting, running}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        resting.cancel()
        if running.done():
            running.result()
        assert self._rests.is_set()

    async def _pause(self, hurry: asyncio.Event, seconds: float) -> None:
        """Until then, or until a test lets time go on."""
        over = self.now + timedelta(seconds=max(seconds, 0.0))
        while not hurry.is_set():
            if over <= self._until:
                self.now = max(over, self.now)
                return
            self.now = max(self._until, self.now)
            self._resting += 1
            if self._resting == self._running:
                self._rests.set()
            try:
                await self._go.wait()
            finally:
                self._resting -= 1

    def _heard(self, done: Round, *, is_applied: bool) -> None:
        if self.tell is not None:
            self.tell(done, is_applied=is_applied)
        at = (self.now - NINE).total_seconds()
        for reason in done.decision.reasons:
            if reason.is_change:
                self.told.append(f"{at / 60:.1f} {reason.tier} {'in' if reason.is_in else 'out'}")


def seats(hands: Hands) -> Mapping[str, list[str]]:
    """Who is ours, by queue."""
    found: dict[str, list[str]] = {}
    for queue, interface in sorted(hands.owned):
        found.setdefault(queue, []).append(interface.removeprefix("PJSIP/"))
    return found


Deed = Callable[[Office], None]
