"""Ends the memberships whose controller is gone and was not followed: no controller is needed for it.

It acts for as long as it works, as a controller would: while one lives, nothing of its is touched, and one that comes
back meanwhile waits for a moment. Who talks, rings or wraps up, and the last who could take a caller that waits, is
left to the next run. Run again, it has nothing to do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ivrctl.acd.fold import fold
from ivrctl.acd.picture import Origin, Picture
from ivrctl.adapters.ami.queue_actions import Asking, Outcome, asterisk_time, queue_remove, queue_status
from ivrctl.adapters.staffing_store import Sent, StaffingStore
from ivrctl.adapters.staffing_store.writes import lease_ended, sent_kept
from ivrctl.errors import IvrctlError
from ivrctl.service.queues.translate import read
from ivrctl.service.staffing.actuator import PACE
from ivrctl.service.staffing.former import former_policies
from ivrctl.service.staffing.last_look import last_look
from ivrctl.service.staffing.leases import member_of
from ivrctl.staffing.decision import Cause
from ivrctl.staffing.plan import Change, ChangeKind, HeldBecause, Owned

WITHIN = timedelta(seconds=45)
"""After this the rest is left to the next run: a term lasts for ninety seconds, and nobody renews it meanwhile."""

_WAITS = {
    HeldBecause.IN_CALL: "talks, rings or wraps up",
    HeldBecause.LAST_AVAILABLE: "callers wait, and nobody else could take one",
    HeldBecause.LAST_MEMBER: "callers wait, and nobody else is in the queue",
}


class Became(StrEnum):
    """What became of a membership."""

    ENDED = "ended"
    """He was removed, and is not there any more."""
    GONE = "gone"
    """He was not there, or the queue is not."""
    NOT_OURS = "not_ours"
    """He stands in queues.conf now."""
    WAITS = "waits"
    """The next run ends it."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reaped:
    """One membership."""

    lease: Owned
    became: Became
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reaping:
    """One run."""

    reaped: tuple[Reaped, ...] = ()
    why_not: str = ""
    """Why nothing was looked at; empty when it was."""

    @property
    def has_failed(self) -> bool:
        """True when something should have ended and did not."""
        return any(one.became is Became.FAILED for one in self.reaped)


@dataclass(frozen=True, slots=True)
class ReaperParts:
    """What a reaper works with."""

    store: StaffingStore
    connect: Callable[[], Awaitable[Asking]]
    """Opens a session with Asterisk; asked only when there is something to end."""
    clock: Callable[[], datetime]
    """Ours; aware."""
    sleep: Callable[[float], Awaitable[None]]


async def reap(parts: ReaperParts) -> Reaping:
    """End what has expired.

    Raises:
        SiteStoreError: the site's database does not answer.
        IvrctlError: Asterisk cannot be reached, or does not let us in.
    """
    if not _expired(await parts.store.owned(), parts.clock()):
        return Reaping()
    if not await parts.store.lead():
        return Reaping(why_not="a controller acts: it takes over what an earlier one has begun")
    try:
        # Once more: a controller may have renewed them just before.
        leases, begun_at = _expired(await parts.store.owned(), parts.clock()), parts.clock()
        reaper, reaped = _Reaper(parts.store, await parts.connect()), list[Reaped]()
        for lease in leases:
            if parts.clock() > begun_at + WITHIN:
                reaped.append(Reaped(lease, Became.WAITS, "there are many: the next run goes on"))
                continue
            reaped.append(await reaper.end(lease))
            await parts.sleep(PACE)
        return Reaping(tuple(reaped))
    finally:
        await parts.store.give_up()


def _expired(leases: Iterable[Owned], now: datetime) -> list[Owned]:
    """The last that were begun come first: as tiers leave."""
    return sorted((lease for lease in leases if lease.expires_at <= now), key=lambda lease: lease.since, reverse=True)


class _Reaper:
    """With a term, and a session."""

    def __init__(self, store: StaffingStore, ami: Asking) -> None:
        self._store = store
        self._ami = ami

    async def end(self, lease: Owned) -> Reaped:
        """End one membership, if it may be."""
        seat = lease.queue, lease.interface
        picture, now = await self._seen(lease.queue)
        member = member_of(picture, seat)
        if member is None:
            await self._store.write(lease_ended(seat))
            return Reaped(lease, Became.GONE)
        if member.origin is not Origin.DYNAMIC:
            await self._store.write(lease_ended(seat))
            return Reaped(lease, Became.NOT_OURS)
        why = "no controller has renewed what it has begun"
        change = Change(ChangeKind.REMOVE, *seat, lease.tier, cause=Cause.EXPIRED, sentence=why)
        (of,) = former_policies((), {seat: lease})
        looked = last_look(change, of, picture, now, (), ())
        if looked.held:
            return Reaped(lease, Became.WAITS, _WAITS.get(looked.held[0].because, looked.held[0].because.value))
        return await self._remove(lease, Sent(self._store.new_id(), lease.policy, "", change, now, is_counted=False))

    async def _remove(self, lease: Owned, sent: Sent) -> Reaped:
        seat = lease.queue, lease.interface
        await self._store.write(sent_kept(sent))
        try:
            outcome = await queue_remove(self._ami, *seat)
            picture, now = await self._seen(lease.queue)
        except IvrctlError as error:
            await self._store.write(sent_kept(replace(sent, outcome=f"no answer: {error}")))
            return Reaped(lease, Became.FAILED, str(error))
        sent = replace(sent, outcome=outcome.value, settled_at=now)
        if outcome is Outcome.NOT_DYNAMIC or member_of(picture, seat) is None:
            await self._store.write(sent_kept(sent), lease_ended(seat))
            return Reaped(lease, Became.NOT_OURS if outcome is Outcome.NOT_DYNAMIC else Became.ENDED)
        await self._store.write(sent_kept(sent))
        return Reaped(lease, Became.FAILED, f"{outcome.value}, says Asterisk, and he is there still")

    async def _seen(self, queue: str) -> tuple[Picture, datetime]:
        """The queue as it is now, and Asterisk's time."""
        now = await asterisk_time(self._ami) or datetime.now(UTC)
        return fold(Picture(), read(await queue_status(self._ami, queue), now)), now
