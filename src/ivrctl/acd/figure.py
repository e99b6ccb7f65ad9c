"""One figure: a number, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it was reckoned from, or None and why."""

    value: float | None
    because: str = ""
    """Why there is no value; empty where there is one."""
    of: int = 0
    """How many calls, or whatever it is of, it was reckoned from."""


def share(part: float, whole: float, because: str, of: int | None = None) -> Figure:
    """A part of a whole, from 0 to 1; None when there is no whole."""
    counted = int(whole) if of is None else of
    return Figure(None, because, counted) if whole == 0 else Figure(part / whole, of=counted)


def mean(total: float, count: int, because: str) -> Figure:
    """What falls to one of them; None when there are none."""
    return Figure(None, because) if count == 0 else Figure(total / count, of=count)
