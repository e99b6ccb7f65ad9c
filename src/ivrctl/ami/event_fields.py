"""How the fields of an event find their headers, and how they are read.

A field says its header, and its type says how the value is read; another reader may stand behind the header::

    queue: Annotated[str, "Queue"]
    position: Annotated[int, "Position"]
    number: Annotated[str, "CallerIDNum", known]
    linkedid: Annotated[str, "Linkedid"] = ""        # what holds when the header is missing
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar, get_type_hints

from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.packet import Packet
from ivrctl.ami.raw_packet import RawPacket

T = TypeVar("T")

Reader = Callable[[str], object]
"""Reads a value, or raises a ValueError that says what is wrong with it."""

UNKNOWN = frozenset({"<unknown>", "unknown"})
"""What Asterisk writes for a number that it does not know: the first in events, the second in lists."""

_DIGITS = 10
"""As many as an ``int`` of Asterisk has, and a time before the year 2286: what can be reckoned with as a time."""


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
    if len(digits) > _DIGITS or not (digits.isdecimal() and digits.isascii()):
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
    is_time = value.isascii() and value.replace(".", "", 1).isdecimal()
    if not is_time or len(value.partition(".")[0]) > _DIGITS:
        raise ValueError("is no time")
    return datetime.fromtimestamp(float(value), UTC)


def known(value: str) -> str:
    """A number, or a name; empty when Asterisk says that it does not know it."""
    return "" if value in UNKNOWN else value


_READERS: Mapping[object, Reader] = {int: whole, bool: yes, datetime | None: moment}


class Parser(Generic[T]):
    """Makes events of one kind."""

    __slots__ = ("_headers", "_kind", "_layout", "_lowered", "_needles", "_plan", "_readers")

    def __init__(self, kind: type[T]) -> None:
        """Read the annotations of a dataclass."""
        self._kind = kind
        hints = get_type_hints(kind, include_extras=True)
        self._plan = tuple(
            (field.name, *_header_of(hints[field.name]), field.default is MISSING)
            for field in fields(kind)  # type: ignore[arg-type]
        )
        self._headers = tuple(header for _, header, _, _ in self._plan)
        self._lowered = tuple(map(str.lower, self._headers))
        self._needles = tuple(f"\r\n{header}:" for header in self._headers)
        self._readers = tuple((field, read) for field, _, read, _ in self._plan if read is not None)
        self._layout: _Layout | None = None

    def parse(self, packet: Headed) -> T:
        """Make one.

        Raises:
            UnreadableEventError: a header is missing, or holds what is none of its kind.
        """
        if isinstance(packet, Packet):
            # The first value of a name is Asterisk's: it is put in last.
            first = {name.lower(): value for name, value in reversed(packet.headers)}
            return self._parse(packet.name, map(first.get, self._lowered))
        if not isinstance(packet, RawPacket):
            return self._parse(packet.name, map(packet.get, self._headers))
        if self._layout is None:
            self._layout = _Layout.learn(packet.text, self._plan)
        elif (values := self._layout.values(packet.text)) is not None:
            try:
                for field, read in self._readers:
                    values[field] = read(values[field])
                return self._kind(**values)
            except ValueError:
                pass  # which one it is is found below
        return self._parse(packet.name, packet.values(self._needles))

    def _parse(self, name: str, found: Iterable[str | None]) -> T:
        values: dict[str, Any] = {}
        for value, (field, header, read, is_needed) in zip(found, self._plan, strict=True):
            if value is None:
                if is_needed:
                    raise UnreadableEventError(name, header, "is missing")
            elif read is None:
                values[field] = value
            else:
                try:
                    values[field] = read(value)
                except ValueError as error:
                    raise UnreadableEventError(name, header, str(error)) from None
        return self._kind(**values)


class _Layout:
    r"""The order in which Asterisk writes the headers of one kind, as a pattern that reads them all at once.

    It is learnt from the first packet that has each of them just once. A packet in which they are not all there, or not
    in this order, is read header by header, also one in which a header stands a second time before its place: the first
    value of a name wins. No group is tried twice (``(?>…)``), so garbage is refused in linear time,
    and only ``\r\n`` ends a line.
    """

    __slots__ = ("_fields", "_match")

    def __init__(self, names: Sequence[str], headers: Sequence[str]) -> None:
        self._fields = names
        lines = (_line(header, headers[place + 1 :]) for place, header in enumerate(headers))
        self._match = re.compile("".join(lines)).match

    @classmethod
    def learn(cls, text: str, plan: Iterable[tuple[str, str, Reader | None, bool]]) -> _Layout | None:
        """The layout of a packet; None when it is not one to learn from."""
        named = [(f"\r\n{header}:", field, header) for field, header, _, _ in plan]
        if any(text.count(needle) != 1 for needle, _, _ in named):
            return None
        named.sort(key=lambda each: text.index(each[0]))
        return cls([field for _, field, _ in named], [header for _, _, header in named])

    def values(self, text: str) -> dict[str, Any] | None:
        """The values by their fields; None when the packet is laid out in another way."""
        match = self._match(text, 2)
        return None if match is None else dict(zip(self._fields, match.groups(), strict=True))


def _line(header: str, later: Sequence[str]) -> str:
    """A header's line, behind any lines but those of headers that come later in the layout."""
    no_later = f"(?!(?:{'|'.join(map(re.escape, later))}):)" if later else ""
    return rf"(?>(?:{no_later}[^\r]*+\r\n)*?{re.escape(header)}: ?)([^\r]*+)\r\n"


def _header_of(hint: Any) -> tuple[str, Reader | None]:
    header, *given = hint.__metadata__
    return header, given[0] if given else _READERS.get(hint.__origin__)
