"""The values that a flow computes with, and their one form in JSON.

A value is a plain Python object: text (also digits, phone numbers, words of an enumeration), ``Decimal`` for numbers
and money, ``bool``, ``date``, ``datetime`` (aware), ``timedelta``, ``None``, a row (a mapping of names to values), a
tuple of values, and a ``Secret``. ``to_json`` and ``from_json`` are exact inverses, so that a position that was
journaled resumes with the very values it had; but of a secret JSON says only that it was there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias, cast


@dataclass(frozen=True, slots=True)
class Secret:
    """What a caller has keyed in secret. It lives in this process alone: the journal, the trace and logs hold none."""

    text: str | None = field(repr=False)
    """None for one that was lost with the process that knew it."""


Scalar: TypeAlias = str | Decimal | bool | date | datetime | timedelta | None
Value: TypeAlias = "Scalar | Mapping[str, Value] | tuple[Value, ...] | frozenset[str] | Secret"
Row: TypeAlias = "Mapping[str, Value]"
RowOrRows: TypeAlias = "Row | tuple[Row, ...]"
"""What a lookup answers: a row, or the rows of one that was declared with ``rows``."""
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def to_json(value: Value) -> Json:
    """Write a value so that ``from_json`` gives it back: scalars that JSON lacks are tagged with their kind."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case timedelta():
            # Whole microseconds, which is what a timedelta holds: seconds as a float would round.
            return {"microseconds": value // timedelta(microseconds=1)}
        case Secret():
            return {"secret": None}
        case frozenset():
            return {"words": cast("list[Json]", sorted(value))}
        case tuple():
            return [to_json(item) for item in value]
        case _:
            return {"row": {name: to_json(item) for name, item in value.items()} if value else {}}


def from_json(data: Json) -> Value:
    """Read what ``to_json`` wrote.

    Raises:
        ValueError: the data has a form that ``to_json`` never writes.
    """
    match data:
        case None | bool() | str():
            return data
        case {"decimal": str(text)}:
            return Decimal(text)
        case {"datetime": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case {"microseconds": int(count)}:
            return timedelta(microseconds=count)
        case {"secret": None}:
            return Secret(None)
        case {"words": list(words)}:
            return frozenset(cast("list[str]", words))
        case {"row": dict(row)}:
            return {name: from_json(item) for name, item in row.items()}
        case list(items):
            return tuple(from_json(item) for item in items)
        case _:
            raise ValueError(f"not a value: {data!r}")
