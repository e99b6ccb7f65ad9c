"""Chinese times of day and durations: 上午八点零五分, 两小时三十分钟.

The day has five parts, as people name them: 凌晨 to six, 上午 to noon, 中午 the hour from noon, 下午 to six, 晚上 to
midnight. Hours count to twelve, and two of them are 两点.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.speech.piece import Spelling
from ivrctl.speech.zh_numerals import PAIR, TWO, ZERO, below_hundred, measured

PARTS = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
"""Each part of the day with the hour at which it ends."""
UNITS = ((24 * 60 * 60, "天"), (60 * 60, "小时"), (60, "分钟"), (1, "秒"))
NOON = 12
TEN = 10


def time_of_day(hour: int, minute: int) -> Spelling:
    """上午八点; 下午两点零五分; 凌晨零点三十分."""
    part = next(name for end, name in PARTS if hour < end)
    said = (part, _hour(hour if hour <= NOON else hour - NOON))
    return (*said, _minute(minute)) if minute else said


def _hour(hour: int) -> str:
    return f"{TWO if hour == PAIR else below_hundred(hour)}点"


def _minute(minute: int) -> str:
    return f"{ZERO if minute < TEN else ''}{below_hundred(minute)}分"


def duration(seconds: int) -> Spelling:
    """两小时三十分钟; 零秒. Seconds are not negative."""
    said: list[str] = []
    for length, unit in UNITS:
        count, seconds = divmod(seconds, length)
        said += measured(count, unit) if count else []
    return tuple(said) or tuple(measured(0, "秒"))


def clock_texts() -> Iterator[str]:
    """Every text that ``time_of_day`` can give, and the units of ``duration``."""
    yield from (name for _, name in PARTS)
    yield from (_hour(hour) for hour in range(NOON + 1))
    yield from (_minute(minute) for minute in range(1, 60))
    yield from (unit for _, unit in UNITS)
