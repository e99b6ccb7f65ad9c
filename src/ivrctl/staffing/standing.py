"""Why a tier is as it is after a decision: one ``Reason`` with the figures that decided, or hold it back."""

from __future__ import annotations

from datetime import datetime

from ivrctl.staffing.decision import Cause, Comparison, Reason
from ivrctl.staffing.levels import Levels
from ivrctl.staffing.orders import Word
from ivrctl.staffing.policy import Bring, Measure
from ivrctl.staffing.rows import farthest_from_calm, nearest


def standing(levels: Levels, index: int) -> Reason:
    """Why the tier of this index came, left, stays in or stays out.

    Args:
        levels: decided.
        index: of the tier.
    """
    tier = levels.tiers[index]
    is_change = index in levels.changed
    cause, until = _why_in(levels, index) if tier.is_in else _why_out(levels, index)
    ordered = levels.of.orders[index] if cause in {Cause.ORDER, Cause.FROZEN} else None
    return Reason(
        tier=levels.of.policy.tiers[index].name,
        cause=cause,
        is_in=tier.is_in,
        is_change=is_change,
        comparisons=_comparisons(levels, index, is_change=is_change),
        until=until,
        order="" if ordered is None else ordered.order.id,
        ordered_by="" if ordered is None else ordered.order.by,
        order_reason="" if ordered is None else ordered.order.reason,
        nearest=farthest_from_calm(levels.of.rows, index) if tier.is_in else nearest(levels.of.rows, index),
    )


def _why_in(levels: Levels, index: int) -> tuple[Cause, datetime | None]:
    of, timing, tier = levels.of, levels.of.policy.timing, levels.tiers[index]
    if index in levels.changed and tier.cause is Cause.TRIGGER:
        return Cause.TRIGGER, None
    if (ordered := of.orders[index]) is not None:
        cause = Cause.FROZEN if ordered.word is Word.STAY else Cause.ORDER
        return cause, ordered.order.expires_at
    if of.is_floored(index):
        return Cause.FLOOR, of.floor.until(index)
    if levels.calm_since is None:
        is_restless = any(row.value is not None and not row.trigger.is_calm(row.value) for row in of.rows)
        return (Cause.STEADY if is_restless else Cause.UNKNOWN), None
    if any(later.is_in for later in levels.tiers[index + 1 :]):
        return Cause.BEFORE, None
    stays_until = (tier.changed_at or of.now) + timing.stay_at_least
    calm_until = levels.calm_since + timing.release_after
    return (Cause.STAY, stays_until) if stays_until > calm_until else (Cause.RELEASE_AFTER, calm_until)


def _why_out(levels: Levels, index: int) -> tuple[Cause, datetime | None]:
    of, timing, tier = levels.of, levels.of.policy.timing, levels.tiers[index]
    if (ordered := of.orders[index]) is not None:
        cause = Cause.FROZEN if ordered.word is Word.STAY else Cause.ORDER
        return cause, ordered.order.expires_at
    if index in levels.changed:
        return Cause.CALM, None
    if levels.is_wanted(index):
        if not levels.is_rested(index) and tier.changed_at is not None:
            return Cause.REST, tier.changed_at + timing.rest_at_least
        is_asking = levels.tiers[index - 1].is_in and of.policy.tiers[index - 1].bring is Bring.ASK
        return (Cause.PATIENCE if is_asking else Cause.BEFORE), levels.settles_at(index - 1)
    if tier.met_since:
        return Cause.ENGAGE_AFTER, min(tier.met_since.values()) + timing.engage_after
    able = [row for row in of.rows if row.trigger.engage[index] is not None]
    is_known = not able or any(row.value is not None for row in able)
    return (Cause.STEADY if is_known else Cause.UNKNOWN), None


def _comparisons(levels: Levels, index: int, *, is_change: bool) -> tuple[Comparison, ...]:
    """Of a tier that came, or stays out, against what brings it; of one that left, or stays in, against calm."""
    of, tier = levels.of, levels.tiers[index]
    is_engaging = tier.is_in is is_change
    if not is_engaging:
        return tuple(row.against_release(levels.was_calm_since.get(index, levels.calm_since)) for row in of.rows)
    told: dict[Measure, Comparison | None] = {}
    for later, row, since in levels.wanting(index):
        name = "" if later == index else of.policy.tiers[later].name
        told.setdefault(row.measure, row.against_engage(later, since, name))
    for row in of.rows:
        told.setdefault(row.measure, row.against_engage(index, tier.met_since.get(row.measure)))
    return tuple(each for each in told.values() if each is not None)
