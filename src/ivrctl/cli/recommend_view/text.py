"""A recommendation for people: the figures, the trade-off, what was changed and why, and whether it holds elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivrctl.cli.columns import table
from ivrctl.cli.recommend_view.shown import ShownRecommendation, effect, level, percent
from ivrctl.lang.schema import written_duration
from ivrctl.simulation.recommendation.judged import Judged, Promise
from ivrctl.simulation.recommendation.recommended import Point, Verdict

NO_POLICY, AS_IT_IS, BEST = "no policy", "as it is", "recommended"
MOST_POINTS = 12
"""Of the trade-off: more lines say no more."""
WIDE = 24
"""Places for a bar."""


def told(shown: ShownRecommendation) -> Iterator[str]:
    """All lines, each with its end."""
    found = shown.found
    yield f"{shown.policy} on {', '.join(shown.days)}: {shown.searched}, {found.tried} policies, {found.runs} runs\n"
    yield f"to be kept: {promised(shown)}\n\n"
    yield from table([*figures(shown)], right=range(1, 5 + len(shown.tiers)))
    yield "\n"
    yield from _trade_off(shown)
    yield "\n"
    yield from _changes(shown)
    yield from _checked(shown)
    yield f"{conclusion(shown)}\n"
    yield from (f"! {sentence}\n" for sentence in shown.assumed)


def promised(shown: ShownRecommendation) -> str:
    """What is to be kept."""
    promise = shown.found.promise
    return (
        f"{percent(promise.level, 0)} answered within {written_duration(shown.answer_in)}, on the day in the middle "
        f"and in the worst quarter of days; no more than {percent(promise.lost_share, 2)} hang up, as now"
    )


def figures(shown: ShownRecommendation) -> Iterator[Sequence[str]]:
    """The policies beside each other, on the searched days, and on the others where they were checked."""
    found = shown.found
    tiers = len(shown.tiers)
    yield ["", "service level (worst quarter)", "abandoned", "weighted", "reserve", *shown.tiers]
    yield _row(NO_POLICY, found.nobody.judged, tiers)
    yield _row(AS_IT_IS, found.given.judged, tiers)
    if found.verdict is not Verdict.NOTHING_BETTER:
        yield _row(_best(shown), found.best.judged, tiers)
    if found.checked is not None:
        yield [f"on other days, {shown.others}", *[""] * (4 + tiers)]
        yield _row(f"  {AS_IT_IS}", found.checked.given, tiers)
        yield _row(f"  {_best(shown)}", found.checked.best, tiers)


def _best(shown: ShownRecommendation) -> str:
    return "best" if shown.found.verdict is Verdict.NOT_CONFIRMED else BEST


def _row(name: str, judged: Judged, tiers: int) -> Sequence[str]:
    reserve = judged.reserve or (0.0,) * tiers
    minutes = [f"{each:.0f}" for each in reserve]
    return [name, level(judged), percent(judged.lost_share, 2), f"{judged.cost:.0f}", f"{sum(reserve):.0f}", *minutes]


def _trade_off(shown: ShownRecommendation) -> Iterator[str]:
    found = shown.found
    days = len(found.nobody.judged.days)
    yield f"trade-off: the best service level at each cost, on {days} of the days\n"
    most = max(point.judged.cost for point in found.curve) or 1.0
    rows = [
        ["service level", "weighted", ""],
        *(
            [
                percent(point.judged.level),
                f"{point.judged.cost:.0f}",
                f"{'█' * round(WIDE * point.judged.cost / most)}  {_marked(point, shown)}".rstrip(),
            ]
            for point in thinned(found.curve)
        ),
    ]
    yield from (f"  {line}" for line in table(rows, right=(0, 1)))


def _marked(point: Point, shown: ShownRecommendation) -> str:
    if not point.judged.cost:
        return NO_POLICY
    if not point.numbers:
        return AS_IT_IS
    return _best(shown) if point.numbers == shown.found.best.numbers else ""


def thinned(curve: Sequence[Point]) -> Sequence[Point]:
    """A curve with no more points than can be read: both its ends, and what lies evenly between."""
    if len(curve) <= MOST_POINTS:
        return curve
    return [curve[round(number * (len(curve) - 1) / (MOST_POINTS - 1))] for number in range(MOST_POINTS)]


def _changes(shown: ShownRecommendation) -> Iterator[str]:
    if not shown.found.changes:
        return
    yield "changed, and what each does by itself: with it, less with that number put back\n"
    for change in shown.found.changes:
        yield f"  {shown.changed(change)}\n"
        yield f"      {shown.does(change)}\n"
    yield "\n"


def _checked(shown: ShownRecommendation) -> Iterator[str]:
    checked = shown.found.checked
    if checked is not None:
        yield f"on other days ({shown.others}): {effect(checked.difference, checked.given)}\n"


def conclusion(shown: ShownRecommendation) -> str:
    """What came of it, in a sentence."""
    match shown.found.verdict:
        case Verdict.BETTER:
            where = "" if shown.file is None else f" It is written to {shown.file}, and in force nowhere."
            return f"{_gain(shown)}, on days that the search has not seen.{where}"
        case Verdict.NOT_CONFIRMED:
            return "The best on the searched days is not better on others: keep your policy. Nothing is written."
        case Verdict.NOTHING_BETTER:
            return f"None of {shown.found.tried} policies is better than yours. Nothing is written."


def _gain(shown: ShownRecommendation) -> str:
    found = shown.found
    # Of the searched days the figures flatter: it was chosen by them.
    checked = found.checked
    old, new = (found.given.judged, found.best.judged) if checked is None else (checked.given, checked.best)
    promise = Promise(found.promise.level, old.lost_share)
    if not promise.is_kept(old):
        kept = "keeps the promise" if promise.is_kept(new) else "is nearer to the promise"
        return f"The recommended policy {kept}, at {new.cost - old.cost:+.0f} weighted minutes a day"
    return f"The recommended policy keeps the promise at {percent(1 - new.cost / old.cost, 0)} less reserve, weighted"
