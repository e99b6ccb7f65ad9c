"""A forecast in the terminal: a line for each interval, what it was made of, and how wrong such forecasts were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ivrctl.cli.columns import table
from ivrctl.cli.queue_view.wording import plain


def forecast_lines(body: Mapping[str, Any]) -> Iterator[str]:
    """All of it."""
    for number, each in enumerate(body["forecasts"]):
        if number:
            yield "\n"
        yield from _forecast(each)


def _forecast(each: Mapping[str, Any]) -> Iterator[str]:
    day = date.fromisoformat(each["day"])
    name = f"{plain(each['policy'])}: " if each["policy"] else ""
    yield f"{name}{' '.join(map(plain, each['queues']))}  {day:%a %Y-%m-%d}, {plain(each['kind_of_day'])}\n"
    if each["lacking"]:
        yield f"nothing is forecast: {plain(each['lacking'])}\n"
        return
    yield from _intervals(each["intervals"])
    yield f"\n{_made_of(each)}\n{_people_by(each['people_by'])}\n{_judged(each['judged'])}\n"


def _intervals(intervals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What came stands beside what was expected, as far as it is known; a night without calls is one line."""
    has_come = any(one["came"] is not None for one in intervals)
    rows = [("from", "offered", "band", *(["came"] if has_come else []), "handling", "people", "band")]
    busy = [place for place, one in enumerate(intervals) if one["most"] >= 1 or one["came"]]
    for one in intervals[busy[0] : busy[-1] + 1] if busy else ():
        came = ["-" if one["came"] is None else f"{one['came']}"] if has_come else []
        rows.append(
            (
                f"{datetime.fromisoformat(one['begin']):%H:%M}",
                f"{one['offered']:.0f}",
                f"{one['least']:.0f}-{one['most']:.0f}",
                *came,
                f"{one['handling']:.0f} s",
                f"{one['people']}",
                f"{one['people_least']}-{one['people_most']}",
            )
        )
    yield from table(rows, right=range(1, len(rows[0])))
    if not busy:
        yield "no calls are expected\n"


def _made_of(each: Mapping[str, Any]) -> str:
    days = [f"{date.fromisoformat(one):%m-%d}" for one in each["from_days"]]
    level = each["level"] - 1
    so_far = f"; so far {abs(level):.0%} {'more' if level > 0 else 'less'} than such a day" if round(level, 2) else ""
    return f"made of {len(days)} days: {' '.join(days)}{so_far}"


def _people_by(by: Mapping[str, Any]) -> str:
    how = "by Erlang C, since few callers hung up so far"
    if by["patience"] is not None:
        most = f"and no more than {by['most_abandoned']:.0%} who hang up"
        how = f"{most}, by Erlang A: callers hang up after {by['patience']:.0f} s in the mean"
    return f"people: for {by['share']:.0%} answered in {by['answer_in']:g} s, {how}"


def _judged(judged: Mapping[str, Any]) -> str:
    if judged["error"] is None:
        return "how wrong such forecasts are is not known yet"
    naive = f"{judged['same_interval_last_week']:.1%}, the mean of all days by {judged['mean_of_all_days']:.1%}"
    return (
        f"on the last {judged['days']} days such forecasts were wrong by {judged['error']:.1%}; the same interval of "
        f"the week before by {naive}; {judged['within_band']:.0%} of the intervals were in the band"
    )
