"""What became of a simulated day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue over some time, or all of them together. They balance: offered is the sum of all ends."""

    offered: int = 0
    answered: int = 0
    in_time: int = 0
    """Answered within the rule's threshold."""
    abandoned: int = 0
    """Short abandons among them."""
    short_abandons: int = 0
    timed_out: int = 0
    refused: int = 0
    """The queue was full, or nobody was in it."""
    left_empty: int = 0
    """Everybody had gone who could have answered."""
    waited: float = 0.0
    """Seconds of all who were answered."""
    longest_wait: float = 0.0
    """Seconds, of anybody."""
    talked: float = 0.0
    """Seconds of all talks."""

    @property
    def service_level(self) -> float | None:
        """Answered in time, of those whose fate is known and who did not hang up at once; None without any."""
        whole = self.offered - self.short_abandons
        return self.in_time / whole if whole else None

    @property
    def speed_of_answer(self) -> float | None:
        """ASA: seconds that those who were answered waited in the mean; None without any."""
        return self.waited / self.answered if self.answered else None

    @property
    def abandon_share(self) -> float | None:
        """Of those offered who did not hang up at once; None without any."""
        whole = self.offered - self.short_abandons
        return (self.abandoned - self.short_abandons) / whole if whole else None


@dataclass(frozen=True, slots=True)
class TierFigures:
    """One tier of a policy."""

    engaged: int = 0
    """Times that it came in."""
    minutes_in: float = 0.0
    """Minutes between coming in and going home."""
    reserve_minutes: float = 0.0
    """Minutes of people: members of it in a queue, each person counted once."""
    talk_minutes: float = 0.0
    """Minutes of those in which they talked to callers."""
    changes: int = 0
    """Memberships begun or ended."""
    interruptions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By agent's number, how often he was called in, or asked."""


@dataclass(frozen=True, slots=True)
class TierMove:
    """A tier came or went."""

    at: float
    """Seconds from the day's beginning."""
    policy: str
    tier: str
    is_in: bool
    why: str
    """In words, with figures."""


@dataclass(frozen=True, slots=True)
class SeatChange:
    """Somebody was called in to a queue or sent home from it, or came because he was asked to end his pause."""

    at: float
    """Seconds from the day's beginning."""
    policy: str
    tier: str
    number: str
    """The agent's."""
    queue: str
    """Empty for one who was asked: he is back in all of his."""
    is_in: bool
    why: str
    """In words, with figures."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one run."""

    queues: Mapping[str, QueueFigures]
    total: QueueFigures
    intervals: tuple[tuple[float, QueueFigures], ...]
    """Of all queues together, by the second in which each quarter of an hour begins, by when people joined."""
    tiers: Mapping[tuple[str, str], TierFigures]
    """By policy and tier."""
    moves: tuple[TierMove, ...]
    """In the order of their times."""
    changes: tuple[SeatChange, ...]
    """In the order of their times: with them a chart shows how many people of each tier were in."""
    rounds: int
    """Decisions that were reckoned; those that provably change nothing are not."""
    busy_share: float | None
    """Occupancy of those whose daily work it is: talking, ringing or wrapping up, of the time signed on and not
    paused; None when nobody was."""
    simulated: timedelta
    """From the beginning until the day was over and the last caller had left."""
