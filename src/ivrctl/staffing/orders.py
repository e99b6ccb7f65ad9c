"""What orders by hand mean for each tier: of those that speak of it, the one that was given last counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from ivrctl.staffing.policy import Policy
from ivrctl.staffing.view import Order, OrderKind


class Word(Enum):
    """What is ordered of a tier."""

    IN = auto()
    OUT = auto()
    STAY = auto()
    """As it is, and its people too."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The order that counts for a tier."""

    word: Word
    order: Order


def ordered(policy: Policy, orders: Iterable[Order], now: datetime) -> tuple[Ordered | None, ...]:
    """By tier: the order that counts; None where nobody has ordered anything.

    An order for a tier that the policy has not says nothing.
    """
    words: list[Ordered | None] = [None] * len(policy.tiers)
    places = {tier.name: index for index, tier in enumerate(policy.tiers)}
    for order in sorted(orders, key=lambda order: (order.given_at, order.id)):
        if now >= order.expires_at:
            continue
        for index in _spoken_of(order, places, len(words)):
            words[index] = Ordered(_WORDS[order.kind], order)
    return tuple(words)


_WORDS = {OrderKind.ENGAGE: Word.IN, OrderKind.RELEASE: Word.OUT, OrderKind.FREEZE: Word.STAY}


def _spoken_of(order: Order, places: dict[str, int], count: int) -> range:
    if order.kind is OrderKind.FREEZE:
        return range(count)
    place = places.get(order.tier)
    if place is None:
        return range(0)
    return range(place + 1) if order.kind is OrderKind.ENGAGE else range(place, count)
