"""What is wrong with the times of a synthetic day: hours beyond it, stretches that overlap, breaks without a place."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta

from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Span
from ivrctl.simulation.days.call_rates import hours_of
from ivrctl.simulation.days.check_names import check_known
from ivrctl.simulation.days.day_file import BreakKeys, CallKeys, ClockSpan, DayFile, Rates, StaffEntry
from ivrctl.site.opening import MINUTES, DayPlan, Opening
from ivrctl.site.site_file import Site

_WAYS = ("per_hour", "per_half_hour", "total")


def check_hours(file: DayFile, findings: Findings) -> None:
    """Report hours in which nobody works, and those that end on another day."""
    of_staff, of_backup = (entry.hours for entry in file.staff), (entry.hours for entry in file.backup or ())
    for plan in (file.hours, *of_staff, *of_backup):
        if plan is not None:
            _check_plan(plan, findings)


def _check_plan(plan: DayPlan, findings: Findings) -> None:
    if not plan.openings:
        findings.error("IVR606", plan.span, "closed is no time at which somebody works", "remove it")
    for opening in plan.openings:
        _check_midnight(opening, plan.span, findings)


def _check_midnight(opening: Opening, span: Span, findings: Findings) -> None:
    if opening.end > MINUTES:
        first, second = Opening(0, opening.end - MINUTES), Opening(opening.start, MINUTES)
        findings.error("IVR606", span, f"{opening} ends on another day", f'write "{first}" and "{second}"')


def check_calls(keys: CallKeys, findings: Findings) -> None:
    """Report calls that are said in several ways or in none, and stretches of which two are at one time."""
    ways = [way for way in _WAYS if getattr(keys, way) is not None]
    if len(ways) != 1:
        message = f"calls are said by {' and '.join(ways)}" if ways else "it is not said how many call"
        findings.error("IVR605", keys.span, message, "write one of per_hour, per_half_hour and total")
    elif keys.total is not None and keys.total.number < 0:
        findings.error("IVR604", keys.total.span, f"calls are 0 or more, not {keys.total}")
    elif keys.shape is not None and keys.total is None:
        message = f"shape divides a total, and {ways[0]} says already when they come"
        findings.error("IVR605", keys.span, message, "remove shape, or write total")
    for rates in (keys.per_hour, keys.per_half_hour, keys.shape):
        if rates is not None:
            _check_rates(rates, keys, findings)


def _check_rates(rates: Rates, keys: CallKeys, findings: Findings) -> None:
    if not any(rate.amount for rate in rates.values()):
        findings.error("IVR605", keys.span, "nobody ever calls", 'such as {"09:00-12:00": 60}')
    for rate in rates.values():
        if rate.amount is not None and rate.amount < 0:
            findings.error("IVR604", rate.span, f"calls are 0 or more, not {rate.written}")
    for each in rates:
        _check_midnight(each.opening, each.span, findings)
    _check_apart(list(rates), "IVR606", findings)


def _check_apart(spans: Sequence[ClockSpan], rule: str, findings: Findings) -> None:
    """Report a stretch that begins before the one before it is over."""
    for before, after in itertools.pairwise(spans):
        if after.opening.start < before.opening.end:
            message = f"{after.opening} does not come after {before.opening}"
            findings.error(rule, after.span, message, "write the stretches in their order, none into another")


def check_breaks(file: DayFile, site: Site, findings: Findings) -> None:
    """Report breaks that do not fit into their time, or lie where nobody works."""
    for entry in file.staff:
        hours = hours_of(file) if entry.hours is None else entry.hours.openings
        for each in entry.breaks:
            reasons = () if each.reason is None else (each.reason,)
            check_known("pause reason", reasons, site.pause_reasons, "pause_reasons", findings)
            _check_break(each, hours, findings)
        _check_breaks_apart(entry, findings)


def _check_break(each: BreakKeys, hours: Sequence[Opening], findings: Findings) -> None:
    within = each.between.opening
    if not timedelta(seconds=1) <= each.lasts.length <= timedelta(minutes=within.end - within.start):
        message = f"a break of {each.lasts} does not fit between {within}"
        findings.error("IVR610", each.lasts.span, message, "write a longer time, or a shorter break")
    elif not any(shift.start <= within.start and within.end <= shift.end for shift in hours):
        message = f"between {within} they are not all at work"
        findings.error("IVR610", each.between.span, message, f"they work {', '.join(map(str, hours))}")


def _check_breaks_apart(entry: StaffEntry, findings: Findings) -> None:
    ordered = sorted((each.between for each in entry.breaks), key=lambda span: span.opening)
    for before, after in itertools.pairwise(ordered):
        if after.opening.start <= before.opening.end:
            message = f"the breaks between {before.opening} and {after.opening} could be one person's at once"
            findings.error("IVR610", after.span, message, "write times that do not meet")
