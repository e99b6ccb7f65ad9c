"""The memberships that this controller has begun: in memory, and in the site's database before and after each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from ivrctl.acd.picture import Member, Origin, Picture
from ivrctl.adapters.staffing_store import StaffingStore
from ivrctl.adapters.staffing_store.writes import lease_ended, lease_kept
from ivrctl.staffing.decision import Decision
from ivrctl.staffing.plan import Change, Owned, SeatKey
from ivrctl.staffing.policy import Policy

UNSURE_FOR = 60.0
"""Seconds for which a membership that nobody has seen may still be begun by an action without an answer: Asterisk has
read it, and hangs."""


class Leases:
    """By seat. What is not known of one is found out from the picture."""

    def __init__(self, store: StaffingStore, clock: Callable[[], datetime], seconds: Callable[[], float]) -> None:
        """Begin without any.

        Args:
            store: of the site.
            clock: ours.
            seconds: a steady clock.
        """
        self._store = store
        self._clock = clock
        self._seconds = seconds
        self._owned: dict[SeatKey, Owned] = {}
        self._tried_at: dict[SeatKey, float] = {}
        """Of those that nobody has seen: when they were last tried to be begun."""
        self._looked_at: tuple[int, datetime | None] = (0, None)
        self.by_seat: Mapping[SeatKey, Owned] = MappingProxyType(self._owned)

    def __contains__(self, seat: object) -> bool:
        return seat in self._owned

    def begin(self, inherited: Iterable[Owned]) -> None:
        """Go on with those of a predecessor, and with no others."""
        self._owned.clear()
        self._owned.update({(lease.queue, lease.interface): lease for lease in inherited})
        now = self._seconds()
        self._tried_at = {seat: now for seat, lease in self._owned.items() if not lease.is_confirmed}
        self._looked_at = (0, None)

    def intended(self, change: Change, policy: Policy) -> Owned:
        """The lease of a membership that is about to be begun: to be written before it is, and then to be taken."""
        known = self._owned.get(change.seat)
        begun = Owned(*change.seat, change.tier, policy.name, self._clock(), self._store.expiry())
        if known is None:
            return begun
        return replace(known, tier=change.tier, policy=policy.name, expires_at=begun.expires_at)

    def take(self, lease: Owned) -> None:
        """It is written."""
        seat = lease.queue, lease.interface
        self._owned[seat] = lease
        self._tried_at[seat] = self._seconds()

    def confirm(self, seat: SeatKey, sight: int) -> None:
        """A picture shows it."""
        lease = self._owned.get(seat)
        self._tried_at.pop(seat, None)
        if lease is not None and not (lease.is_confirmed and lease.sight == sight):
            self._keep(replace(lease, is_confirmed=True, sight=sight))

    def end(self, seat: SeatKey) -> None:
        """It is over, or was never ours."""
        if self._owned.pop(seat, None) is not None:
            self._tried_at.pop(seat, None)
            self._store.write_soon(("lease", seat), lease_ended(seat))

    def look(self, picture: Picture) -> None:
        """Whoever is seen is there; whoever stands in queues.conf now is not ours any more.

        Behind a reading all are looked at, between two those who were not seen yet.
        """
        of = picture.sight, picture.read_at
        seats, self._looked_at = tuple(self._tried_at if of == self._looked_at else self._owned), of
        for seat in seats:
            member = member_of(picture, seat)
            if member is not None and member.origin is not Origin.DYNAMIC:
                self.end(seat)
            elif member is not None:
                self.confirm(seat, picture.sight)

    def settle(self, policy: str, decision: Decision, picture: Picture, busy: Iterable[SeatKey]) -> None:
        """What a round of a policy shows of them: who is gone and not wanted any more, and who is of another tier now.

        Args:
            policy: its name.
            decision: of the round.
            picture: that it was made from, or a later one of the same sight.
            busy: seats at which something is under way.
        """
        under_way = frozenset(busy)
        for seat, lease in tuple(self._owned.items()):
            if lease.policy != policy or seat in under_way:
                continue
            wanted = decision.desired.get(seat)
            if wanted is None and member_of(picture, seat) is None and not self._may_come(seat):
                self.end(seat)
            elif wanted is not None and wanted.tier != lease.tier:
                self._keep(replace(lease, tier=wanted.tier))

    def _may_come(self, seat: SeatKey) -> bool:
        tried_at = self._tried_at.get(seat)
        return tried_at is not None and self._seconds() < tried_at + UNSURE_FOR

    def _keep(self, lease: Owned) -> None:
        seat = lease.queue, lease.interface
        self._owned[seat] = replace(lease, expires_at=self._store.expiry())
        self._store.write_soon(("lease", seat), lease_kept(self._owned[seat]))


def member_of(picture: Picture, seat: SeatKey) -> Member | None:
    """Who is seen there."""
    queue = picture.queues.get(seat[0])
    return None if queue is None else queue.members.get(seat[1])
