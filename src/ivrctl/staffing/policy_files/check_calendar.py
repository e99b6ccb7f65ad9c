"""What is wrong with a calendar: tiers that are not the first ones, and times that never end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.site.opening import MINUTES, Opening
from ivrctl.staffing.policy_files.policy_file import FloorEntry, PolicyFile
from ivrctl.staffing.policy_files.ranges import check_count


class _Day(NamedTuple):
    """What a calendar can tell of a day."""

    of_month: int
    from_end: int
    """1 is the last of its month."""
    of_week: int


MOST_ENTRIES = 100
"""Of a calendar of which it is asked whether it is always on: nobody writes more, and to answer takes time."""

_LONGEST = 31
_LENGTHS = (28, 29, 30, _LONGEST)
"""Of months, in days; of two that follow each other one is of the longest, or both are."""


def check_calendar(file: PolicyFile, findings: Findings) -> None:
    """Report entries that hold other tiers than the first ones, and a calendar that is always on."""
    names = [str(entry.tier) for entry in file.tiers]
    for entry in file.calendar:
        check_count("last", entry.last, (1, 31), findings)
        _check_tiers(entry, names, findings)
        if entry.hours is not None and not entry.hours.openings:
            message = "closed is no time at which somebody is in"
            findings.error("IVR540", entry.hours.span, message, "remove the entry")
    if 0 < len(file.calendar) <= MOST_ENTRIES and _is_always_on(file.calendar):
        message = "at every moment of the year the calendar holds somebody in: the first tier never goes home"
        advice = "give its people the queues under agents in ivrctl.yaml"
        findings.warning("IVR542", beginning(file.calendar[0].span), message, advice)


def _check_tiers(entry: FloorEntry, names: Sequence[str], findings: Findings) -> None:
    unknown = [name for name in entry.tiers if name not in names]
    for name in unknown:
        message = f'the policy has no tier "{shortened(name)}"'
        findings.error("IVR501", name.span, message, did_you_mean(name, names))
    if unknown:
        return
    due = names[: len(entry.tiers)]
    if not entry.tiers:
        findings.error("IVR541", beginning(entry.span), "the calendar holds no tier in", f"write [{names[0]}]")
    elif list(entry.tiers) != due:
        wrong = next(name for name, other in zip(entry.tiers, [*due, ""], strict=False) if name != other)
        message = f'"{wrong}" stands where "{due[list(entry.tiers).index(wrong)]}" is due: tiers come in their order'
        most = max(map(names.index, entry.tiers))
        findings.error("IVR541", wrong.span, message, f"write [{', '.join(names[: most + 1])}]")


def _is_always_on(calendar: Sequence[FloorEntry]) -> bool:
    """True when no minute of any day is left out, tried with every two days that can follow each other."""
    on: dict[_Day, tuple[Opening, ...]] = {}
    for before, today in _neighbours():
        for day in (before, today):
            if day not in on:
                on[day] = tuple(_on(calendar, day))
        spilt = (Opening(0, each.end - MINUTES) for each in on[before] if each.end > MINUTES)
        if not _is_whole_day((*spilt, *on[today])):
            return False
    return True


@cache
def _neighbours() -> tuple[tuple[_Day, _Day], ...]:
    """Every two days that can follow each other, as far as a calendar can tell days apart.

    Within 28 years each month, February with 28 days and with 29, begins on each day of the week.
    """
    pairs = [((day, length - day + 1), (day + 1, length - day)) for length in _LENGTHS for day in range(1, length)]
    pairs += [((each, 1), (1, other)) for each in _LENGTHS for other in _LENGTHS if _LONGEST in {each, other}]
    return tuple(
        (_Day(*before, weekday), _Day(*today, (weekday + 1) % 7)) for before, today in pairs for weekday in range(7)
    )


def _on(calendar: Sequence[FloorEntry], day: _Day) -> Iterator[Opening]:
    """The stretches that begin on a day."""
    for entry in calendar:
        if _fits(entry, day):
            yield from (Opening(0, MINUTES),) if entry.hours is None else entry.hours.openings


def _fits(entry: FloorEntry, day: _Day) -> bool:
    is_day_given = bool(entry.days) or entry.last is not None
    is_in_range = any(days.first <= day.of_month <= days.last for days in entry.days)
    is_among_last = entry.last is not None and day.from_end <= entry.last.number
    is_weekday = not entry.weekdays or any(day.of_week in each.days for each in entry.weekdays)
    return is_weekday and (not is_day_given or is_in_range or is_among_last)


def _is_whole_day(openings: Sequence[Opening]) -> bool:
    covered = 0
    for opening in sorted(openings):
        if opening.start > covered:
            return False
        covered = max(covered, opening.end)
    return covered >= MINUTES
