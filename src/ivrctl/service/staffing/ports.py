"""What the loop needs of whoever keeps what it knows, and of whoever carries plans out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivrctl.adapters.staffing_store import Inherited, KeptOrder
from ivrctl.staffing.plan import Change, Owned, SeatKey
from ivrctl.staffing.rounds import Round


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


class Keeper(Protocol):
    """Keeps what the loop knows in the site's database; raises ``IvrctlError`` while that is away: ``StoreKeeper``."""

    async def lead(self) -> bool:
        """Be the controller that acts, or stay it; False while another one is."""

    async def give_up(self) -> None:
        """Be it no more; another one may act at once."""

    async def inherit(self) -> Inherited:
        """What is known by now."""

    def new_id(self) -> str:
        """Of a decision: none that there was."""

    async def keep(self, done: Round) -> None:
        """Keep what the next decision must remember; and, together with it, a decision that has an id."""

    async def keep_order(self, order: KeptOrder) -> None:
        """Keep an order; one with this id is replaced."""


class Carrying(Protocol):
    """Carries plans out, and knows what is ours: ``Actuator``."""

    @property
    def owned(self) -> Mapping[SeatKey, Owned]:
        """Memberships that we have begun."""

    @property
    def leaving(self) -> Collection[SeatKey]:
        """Seats whose removal was sent and is not observed yet."""

    @property
    def pending(self) -> Collection[Pending]:
        """What was begun and is not observed yet."""

    def begin(self, inherited: Inherited) -> None:
        """Go on with what was known before; this controller acts from now on."""

    def sent(self, policy: str) -> tuple[datetime, ...]:
        """When changes that count against the ceiling were sent, in the last hour."""

    def carry_out(self, done: Round) -> None:
        """Begin what of a plan is not begun yet; returns at once."""

    async def run(self) -> None:
        """Do what was begun, for ever."""
