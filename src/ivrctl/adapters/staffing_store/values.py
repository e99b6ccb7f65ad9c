"""What is kept of backup staff beside the values of ``ivrctl.staffing`` themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ivrctl.staffing.decision import Memory, Reason
from ivrctl.staffing.plan import Change, Owned
from ivrctl.staffing.view import Order


@dataclass(frozen=True, slots=True)
class Sent:
    """One action on one membership, from before it was sent."""

    id: str
    policy: str
    decision: str
    """The id of the decision that it follows from; empty for none that was kept."""
    change: Change
    at: datetime
    """By Asterisk's clock."""
    is_counted: bool
    """By the ceiling on changes; one of which Asterisk says that it has changed nothing counts no more."""
    settled_at: datetime | None = None
    outcome: str = ""
    """What became of it; empty while that is not known."""


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """A decision that has changed something."""

    id: str
    policy: str
    at: datetime
    digest: str
    """Of the view that it was made from: two of the same view have the same."""
    sentences: tuple[str, ...]
    """One per tier, in their order."""
    reasons: tuple[Reason, ...]
    plan: Mapping[str, Any]
    """What was to be done and what waited, as it is shown."""
    sent: tuple[Sent, ...] = ()
    """What was done by it, with its outcomes."""


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """An order by hand, for one policy."""

    policy: str
    order: Order


@dataclass(frozen=True, slots=True)
class Acting:
    """The controller that acts."""

    place: str
    """Its host and state folder: a controller of the same place is its successor."""
    holder: str
    """The process."""
    term: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a controller goes on with that begins to act."""

    owned: tuple[Owned, ...] = ()
    memories: Mapping[str, Memory] = field(default_factory=dict)
    orders: tuple[KeptOrder, ...] = ()
    sent: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    """By policy, the changes of the last hour that the ceiling counts."""
    lost: tuple[str, ...] = ()
    """What of it this release could not read, in sentences."""
