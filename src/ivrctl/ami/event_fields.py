"""How the fields of an event find their headers, and how they are read.

A field says its header, and its type says how the value is read; another reader may stand behind the header::

    queue: Annotated[str, "Queue"]
    position: Annotated[int, "Position"]
    number: Annotated[str, "CallerIDNum", known]
    linkedid: Annotated[str, "Linkedid"] = ""        # what holds when the header is missing
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar, get_type_hints

from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.raw_packet import RawPacket

T = TypeVar("T")

Reader = Callable[[str], object]
"""Reads a value, or raises a ValueError that says what is wrong with it."""

UNKNOWN = frozenset({"<unknown>", "unknown"})
"""What Asterisk writes for a number that it does not know: the first in events, the second in lists."""

_DIGITS = 18
"""More than any count or time has, less than what makes a number dear to read."""


class Headed(Protocol):
    """A packet: ``RawPacket``, ``Packet``, or whatever another library makes of it."""

    @property
    def name(self) -> str:
        """The kind of event."""

    def get(self, name: str, /) -> str | None:
        """The first value of a header."""


def whole(value: str) -> int:
    """A whole number.

    Raises:
        ValueError: it is none.
    """
    digits = value if value.isdecimal() else value.removeprefix("-")
    if not (digits.isdecimal() and digits.isascii()) or len(digits) > _DIGITS:
        raise ValueError("is no number")
    return int(value)


def yes(value: str) -> bool:
    """A yes or no, of which Asterisk knows two spellings.

    Raises:
        ValueError: it is neither.
    """
    match value:
        case "1" | "Yes":
            return True
        case "0" | "No":
            return False
    raise ValueError("is neither yes nor no")


def moment(value: str) -> datetime | None:
    """A time in seconds since 1970, with or without a fraction; None for 0, which stands for never.

    Raises:
        ValueError: it is none.
    """
    if value == "0":
        return None
    if not (value.isascii() and value.replace(".", "", 1).isdecimal()):
        raise ValueError("is no time")
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("is no time") from None


def known(value: str) -> str:
    """A number, or a name; empty when Asterisk says that it does not know it."""
    return "" if value in UNKNOWN else value


_READERS: Mapping[object, Reader] = {int: whole, bool: yes, datetime | None: moment}


class Parser(Generic[T]):
    """Makes events of one kind."""

    __slots__ = ("_headers", "_kind", "_needles", "_plan")

    def __init__(self, kind: type[T]) -> None:
        """Read the annotations of a dataclass."""
        self._kind = kind
        hints = get_type_hints(kind, include_extras=True)
        self._plan = tuple(
            (field.name, *_header_of(hints[field.name]), field.default is MISSING)
            for field in fields(kind)  # type: ignore[arg-type]
        )
        self._headers = tuple(header for _, header, _, _ in self._plan)
        self._needles = tuple(f"\r\n{header}:" for header in self._headers)

    def parse(self, packet: Headed) -> T:
        """Make one.

        Raises:
            UnreadableEventError: a header is missing, or holds what is none of its kind.
        """
        found = packet.values(self._needles) if isinstance(packet, RawPacket) else map(packet.get, self._headers)
        values: dict[str, Any] = {}
        for value, (field, header, read, is_needed) in zip(found, self._plan, strict=True):
            if value is None:
                if is_needed:
                    raise UnreadableEventError(self._kind.__name__, header, "is missing")
            elif read is None:
                values[field] = value
            else:
                try:
                    values[field] = read(value)
                except ValueError as error:
                    raise UnreadableEventError(self._kind.__name__, header, str(error)) from None
        return self._kind(**values)


def _header_of(hint: Any) -> tuple[str, Reader | None]:
    header, *given = hint.__metadata__
    return header, given[0] if given else _READERS.get(hint.__origin__)
