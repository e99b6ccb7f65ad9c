"""What opening hours leave open to doubt: days that nobody named, holidays without a rule, years not known yet."""

from __future__ import annotations

from datetime import date

from ivrctl.lang.findings import Findings
from ivrctl.site.hours import Hours
from ivrctl.site.opening import DAYS

MONTHS_AHEAD = 2
"""So many months before the known years end, a check says so: time enough to update, and no noise all year."""


def check_hours(name: str, hours: Hours, findings: Findings) -> None:
    """Report what opening hours do not say, or say for nothing."""
    _check_week(name, hours, findings)
    place = hours.holidays
    if place is None:
        for rule, key in ((hours.on_holidays, "on_holidays"), (hours.on_make_up_days, "on_make_up_days")):
            if rule is not None:
                message = f"{key} stands without holidays, and never counts"
                findings.error("IVR210", rule.span, message, "add holidays with a country, such as holidays: CN")
        return
    if hours.on_holidays is None:
        message = f'hours "{name}" name holidays and do not say what is then'
        findings.warning("IVR211", place.span, message, "add on_holidays: closed, or another rule")
    if hours.on_make_up_days is None and place.calendar.make_up_days(place.calendar.last_year):
        message = f'hours "{name}" do not say what is on days of a weekend on which people work for a holiday'
        findings.warning("IVR211", place.span, message, "add on_make_up_days: as mon-fri, or another rule")


def _check_week(name: str, hours: Hours, findings: Findings) -> None:
    missing = [DAYS[day] for day, plan in enumerate(hours.weekly.plans) if plan is None]
    if missing:
        days = ", ".join(missing)
        advice = f"add {missing[0]}: closed, or when it is open"
        findings.warning("IVR211", hours.weekly.span, f'hours "{name}" do not say what is on {days}', advice)


def check_years(name: str, hours: Hours, today: date, findings: Findings) -> None:
    """Report that the holidays of the year that comes next are not known yet.

    Args:
        name: of the hours.
        hours: what the site file says.
        today: the day of the check.
        findings: receives it as a warning.
    """
    if hours.holidays is None:
        return
    soon = today.year if today.month <= 12 - MONTHS_AHEAD else today.year + 1
    if soon <= hours.holidays.calendar.last_year:
        return
    message = f'the holidays of {soon} are not known yet: hours "{name}" take its days for days of the week'
    advice = "update the package holidays once they are published, or write them under exceptions"
    findings.warning("IVR212", hours.holidays.span, message, advice)
