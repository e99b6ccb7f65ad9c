"""Foreign values into values of a type, exactly or not at all.

What a database driver or a JSON answer gives (``int``, ``float``, ``str``, ``Decimal``, ``None``, dates in several
forms) becomes the one form that flows compute with. What does not fit is refused: the lookup has then failed, and the
caller hears so instead of hearing nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from ivrctl.lang.scalars import LONGEST, UnreadableError, read_duration
from ivrctl.lang.types.kinds import (
    BOOLEAN,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    EXTENSION,
    MONEY,
    NUMBER,
    PHONE,
    QUEUE,
    SECRET,
    TEXT,
    Enumeration,
    ListOf,
    Maybe,
    NoneType,
    Record,
    Type,
    WordSet,
)
from ivrctl.model.values import Value

MAX_TEXT_BYTES = 4096
"""UTF-8 bytes of one text: a line of AGI ends at 8,191, and nobody listens to more."""
MAX_DIGITS = 18
"""Digits before the point of a number; a longer one is never spoken, it is an order number that should be text."""
MAX_PLACES = 9
"""Digits behind the point. With those before it they stay within the 28 that Decimal computes with exactly."""
MAX_ITEMS = 1000
"""Rows of a list or words of a set."""
CENT = Decimal("0.01")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
"""Narrower than Python's own reading, which takes ``20260201`` and week dates too."""
_FLOAT_NOISE = Decimal("1e-6")
"""A sum of floating-point amounts misses its cent by less than this; the cent is what was meant."""


def conform(value: object, kind: Type, *, zone: tzinfo | None = None) -> Value:
    """Turn a foreign value into a value of a type.

    Args:
        value: what a database, an interface or a scenario gives.
        kind: the type declared for it.
        zone: the time zone of datetimes that carry none; without it they are refused.

    Raises:
        ValueError: it does not fit; the message says why, without quoting the value (it may be personal data).
    """
    if value is None and isinstance(kind, Maybe | NoneType):
        return None
    if value is None:
        raise ValueError(f"none where {kind} is due")
    match kind:
        case Maybe(of=inner):
            return conform(value, inner, zone=zone)
        case Record(fields=fields):
            return _row(value, fields, zone)
        case ListOf(item=item):
            return _items(value, item, zone)
        case _:
            return _leaf(value, kind, zone)


def _leaf(value: object, kind: Type, zone: tzinfo | None) -> Value:
    """A value that has no parts of other types."""
    if kind == DATETIME:
        return _datetime(value, zone)
    if isinstance(kind, Enumeration):
        return _word(value, kind.words)
    if isinstance(kind, WordSet):
        return _word_set(value)
    if kind not in _READERS:
        raise ValueError(f"a value where {kind} is due")
    return _READERS[kind](value)


def _text(value: object) -> str:
    match value:
        case str():
            text = str(value)
        case bool() | float():
            raise ValueError(f"a {type(value).__name__} where text is due")
        case int() | Decimal():
            text = format(value, "f") if isinstance(value, Decimal) else str(value)
        case _:
            raise ValueError(f"a {type(value).__name__} where text is due")
    if _CONTROL.search(text):
        raise ValueError("a text with control characters")
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise ValueError(f"a text of more than {MAX_TEXT_BYTES} bytes")
    return text


def _matching(pattern: str, due: str) -> Callable[[object], str]:
    """A reader of texts of one form."""
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        text = _text(value)
        if not compiled.fullmatch(text):
            raise ValueError(f"a text that is not {due}")
        return text

    return read


def _decimal(value: object) -> Decimal:
    """Any numeric form as a finite decimal, exactly; of a float, the nearest with ``MAX_PLACES`` places."""
    match value:
        case bool():
            raise ValueError("a boolean where a number is due")
        case int() | Decimal():
            number = Decimal(value)
        case float():
            number = Decimal(repr(value))
        case str() if _NUMBER.fullmatch(value):
            number = Decimal(value)
        case _:
            raise ValueError("not a number")
    if not number.is_finite():
        raise ValueError("not a finite number")
    if number.adjusted() >= MAX_DIGITS:
        raise ValueError(f"a number with more than {MAX_DIGITS} digits before the point")
    if _places(number) > MAX_PLACES:
        if not isinstance(value, float):
            raise ValueError(f"a number with more than {MAX_PLACES} digits behind the point")
        number = round(number, MAX_PLACES)
    return number


def _places(number: Decimal) -> int:
    """Digits behind the point that a finite number needs."""
    parts = number.as_tuple()
    spare = len(parts.digits) - len("".join(map(str, parts.digits)).rstrip("0"))
    return -int(parts.exponent) - spare if number else 0


def _number(value: object) -> Decimal:
    """A number in its one form: no zeros behind the last digit, no exponent, no negative zero."""
    number = _decimal(value)
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize()


def _money(value: object) -> Decimal:
    """An amount with exactly two places."""
    number = _decimal(value)
    try:
        amount = number.quantize(CENT)
    except InvalidOperation:
        raise ValueError("an amount with too many digits") from None
    if amount != number and not (isinstance(value, float) and abs(amount - number) < _FLOAT_NOISE):
        raise ValueError("an amount with parts of a cent")
    return amount or Decimal("0.00")


def _date(value: object) -> date:
    match value:
        case datetime():
            return _day_of(value)
        case date():
            return value
        case str():
            try:
                return date.fromisoformat(value) if _DAY.fullmatch(value) else _day_of(_moment(value))
            except ValueError:
                raise ValueError("a text that is no date, which is written like 2026-02-01") from None
        case _:
            raise ValueError(f"a {type(value).__name__} where a date is due")


def _day_of(moment: datetime) -> date:
    """The day of a moment that is midnight, as drivers give a date."""
    if moment.time() != time():
        raise ValueError("a date with a time of day")
    return moment.date()


def _moment(text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise ValueError("not a moment")
    return datetime.fromisoformat(text)


def _datetime(value: object, zone: tzinfo | None) -> datetime:
    match value:
        case datetime():
            moment = value
        case str():
            try:
                moment = _moment(value)
            except ValueError:
                raise ValueError("a text that is no datetime, which is written like 2026-02-01 08:00") from None
        case _:
            raise ValueError(f"a {type(value).__name__} where a datetime is due")
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError("a datetime without a time zone")
        moment = moment.replace(tzinfo=zone)
    return moment


def _duration(value: object) -> timedelta:
    match value:
        case timedelta():
            length = value
        case str():
            try:
                length = read_duration(value)
            except UnreadableError:
                raise ValueError("a text that is no duration, which is written like 90s") from None
        case _:
            seconds = _decimal(value)
            length = timedelta(seconds=float(seconds)) if abs(seconds) <= LONGEST.total_seconds() else LONGEST * 2
    if abs(length) > LONGEST:
        raise ValueError("a duration of more than ten years")
    return length


def _boolean(value: object) -> bool:
    match value:
        case bool():
            return value
        case int() | Decimal() if value in (0, 1):
            return value == 1
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case _:
            raise ValueError("neither true nor false, 1 nor 0")


def _word(value: object, words: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in words:
        return str(value)
    raise ValueError(f"an answer that is none of {', '.join(words)}")


def _row(value: object, fields: Mapping[str, Type], zone: tzinfo | None) -> Mapping[str, Value]:
    """The declared fields of a row; others are left behind, a missing one is none."""
    if not isinstance(value, Mapping):
        raise ValueError(f"a {type(value).__name__} where a row is due")  # noqa: TRY004 - the one exception of conform
    row: dict[str, Value] = {}
    for name, kind in fields.items():
        try:
            row[name] = conform(value.get(name), kind, zone=zone)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return row


def _items(value: object, kind: Type, zone: tzinfo | None) -> tuple[Value, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > MAX_ITEMS:
        raise ValueError(f"not a list of at most {MAX_ITEMS} values")
    return tuple(conform(item, kind, zone=zone) for item in value)


def _word_set(value: object) -> frozenset[str]:
    if not isinstance(value, (set, frozenset, list, tuple)) or len(value) > MAX_ITEMS:
        raise ValueError(f"not a set of at most {MAX_ITEMS} words")
    return frozenset(_text(word) for word in value)


_READERS: Mapping[Type, Callable[[object], Value]] = {
    TEXT: _text,
    SECRET: _text,
    DIGITS: _matching(r"[0-9*#]{1,64}", "digits"),
    PHONE: _matching(r"\+?[0-9]{1,20}", "a phone number"),
    QUEUE: _matching(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}", "the name of a queue"),
    EXTENSION: _matching(r"[A-Za-z0-9*#+_][A-Za-z0-9*#+_.-]{0,79}", "an extension"),
    NUMBER: _number,
    MONEY: _money,
    DATE: _date,
    DURATION: _duration,
    BOOLEAN: _boolean,
}
