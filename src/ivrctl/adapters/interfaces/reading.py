"""JSON of a stranger: bounded, exact, and told in words that quote nothing of it.

Numbers become ``Decimal`` or ``int``, never floats. What is valid for Python's reader alone is refused: NaN, Infinity,
another encoding than UTF-8; and so is what two readers understand differently: a key that stands twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeAlias

MAX_NESTING = 16
"""Brackets within brackets: a row has one level, a list of rows two."""

MAX_EXPONENT = 40
"""Of a number: larger ones are written out as gigabytes of zeros when somebody takes them for text."""

MAX_NUMBER = 60
"""Characters of one number."""

Found: TypeAlias = "list[Mapping[str, Any]]"
"""Objects of an answer, by the names of their fields."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[{\]}]")


def read_json(body: bytes) -> Any:
    """The value that a body holds.

    Raises:
        ValueError: it is no JSON, or none that we take; the message says why and quotes nothing.
    """
    if _nesting(body) > MAX_NESTING:
        raise ValueError(f"its JSON is nested deeper than {MAX_NESTING}")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise ValueError("its answer is not UTF-8") from None
    try:
        return json.loads(
            text, parse_float=_decimal, parse_int=_whole, parse_constant=_refuse, object_pairs_hook=_object
        )
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("its answer is no JSON") from None


def rows_in(answer: Any, most: int | None) -> Found:
    """The rows of an answer: of an object one, of a list its first ones, of null and of an empty list none.

    Args:
        answer: that ``read_json`` gave.
        most: that are declared with ``rows``; None when one row is due, and no list.

    Raises:
        ValueError: it is none of these, or not what is due.
    """
    match answer:
        case None | []:
            return []
        case dict() if most is None:
            return [answer]
        case list() if most is not None and all(isinstance(item, dict) for item in answer):
            return answer[:most]
        case _:
            due = "an object" if most is None else "a list of objects"
            raise ValueError(f"its answer is not {due}")


def _nesting(body: bytes) -> int:
    """How deep the brackets go outside of texts."""
    deepest = depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _whole(text: str) -> int:
    if len(text) > MAX_NUMBER:
        raise ValueError("its JSON holds a number that is too long")
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text) if len(text) <= MAX_NUMBER else None
    except InvalidOperation:
        # An exponent beyond those that Decimal has: some nineteen digits.
        number = None
    if number is None or abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError("its JSON holds a number that is too long")
    return number


def _refuse(_text: str) -> NoReturn:
    raise ValueError("its JSON holds a number that is none, such as NaN")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("its JSON holds a key twice")
    return found
