"""From what should be to what is to be done: adds first, removals last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from ivrctl.staffing.decision import Cause

SeatKey: TypeAlias = tuple[str, str]
"""Queue and interface."""


class ChangeKind(StrEnum):
    """What is done to one membership."""

    ADD = "add"
    PENALTY = "penalty"
    """He is in, with another penalty than the tier's."""
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """One action on one membership."""

    kind: ChangeKind
    queue: str
    interface: str
    tier: str
    penalty: int = 0
    name: str = ""
    state_interface: str = ""
    cause: Cause = Cause.STEADY
    sentence: str = ""
    """The reason in words, with figures."""

    @property
    def seat(self) -> SeatKey:
        """Queue and interface."""
        return self.queue, self.interface


class HeldBecause(StrEnum):
    """Why a change is not made now."""

    IN_CALL = "in_call"
    """He talks, rings, or wraps up: he is drained."""
    LAST_AVAILABLE = "last_available"
    """Callers wait, and nobody else could take one."""
    LAST_MEMBER = "last_member"
    """Callers wait, and the queue would have no member."""
    CEILING = "changes_per_hour"
    NOT_OURS = "not_ours"
    """A static member, or one that somebody else has added."""
    FROZEN = "frozen"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Held:
    """A change that waits."""

    change: Change
    because: HeldBecause
    until: datetime | None = None
    """When that ends, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A membership that we have begun, by the record that was written before."""

    queue: str
    interface: str
    tier: str
    policy: str
    since: datetime
    expires_at: datetime
    """Without a renewal somebody else may end it then."""
    is_confirmed: bool = False
    """True once a picture has shown it: only then may its absence mean that somebody else ended it."""
    sight: int = -1
    """The sight in which a picture has last shown it; of one that was taken over, none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in this order; and what waits."""

    changes: tuple[Change, ...] = ()
    held: tuple[Held, ...] = ()
    unmanaged: Mapping[SeatKey, str] = field(default_factory=lambda: MappingProxyType({}))
    """Seats that are as wanted but not ours, or wanted differently and not ours to change, and why."""

    @property
    def is_empty(self) -> bool:
        """True when what is observed is what is desired, or must stay so for now."""
        return not self.changes
