"""English times of day and durations: eight oh five in the morning, two hours and thirty minutes."""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.speech.en_numerals import AND, below_hundred, whole_number
from ivrctl.speech.piece import Spelling

PARTS = ((1, "at night"), (12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"), (24, "at night"))
"""Each part of the day with the hour at which it ends; half past midnight is night."""
UNITS = (
    (24 * 60 * 60, ("day", "days")),
    (60 * 60, ("hour", "hours")),
    (60, ("minute", "minutes")),
    (1, ("second", "seconds")),
)
O_CLOCK, OH = "o'clock", "oh"
MIDNIGHT, NOON = "midnight", "twelve noon"
HALF_DAY = 12
TEN = 10


def time_of_day(hour: int, minute: int) -> Spelling:
    """Eight o'clock in the morning; eight oh five in the morning; twelve noon; midnight."""
    if not minute and hour in {0, HALF_DAY}:
        return (NOON if hour else MIDNIGHT,)
    part = next(name for end, name in PARTS if hour < end)
    shown = below_hundred((hour - 1) % HALF_DAY + 1)
    if not minute:
        return (shown, O_CLOCK, part)
    return (shown, *((OH,) if minute < TEN else ()), below_hundred(minute), part)


def duration(seconds: int) -> Spelling:
    """Two hours, thirty minutes and one second, with ``and`` before the last; zero seconds. Not negative."""
    parts: list[list[str]] = []
    for length, (one, many) in UNITS:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append([*whole_number(count), one if count == 1 else many])
    if not parts:
        return (*whole_number(0), UNITS[-1][1][1])
    *first, last = parts
    return (*(text for part in first for text in part), *((AND,) if first else ()), *last)


def clock_texts() -> Iterator[str]:
    """Every text that ``time_of_day`` and ``duration`` can give, but the numerals."""
    yield from (O_CLOCK, OH, MIDNIGHT, NOON)
    yield from (name for _, name in PARTS)
    yield from (name for _, names in UNITS for name in names)
