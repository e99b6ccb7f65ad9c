"""Which stays of a row are behind a figure of it; of a figure that is reckoned, those that it is reckoned from.

Each figure is known by the heading of its column as well as by its name for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ivrctl.acd.books import is_short
from ivrctl.acd.kpi import has_talked
from ivrctl.acd.service_level import Rule, Variant, judge
from ivrctl.acd.stay import LEFT_UNANSWERED, Stay, StayEnd
from ivrctl.model.promise import Promise

OFFERED, LONGEST = "offered", "longest_wait"


def _ended(end: StayEnd) -> Callable[[Stay, Rule], bool]:
    return lambda stay, _: stay.end is end


def _is_late(stay: Stay, rule: Rule) -> bool:
    is_late = stay.left_at is not None and stay.left_at - stay.joined_at > rule.answer_in
    return stay.end is StayEnd.ANSWERED and is_late


_COUNTED: Mapping[str, Callable[[Stay, Rule], bool]] = {
    OFFERED: lambda _stay, _rule: True,
    **{end.value: _ended(end) for end in StayEnd},
    "left": lambda stay, _: stay.end in LEFT_UNANSWERED,
    "short_abandons": lambda stay, rule: is_short(stay, rule.short_abandon),
    "answered_late": _is_late,
    "service_level": lambda stay, rule: judge(stay, Variant.NEGATIVE, rule).is_counted,
    "speed_of_answer": lambda stay, _: stay.end is StayEnd.ANSWERED and stay.left_at is not None,
    "handling_time": lambda stay, _: has_talked(stay),
    LONGEST: lambda stay, _: stay.left_at is not None or stay.end is StayEnd.WAITING,
}
_HEADINGS = {
    "short": "short_abandons",
    "level": "service_level",
    "asa": "speed_of_answer",
    "aht": "handling_time",
    "longest": LONGEST,
    "wait_p50": "speed_of_answer",
    "wait_p80": "speed_of_answer",
    "talk_time": "handling_time",
    "answered_share": "service_level",
    "abandoned_share": "service_level",
    "answered_soon_share": "service_level",
    "share": "promised",
}
PROMISES: Mapping[str, frozenset[str]] = {
    "promised": frozenset(Promise),
    "kept": frozenset({Promise.KEPT}),
    "broken": frozenset({Promise.BROKEN}),
    "promise_unknown": frozenset({Promise.UNKNOWN}),
}
"""Figures of whole calls, by what became of the promise to their callers: ``behind_promises`` finds those."""
FIGURES = (*_COUNTED, *PROMISES)
"""What can stand at the end of a name."""


def figure_of(text: str) -> str | None:
    """The figure that a heading or a name means; None where it is none."""
    figure = _HEADINGS.get(text.lower(), text)
    return figure if figure in FIGURES else None


def behind_figure(figure: str, stays: Sequence[Stay], rule: Rule, now: datetime) -> list[Stay]:
    """Those of a row's stays that are behind a figure of it, which is none of ``PROMISES``."""
    found = [stay for stay in stays if _COUNTED[figure](stay, rule)]
    if figure != LONGEST or not found:
        return found
    longest = max(stay.waited(now) for stay in found)
    return [stay for stay in found if stay.waited(now) == longest]
