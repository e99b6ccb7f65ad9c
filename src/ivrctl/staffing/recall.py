"""What the last decision left behind, as this one may use it.

A clock that was set back makes moments that are still to come; they are taken as now, so nothing waits longer than
what it waits for. After a time without any decision nobody knows whether a figure held without a break: it begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ivrctl.staffing.decision import Memory, PersonMemory, TierMemory

LONGEST_SILENCE = timedelta(minutes=5)
"""Without a decision for longer the controller was down; a decision is due each minute."""
CHANGES_COUNT_FOR = timedelta(hours=1)
"""As long as a change counts against the ceiling."""


def recall(memory: Memory, now: datetime) -> Memory:
    """The memory with no moment later than now, and with nothing that a long silence has made doubtful."""
    tiers = {name: _tier(tier, now) for name, tier in memory.tiers.items()}
    calm_since = _past(memory.calm_since, now)
    people = {interface: _person(person, now) for interface, person in memory.people.items()}
    if memory.decided_at is not None and now - memory.decided_at > LONGEST_SILENCE:
        tiers, people, calm_since = broken(tiers), there(people), None
    return replace(
        memory,
        tiers=tiers,
        calm_since=calm_since,
        people=people,
        changes=tuple(min(at, now) for at in memory.changes if at > now - CHANGES_COUNT_FOR),
        decided_at=_past(memory.decided_at, now),
    )


def broken(tiers: Mapping[str, TierMemory]) -> dict[str, TierMemory]:
    """The tiers, and nothing holds without a break."""
    return {name: replace(tier, met_since={}) if tier.met_since else tier for name, tier in tiers.items()}


def there(people: Mapping[str, PersonMemory]) -> dict[str, PersonMemory]:
    """The people, and nobody's phone is known to be away without a break."""
    return {
        interface: one if one.absent_since is None else replace(one, absent_since=None)
        for interface, one in people.items()
    }


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is None or at <= now else now


def _tier(tier: TierMemory, now: datetime) -> TierMemory:
    moments = (tier.changed_at, tier.answered_at, *tier.met_since.values())
    if all(at is None or at <= now for at in moments):
        return tier
    return replace(
        tier,
        changed_at=_past(tier.changed_at, now),
        answered_at=_past(tier.answered_at, now),
        met_since={measure: min(since, now) for measure, since in tier.met_since.items()},
    )


def _person(person: PersonMemory, now: datetime) -> PersonMemory:
    came_at, left_at, absent_since = person.came_at, person.left_at, person.absent_since
    if all(at is None or at <= now for at in (came_at, left_at, absent_since)):
        return person
    return replace(
        person, came_at=_past(came_at, now), left_at=_past(left_at, now), absent_since=_past(absent_since, now)
    )
