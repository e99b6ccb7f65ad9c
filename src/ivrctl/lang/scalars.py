"""How one scalar is read as a whole number, a duration, a percentage and the like: pure text to value.

Each reader takes the text as written and returns the value, or raises ValueError with the message and the advice.
Counterpart of ``binder``, which knows where the text stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

LONGEST = timedelta(days=3660)
"""No duration of a call centre is longer than ten years; a bound keeps arithmetic on durations from overflowing."""

_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?")
WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class UnreadableError(ValueError):
    """A text is not what is due; ``advice`` says what to write."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True, slots=True, order=True)
class Percentage:
    """A share, written ``85%``."""

    percent: Decimal

    @property
    def fraction(self) -> float:
        """The share of one: 0.85 for ``85%``."""
        return float(self.percent) / 100

    def __str__(self) -> str:
        return f"{self.percent:f}%"


def read_boolean(text: str) -> bool:
    """Exactly ``true`` or ``false``: what ``yes`` or ``on`` would mean depends on the YAML version."""
    if text in {"true", "false"}:
        return text == "true"
    known = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
    meant = known.get(text.lower(), text.lower() if text.lower() in {"true", "false"} else "true or false")
    raise UnreadableError(f'"{text}" is not true or false', f"write {meant}")


def read_whole_number(text: str) -> int:
    """A whole number in its one written form: no leading zero, plus sign or separator."""
    if WHOLE_NUMBER.fullmatch(text):
        return int(text)
    raise UnreadableError(f'"{text}" is not a whole number', "write digits only, without leading zeros, such as 3")


def read_decimal(text: str) -> Decimal:
    """A decimal number, exactly as written."""
    if NUMBER.fullmatch(text):
        return Decimal(text)
    raise UnreadableError(f'"{text}" is not a number', "write it with a point and without separators, such as 1200.5")


def read_duration(text: str) -> timedelta:
    """A duration with its unit: ``500ms``, ``3s``, ``10m``, ``2h``, ``1d``."""
    match = DURATION.fullmatch(text)
    if match:
        length = timedelta(**{_UNITS[match[2]]: float(match[1])}) if float(match[1]) < LONGEST.total_seconds() else None
        if length is None or length > LONGEST:
            raise UnreadableError(f'"{text}" is too long a duration', "the longest is 3660d")
        return length
    advice = "write a number and ms, s, m, h or d, such as 3s"
    if re.fullmatch(r"[0-9.]+", text):
        advice = f"a duration carries its unit: {text}s"
    raise UnreadableError(f'"{text}" is not a duration', advice)


def read_percentage(text: str) -> Percentage:
    """A share with its percent sign: ``85%``."""
    number = text.removesuffix("%")
    if number != text and NUMBER.fullmatch(number):
        return Percentage(Decimal(number))
    advice = f"a percentage carries its sign: {text}%" if NUMBER.fullmatch(text) else "write it such as 85%"
    raise UnreadableError(f'"{text}" is not a percentage', advice)


def read_date(text: str) -> date:
    """A day, written ``2026-02-14``."""
    if DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise UnreadableError(f'there is no day "{text}"', "check the month and the day") from None
    raise UnreadableError(f'"{text}" is not a date', "write it such as 2026-02-14")
