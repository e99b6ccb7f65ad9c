"""The loop that delivers: one in each controller, and only in the one that holds the lock.

Each submission has a task of its own while there is something to deliver, so that one whose interface hangs holds up no
other. Of one submission the oldest goes first; a few are on their way at one time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.outbox import Entry, Figure, Outbox, OutboxFault, State
from ivrctl.adapters.process_lock import ProcessLock
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused
from ivrctl.service.delivering import decide
from ivrctl.service.delivering.destinations import Destinations
from ivrctl.site.site_file import NOWHERE, Site
from ivrctl.site.submissions import Submission

LOOK_EVERY = 1.0
"""Seconds between looks at what waits: another controller may have put it, or a person."""
FORGET_EVERY = timedelta(minutes=10)
AT_ONE_TIME = 4
"""Of one submission; less than the connections that an interface is given."""
TOLD_AFTER = 3
"""Failures in a row after which somebody is told that nothing of a submission is taken."""

Result: TypeAlias = tuple[Entry, Delivery]


@dataclass(frozen=True, slots=True)
class DelivererParts:
    """What it works with."""

    outbox: Outbox
    lock: ProcessLock
    site: Callable[[], Site]
    """As it is now."""
    destinations: Callable[[Site], Destinations]
    """Who takes what is delivered; made anew for each version of the site."""
    tell: Callable[[str], None]
    """Told in a sentence of what people must know."""
    clock: Callable[[], datetime]
    """Aware; people set it."""
    seconds: Callable[[], float]
    """A steady clock."""
    chance: Callable[[], float]
    """From 0 to 1."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands, at the last look."""

    figures: tuple[Figure, ...] = ()
    late: tuple[str, ...] = ()
    """Submissions of which something has waited for longer than their alarm."""

    def count(self, state: State) -> int:
        """Entries in a state."""
        return sum(figure.count for figure in self.figures if figure.state is state)


@dataclass(slots=True)
class Deliverer:
    """The loop, and what it remembers; nothing of it outlives the process."""

    parts: DelivererParts
    standing: Standing = Standing()
    _gates: dict[str, decide.Gate] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _fresh: set[str] = field(default_factory=set)
    """Submissions to which something was put since the last turn."""
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _told: frozenset[str] = frozenset()
    _site: Site | None = None
    """Under which ``_destinations`` were made."""
    _destinations: Destinations | None = None
    _forgotten_at: datetime | None = None
    _is_leaving: bool = False
    """True once nothing more is to be begun."""
    _fault: str = ""
    """Of the outbox or the lock, told once."""

    def wake(self, submissions: frozenset[str]) -> None:
        """Something was put."""
        self._fresh |= submissions
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled; then what is on its way comes to its end."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self.turn()
                look_at = loop.time() + LOOK_EVERY
                # To count what waits takes a while when there is much of it: what is put goes out without.
                while (rest := look_at - loop.time()) > 0:
                    await self._woken(rest)
                    self._begin(self._take_fresh())
        finally:
            await self.close()

    async def _woken(self, within: float) -> None:
        """Return when something was put, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with Deadline(within):
                await self._wake.wait()
        self._wake.clear()

    async def turn(self) -> None:
        """One look: tell what people must know, and begin to deliver whatever is due."""
        try:
            if not self.parts.lock.is_held():
                self.standing = Standing(tuple(await self.parts.outbox.figures()), self.standing.late)
                return
            await self._look()
            self._fault = ""
        except (OutboxFault, OSError) as error:
            self._tell_fault(str(error))

    async def close(self) -> None:
        """Begin nothing more, let what is on its way come to its end, and leave the rest to a successor."""
        self._is_leaving = True
        await self.idle()
        destinations, self._destinations = self._destinations, None
        if destinations is not None:
            await destinations.close()
        self.parts.lock.let_go()

    async def idle(self) -> None:
        """Return when nothing is on its way."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def _look(self) -> None:
        await self._take_site()
        figures = await self.parts.outbox.figures()
        self._alarm(figures)
        self._begin(frozenset(figure.submission for figure in figures if figure.state is State.WAITING))
        now = self.parts.clock()
        if self._forgotten_at is None or abs(now - self._forgotten_at) >= FORGET_EVERY:
            self._forgotten_at = now
            await self.parts.outbox.forget()

    async def _take_site(self) -> None:
        """Deliver as the site is now; what is on its way under another version ends first."""
        site = self.parts.site()
        if self._site is site:
            return
        await self.idle()
        if self._destinations is not None:
            await self._destinations.close()
        self._site, self._destinations = site, self.parts.destinations(site)
        # What failed may have been put right: it is tried at once.
        self._gates.clear()

    def _take_fresh(self) -> frozenset[str]:
        fresh, self._fresh = self._fresh, set()
        return frozenset(fresh)

    def _begin(self, submissions: frozenset[str]) -> None:
        if self._destinations is None:
            return
        for name in sorted(submissions - self._tasks.keys()):
            if self._gate(name).is_open(self.parts.seconds()):
                task = asyncio.get_running_loop().create_task(self._deliver(name), name=f"deliver {name}")
                self._tasks[name] = task
                task.add_done_callback(partial(self._ended, name))

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        del self._tasks[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._tell_fault(str(error) if isinstance(error, OutboxFault) else repr(error))

    # one submission

    async def _deliver(self, name: str) -> None:
        """Deliver what is due of one submission, until nothing is or its gate is closed."""
        outbox = self.parts.outbox
        while not self._is_leaving and self._gate(name).is_open(self.parts.seconds()):
            # After a failure one alone has to show that somebody is there.
            limit = 1 if self._gate(name).failures else AT_ONE_TIME
            entries = await outbox.due(name, self.parts.clock(), decide.LONGEST_PAUSE, limit)
            if not entries:
                return
            await self._note(name, await self._tried(entries))

    async def _tried(self, entries: Sequence[Entry]) -> list[Result]:
        destinations = self._destinations
        if destinations is None:
            return []
        whole = [entry for entry in entries if not entry.damage]
        damaged: list[Result] = [(entry, Refused(entry.damage)) for entry in entries if entry.damage]
        return [*damaged, *zip(whole, await asyncio.gather(*map(destinations.deliver, whole)), strict=True)]

    async def _note(self, name: str, results: list[Result]) -> None:
        """Keep what became of a few tries, what was delivered first: it must not go out again."""
        outbox = self.parts.outbox
        done = [entry.number for entry, delivery in results if isinstance(delivery, Delivered)]
        if done:
            await outbox.delivered(done)
        for entry, delivery in results:
            match delivery:
                case Refused(reason=reason):
                    await outbox.refused(entry.number, reason)
                    self.parts.tell(f"{name}: {entry.key} is refused and set aside: {reason}")
                case Failed(reason=reason, is_away=is_away, is_asked=is_asked):
                    at = None if is_away else decide.next_try(entry.tries, self.parts.clock(), self.parts.chance())
                    await outbox.failed(entry.number, reason, at)
                    if is_asked:
                        await self._give_up(name, reason)
                case Delivered():
                    pass
        self._judge(name, results)

    def _judge(self, name: str, results: list[Result]) -> None:
        """Open or close the gate. One that failed before, for a reason of its own, says nothing of the others."""
        failed = [(entry, delivery) for entry, delivery in results if isinstance(delivery, Failed)]
        if len(failed) < len(results):
            if self._gate(name).failures >= TOLD_AFTER:
                self.parts.tell(f"{name}: is taken again")
            self._gates.pop(name, None)
            return
        telling = [delivery.reason for entry, delivery in failed if delivery.is_away or not entry.tries]
        if telling:
            gate = self._gates[name] = self._gate(name).after_failure(self.parts.seconds(), self.parts.chance())
            if gate.failures == TOLD_AFTER:
                self.parts.tell(f"{name}: is not taken, and waits: {telling[-1]}")

    async def _give_up(self, name: str, reason: str) -> None:
        limit = self._submission(name).give_up
        count = await self.parts.outbox.give_up(name, decide.overdue_before(limit, self.parts.clock()), reason)
        if count:
            self.parts.tell(f"{name}: {count} given up and set aside, older than {limit}: {reason}")

    # what is told

    def _alarm(self, figures: Sequence[Figure]) -> None:
        waiting = {each.submission: each for each in figures if each.state is State.WAITING}
        oldest = {name: figure.oldest for name, figure in waiting.items()}
        limits = {name: self._submission(name).alarm for name in waiting}
        alarms = decide.alarms(oldest, limits, self._told, self.parts.clock())
        for name in alarms.rising:
            self.parts.tell(f"{name}: {waiting[name].count} wait, the oldest for more than {limits[name]}")
        for name in alarms.over:
            self.parts.tell(f"{name}: nothing waits for too long any more")
        self._told = alarms.told
        self.standing = Standing(tuple(figures), tuple(sorted(alarms.told)))

    def _submission(self, name: str) -> Submission:
        """As the site declares it; one that it has no more has the times of one that says nothing of them."""
        return self.parts.site().submissions.get(name) or _UNDECLARED

    def _gate(self, name: str) -> decide.Gate:
        return self._gates.get(name, decide.OPEN)

    def _tell_fault(self, fault: str) -> None:
        if fault != self._fault:
            self._fault = fault
            self.parts.tell(fault)


_UNDECLARED = Submission(NOWHERE)
