"""How a value can be said: the formats that a text can name, and which types each accepts.

Counterpart of the ``speech`` package, which says a value in a format; here stands only what fits.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.types.kinds import (
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    EXTENSION,
    MONEY,
    NUMBER,
    PHONE,
    QUEUE,
    RECORDING,
    TEXT,
    Enumeration,
    Type,
)

FORMATS: Mapping[str, frozenset[Type]] = {
    "money": frozenset({MONEY}),
    "number": frozenset({NUMBER}),
    "ordinal": frozenset({NUMBER}),
    "digits": frozenset({DIGITS, PHONE, EXTENSION, TEXT}),
    "date": frozenset({DATE, DATETIME}),
    "time": frozenset({DATETIME}),
    "datetime": frozenset({DATETIME}),
    "month": frozenset({DATE, DATETIME}),
    "duration": frozenset({DURATION}),
    "percent": frozenset({NUMBER}),
    "phone": frozenset({PHONE, DIGITS, TEXT}),
    "masked": frozenset({PHONE, DIGITS, EXTENSION, TEXT}),
    "spell": frozenset({TEXT, DIGITS, PHONE, EXTENSION, QUEUE}),
    "text": frozenset({TEXT, DIGITS, PHONE, EXTENSION, QUEUE}),
    "recording": frozenset({RECORDING}),
}
"""Format to the simple types it accepts; ``text`` accepts every enumeration besides.

How each sounds stands in the golden tables of the ``speech`` package. ``ordinal`` and ``percent`` are said of the
number as it is: 3 is the third, 85 is eighty-five percent. ``phone`` groups a number as its country does, ``masked``
says and writes only the end of one, ``spell`` says every character by its name. ``recording`` plays what a caller has
spoken.
"""

_DEFAULTS: Mapping[Type, str] = {
    MONEY: "money",
    NUMBER: "number",
    DIGITS: "digits",
    PHONE: "phone",
    EXTENSION: "digits",
    DATE: "date",
    DATETIME: "datetime",
    DURATION: "duration",
    TEXT: "text",
    QUEUE: "text",
    RECORDING: "recording",
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
