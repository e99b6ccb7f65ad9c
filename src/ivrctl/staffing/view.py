"""What a decision looks at: figures, members and people of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from ivrctl.staffing.policy import Measure


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure."""

    value: float | None
    """None: not known."""
    queue: str = ""
    """Whose value it is, the worst of the policy's; empty for one of all together."""
    why_unknown: str = ""
    """Not empty beside a value: of some queues it is not known, and the value is the worst of the others. It engages,
    and is never calm."""
    is_taken: bool = True
    """False: nobody can know it here, as a forecast of queues without a history, and ``why_unknown`` says so. Its row
    neither engages nor holds; what is only not known *now* is taken, and holds."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One member of one of the policy's queues, reduced to what decisions and guards ask."""

    queue: str
    interface: str
    penalty: int
    is_dynamic: bool
    is_paused: bool
    pause_reason: str
    is_busy: bool
    """True while his phone rings or he talks, to whomever, and in wrap-up: not to be removed now."""
    is_available: bool
    """True when a caller could reach him now."""
    free_at: datetime | None = None
    """When a wrap-up that goes on will be over."""
    is_present: bool = True
    """False when his phone is not there."""


class Presence(StrEnum):
    """Whether somebody could come in."""

    READY = "ready"
    """Available for backup, his phone is there."""
    NOT_SIGNED_ON = "not_signed_on"
    """Not available for backup."""
    ABSENT = "absent"
    """His phone is not there."""
    UNKNOWN = "unknown"


class OrderKind(StrEnum):
    """What somebody has ordered by hand."""

    ENGAGE = "engage"
    """The tier, and those before it, are in until the order ends."""
    RELEASE = "release"
    """The tier, and those behind it, are out until the order ends."""
    FREEZE = "freeze"
    """Nothing changes until the order ends: no tier comes or goes, nobody is added or removed."""


@dataclass(frozen=True, slots=True)
class Order:
    """By hand; of two that contradict each other the later counts."""

    id: str
    kind: OrderKind
    tier: str
    """Empty for a freeze."""
    given_at: datetime
    expires_at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """One moment, as one policy sees it."""

    at: datetime
    is_known: bool
    """False: the picture is stale, partial, or a queue of the policy is missing; nothing changes."""
    why_unknown: str
    sight: int
    """Another number each time sight of Asterisk was lost, and in each controller; not below zero. A member of another
    sight may have gone with a restart; one of the same sight who is gone was removed by somebody."""
    readings: Mapping[Measure, Reading] = field(default_factory=lambda: MappingProxyType({}))
    """Of the measures that the policy's triggers name. One that nobody takes at all, such as a shortfall where nothing
    is forecast, is missing, or says that it is not taken: its row neither engages nor holds."""
    seats: Mapping[tuple[str, str], Seat] = field(default_factory=lambda: MappingProxyType({}))
    """By queue and interface; of all queues that the policy names."""
    waiting: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Callers by queue."""
    presence: Mapping[str, Presence] = field(default_factory=lambda: MappingProxyType({}))
    """Of every person of a tier that adds, by interface."""
    at_own_work: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By tier: how many of its people could do their own work now: ready, and, where they have queues of their own,
    not paused there. ``keep_back`` of them stay."""
    orders: tuple[Order, ...] = ()
    """Those that have not expired."""
