"""Carries plans out over AMI: a lease in the database, the action, and the picture that shows what came of it.

A change is looked at once more at the moment before it is sent, and what Asterisk says of it is believed when it is
seen. An answer that never comes may still have been carried out, so the seat stays leased, and the next picture tells.
One action is under way at a time, and they come no faster than Asterisk can well take them.

Nothing is sent that the picture shows to be so already: without drift Asterisk hears nothing from here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.acd.picture import Picture
from ivrctl.adapters.ami.queue_actions import Asking
from ivrctl.adapters.staffing_store import Inherited, StaffingStore, SupersededError
from ivrctl.adapters.staffing_store.writes import left_open_closed
from ivrctl.errors import IvrctlError
from ivrctl.service.queues.changes import Changes
from ivrctl.service.staffing.attempts import AttemptParts, Attempts
from ivrctl.service.staffing.leases import Leases
from ivrctl.service.staffing.ports import Pending
from ivrctl.service.staffing.sent_times import SentTimes
from ivrctl.service.staffing.work import BELIEVED_WITHIN, LONGEST_PAUSE, SEEN_WITHIN, Work
from ivrctl.staffing.decision import Decision
from ivrctl.staffing.plan import Change, ChangeKind, HeldBecause, Owned, SeatKey
from ivrctl.staffing.rounds import Round

PACE = 0.02
"""Seconds from one action to the next. At fifty a second no task queue of Asterisk went beyond a hundredth of its
high-water mark, with 10,000 members and phones that it had never heard of; at 400 one went to a quarter, and without a
pause far beyond it: ``benchmarks/staffing_pace.py``."""
AT_ONCE = 10
"""Changes that are written down together: a transaction costs as much as all of them."""
LOOK_EVERY = 0.05
"""Seconds between two looks at the picture: it may change thousands of times in that."""
LOOK_FOR_OUTCOMES = 1.0
"""Seconds after which it is looked at though it has not changed: what is not seen is doubted after a while."""
RENEW_EVERY = 10.0
"""Seconds between two looks at whether leases are to be renewed; the store knows when that is due."""
_ORDER = tuple(ChangeKind)


@dataclass(frozen=True, slots=True)
class ActuatorParts:
    """What it works with."""

    ami: Asking
    """Asks Asterisk: ``QueueWatch``, by the session that reads the queues."""
    store: StaffingStore
    picture: Callable[[], Picture]
    changes: Changes
    """Of the picture."""
    read_again: Callable[[], None]
    """Has everything read, soon."""
    now: Callable[[], datetime]
    """By Asterisk's clock."""
    clock: Callable[[], datetime]
    """Ours; aware."""
    seconds: Callable[[], float]
    """A steady clock."""
    pause: Callable[[asyncio.Event, float], Awaitable[None]]
    """Waits for an event, but no more than some seconds."""
    on_trouble: Callable[[str], None] = lambda _sentence: None
    """Told in a sentence what could not be done."""
    pace: float = PACE


class Actuator:
    """See the module. ``run`` never returns; the other methods return at once."""

    def __init__(self, parts: ActuatorParts) -> None:
        """Begin with nothing of ours.

        Args:
            parts: what it works with.
        """
        self._parts = parts
        self._leases = Leases(parts.store, parts.clock, parts.seconds)
        self._times = SentTimes(parts.now)
        self._works: dict[SeatKey, Work] = {}
        self._decisions: dict[str, str] = {}
        """By policy, the last one that has an id."""
        self._attempts = Attempts(
            AttemptParts(
                parts.ami,
                parts.store,
                self._leases,
                self._times,
                parts.picture,
                parts.read_again,
                parts.now,
                parts.seconds,
                lambda: self.leaving,
                parts.on_trouble,
            )
        )
        self._stirred = asyncio.Event()
        self._never = asyncio.Event()

    @property
    def owned(self) -> Mapping[SeatKey, Owned]:
        """Memberships that we have begun."""
        return self._leases.by_seat

    @property
    def leaving(self) -> Collection[SeatKey]:
        """Seats whose removal was sent, or may have been, and is not observed yet."""
        removals = ((seat, work) for seat, work in self._works.items() if work.change.kind is ChangeKind.REMOVE)
        return frozenset(seat for seat, work in removals if work.is_unsure)

    @property
    def pending(self) -> Collection[Pending]:
        """What was begun and is not observed yet."""
        return tuple(self._pending(work) for work in self._works.values())

    def begin(self, inherited: Inherited) -> None:
        """Go on with what was known before; this controller acts from now on."""
        self._works.clear()
        self._leases.begin(inherited.owned)
        self._times.begin(inherited.sent)
        self._parts.store.write_soon("left open", left_open_closed(self._parts.now()))
        self._stirred.set()

    def sent(self, policy: str) -> tuple[datetime, ...]:
        """When changes that count against the ceiling were sent, in the last hour."""
        return self._times.of(policy)

    def carry_out(self, done: Round) -> None:
        """Begin what of a plan is not begun yet, and let go of what the decision wants no more."""
        self._decision_of(done)
        self._let_go(done)
        for change in done.plan.changes:
            self._plan(change, done)
        picture = self._parts.picture()
        if done.view.is_known and picture.is_known and done.view.sight == picture.sight:
            self._leases.settle(done.policy.name, done.decision, picture, self._works)
        self._stirred.set()

    async def run(self) -> None:
        """Send what is planned, see what comes of it, and renew leases; for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._act())
            tasks.create_task(self._renew())

    def _let_go(self, done: Round) -> None:
        held = {one.change.seat: one.because for one in done.plan.held}
        for seat, work in tuple(self._works.items()):
            if work.policy.name != done.policy.name or work.is_fixed:
                continue
            # One that was sent without an answer is counted already: it is not the ceiling that it waits for.
            is_free = work.is_doubtful and held.get(seat) is HeldBecause.CEILING
            if not _is_wanted(work.change, done.decision) or (seat in held and not is_free):
                del self._works[seat]

    def _plan(self, change: Change, done: Round) -> None:
        work = self._works.get(change.seat)
        if work is None or (work.change.kind is not change.kind and not work.is_fixed):
            self._works[change.seat] = Work(done.policy, change, self._decision_of(done), self._parts.now())
        elif not work.is_fixed:
            work.policy, work.change = done.policy, change

    def _decision_of(self, done: Round) -> str:
        """The decision that it follows from: this one, or the last before it by which a tier came or went."""
        if done.changed:
            self._decisions[done.policy.name] = done.id
        return self._decisions.get(done.policy.name, "")

    def _pending(self, work: Work) -> Pending:
        left = work.due_at - self._parts.seconds()
        retry_at = self._parts.now() + timedelta(seconds=left) if left > 0 and not work.is_fixed else None
        return Pending(work.policy.name, work.change, work.since, work.attempts, work.error, retry_at)

    async def _act(self) -> None:
        with self._parts.changes.listen() as self._stirred:
            while True:
                self._observe()
                works = self._next()
                if works:
                    await self._attempt(works)
                    continue
                await self._parts.pause(self._never, LOOK_EVERY)
                await self._parts.pause(self._stirred, self._rest())
                self._stirred.clear()

    async def _attempt(self, works: Sequence[Work]) -> None:
        """Write them down, and send one after the other."""
        try:
            for refused in await self._attempts.write_down(works):
                self._drop(refused)
            for work in works:
                if work.draft is not None:
                    await self._send(work)
        except SupersededError:
            self._works.clear()
        except Exception as error:  # noqa: BLE001 - whatever it is, the other changes are made
            for work in works:
                self._attempts.discard(work)
            works[0].failed(repr(error), self._parts.seconds())
            self._parts.on_trouble(f"{works[0].change.interface} in {works[0].change.queue}: {error!r}")

    async def _send(self, work: Work) -> None:
        """Send what is written down, if it is wanted still; and look at what has come of those before it."""
        due = self._parts.seconds() + self._parts.pace
        if self._works.get(work.change.seat) is not work:
            self._attempts.discard(work)
        elif await self._attempts.send(work):
            await self._parts.pause(self._never, max(0.0, due - self._parts.seconds()))
            self._observe()
        else:
            self._drop(work)

    def _drop(self, work: Work) -> None:
        if self._works.get(work.change.seat) is work:
            del self._works[work.change.seat]

    def _next(self) -> Sequence[Work]:
        """What comes first: adds, in the order in which they were planned; removals last."""
        if not self._parts.store.is_acting:
            self._works.clear()
        if not self._parts.picture().is_known:
            return ()
        now = self._parts.seconds()
        due = (work for work in self._works.values() if not work.is_fixed and work.due_at <= now)
        return sorted(due, key=lambda work: _ORDER.index(work.change.kind))[:AT_ONCE]

    def _rest(self) -> float:
        """Seconds until something is due, if nothing happens before."""
        if not self._parts.picture().is_known:
            return LONGEST_PAUSE
        now = self._parts.seconds()
        waits = (LOOK_FOR_OUTCOMES if work.is_fixed else work.due_at - now for work in self._works.values())
        return max(0.0, min([LONGEST_PAUSE, *waits]))

    def _observe(self) -> None:
        """What the picture shows of the work under way, and of who is ours."""
        picture = self._parts.picture()
        if not picture.is_known:
            return
        for work in tuple(self._works.values()):
            if work.is_observed(picture):
                self._observed(work)
            elif work.answered_at is not None and work.sight != picture.sight:
                work.lost(self._parts.seconds())
            elif work.answered_at is not None:
                self._unseen(work, self._parts.seconds() - work.answered_at)
        self._leases.look(picture)

    def _observed(self, work: Work) -> None:
        del self._works[work.change.seat]
        if work.change.kind is ChangeKind.REMOVE:
            self._leases.end(work.change.seat)
        said = "" if work.sent is None or work.answered_at is None else work.sent.outcome
        self._attempts.settle(work, said or "seen")

    def _unseen(self, work: Work, waited: float) -> None:
        if waited >= BELIEVED_WITHIN:
            work.failed(f"{work.error or 'done, says Asterisk'}; the queues do not show it", self._parts.seconds())
        elif waited >= SEEN_WITHIN and not work.is_read_again:
            work.is_read_again = True
            self._parts.read_again()

    async def _renew(self) -> None:
        while True:
            if self._parts.store.is_acting:
                with suppress(IvrctlError):  # the store says so itself
                    await self._parts.store.renew()
            await self._parts.pause(self._never, RENEW_EVERY)


def _is_wanted(change: Change, decision: Decision) -> bool:
    """True while the decision wants what the change would bring."""
    wanted = decision.desired.get(change.seat)
    if change.kind is ChangeKind.REMOVE:
        return wanted is None
    return wanted is not None and wanted.penalty == change.penalty
