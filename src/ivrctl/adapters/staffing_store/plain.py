"""Values of ``ivrctl.staffing`` as JSON and back, by the types of their fields.

A field that a kept value lacks has its default, and one that is not known any more is left out: a controller goes on
with what another release has kept.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

_Value = TypeVar("_Value")


def plain(value: Any) -> Any:
    """A value as JSON has it: times in ISO 8601, durations in seconds.

    Raises:
        TypeError: a mapping has keys that are no names.
    """
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case float() if not math.isfinite(value):
            return str(value)
        case Mapping():
            return {_name(key): plain(each) for key, each in value.items()}
        case frozenset() | set():
            return sorted(plain(each) for each in value)
        case tuple() | list():
            return [plain(each) for each in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return value


def read(kind: type[_Value], kept: Any) -> _Value:
    """The value that was made plain.

    Raises:
        ValueError, TypeError, KeyError: it was of another type.
    """
    return cast("_Value", _read(kind, kept))


def _read(kind: Any, kept: Any) -> Any:
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return None if kept is None else _read(_some(kind), kept)
    if origin is not None:
        return _read_many(origin, get_args(kind), kept)
    fields = _fields(kind)
    if fields is not None:
        return kind(**{name: _read(fields[name], each) for name, each in kept.items() if name in fields})
    if issubclass(kind, Enum):
        return kind(kept)
    if kind is datetime:
        return datetime.fromisoformat(kept)
    if kind is timedelta:
        return timedelta(seconds=kept)
    return float(kept) if kind is float else kept


def _read_many(origin: Any, of: tuple[Any, ...], kept: Any) -> Any:
    if issubclass(origin, Mapping):
        return {_read(of[0], key): _read(of[1], each) for key, each in kept.items()}
    return origin(_read(of[0], each) for each in kept)


def _some(kind: Any) -> Any:
    return next(each for each in get_args(kind) if each is not type(None))


def _name(key: Any) -> str:
    """Keys are names: JSON has no others."""
    if not isinstance(key, str):
        raise TypeError(f"a key that is no name cannot be kept: {key!r}")
    return str(plain(key))


@cache
def _fields(kind: Any) -> Mapping[str, Any] | None:
    """The types of the fields that a dataclass's constructor takes; None for what is none."""
    if not dataclasses.is_dataclass(kind):
        return None
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}
