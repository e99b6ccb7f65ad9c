"""When a desk is open on one day: spans of the clock, and rules that point to another day."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.schema import Schema, Schemas, form
from ivrctl.lang.source import Node, Span, Word

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Of the week, from Monday, as ``date.weekday()`` counts them."""
MINUTES = 24 * 60
"""Of one day."""
CLOSED = "closed"
_AS = "as "
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_HOW = 'such as "08:00-21:30", "08:00-12:00, 13:00-17:30", or closed'
_PLAN = rf"{CLOSED}|\s*(?:{_SPAN.pattern})\s*(?:,\s*(?:{_SPAN.pattern})\s*)*"
"""The form of a day's plan, for editors: what is wrong in it, the reading of it says better."""
SPAN_FORM = rf"\s*(?:{_SPAN.pattern})\s*"
"""The form of one stretch of a day."""
DAYS_FORM = rf"(?:{'|'.join(DAYS)})(?:-(?:{'|'.join(DAYS)}))?"
"""A day, or a range of days."""


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """A stretch of one day, in minutes since its midnight by the clock on the wall; the end is exclusive."""

    start: int
    end: int
    """Greater than 1,440 for one that runs into the next day."""

    def __str__(self) -> str:
        end = self.end if self.end <= MINUTES else self.end - MINUTES
        return f"{_clock(self.start)}-{_clock(end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """When it is open on one day; empty is closed.

    In YAML ``closed``, or spans of the clock, several with commas. A span whose end is not after its start runs over
    midnight, and belongs to the day on which it begins: a holiday on the morrow does not cut it.
    """

    openings: tuple[Opening, ...]
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``closed`` or spans such as ``08:00-12:00, 13:00-17:30``."""
        text = binder.bind(Word, node)
        if text == CLOSED:
            return cls((), node.span)
        openings = tuple(_openings(text, node.span, binder))
        for before, after in itertools.pairwise(openings):
            if after.start < before.end:
                message = f"{after} does not come after {before}"
                binder.refuse("IVR210", node.span, message, "write the spans of a day in their order")
        return cls(openings, node.span)

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """``closed``, or spans of the clock."""
        return form(_PLAN, 'closed, or spans such as "08:00-12:00, 13:00-17:30",')


def _openings(text: str, span: Span, binder: Binder) -> Iterator[Opening]:
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            binder.refuse("IVR210", span, f'"{part.strip()}" is no span of a day', _HOW)
        start = 60 * int(match[1]) + int(match[2])
        end = MINUTES if match[3] is None else 60 * int(match[3]) + int(match[4])
        if start == end:
            binder.refuse("IVR210", span, f'"{part.strip()}" begins where it ends', 'a whole day is "00:00-24:00"')
        yield Opening(start, end if end > start else end + MINUTES)


@dataclass(frozen=True, slots=True)
class DayRule:
    """A plan of its own, or ``as DAY``: that of a day of the week, such as ``as sun`` or ``as mon-fri``."""

    plan: DayPlan | None
    weekday: int | None
    """0 is Monday. Exactly one of the two is None."""
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``closed``, spans, or ``as DAY``."""
        text = binder.bind(Word, node)
        if not text.startswith(_AS):
            if text.partition("-")[0] in DAYS:
                binder.refuse(
                    "IVR210", node.span, f'"{text}" is no span of a day', f"write {_AS}{text} for the hours of that day"
                )
            return cls(DayPlan.bind_node(node, binder), None, node.span)
        days = bind_days(Word.at(text.removeprefix(_AS).strip(), node.span), binder)
        return cls(None, days[0], node.span)

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """``closed``, spans of the clock, or ``as DAY``."""
        return form(rf"{_PLAN}|{_AS} *{DAYS_FORM}", 'closed, spans such as "08:00-12:00", or as sun')


def bind_days(text: Word, binder: Binder) -> tuple[int, ...]:
    """Read ``mon``, or ``mon-fri`` as the days from one to the other; ``fri-mon`` goes over the weekend."""
    first, dash, last = text.partition("-")
    for name in (first, last) if dash else (first,):
        if name not in DAYS:
            message = f'"{name}" is no day of the week'
            binder.refuse("IVR210", text.span, message, did_you_mean(name.lower()[:3], DAYS))
    start = DAYS.index(first)
    count = (DAYS.index(last) - start) % len(DAYS) + 1 if dash else 1
    return tuple((start + offset) % len(DAYS) for offset in range(count))
