"""What is under way: one change of one seat, from when it was planned until the picture shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ivrctl.acd.picture import Picture
from ivrctl.adapters.staffing_store import Sent
from ivrctl.staffing.plan import Change, ChangeKind, Owned
from ivrctl.staffing.policy import Policy

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds before an action is sent again; twice as long each time."""
SEEN_WITHIN = 5.0
"""Seconds in which the picture shows what Asterisk says it has done: events take milliseconds. Then it is read."""
BELIEVED_WITHIN = 20.0
"""Seconds after which nobody believes it any more, and it is sent again: several readings were due by then."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An attempt that is written down and not sent yet."""

    sent: Sent
    lease: Owned | None
    """Of a membership that is to begin."""
    was_ours: bool
    """There was a lease before."""
    before: Sent | None
    """The attempt before this one."""

    @property
    def change(self) -> Change:
        """What is to be sent."""
        return self.sent.change


@dataclass(slots=True, eq=False)
class Work:
    """See the module."""

    policy: Policy
    change: Change
    decision: str
    """The id of the decision that it follows from."""
    since: datetime
    attempts: int = 0
    error: str = ""
    pause: float = FIRST_PAUSE
    """Seconds before the next attempt, if this one fails."""
    due_at: float = 0.0
    """On the steady clock: when it may be sent again."""
    is_doubtful: bool = False
    """An attempt had no answer: Asterisk may have done it, or may do it yet."""
    draft: Draft | None = None
    """The next attempt, once it is written down."""
    is_under_way: bool = False
    """From the moment at which it is sent to Asterisk's answer."""
    answered_at: float | None = None
    """On the steady clock: when Asterisk said that it is so; the picture is to show it now."""
    is_read_again: bool = False
    """A reading was asked for, since the picture does not show it."""
    sight: int = 0
    """In which it was sent last: what Asterisk says is not believed in another one, it may have restarted."""
    sent: Sent | None = None
    """The last attempt."""

    @property
    def is_fixed(self) -> bool:
        """True from the moment at which it is sent, until the picture shows it or it has failed."""
        return self.is_under_way or self.answered_at is not None

    @property
    def is_unsure(self) -> bool:
        """True when it may be done by now, or at any moment."""
        return self.is_fixed or self.is_doubtful or self.draft is not None

    def is_observed(self, picture: Picture) -> bool:
        """True when a picture that is known shows what was to be done."""
        queue = picture.queues.get(self.change.queue)
        member = None if queue is None else queue.members.get(self.change.interface)
        match self.change.kind:
            case ChangeKind.ADD:
                return member is not None
            case ChangeKind.REMOVE:
                return member is None
            case ChangeKind.PENALTY:
                return member is None or member.penalty == self.change.penalty

    def answered(self, outcome: str, now: float) -> None:
        """Asterisk says that it is so."""
        self.answered_at = now
        if self.sent is not None:
            self.sent = replace(self.sent, outcome=outcome)

    def lost(self, now: float) -> None:
        """Asterisk said that it is so, and may have restarted since: it is sent again at once."""
        self.failed("done, said Asterisk, and was out of sight since then", now)
        self.due_at = now

    def failed(self, why: str, now: float) -> None:
        """It was not done, or nobody knows: it is tried again, later each time."""
        self.error = why
        self.answered_at, self.is_read_again = None, False
        self.due_at = now + self.pause
        self.pause = min(2 * self.pause, LONGEST_PAUSE)
