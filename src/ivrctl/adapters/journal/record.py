"""One line of the journal.

``{"leg":"1700000000.7-1700000000123","n":4,"t":1700000003.125,"at":{…}}`` says where a leg stands; with ``"end":true``
instead of ``at`` the leg is over. ``n`` counts the records of one leg over all processes, ``t`` is Unix time in
seconds. Everything is ASCII, so that a line can be cut anywhere without becoming another valid line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Any, TypeAlias, cast

Position: TypeAlias = dict[str, Any]
"""Where a leg stands: a JSON object that only the flow engine understands."""

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Record:
    """What a line says."""

    leg: str
    number: int
    at: float
    """Unix time in seconds."""
    position: Position | None
    """None when the leg has ended."""


def standing_line(leg: str, number: int, at: float, position: Mapping[str, Any]) -> bytes:
    """The line for a leg that stands at a position.

    Raises:
        TypeError: the position holds something that JSON lacks.
    """
    text = f'{{"leg":{encode_basestring_ascii(leg)},"n":{number},"t":{at:.3f},"at":{_encode(position)}}}\n'
    return text.encode("ascii")


def ended_line(leg: str, number: int, at: float) -> bytes:
    """The line for a leg that is over."""
    return f'{{"leg":{encode_basestring_ascii(leg)},"n":{number},"t":{at:.3f},"end":true}}\n'.encode("ascii")


def parse_line(line: bytes) -> Record | None:
    """Read a line, with or without its line end; None when it is none of ours."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match data:
        case {"leg": str(leg), "n": int(number), "t": int() | float() as at, "at": dict(position)}:
            return Record(leg, number, at, cast("Position", position))
        case {"leg": str(leg), "n": int(number), "t": int() | float() as at, "end": True}:
            return Record(leg, number, at, None)
        case _:
            return None
