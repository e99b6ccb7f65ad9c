"""Recommendations that are made by hand: four days, two tiers.

``python -m tests.unit.recommend_view.recommendations`` writes what is shown of them anew; read the difference before
you commit it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ivrctl.cli.recommend_view.comments import comments
from ivrctl.cli.recommend_view.records import as_json_body
from ivrctl.cli.recommend_view.shown import ShownRecommendation
from ivrctl.cli.recommend_view.text import told
from ivrctl.simulation.recommendation.judged import DayFigures, Judged, Promise, difference
from ivrctl.simulation.recommendation.reasons import Change
from ivrctl.simulation.recommendation.recommended import Checked, Point, Recommendation, Verdict
from ivrctl.staffing.policy import Measure
from ivrctl.staffing.policy_files.numbers import EngageValue, ReleaseValue, TimingKey, TimingValue

GOLDEN = Path(__file__).parents[2] / "golden" / "recommend_view"
LATER = EngageValue(Measure.SERVICE_LEVEL, 1)
RELEASE = ReleaseValue(Measure.LONGEST_WAIT)
STAY = TimingValue(TimingKey.STAY_AT_LEAST)


def days(level: float, lost: int, *reserve: float) -> tuple[DayFigures, ...]:
    """Four days that differ by a point each."""
    return tuple(
        DayFigures(level + number / 100, 1000, lost + number, tuple(each + 5 * number for each in reserve))
        for number in range(4)
    )


NOBODY, GIVEN, BEST = days(0.74, 70), days(0.85, 30, 400, 300), days(0.84, 29, 420, 200)
FLAT = tuple(replace(day, level=0.855, reserve=(410.0, 245.0)) for day in GIVEN)
NUMBERS = {LATER: 0.65, RELEASE: 10.0, STAY: 1800.0}
CHANGES = (
    Change(RELEASE, 15.0, 10.0, None),
    Change(LATER, 0.75, 0.65, difference(GIVEN, BEST), (EngageValue(Measure.SERVICE_LEVEL, 0),)),
    Change(STAY, 900.0, 1800.0, difference(FLAT, BEST)),
)


def _point(figures: tuple[DayFigures, ...], **numbers: object) -> Point:
    return Point(NUMBERS if numbers else {}, Judged.of(figures))


FOUND = Recommendation(
    promise=Promise(0.8, Judged.of(GIVEN).lost_share),
    given=_point(GIVEN),
    nobody=_point(NOBODY),
    best=Point(NUMBERS, Judged.of(BEST)),
    verdict=Verdict.BETTER,
    changes=CHANGES,
    curve=(_point(NOBODY), Point({LATER: 0.6}, Judged.of(days(0.8, 40, 100, 100))), Point(NUMBERS, Judged.of(BEST))),
    checked=Checked(Judged.of(GIVEN), Judged.of(BEST), difference(GIVEN, BEST)),
    tried=120,
    runs=598,
)
SHOWN = ShownRecommendation(
    FOUND,
    "rush.staffing.yaml",
    ("leaders", "quality"),
    ("busy", "monday"),
    1,
    4,
    timedelta(seconds=20),
    ("how patient callers of sales are is not written: 2 min in the mean",),
    Path("recommended/rush.staffing.yaml"),
)
NOT_CONFIRMED = replace(SHOWN, file=None, found=replace(FOUND, verdict=Verdict.NOT_CONFIRMED))
NOTHING = replace(
    SHOWN,
    file=None,
    found=replace(FOUND, verdict=Verdict.NOTHING_BETTER, best=_point(GIVEN), changes=(), checked=None),
)
MORE = days(0.95, 10, 900, 900)
DEARER = replace(
    SHOWN,
    found=replace(
        FOUND,
        promise=Promise(0.9, 0.05),
        best=Point(NUMBERS, Judged.of(MORE)),
        checked=Checked(Judged.of(GIVEN), Judged.of(MORE), difference(GIVEN, MORE)),
    ),
)


def _told(shown: ShownRecommendation) -> Callable[[], str]:
    return lambda: "".join(told(shown))


def _head() -> str:
    made = comments(SHOWN)
    return "\n".join([*made.head, "", *made.beside.values(), ""])


TEXTS: Mapping[str, Callable[[], str]] = {
    "better.txt": _told(SHOWN),
    "not-confirmed.txt": _told(NOT_CONFIRMED),
    "nothing-better.txt": _told(NOTHING),
    "dearer.txt": _told(DEARER),
    "comments.txt": _head,
    "better.json": lambda: json.dumps(as_json_body(SHOWN), indent=2) + "\n",
}


def _write_anew() -> None:
    for name, made in TEXTS.items():
        (GOLDEN / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    _write_anew()
