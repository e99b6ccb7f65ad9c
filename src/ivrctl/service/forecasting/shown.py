"""Forecasts as the API and the commands show them: plain values, times in ISO 8601 in the site's time."""

from __future__ import annotations

from datetime import datetime
from math import isinf
from typing import Any
from zoneinfo import ZoneInfo

from ivrctl.forecast.judged import Judged
from ivrctl.forecast.required import Required
from ivrctl.service.forecasting.forecaster import Forecaster
from ivrctl.service.forecasting.outlook import DayOutlook
from ivrctl.staffing.policy import Policy


def day_shown(day: DayOutlook, zone: ZoneInfo) -> dict[str, Any]:
    """One day: its intervals, and what they were reckoned from."""
    made, needed = day.forecast, {one.interval: one for one in day.needed}
    return {
        "day": made.day.isoformat(),
        "kind_of_day": made.class_,
        "lacking": made.lacking,
        "from_days": [one.isoformat() for one in made.from_days],
        "level": round(made.level, 4),
        "error": _rounded(made.error),
        "intervals": [
            {
                "begin": _iso(one.interval.begin, zone),
                "end": _iso(one.interval.end, zone),
                "offered": round(one.offered, 2),
                "least": round(one.least, 2),
                "most": round(one.most, 2),
                "handling": round(one.handling, 1),
                "came": day.came[one.interval].offered if one.interval in day.came else None,
                **_people(needed.get(one.interval)),
            }
            for one in made.expected
        ],
    }


def needs_shown(day: DayOutlook) -> dict[str, Any]:
    """By what people are reckoned."""
    return {
        "answer_in": day.target.answer_in.total_seconds(),
        "share": day.target.share,
        "most_abandoned": day.target.abandoned,
        "patience": None if isinf(day.patience) else round(day.patience, 1),
    }


def judged_shown(of: Judged) -> dict[str, Any]:
    """How wrong such forecasts were, beside two naive ones."""
    return {
        "days": of.days,
        "error": _rounded(of.error),
        "same_interval_last_week": _rounded(of.last_week),
        "mean_of_all_days": _rounded(of.mean),
        "within_band": _rounded(of.covered),
    }


def forecast_shown(forecaster: Forecaster, policy: Policy, zone: ZoneInfo) -> dict[str, Any]:
    """What was forecast last for a policy's queues, and why nothing was where that is so."""
    made, days = forecaster.made, forecaster.days(policy)
    is_made = made is not None and bool(days)
    return {
        "policy": policy.name,
        "queues": list(policy.queues),
        "made_at": _iso(made.at, zone) if made is not None and is_made else None,
        "fault": forecaster.fault,
        "people_by": needs_shown(days[0]) if days else None,
        "judged": judged_shown(made.judged[frozenset(policy.queues)]) if made is not None and is_made else None,
        "days": [day_shown(day, zone) for day in days],
    }


def ahead_shown(forecaster: Forecaster, policy: Policy, now: datetime, zone: ZoneInfo) -> dict[str, Any] | None:
    """What is needed now and soon; None where nothing is forecast."""
    needed = forecaster.ahead(policy, now)
    if needed is None:
        return None
    return {
        "begin": _iso(needed.interval.begin, zone),
        "end": _iso(needed.interval.end, zone),
        "offered": _rounded(forecaster.calls_ahead(policy, now)),
        **_people(needed),
    }


def _people(needed: Required | None) -> dict[str, Any]:
    if needed is None:
        return {"people": None, "people_least": None, "people_most": None}
    return {"people": needed.people, "people_least": needed.least, "people_most": needed.most}


def _iso(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
