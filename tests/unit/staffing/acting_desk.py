"""A desk at which decisions come about by plans: compared, guarded, sent, and sometimes lost on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from ivrctl.staffing.decision import Decision
from ivrctl.staffing.diff import diff
from ivrctl.staffing.guard import guard, is_counted
from ivrctl.staffing.plan import Change, ChangeKind, Owned, SeatKey
from ivrctl.staffing.view import Seat

from .any_desk import BACKUP, HOUR, AnyDesk


@dataclass
class ActingDesk(AnyDesk):
    """See the module."""

    loses: bool = False
    """Some actions are sent and never seen to work."""
    owned: dict[SeatKey, Owned] = field(default_factory=dict)
    sent: list[datetime] = field(default_factory=list)
    """When each change was sent that the ceiling counts."""

    def come_about(self, decision: Decision) -> None:
        """Send what may be sent."""
        self._chance_of_talks()
        view = self.view
        plan = diff(self.policy, decision, view, self.owned)
        for change in guard(plan, view, decision.memory, self.policy, self.now).changes:
            if is_counted(change):
                self.sent.append(self.now)
                self.memory = replace(self.memory, changes=(*self.memory.changes, self.now))
            if not (self.loses and self.chance.of(False, False, True)):
                self._works(change)

    def _works(self, change: Change) -> None:
        if change.kind is ChangeKind.REMOVE:
            del self.seats[change.seat], self.owned[change.seat]
            return
        self.seats[change.seat] = Seat(*change.seat, change.penalty, True, False, "", False, True)
        expires_at = self.now + HOUR
        self.owned[change.seat] = Owned(
            *change.seat, change.tier, self.policy.name, self.now, expires_at, is_confirmed=True, sight=self.sight
        )

    def _chance_of_talks(self) -> None:
        """Some talk, and some have finished."""
        for key, seat in self.seats.items():
            if seat.penalty >= BACKUP and self.chance.of(False, False, True):
                self.seats[key] = replace(seat, is_busy=not seat.is_busy, is_available=seat.is_busy)
