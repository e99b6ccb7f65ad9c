"""A recommendation for programs: one JSON object."""

from __future__ import annotations

from typing import Any

from ivrctl.cli.recommend_view.shown import ShownRecommendation
from ivrctl.simulation.recommendation.judged import Difference, Judged, Mean
from ivrctl.simulation.recommendation.reasons import Change
from ivrctl.simulation.recommendation.recommended import Checked, Point
from ivrctl.staffing.policy_files.numbers import Numbers, named, written

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""


def as_json_body(shown: ShownRecommendation) -> dict[str, Any]:
    """The form for programs."""
    found = shown.found
    return {
        "format_version": FORMAT_VERSION,
        "policy": shown.policy,
        "days": list(shown.days),
        "seed": shown.seed,
        "seeds": shown.seeds,
        "verdict": found.verdict.value,
        "file": None if shown.file is None else str(shown.file),
        "policies_tried": found.tried,
        "runs": found.runs,
        "promise": {
            "answer_in": shown.answer_in.total_seconds(),
            "service_level": found.promise.level,
            "abandon_share": _rounded(found.promise.lost_share),
        },
        "no_policy": _judged(found.nobody.judged, shown),
        "given": _judged(found.given.judged, shown),
        "best": {**_judged(found.best.judged, shown), "numbers": _numbers(found.best.numbers, shown)},
        "changes": [_change(change, shown) for change in found.changes],
        "curve": [_point(point, shown) for point in found.curve],
        "checked": None if found.checked is None else _checked(found.checked, shown),
        "assumed": list(shown.assumed),
    }


def _judged(judged: Judged, shown: ShownRecommendation) -> dict[str, Any]:
    reserve = judged.reserve or (0.0,) * len(shown.tiers)
    return {
        "days": len(judged.days),
        "service_level": _rounded(judged.level),
        "service_level_of_worst_quarter": _rounded(judged.worst),
        "abandon_share": _rounded(judged.lost_share),
        "weighted_minutes": _rounded(judged.cost),
        "reserve_minutes": dict(zip(shown.tiers, map(_rounded, reserve), strict=True)),
    }


def _point(point: Point, shown: ShownRecommendation) -> dict[str, Any]:
    return {**_judged(point.judged, shown), "numbers": _numbers(point.numbers, shown)}


def _numbers(numbers: Numbers, shown: ShownRecommendation) -> dict[str, str]:
    return {named(place, shown.tiers): written(place, value) for place, value in numbers.items()}


def _change(change: Change, shown: ShownRecommendation) -> dict[str, Any]:
    return {
        "number": named(change.place, shown.tiers),
        "was": written(change.place, change.was),
        "is": written(change.place, change.now),
        "does": None if change.does is None else _difference(change.does),
        "together_with": [named(place, shown.tiers) for place in change.together],
    }


def _checked(checked: Checked, shown: ShownRecommendation) -> dict[str, Any]:
    return {
        "given": _judged(checked.given, shown),
        "best": _judged(checked.best, shown),
        "difference": _difference(checked.difference),
    }


def _difference(by: Difference) -> dict[str, Any]:
    return {
        "service_level": _mean(by.level),
        "abandon_share": _mean(by.lost_share),
        "weighted_minutes": _mean(by.cost),
        "reserve_minutes": _mean(by.minutes),
    }


def _mean(mean: Mean) -> dict[str, float]:
    return {"mean": _rounded(mean.value), "standard_error": _rounded(mean.error)}


def _rounded(value: float) -> float:
    return round(value, 6)
