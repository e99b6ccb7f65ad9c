"""Memory, decisions and a digest of views as plain values: in the store, in answers of the API, and read back.

``json_reading`` is the inverse. Moments are ISO 8601 in UTC, a figure without limit is ``"inf"``, and what is as it is
by default is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from math import isinf
from typing import Any

from ivrctl.staffing.decision import Comparison, Decision, Memory, PersonMemory, Reason, TierMemory
from ivrctl.staffing.view import Presence, View

VERSION = 1
"""Of these forms. A release that reads another one takes what it knows of it."""


def memory_to_json(memory: Memory) -> dict[str, Any]:
    """All that a successor needs."""
    return {
        "version": VERSION,
        **_without_nothing(
            tiers={name: _tier(tier) for name, tier in memory.tiers.items()},
            calm_since=_moment(memory.calm_since),
            people={interface: _person(person) for interface, person in memory.people.items()},
            changes=[_moment(at) for at in memory.changes],
            warned=memory.warned,
            decided_at=_moment(memory.decided_at),
        ),
    }


def decision_to_json(decision: Decision) -> dict[str, Any]:
    """What was decided and why; its memory, which is kept by itself, is none of it."""
    return {
        "version": VERSION,
        "at": _moment(decision.at),
        "wake_at": _moment(decision.wake_at),
        **_without_nothing(
            hold=decision.hold,
            desired=[
                _without_nothing(
                    tier=wanted.tier,
                    queue=wanted.queue,
                    interface=wanted.interface,
                    penalty=wanted.penalty,
                    name=wanted.name,
                    state_interface=wanted.state_interface,
                )
                for wanted in decision.desired.values()
            ],
            reasons=reasons_to_json(decision.reasons),
            asked=list(decision.asked),
            called_in=list(decision.called_in),
            warning=None if decision.warning is None else _comparison(decision.warning),
            warned_tier=decision.warned_tier,
        ),
    }


def reasons_to_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Why each tier is in or out."""
    return [_reason(reason) for reason in reasons]


def view_to_json(view: View) -> dict[str, Any]:
    """A digest: the figures, the queues that they are of, and how many people could come; no names, no seats."""
    named = {reading.queue for reading in view.readings.values() if reading.queue}
    members = _members(view, named)
    return {
        "version": VERSION,
        "at": _moment(view.at),
        "is_known": view.is_known,
        **_without_nothing(
            why_unknown=view.why_unknown,
            sight=view.sight,
            readings={
                str(measure): _without_nothing(
                    value=_number(reading.value), queue=reading.queue, why_unknown=reading.why_unknown
                )
                for measure, reading in view.readings.items()
            },
            queues={
                queue: {"waiting": view.waiting.get(queue, 0), "members": members.get(queue, 0)}
                for queue in sorted(named)
            },
            presence=_counts(view.presence.values()),
            at_own_work=dict(view.at_own_work),
            orders=[order.id for order in view.orders],
        ),
    }


def _tier(tier: TierMemory) -> dict[str, Any]:
    return _without_nothing(
        is_in=tier.is_in,
        changed_at=_moment(tier.changed_at),
        met_since={str(measure): _moment(since) for measure, since in tier.met_since.items()},
        answered_at=_moment(tier.answered_at),
        asked=sorted(tier.asked),
        cause=str(tier.cause),
    )


def _person(person: PersonMemory) -> dict[str, Any]:
    return _without_nothing(
        is_in=person.is_in,
        came_at=_moment(person.came_at),
        left_at=_moment(person.left_at),
        sight=person.sight if person.sight >= 0 else None,
        seen=sorted(person.seen),
        absent_since=_moment(person.absent_since),
        sent_home_by=None if person.sent_home_by is None else str(person.sent_home_by),
    )


def _reason(reason: Reason) -> dict[str, Any]:
    return _without_nothing(
        tier=reason.tier,
        cause=str(reason.cause),
        is_in=reason.is_in,
        is_change=reason.is_change,
        comparisons=[_comparison(each) for each in reason.comparisons],
        until=_moment(reason.until),
        order=reason.order,
        ordered_by=reason.ordered_by,
        order_reason=reason.order_reason,
        nearest=None if reason.nearest is None else _comparison(reason.nearest),
    )


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return _without_nothing(
        measure=str(comparison.measure),
        value=_number(comparison.value),
        threshold=comparison.threshold,
        queue=comparison.queue,
        is_met=comparison.is_met,
        since=_moment(comparison.since),
        tier=comparison.tier,
    )


def _members(view: View, queues: set[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for queue, _ in view.seats:
        if queue in queues:
            counts[queue] = counts.get(queue, 0) + 1
    return counts


def _counts(presences: Iterable[Presence]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for presence in presences:
        counts[str(presence)] = counts.get(str(presence), 0) + 1
    return counts


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def _number(value: float | None) -> float | str | None:
    return "inf" if value is not None and isinf(value) else value


def _without_nothing(**fields: Any) -> dict[str, Any]:
    """Without what is None, empty or False; a number 0 stays."""
    return {name: value for name, value in fields.items() if value or (value == 0 and value is not False)}
