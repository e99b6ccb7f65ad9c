"""Any centre: whatever is desired, observed, owned and remembered.

By hypothesis, which finds the smallest one that a property fails for; or by a seed, a hundred times as fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from ivrctl.staffing.decision import Cause, Decision, Memory, Reason, Wanted
from ivrctl.staffing.plan import Owned, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.view import OrderKind, Presence, Seat, View

from .chance import Chance, Drawn, Seeded
from .memberships import HOUR, MINUTE, NAME, NOW, TIERS, order, policy

QUEUES = ("broadband", "mobile")
INTERFACES = tuple(f"PJSIP/81{tens}{ones}" for tens in (1, 2) for ones in range(3))
CAUSES = (Cause.TRIGGER, Cause.CALM, Cause.FLOOR, Cause.ORDER, Cause.STEADY)
POLICIES = tuple(policy(ceiling) for ceiling in range(8))


@dataclass(frozen=True, slots=True)
class Centre:
    """One moment of it."""

    policy: Policy
    decision: Decision
    view: View
    owned: Mapping[SeatKey, Owned]
    memory: Memory
    leaving: frozenset[SeatKey]
    """Seats whose removal was sent."""


def any_centre(chance: Chance) -> Centre:
    """One that chance makes."""
    keys = [(queue, interface) for queue in QUEUES for interface in INTERFACES]
    places = {key: chance.of(*_PLACES) for key in keys}
    desired = {key: _wanted(chance, key) for key, (is_wanted, _, _) in places.items() if is_wanted}
    seats = {key: _seat(chance, key) for key, (_, is_there, _) in places.items() if is_there}
    owned = {key: _owned(chance, key) for key, (_, _, is_owned) in places.items() if is_owned}
    return Centre(
        chance.of(*POLICIES),
        Decision(NOW, desired, tuple(_reason(chance, tier) for tier in TIERS), Memory(), NOW + MINUTE),
        _view(chance, seats),
        owned,
        Memory(changes=tuple(NOW + chance.of(-10, -70, -60, -59, 5) * MINUTE for _ in range(chance.of(0, 3, 6)))),
        frozenset(key for key in seats if chance.of(False, False, False, False, True)),
    )


@st.composite
def centres(draw: st.DrawFn) -> Centre:
    """By hypothesis."""
    return any_centre(Drawn(draw))


def seeded(seed: int) -> Centre:
    """By a seed: the same one for the same seed."""
    return any_centre(Seeded(seed))


_PLACES = tuple(
    (is_wanted, is_there, is_owned)
    for is_wanted in (False, True)
    for is_there in (False, True)
    for is_owned in (False, True)
)
_STATES = tuple(
    (is_present, is_paused, is_busy)
    for is_present in (True, False)
    for is_paused in (False, True)
    for is_busy in (False, True)
)


_FREEZE = order(OrderKind.FREEZE, NOW + HOUR)
_ORDERS = (
    (_FREEZE,),
    (order(OrderKind.FREEZE, NOW),),
    (_FREEZE, replace(order(OrderKind.ENGAGE, NOW + MINUTE, "leaders"), given_at=NOW)),
)


def _seat(chance: Chance, key: SeatKey) -> Seat:
    """A member as queues have them: nobody is available who is busy, paused or away."""
    present, paused, busy = chance.of(*_STATES)
    return Seat(
        *key,
        chance.of(5, 10),
        is_dynamic=chance.of(True, True, True, False),
        is_paused=paused,
        pause_reason="",
        is_busy=busy,
        is_available=present and not paused and not busy,
        free_at=NOW + MINUTE if busy and chance.of(False, True) else None,
        is_present=present,
    )


def _wanted(chance: Chance, key: SeatKey) -> Wanted:
    return Wanted(*key, chance.of(5, 10), chance.of(*TIERS), "", "")


def _owned(chance: Chance, key: SeatKey) -> Owned:
    owner = chance.of(NAME, NAME, NAME, "other")
    is_confirmed, sight = chance.of((True, 1), (True, 2), (True, -1), (False, -1))
    return Owned(*key, chance.of(*TIERS, "gone"), owner, NOW - HOUR, NOW + MINUTE, is_confirmed, sight)


def _reason(chance: Chance, tier: str) -> Reason:
    return Reason(tier, chance.of(*CAUSES), chance.of(True, False), chance.of(False, True))


def _view(chance: Chance, seats: Mapping[SeatKey, Seat]) -> View:
    """Nine of ten are known; few have a freeze."""
    return View(
        NOW,
        chance.of(*[True] * 9, False),
        "",
        chance.of(1, 2),
        seats=seats,
        waiting=dict(zip(QUEUES, chance.of((0, 0), (0, 1), (2, 0), (3, 3)), strict=True)) if chance.of(1, 1, 0) else {},
        presence={who: chance.of(*Presence) for who in INTERFACES[:3]},
        orders=chance.of((), (), (), (), *_ORDERS),
    )
