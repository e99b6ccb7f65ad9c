"""What the outbox holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivrctl.model.values import Value


class State(StrEnum):
    """What becomes of an entry."""

    WAITING = "waiting"
    """It is delivered as soon as somebody takes it."""
    REFUSED = "refused"
    """Whoever it is for will never take it as it is; kept for a person to look at."""
    GIVEN_UP = "given_up"
    """It has waited for longer than its submission allows; kept for a person to look at."""
    DELIVERED = "delivered"
    """Whoever it is for has it; its key is remembered for a day."""


@dataclass(frozen=True, slots=True)
class Put:
    """Something to be kept."""

    key: str
    """Unique in the site: what comes under it again is the same."""
    submission: str
    params: Mapping[str, Value]
    """Of its names, those that had a value, or none."""
    at: datetime
    """When it was handed over; aware."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is kept."""

    number: int
    """In the order in which they came."""
    key: str
    submission: str
    params: Mapping[str, Value]
    """Empty once it is delivered."""
    at: datetime
    """When it was handed over; aware."""
    state: State
    tries: int
    """How often it was not taken for a reason of its own."""
    reason: str
    """Why it was not taken the last time; empty before."""
    damage: str = ""
    """Why nobody can read it any more; empty of one that is whole."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of one submission is in one state."""

    submission: str
    state: State
    count: int
    oldest: datetime
    """When the oldest was handed over."""
