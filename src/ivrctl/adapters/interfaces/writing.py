"""Our values as an interface reads them: in an address as text, in a body as JSON; a number is never a float."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from ivrctl.model.values import Secret, Value


def as_text(value: Value) -> str:
    """A value in a path or a query; durations in seconds, moments and days as ISO 8601 has them.

    Raises:
        ValueError: a secret, or a list: neither has a place there.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case timedelta():
            return _seconds(value)
        case _:
            raise ValueError(f"a {type(value).__name__} has no place in an address")


def json_object(values: Mapping[str, Value]) -> bytes:
    """Values as one JSON object; what is none is null. A secret is uncovered here and nowhere before."""
    return _json(values).encode()


def _json(value: Value) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value)
        case Decimal() | int():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case datetime() | date():
            return json.dumps(value.isoformat())
        case timedelta():
            return _seconds(value)
        case Secret(text=text):
            return json.dumps(text)
        case frozenset():
            return _list(tuple(sorted(value)))
        case tuple():
            return _list(value)
        case _:
            return "{" + ",".join(f"{json.dumps(str(name))}:{_json(item)}" for name, item in value.items()) + "}"


def _list(items: tuple[Value, ...]) -> str:
    return "[" + ",".join(map(_json, items)) + "]"


def _seconds(length: timedelta) -> str:
    """Seconds, without a float: a timedelta counts whole microseconds."""
    seconds = Decimal(length // timedelta(microseconds=1)) / 1_000_000
    return format(seconds.normalize(), "f")
