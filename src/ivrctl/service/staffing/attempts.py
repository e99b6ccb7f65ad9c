"""One attempt at one change: written down, looked at once more, sent; and what follows from the answer.

Before an action is sent, the database has its lease and the action itself. An answer that says that nothing was changed
takes both back; no answer leaves them, since Asterisk may have done it, or may do it yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
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
from ivrctl.service.staffing.work import Work
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

    async def attempt(self, work: Work) -> bool:
        """Once.

        Returns:
            False when it may not be sent now, or needs not: the next round plans it anew.

        Raises:
            SupersededError: another controller acts; nothing was sent.
        """
        change = work.change
        if not self._may_be_sent(work, change):
            return False
        work.is_under_way = True
        try:
            return await self._written_and_sent(work, change)
        finally:
            work.is_under_way = False

    def settle(self, work: Work, outcome: str) -> None:
        """Keep what became of the last attempt."""
        if work.sent is not None:
            work.sent = replace(work.sent, outcome=outcome, settled_at=self._parts.now())
            self._parts.store.write_soon(("sent", work.sent.id), sent_kept(work.sent))

    async def _written_and_sent(self, work: Work, change: Change) -> bool:
        parts, before = self._parts, work.sent
        was_ours = change.seat in parts.leases
        sent = Sent(parts.store.new_id(), work.policy.name, work.decision, change, parts.now(), is_counted(change))
        lease = parts.leases.intended(change, work.policy) if change.kind is ChangeKind.ADD else None
        again: list[Write] = [] if before is None else [sent_kept(replace(before, is_counted=False))]
        leased: list[Write] = [] if lease is None else [lease_kept(lease)]
        try:
            await parts.store.write(*again, *leased, sent_kept(sent))
        except IvrctlError as error:
            if not parts.store.is_acting:
                raise
            self._failed(work, f"not sent: {error}")
            return True
        if not parts.store.is_acting:  # it was given up meanwhile: the successor has the lease, and decides
            raise SupersededError
        self._count_anew(work, sent)
        if lease is not None:
            parts.leases.take(lease)
        if not self._may_be_sent(work, change):
            self._changed_nothing(work, change, was_ours=was_ours)
            self.settle(work, "not sent")
            return False
        await self._send(work, change, was_ours=was_ours)
        return True

    def _may_be_sent(self, work: Work, change: Change) -> bool:
        """The guard lets it through, as it is now. The ceiling does not count earlier attempts at the same change."""
        parts, policy = self._parts, work.policy
        times = list(parts.times.of(policy.name))
        if work.sent is not None and work.sent.at in times and work.sent.is_counted:
            times.remove(work.sent.at)
        leaving = {seat for seat in parts.leaving() if seat != change.seat}
        return not last_look(change, policy, parts.picture(), parts.now(), times, leaving).is_empty

    async def _send(self, work: Work, change: Change, *, was_ours: bool) -> None:
        work.attempts += 1
        work.sight = self._parts.picture().sight
        try:
            outcome = await _carried(self._parts.ami, change)
        except (LocalProtocolError, QueueActionRefusedError) as error:
            self._changed_nothing(work, change, was_ours=was_ours)
            self._failed(work, str(error))
        except IvrctlError as error:
            work.is_doubtful = True
            self._failed(work, f"no answer: {error}")
            self._parts.read_again()
        else:
            self._answered(work, change, outcome, was_ours=was_ours)

    def _answered(self, work: Work, change: Change, outcome: Outcome, *, was_ours: bool) -> None:
        if outcome in _DONE:
            work.error = ""
            work.answered(outcome.value, self._parts.seconds())
            return
        # What somebody else has begun is not ours; what was leased before may be what an earlier attempt has done.
        self._changed_nothing(work, change, was_ours=was_ours)
        self._parts.read_again()
        if outcome in _IS_SO:
            work.error = f"{outcome.value}, says Asterisk"
            work.answered(outcome.value, self._parts.seconds())
            return
        if outcome is Outcome.NOT_DYNAMIC:
            self._parts.leases.end(change.seat)
        self._failed(work, f"{outcome.value}, says Asterisk")

    def _changed_nothing(self, work: Work, change: Change, *, was_ours: bool) -> None:
        """Nobody has come or gone by it; an earlier attempt without an answer may have done it."""
        if not was_ours:
            self._parts.leases.end(change.seat)
        if work.sent is not None and not work.is_doubtful:
            self._parts.times.take_back(work.policy.name, work.sent.at)
            work.sent = replace(work.sent, is_counted=False)

    def _count_anew(self, work: Work, sent: Sent) -> None:
        """This attempt counts, and an earlier one at the same change no more."""
        if work.sent is not None and work.sent.is_counted:
            self._parts.times.take_back(work.policy.name, work.sent.at)
        if sent.is_counted:
            self._parts.times.add(work.policy.name, sent.at)
        work.sent = sent

    def _failed(self, work: Work, why: str) -> None:
        work.failed(why, self._parts.seconds())
        self.settle(work, why)
        if work.attempts <= 1:
            change = work.change
            self._parts.on_trouble(f"{change.kind} {change.interface} in {change.queue}: {why}; it is tried again")


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
