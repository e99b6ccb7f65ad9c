"""Decisions in words: for the log, ``why``, the history and queue_log, everywhere the same.

A record of a decision is enough to tell it: thresholds stand in its reasons, so a sentence stays true when the policy
has changed since. Figures have their unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isinf

from ivrctl.staffing.decision import Cause, Comparison, Decision, PersonMemory, Reason, SentHome
from ivrctl.staffing.policy import Measure

_NAMES = {
    Measure.LONGEST_WAIT: "the longest wait",
    Measure.WAITING_PER_AVAILABLE: "the number of callers waiting for each available agent",
    Measure.SERVICE_LEVEL: "the service level",
    Measure.EXPECTED_WAIT: "the expected wait",
    Measure.ABANDON_SHARE: "the share of callers who hung up",
    Measure.FORECAST_SHORTFALL: "the forecast shortfall",
    Measure.PROMISE_USED: "the part of a caller's promise that was used up",
}
_SECONDS = {Measure.LONGEST_WAIT, Measure.EXPECTED_WAIT}
_SHARES = {Measure.SERVICE_LEVEL, Measure.ABANDON_SHARE, Measure.PROMISE_USED}

_SENT_HOME = {
    SentHome.TIER: "the tier has gone home",
    SentHome.HAND: "removed by hand, or signed off; not called in again before the rest is over",
    SentHome.NOT_SIGNED_ON: "no longer available for backup",
    SentHome.ABSENT: "the phone is not there any more",
    SentHome.KEEP_BACK: "too few of the group are left at their own work",
    SentHome.POLICY: "the policy does not name this person any more",
}


def sentence(reason: Reason, decision: Decision) -> str:
    """What was decided of a tier, why, and what would have changed it.

    Args:
        reason: one of the decision's.
        decision: as it was made.
    """
    happened = _HAPPENED[reason.is_in, reason.is_change]
    return f"{reason.tier} {happened}: {_because(reason, decision)}"


def sentences(decision: Decision) -> tuple[str, ...]:
    """One for each tier, in their order; of a decision that was held, that it was, first."""
    held = (f"nothing was decided: {decision.hold}",) if decision.hold else ()
    return held + tuple(sentence(reason, decision) for reason in decision.reasons)


def warning_sentence(decision: Decision) -> str:
    """What somebody is told before a tier comes; empty when nothing is near."""
    near = decision.warning
    if near is None:
        return ""
    return f"{decision.warned_tier} may be called in soon: {_is(near)} ({_figure(near, near.threshold)} brings them)"


def person_sentence(person: PersonMemory) -> str:
    """Why somebody is wanted no more; empty for who is."""
    return "" if person.is_in or person.sent_home_by is None else _SENT_HOME[person.sent_home_by]


def figure(measure: Measure, value: float | None) -> str:
    """A value with its unit: ``64 s``, ``85 %``, ``5 people``."""
    if value is None:
        return "not known"
    if isinf(value):
        return "without limit"
    if measure in _SECONDS:
        return f"{value:.0f} s"
    if measure in _SHARES:
        return f"{value * 100:.3g} %"
    return f"{value:.3g} people" if measure is Measure.FORECAST_SHORTFALL else f"{value:.2g}"


def duration(lasts: timedelta) -> str:
    """``45 s``, ``1 min``, ``2 min 30 s``, ``1 h 5 min``."""
    seconds = round(max(lasts, timedelta(0)).total_seconds())
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


_HAPPENED = {
    (True, True): "came in",
    (False, True): "went home",
    (True, False): "still in",
    (False, False): "not in",
}


def _because(reason: Reason, decision: Decision) -> str:
    at, left = decision.at, _left(reason.until, decision.at)
    match reason.cause:
        case Cause.TRIGGER:
            return _joined("; ", _met(reason, at), _next_tier(reason, decision))
        case Cause.CALM:
            return "all was calm" + _for(reason, at) + _listed(_calm(each, "was") for each in reason.comparisons)
        case Cause.FLOOR:
            return _joined(" ", "the calendar wants them in", left and f"for {left} more")
        case Cause.ORDER:
            return _joined(" ", f"ordered by {_orderer(reason)}", left and f"for {left} more")
        case Cause.FROZEN:
            return _joined(" ", f"{_orderer(reason)} lets nothing change", left and f"for {left} more")
        case _:
            return _stays_in(reason, at, left) if reason.is_in else _stays_out(reason, decision, left)


def _stays_in(reason: Reason, at: datetime, left: str) -> str:
    match reason.cause:
        case Cause.RELEASE_AFTER:
            return f"all is calm{_for(reason, at)}; they go home in {left}, if it stays so"
        case Cause.STAY:
            return (
                f"all is calm{_for(reason, at)}, but they came a short time ago; they go home in {left}, if it stays so"
            )
        case Cause.BEFORE:
            return "all is calm, and those behind them go home first"
        case Cause.UNKNOWN:
            return _not_known(reason)
        case _:
            return "it is not calm" if reason.nearest is None else _calm(reason.nearest)


def _stays_out(reason: Reason, decision: Decision, left: str) -> str:
    before = _before(reason, decision)
    match reason.cause:
        case Cause.ENGAGE_AFTER:
            return f"{_met(reason, decision.at)}; they come in {left}, if it stays so"
        case Cause.REST:
            return f"{_met(reason, decision.at)}, but they went home a short time ago, and rest for {left} more"
        case Cause.PATIENCE:
            return f"{_met(reason, decision.at)}, but those of {before} were asked, and have {left} more to come"
        case Cause.BEFORE if left:
            return (
                f"{_met(reason, decision.at)}, but {before} came only just before; they come in {left}, if it stays so"
            )
        case Cause.BEFORE:
            return f"{_met(reason, decision.at)}, but {before or 'the tier before'} did not come in yet"
        case Cause.UNKNOWN:
            return _not_known(reason)
        case _:
            near = reason.nearest
            return (
                "nothing calls for them"
                if near is None
                else f"{_is(near)}; they come at {_figure(near, near.threshold)}"
            )


def _orderer(reason: Reason) -> str:
    who = reason.ordered_by or "somebody"
    return f"{who} ({reason.order_reason})" if reason.order_reason else who


def _next_tier(reason: Reason, decision: Decision) -> str:
    """What would have brought the next tier too: by the same figure, where its row can."""
    names = [one.tier for one in decision.reasons]
    behind = decision.reasons[names.index(reason.tier) + 1 :] if reason.tier in names else ()
    following = next((one for one in behind if not one.is_in), None)
    if following is None:
        return ""
    decided = {each.measure for each in reason.comparisons if each.is_met}
    near = next((each for each in following.comparisons if each.measure in decided), following.nearest)
    if near is None:
        return ""
    if near.is_met:
        return f"{following.tier} would come next, if it stays so"
    return f"{following.tier} would have come at {_figure(near, near.threshold)}{_of_other(near, decided)}"


def _of_other(near: Comparison, decided: set[Measure]) -> str:
    return "" if near.measure in decided else f" of {_NAMES[near.measure].removeprefix('the ')}"


def _met(reason: Reason, at: datetime) -> str:
    """The figures that call for a tier, and since when."""
    verb = "was" if reason.is_change else "is"
    return " and ".join(
        f"{_is(each, verb)} ({_brings(each)})" + ("" if each.since is None else f" for {duration(at - each.since)}")
        for each in reason.comparisons
        if each.is_met
    )


def _brings(each: Comparison) -> str:
    whom = f"{each.tier}, and those before come first" if each.tier else "them"
    return f"{_figure(each, each.threshold)} brings {whom}"


def _is(each: Comparison, verb: str = "is") -> str:
    """``the longest wait in broadband is 64 s``."""
    where = f" in {each.queue}" if each.queue else ""
    return f"{_NAMES[each.measure]}{where} {verb} {_figure(each, each.value)}"


def _calm(each: Comparison, verb: str = "is") -> str:
    way = "more" if each.measure.is_low_bad else "less"
    return f"{_is(each, verb)} ({_figure(each, each.threshold)} or {way} is calm)"


def _not_known(reason: Reason) -> str:
    """Of a tier that is in, also what is not known of some queue: such a figure is not calm, whatever it is."""
    unknown = [f"{_NAMES[each.measure]} is not known" for each in reason.comparisons if each.value is None]
    if reason.is_in:
        partly = (each for each in reason.comparisons if each.value is not None and not each.is_met)
        unknown += [f"{_NAMES[each.measure]} is not known of every queue" for each in partly]
    return " and ".join(unknown) or "what would decide it is not known"


def _before(reason: Reason, decision: Decision) -> str:
    names = [one.tier for one in decision.reasons]
    place = names.index(reason.tier) if reason.tier in names else 0
    return names[place - 1] if place else ""


def _for(reason: Reason, at: datetime) -> str:
    since = next((each.since for each in reason.comparisons if each.since is not None), None)
    return "" if since is None else f" for {duration(at - since)}"


def _left(until: datetime | None, at: datetime) -> str:
    return "" if until is None or until <= at else duration(until - at)


def _listed(parts: Iterator[str]) -> str:
    told = ", ".join(parts)
    return f": {told}" if told else ""


def _joined(by: str, *parts: str | None) -> str:
    return by.join(part for part in parts if part)


def _figure(each: Comparison, value: float | None) -> str:
    return figure(each.measure, value)
