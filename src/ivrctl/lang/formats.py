"""How a value can be said: the formats that a text can name, and which types each accepts.

Counterpart of the ``speech`` package, which says a value in a format; here stands only what fits.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.types.kinds import (
    DATE,
    DATETIME,
    DIGITS,
    EXTENSION,
    MONEY,
    NUMBER,
    PHONE,
    QUEUE,
    TEXT,
    Enumeration,
    Type,
)

FORMATS: Mapping[str, frozenset[Type]] = {
    "money": frozenset({MONEY}),
    "number": frozenset({NUMBER}),
    "digits": frozenset({DIGITS, PHONE, EXTENSION, TEXT}),
    "date": frozenset({DATE, DATETIME}),
    "month": frozenset({DATE, DATETIME}),
    "text": frozenset({TEXT, DIGITS, PHONE, EXTENSION, QUEUE}),
}
"""Format to the simple types it accepts; ``text`` accepts every enumeration besides."""

_DEFAULTS: Mapping[Type, str] = {
    MONEY: "money",
    NUMBER: "number",
    DIGITS: "digits",
    PHONE: "digits",
    EXTENSION: "digits",
    DATE: "date",
    TEXT: "text",
    QUEUE: "text",
}


def fits(name: str, kind: Type) -> bool:
    """True when values of a type can be said in a format."""
    return kind in FORMATS[name] or (name == "text" and isinstance(kind, Enumeration))


def default_format(kind: Type) -> str | None:
    """The format in which values of a type are said where none is named; None when one must be."""
    return "text" if isinstance(kind, Enumeration) else _DEFAULTS.get(kind)


def formats_for(kind: Type) -> tuple[str, ...]:
    """Every format in which values of a type can be said."""
    return tuple(name for name in FORMATS if fits(name, kind))
