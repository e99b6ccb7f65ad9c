"""Attempts at changes: written down, some at a time, looked at once more, sent; and what follows from each answer.

Before an action is sent, the database has its lease and the action itself. An answer that says that nothing was changed
takes both back; no answer leaves them, since Asterisk may have done it, or may do it yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ivrctl.acd.picture import Picture
from ivrctl.adapters.ami.queue_actions import (
    Asking,
    Outcome,
    QueueActionRefusedError,
    queue_add,
    queue_penalty,
    queue_remove,
)
from ivrctl.adapters.staffing_store import Sent, StaffingStore, SupersededError
from ivrctl.adapters.staffing_store.writes import Write, lease_kept, sent_kept
from ivrctl.ami.errors import LocalProtocolError
from ivrctl.errors import IvrctlError
from ivrctl.service.staffing.last_look import last_look
from ivrctl.service.staffing.leases import Leases
from ivrctl.service.staffing.sent_times import SentTimes
from ivrctl.service.staffing.work import Draft, Work
from ivrctl.staffing.guard import is_counted
from ivrctl.staffing.plan import Change, ChangeKind, SeatKey

_DONE = frozenset({Outcome.ADDED, Outcome.REMOVED, Outcome.SET})
_IS_SO = frozenset({Outcome.ALREADY_THERE, Outcome.NOT_THERE})
"""It is as it should be already, says Asterisk; the picture says otherwise, and a reading shows who is right."""


@dataclass(frozen=True, slots=True)
class AttemptParts:
    """What attempts work with."""

    ami: Asking
    store: StaffingStore
    leases: Leases
    times: SentTimes
    picture: Callable[[], Picture]
    read_again: Callable[[], None]
    now: Callable[[], datetime]
    """By Asterisk's clock."""
    seconds: Callable[[], float]
    """A steady clock."""
    leaving: Callable[[], Collection[SeatKey]]
    """Seats whose removal was sent, or may have been."""
    on_trouble: Callable[[str], None]


class Attempts:
    """See the module."""

    def __init__(self, parts: AttemptParts) -> None:
        """Begin with none.

        Args:
            parts: what it works with.
        """
        self._parts = parts

    async def write_down(self, works: Iterable[Work]) -> list[Work]:
        """Have the next attempts in the database, all or none.

        Returns:
            Those that may not be made now, or need not: the next round plans them anew.

        Raises:
            SupersededError: another controller acts; nothing is to be sent.
        """
        refused = [work for work in works if not self._is_drafted(work)]
        drafts = [(work, work.draft) for work in works if work.draft is not None]
        try:
            if drafts:
                await self._parts.store.write(*(write for _, draft in drafts for write in _written(draft)))
        except IvrctlError as error:
            for work, draft in drafts:
                self._withdraw(work, draft)
                self._failed(work, f"not sent: {error}")
            if not self._parts.store.is_acting:
                raise
        else:
            for _, draft in drafts:
                if draft.lease is not None:
                    self._parts.leases.take(draft.lease)
        return refused

    async def send(self, work: Work) -> bool:
        """Send what is written down.

        Returns:
            False when it may not be sent any more: the next round plans it anew.

        Raises:
            SupersededError: another controller acts; nothing was sent, and the leases are that one's.
        """
        draft = work.draft
        if draft is None:
            return True
        if not self._parts.store.is_acting:
            raise SupersededError
        if work.change != draft.change or not self._may_be_sent(work, draft.change):
            self.discard(work)
            return False
        work.draft, work.is_under_way = None, True
        try:
            await self._ask(work, draft)
        finally:
            work.is_under_way = False
        return True

    def discard(self, work: Work) -> None:
        """What is written down is not to be sent."""
        draft = work.draft
        if draft is not None:
            self._withdraw(work, draft)
            self._keep(replace(draft.sent, outcome="not sent", is_counted=False, settled_at=self._parts.now()))

    def settle(self, work: Work, outcome: str) -> None:
        """Keep what became of the last attempt."""
        if work.sent is not None:
            work.sent = replace(work.sent, outcome=outcome, settled_at=self._parts.now())
            self._keep(work.sent)

    def _is_drafted(self, work: Work) -> bool:
        """Prepare an attempt; False where none may be made now. What is drafted counts, for what comes behind it."""
        parts, change = self._parts, work.change
        if not self._may_be_sent(work, change):
            return False
        counts = is_counted(change)
        sent = Sent(parts.store.new_id(), work.policy.name, work.decision, change, parts.now(), counts)
        lease = parts.leases.intended(change, work.policy) if change.kind is ChangeKind.ADD else None
        work.draft = Draft(sent, lease, change.seat in parts.leases, work.sent)
        self._uncount(work, work.sent)
        if counts:
            parts.times.add(work.policy.name, sent.at)
        work.sent = sent
        return True

    def _withdraw(self, work: Work, draft: Draft) -> None:
        """It is as if it had never been written down."""
        self._uncount(work, draft.sent)
        if draft.before is not None and draft.before.is_counted:
            self._parts.times.add(work.policy.name, draft.before.at)
        work.draft, work.sent = None, draft.before
        if not draft.was_ours:
            self._parts.leases.end(draft.change.seat)

    def _uncount(self, work: Work, sent: Sent | None) -> None:
        if sent is not None and sent.is_counted:
            self._parts.times.take_back(work.policy.name, sent.at)

    def _keep(self, sent: Sent) -> None:
        self._parts.store.write_soon(("sent", sent.id), sent_kept(sent))

    def _may_be_sent(self, work: Work, change: Change) -> bool:
        """The guard lets it through, as it is now. The ceiling does not count earlier attempts at the same change."""
        parts, policy = self._parts, work.policy
        times = list(parts.times.of(policy.name))
        if work.sent is not None and work.sent.at in times and work.sent.is_counted:
            times.remove(work.sent.at)
        leaving = {seat for seat in parts.leaving() if seat != change.seat}
        return not last_look(change, policy, parts.picture(), parts.now(), times, leaving).is_empty

    async def _ask(self, work: Work, draft: Draft) -> None:
        work.attempts += 1
        work.sight = self._parts.picture().sight
        try:
            outcome = await _carried(self._parts.ami, draft.change)
        except (LocalProtocolError, QueueActionRefusedError) as error:
            self._changed_nothing(work, draft)
            self._failed(work, str(error))
        except IvrctlError as error:
            work.is_doubtful = True
            self._failed(work, f"no answer: {error}")
            self._parts.read_again()
        else:
            self._answered(work, draft, outcome)

    def _answered(self, work: Work, draft: Draft, outcome: Outcome) -> None:
        if outcome in _DONE:
            work.error = ""
            work.answered(outcome.value, self._parts.seconds())
            return
        # What somebody else has begun is not ours; what was leased before may be what an earlier attempt has done.
        self._changed_nothing(work, draft)
        self._parts.read_again()
        if outcome in _IS_SO:
            work.error = f"{outcome.value}, says Asterisk"
            work.answered(outcome.value, self._parts.seconds())
            return
        if outcome is Outcome.NOT_DYNAMIC:
            self._parts.leases.end(draft.change.seat)
        self._failed(work, f"{outcome.value}, says Asterisk")

    def _changed_nothing(self, work: Work, draft: Draft) -> None:
        """Nobody has come or gone by it; an earlier attempt without an answer may have done it."""
        if not draft.was_ours:
            self._parts.leases.end(draft.change.seat)
        if work.sent is not None and not work.is_doubtful:
            self._uncount(work, work.sent)
            work.sent = replace(work.sent, is_counted=False)

    def _failed(self, work: Work, why: str) -> None:
        work.failed(why, self._parts.seconds())
        self.settle(work, why)
        if work.attempts <= 1:
            change = work.change
            self._parts.on_trouble(f"{change.kind} {change.interface} in {change.queue}: {why}; it is tried again")


def _written(draft: Draft) -> list[Write]:
    """The lease before all; and an earlier attempt at the same change counts no more."""
    leased = [] if draft.lease is None else [lease_kept(draft.lease)]
    before = [] if draft.before is None else [sent_kept(replace(draft.before, is_counted=False))]
    return [*leased, *before, sent_kept(draft.sent)]


async def _carried(ami: Asking, change: Change) -> Outcome:
    match change.kind:
        case ChangeKind.ADD:
            return await queue_add(
                ami,
                change.queue,
                change.interface,
                penalty=change.penalty,
                name=change.name,
                state_interface=change.state_interface,
            )
        case ChangeKind.PENALTY:
            return await queue_penalty(ami, change.queue, change.interface, change.penalty)
        case ChangeKind.REMOVE:
            return await queue_remove(ami, change.queue, change.interface)
