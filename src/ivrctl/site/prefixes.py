"""Beginnings of numbers and what they stand for: the longest that fits wins.

A number is read as one in base 11, each digit one more than itself and filled up with zeros, so that all numbers with
one beginning lie side by side, and none that is shorter than it lies among them. What each stretch stands for is
decided when the table is made; to look a number up is one search in a sorted array.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

MOST_DIGITS = 15
"""Of a number in E.164, without its plus; of a longer one the first are looked at."""

NOT_FOUND = (0, 0)
"""No prefix fits: its length is none, and so is its value."""

_BASE = 11
_SHIFTED = str.maketrans("0123456789", "123456789a")
_UNSHIFTED = "-0123456789"
_SPANS = tuple(_BASE ** (MOST_DIGITS - length) for length in range(MOST_DIGITS + 1))
"""How many places the numbers with one prefix have, by its digits."""
_END = _SPANS[0]

_Stretch: TypeAlias = tuple[int, int, int]
"""Where it begins, the digits of its prefix, its value."""


@dataclass(frozen=True, slots=True)
class PrefixTable:
    """Prefixes to values, which are numbers from 0; made by ``of``."""

    _starts: array[int] = field(default_factory=lambda: array("q"))
    """Where each stretch of numbers begins, which goes on to the next."""
    _lengths: array[int] = field(default_factory=lambda: array("B"))
    """Of the prefix that has the stretch; 0 where none has."""
    _values: array[int] = field(default_factory=lambda: array("I"))

    @classmethod
    def of(cls, prefixes: Mapping[str, int]) -> PrefixTable:
        """The table of some prefixes, of 1 to 15 digits each."""
        return cls(*_columns(_stretches(prefixes)))

    def __len__(self) -> int:
        return len(self._starts)

    def find(self, digits: str) -> tuple[int, int]:
        """The length and the value of the longest prefix of a number; ``NOT_FOUND`` when none fits."""
        place = bisect_right(self._starts, _placed(digits)) - 1
        return (self._lengths[place], self._values[place]) if place >= 0 else NOT_FOUND

    def with_values(self, values: Sequence[int]) -> PrefixTable:
        """The same prefixes, each with another value in the place of its own."""
        stretches = zip(self._starts, self._lengths, self._values, strict=True)
        return PrefixTable(
            *_columns((start, length, values[value] if length else 0) for start, length, value in stretches)
        )

    def beginnings(self) -> Iterator[tuple[str, int]]:
        """The least number of each stretch that a prefix has, and its value."""
        for start, length, value in zip(self._starts, self._lengths, self._values, strict=True):
            if length:
                yield _unplaced(start), value

    def to_bytes(self) -> bytes:
        """Its form in a file, for this kind of machine: column after column."""
        return self._starts.tobytes() + self._values.tobytes() + self._lengths.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> PrefixTable:
        """What ``to_bytes`` wrote."""
        table = cls()
        widths = [column.itemsize for column in (table._starts, table._values, table._lengths)]
        rows, at = len(content) // sum(widths), 0
        for column, width in zip((table._starts, table._values, table._lengths), widths, strict=True):
            column.frombytes(content[at : at + rows * width])
            at += rows * width
        return table

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return sum(len(column) * column.itemsize for column in (self._starts, self._lengths, self._values))


def _stretches(prefixes: Mapping[str, int]) -> Iterator[_Stretch]:
    """Where each prefix begins, and where those around it go on."""
    within = [(_END + 1, *NOT_FOUND)]
    for prefix in sorted(prefixes):
        start, length = _placed(prefix), len(prefix)
        while within[-1][0] <= start:
            end, _, _ = within.pop()
            yield end, *within[-1][1:]
        within.append((start + _SPANS[length], length, prefixes[prefix]))
        yield start, length, prefixes[prefix]
    for (end, _, _), (_, *around) in zip(within[:0:-1], within[-2::-1], strict=True):
        yield end, *around


def _columns(stretches: Iterable[_Stretch]) -> tuple[array[int], array[int], array[int]]:
    """Stretches side by side; of two that begin at one place the later one has it, two that do not differ are one."""
    starts, lengths, values = array("q"), array("B"), array("I")
    for start, length, value in stretches:
        if starts and starts[-1] == start:
            starts.pop()
            lengths.pop()
            values.pop()
        if (lengths[-1] != length or values[-1] != value) if starts else length:
            starts.append(start)
            lengths.append(length)
            values.append(value)
    return starts, lengths, values


def _placed(digits: str) -> int:
    return int(digits[:MOST_DIGITS].translate(_SHIFTED).ljust(MOST_DIGITS, "0"), _BASE)


def _unplaced(place: int) -> str:
    digits = ""
    while place:
        place, digit = divmod(place, _BASE)
        digits = _UNSHIFTED[digit] + digits
    return digits.rstrip("-")
