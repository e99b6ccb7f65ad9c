"""Policies that are gone while people whom they called in are still there: all of these go home, drained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from ivrctl.staffing.plan import Owned, SeatKey
from ivrctl.staffing.policy import Policy, Timing

AT_ONCE = Timing(timedelta(0), timedelta(0), timedelta(0), timedelta(0), changes_per_hour=1_000_000)
"""Somebody has taken the policy away: what ends with it has no ceiling, and the guards of callers and talks stay."""


def former_policies(policies: Iterable[str], owned: Mapping[SeatKey, Owned]) -> tuple[Policy, ...]:
    """One without tiers for each that has people and is not there any more."""
    known = frozenset(policies)
    queues: dict[str, set[str]] = {}
    for mine in owned.values():
        if mine.policy not in known:
            queues.setdefault(mine.policy, set()).add(mine.queue)
    return tuple(
        Policy(name, tuple(sorted(of)), timedelta(minutes=5), (), (), AT_ONCE) for name, of in sorted(queues.items())
    )
