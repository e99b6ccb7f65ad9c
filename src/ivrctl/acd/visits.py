"""What the ledger knows of one channel: its stays, and what of them is still to be told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from ivrctl.acd.events import CallerAbandoned, CallerExited
from ivrctl.acd.order import SAME_STAY, is_near, is_older
from ivrctl.acd.stay import Stay, StayEnd

_OUTCOMES = {
    StayEnd.TIMED_OUT.value: StayEnd.TIMED_OUT,
    StayEnd.EMPTY.value: StayEnd.EMPTY,
    StayEnd.WITHDRAWN.value: StayEnd.WITHDRAWN,
    StayEnd.CALLED_BACK.value: StayEnd.CALLED_BACK,
}
_KEY = "key_"
KEPT = 8
"""Stays of one channel that are remembered once they are over: a caller who goes in circles has no end of them."""


@dataclass(slots=True)
class Visit:
    """A stay, and what is behind it that no entry has."""

    stay: Stay
    left_at: datetime | None = None
    """When he left, told or noticed; why is known when the stay says it, too."""
    is_left_told: bool = False
    """False where that he left was only noticed: he was there for the last time before it."""
    due: datetime | None = None
    """When it is unknown for good why he left; None while he waits, and when it is known."""
    unproven_until: datetime | None = None
    """When his joining counts as lost; None once it was told."""
    known_until: datetime | None = None
    """Of a stay from a store: what is told of him from before that stands in the entry already."""
    missed: dict[str, datetime] = field(default_factory=dict)
    """By interface, the last time: what is told twice counts once."""

    @property
    def is_undecided(self) -> bool:
        """True while it is not known what became of him: he waits, or it went unseen."""
        return self.stay.end in {StayEnd.WAITING, StayEnd.UNKNOWN}

    def may_have_left_at(self, at: datetime) -> bool:
        """True while another reason may be told why he left.

        app_queue says of whoever leaves unanswered that he has abandoned (``record_abandoned``), where he timed out or
        the queue was empty too, and tells the reason behind it.
        """
        is_abandoned = self.stay.end is StayEnd.ABANDONED and self.left_at is not None and is_near(at, self.left_at)
        return self.is_undecided or is_abandoned

    def began_by(self, at: datetime) -> bool:
        """True unless he joined later than that."""
        joined_at = self.stay.joined_at
        return not is_older(at if self.stay.is_joined_exactly else at + SAME_STAY, joined_at)

    def was_told_gone_by(self, at: datetime) -> bool:
        """True when it was told, and not only noticed, that he had left by then."""
        return self.is_left_told and self.left_at is not None and not is_older(at, self.left_at)

    def not_before(self, at: datetime) -> datetime:
        """A moment of this stay that is told; it is not before its beginning, which may be reckoned."""
        return self.stay.joined_at if is_older(at, self.stay.joined_at) else at


@dataclass(slots=True)
class Channel:
    """The stays of one channel, in the order in which they were told."""

    uniqueid: str
    chain: int = 0
    visits: list[Visit] = field(default_factory=list)
    ended_at: datetime | None = None
    forget_at: datetime | None = None
    orphans: dict[str, datetime] = field(default_factory=dict)
    """Queues that he left without having been there: his joining comes late, or is lost."""
    early: CallerExited | CallerAbandoned | None = None
    """Why he left a queue that he has not been seen to join."""

    def is_orphaned_after(self, visit: Visit) -> bool:
        """True when he has left a queue that he joined unseen behind that stay: what is told now is not of it."""
        return visit.left_at is not None and any(at > visit.left_at for at in self.orphans.values())

    def newest(self, at: datetime, queue: str | None = None) -> Visit | None:
        """The stay that something of that moment is of."""
        found: Visit | None = None
        for visit in self.visits:
            is_of_it = (queue is None or visit.stay.queue == queue) and visit.began_by(at)
            if is_of_it and (found is None or visit.stay.joined_at >= found.stay.joined_at):
                found = visit
        return found

    def next_after(self, visit: Visit) -> datetime | None:
        """When he joined the queue after that one."""
        later = [other.stay.joined_at for other in self.visits if other.stay.joined_at > visit.stay.joined_at]
        return min(later, default=None)

    def add(self, visit: Visit) -> None:
        """One more; of those that are over the eldest is forgotten when there are many."""
        self.visits.append(visit)
        if len(self.visits) > KEPT and self.visits[0].stay.is_over:
            del self.visits[0]


def exited(stay: Stay, outcome: str, at: datetime) -> Stay | None:
    """The stay of a caller who left for a reason in the language's words; None for a word that is none."""
    if outcome.startswith(_KEY):
        return replace(stay, end=StayEnd.KEY, key=outcome.removeprefix(_KEY), left_at=at)
    end = _OUTCOMES.get(outcome)
    return None if end is None else replace(stay, end=end, left_at=at)
