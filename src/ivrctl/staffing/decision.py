"""What was decided, and why; and what the next decision must remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from ivrctl.staffing.policy import Measure


class Cause(StrEnum):
    """Why a tier or a person comes, goes, or stays as it is. The codes of records and metrics."""

    TRIGGER = "trigger"
    """A measure has been at its engage value for long enough."""
    CALM = "calm"
    """All measures have been calm for long enough."""
    FLOOR = "floor"
    """The calendar wants it."""
    ORDER = "order"
    """Somebody has ordered it."""
    UNKNOWN = "unknown"
    """What would decide it is not known: it stays."""
    ENGAGE_AFTER = "engage_after"
    """It waits: the trigger does not hold for long enough."""
    RELEASE_AFTER = "release_after"
    STAY = "stay_at_least"
    REST = "rest_at_least"
    PATIENCE = "patience"
    """The tier before it was asked, and has time to come."""
    BEFORE = "tier_before"
    """The tier before it is not in, or the one behind it still is."""
    CEILING = "changes_per_hour"
    FROZEN = "frozen"
    NOT_READY = "not_ready"
    """Of a person: he is not available for backup any more, or his phone is gone."""
    HAND = "hand"
    """Of a person: somebody has removed him from another queue of his tier, or he has signed off there."""
    KEEP_BACK = "keep_back"
    """Of a person: too few of his group are left at their own work, and he has had his shift."""
    POLICY = "policy"
    """Of a person: the policy does not want him here any more, or is gone itself."""
    RESTORED = "restored"
    """Of a person: Asterisk has lost a membership that goes on, by a restart. It counts as no change."""
    EXPIRED = "expired"
    """Of a person: no controller has renewed what one has begun."""
    STEADY = "steady"
    """Nothing calls for a change."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure against a threshold."""

    measure: Measure
    value: float | None
    threshold: float
    queue: str = ""
    is_met: bool = False
    since: datetime | None = None
    """Since when it is met."""
    tier: str = ""
    """Whom the threshold brings, where that is a later tier than the reason's: it needs those before it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one tier came, went, or did neither; ``sentences`` says it in words."""

    tier: str
    cause: Cause
    is_in: bool
    """What was decided."""
    is_change: bool
    comparisons: tuple[Comparison, ...] = ()
    """What decided it first; then the others."""
    until: datetime | None = None
    """When what holds it back ends, as far as that is known."""
    order: str = ""
    """The order's id."""
    ordered_by: str = ""
    order_reason: str = ""
    """As whoever gave it has written it."""
    nearest: Comparison | None = None
    """Of a tier that did not come: what was nearest to bringing it, "it was 84 s, and would have come at 90 s". Of one
    that did not leave: what was farthest from calm."""


@dataclass(frozen=True, slots=True)
class TierMemory:
    """What is remembered of one tier."""

    is_in: bool = False
    changed_at: datetime | None = None
    """When it came in, or left."""
    met_since: Mapping[Measure, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """Since when each measure is at its engage value, without a break."""
    answered_at: datetime | None = None
    """With ``ASK``: when the first of those asked came."""
    asked: frozenset[str] = frozenset()
    """With ``ASK``: the interfaces of those who were asked since it came in; nobody is so twice."""
    cause: Cause = Cause.STEADY
    """Of its last change."""


class SentHome(StrEnum):
    """Why somebody is wanted no more. The codes of records."""

    TIER = "tier"
    """His tier went home."""
    HAND = "hand"
    """He was removed, or signed off, while he was wanted: he rests as after any other shift."""
    NOT_SIGNED_ON = "not_signed_on"
    """He is available for backup no more."""
    ABSENT = "absent"
    """His phone is not there any more."""
    KEEP_BACK = "keep_back"
    """Too few of his group are left at their own work, and he has had his shift."""
    POLICY = "policy"
    """The policy does not name him any more."""


@dataclass(frozen=True, slots=True)
class PersonMemory:
    """What is remembered of one person, by interface."""

    is_in: bool = False
    """He is wanted: in ``desired`` with every queue of his tier."""
    came_at: datetime | None = None
    """The last time."""
    left_at: datetime | None = None
    """The last time; he rests from then on."""
    sight: int = -1
    """The sight in which he was seen in the queues ``seen`` while he was wanted; below zero: in none so far."""
    seen: frozenset[str] = frozenset()
    """Whoever is missing in one of these, in the same sight, was removed by hand."""
    absent_since: datetime | None = None
    """Since when his phone is not there while he is wanted."""
    sent_home_by: SentHome | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """All that a decision needs of those before it; it is stored, and a successor goes on with it."""

    tiers: Mapping[str, TierMemory] = field(default_factory=lambda: MappingProxyType({}))
    calm_since: datetime | None = None
    """Since when all measures are calm; anew when a tier goes home."""
    people: Mapping[str, PersonMemory] = field(default_factory=lambda: MappingProxyType({}))
    changes: tuple[datetime, ...] = ()
    """Of the last hour: when the machine began or ended a membership by itself."""
    warned: str = ""
    """The tier of which somebody was warned already."""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A membership that should be."""

    queue: str
    interface: str
    penalty: int
    tier: str
    name: str = ""
    state_interface: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One round's outcome. Of an unknown view it is that of the round before, and says so."""

    at: datetime
    desired: Mapping[tuple[str, str], Wanted]
    """By queue and interface: the backup memberships that should be, and no others."""
    reasons: tuple[Reason, ...]
    """One per tier, in their order."""
    memory: Memory
    wake_at: datetime
    """When time alone may change the outcome; at the latest a minute ahead."""
    hold: str = ""
    """Why nothing was decided; empty when something was."""
    asked: tuple[str, ...] = ()
    """Interfaces of members who are to be asked now: their tier has just come in, or they have just begun to pause."""
    called_in: tuple[str, ...] = ()
    """Interfaces of people who have just been added to the desired: they get a heads-up."""
    warning: Comparison | None = None
    """The next tier is near; somebody is to be told."""
    warned_tier: str = ""
    tiers_edge_at: datetime | None = field(default=None, compare=False)
    """Not recorded. As ``wake_at``, but however far ahead, and of tiers alone: None when no time changes which are in.
    Whoever sees each change of a figure need not decide before."""
    people_edge_at: datetime | None = field(default=None, compare=False)
    """The same of their people."""
