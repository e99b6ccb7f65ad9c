"""What the loop needs of whoever keeps what it knows, and of whoever carries plans out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ivrctl.service.staffing.rounds import Round
from ivrctl.staffing.decision import Memory
from ivrctl.staffing.plan import Change, Owned, SeatKey
from ivrctl.staffing.view import Order


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """An order by hand, for one policy."""

    policy: str
    order: Order


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that was begun and is not observed yet."""

    policy: str
    change: Change
    since: datetime
    attempts: int = 0
    error: str = ""
    """The last one; empty when there was none."""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a controller goes on with that begins to act."""

    memories: Mapping[str, Memory] = field(default_factory=dict)
    """By policy."""
    orders: tuple[GivenOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision that changed something, as it is kept."""

    id: str
    at: datetime
    policy: str
    told: Mapping[str, Any]
    """All that led to it, in JSON's values; see ``recording``."""


class Keeper(Protocol):
    """Keeps what the loop knows in the site's database; raises ``IvrctlError`` while that is away."""

    async def lead(self) -> bool:
        """Be the controller that acts, or stay it; False while another one is."""

    async def give_up(self) -> None:
        """Be it no more; another one may act at once."""

    async def load(self) -> Kept:
        """What is known by now."""

    async def keep_memory(self, policy: str, memory: Memory) -> None:
        """Keep what the next decision must remember."""

    async def keep_decision(self, recorded: Recorded) -> None:
        """Keep a decision that changed something, with all that led to it."""

    async def history(self, limit: int, policy: str = "") -> tuple[Recorded, ...]:
        """The last decisions that changed something, the newest first; of one policy, or of all."""

    async def decision(self, id_: str) -> Recorded | None:
        """The decision of this id."""

    async def keep_order(self, given: GivenOrder) -> None:
        """Keep an order; one with this id is replaced."""


class Actuator(Protocol):
    """Carries plans out, and knows what is ours."""

    @property
    def owned(self) -> Mapping[SeatKey, Owned]:
        """Memberships that we have begun."""

    @property
    def leaving(self) -> Collection[SeatKey]:
        """Seats whose removal was sent and is not observed yet."""

    @property
    def pending(self) -> Collection[Pending]:
        """What was begun and is not observed yet."""

    def sent(self, policy: str) -> tuple[datetime, ...]:
        """When changes that count against the ceiling were sent, in the last hour."""

    def carry_out(self, of: Round) -> None:
        """Begin what of a plan is not begun yet; returns at once."""
