"""Orders by hand: what somebody asks for, as orders, or why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.adapters.staffing_store import KeptOrder
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.scalars import UnreadableError, read_duration
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.view import Order, OrderKind

LONGEST = timedelta(days=7)
"""What is to last longer belongs into the policy."""
MOST_CHARACTERS = 200
"""Of a reason."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for."""

    kind: OrderKind
    tier: str
    """Empty for a freeze."""
    policy: str
    """Empty where it is to be found by the tier; of a freeze, for all."""
    lasts: str
    """Such as ``2h``."""
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """It cannot be; why, and what could."""

    message: str
    advice: str


def ordered(
    asked: Asked, policies: Mapping[str, Policy], ids: Sequence[str], now: datetime
) -> list[KeptOrder] | Refusal:
    """The orders that follow, one for each policy that is meant.

    Args:
        asked: for.
        policies: by name.
        ids: as many as there are policies, new ones.
        now: the time, by Asterisk's clock.
    """
    until = _until(asked.lasts, now)
    if isinstance(until, Refusal):
        return until
    if not asked.reason.strip() or len(asked.reason) > MOST_CHARACTERS or not asked.reason.isprintable():
        return Refusal(f"a reason is due, in up to {MOST_CHARACTERS} characters", '--reason "fault in Pudong"')
    meant = _meant(asked, policies)
    if isinstance(meant, Refusal):
        return meant
    tier = "" if asked.kind is OrderKind.FREEZE else asked.tier
    return [
        KeptOrder(name, Order(id_, asked.kind, tier, now, until, asked.by, asked.reason.strip()))
        for name, id_ in zip(meant, ids, strict=False)
    ]


def ended(given: KeptOrder, now: datetime) -> KeptOrder:
    """The order, over from now on."""
    order = given.order
    over = Order(order.id, order.kind, order.tier, order.given_at, now, order.by, order.reason)
    return KeptOrder(given.policy, over)


def _until(lasts: str, now: datetime) -> datetime | Refusal:
    try:
        length = read_duration(lasts)
    except UnreadableError as error:
        return Refusal(f"for how long the order is: {error}", "--for 1h")
    if length <= timedelta(0):
        return Refusal("an order lasts for some time", "--for 1h")
    if length > LONGEST:
        return Refusal(f"an order lasts {LONGEST.days} days at most", "what is to last longer belongs into the policy")
    return now + length


def _meant(asked: Asked, policies: Mapping[str, Policy]) -> list[str] | Refusal:
    if asked.policy and asked.policy not in policies:
        advice = did_you_mean(asked.policy, policies) or "ivrctl staffing status"
        return Refusal(f'the site has no staffing policy "{asked.policy[:80]}"', advice)
    among = {asked.policy: policies[asked.policy]} if asked.policy else policies
    if not among:
        return Refusal("the site has no staffing policy", "docs/how-to/backup-staff.md")
    if asked.kind is OrderKind.FREEZE:
        return list(among)
    having = [name for name, policy in among.items() if any(tier.name == asked.tier for tier in policy.tiers)]
    if not having:
        tiers = [tier.name for policy in among.values() for tier in policy.tiers]
        return Refusal(
            f'no policy has a tier "{asked.tier[:80]}"', did_you_mean(asked.tier, tiers) or "ivrctl staffing status"
        )
    if len(having) > 1:
        return Refusal(f'{len(having)} policies have a tier "{asked.tier}"', f"--policy {having[0]}")
    return having
