"""Asterisk's extension patterns, for the numbers of lines and extensions.

A pattern starts with ``_``: ``X`` is 0-9, ``Z`` is 1-9, ``N`` is 2-9, ``[15-7]`` one of these, ``.`` one or more
characters, ``!`` none or more; every other character stands for itself. Source: Asterisk's ``pbx.c``,
"Pattern matching" in its documentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

NUMBER = re.compile(r"[0-9*#+]{1,32}\Z")
"""A number or extension without a pattern."""

MAX_PATTERN = 80
"""Characters of a pattern: the longest extension that Asterisk takes (AST_MAX_EXTENSION)."""

_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": "[0-9*#+]+", "!": "[0-9*#+]*"}
_PART = re.compile(r"\[[0-9-]+\]|.", re.DOTALL)
_DIGITS = "0123456789"
_OPEN_END = 100
"""Counts for more than any class of one character: ``.`` and ``!`` yield to whatever says more."""


@dataclass(frozen=True, slots=True, order=True)
class DialPattern:
    """A number (``1001011``) or a pattern (``_81XX``)."""

    text: str
    matcher: re.Pattern[str] = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> DialPattern:
        """Read a number or a pattern.

        Raises:
            ValueError: the text is neither; the message says what is allowed.
        """
        return cls(text, _compiled(text))

    @property
    def is_exact(self) -> bool:
        """True for a plain number, which wins over every pattern."""
        return not self.text.startswith("_")

    def matches(self, number: str) -> bool:
        """True when the number is this one, or one of these."""
        return self.matcher.fullmatch(number) is not None

    @property
    def has_open_end(self) -> bool:
        """True for a pattern of no certain length."""
        return not self.is_exact and self.text[-1] in ".!"

    @property
    def places(self) -> tuple[frozenset[str], ...]:
        """What each place lets through, from the left; one that has an open end ends before it."""
        return _places(self.text)


def is_narrower(one: str, other: str) -> bool:
    """True when the pattern ``one`` wins over ``other`` where both match."""
    exact = not one.startswith("_"), not other.startswith("_")
    return exact == (True, False) if exact[0] != exact[1] else (_widths(one), one) < (_widths(other), other)


def common_number(one: str, other: str) -> str | None:
    """A number that two patterns take alike, since neither is narrower; None when there is none.

    Args:
        one: a pattern, which was parsed.
        other: another one.
    """
    if _widths(one) != _widths(other):
        return None
    common = [mine & theirs for mine, theirs in zip(_places(one), _places(other), strict=True)]
    return "".join(map(min, common)) + ("1" if one[-1] in ".!" else "") if all(common) else None


def best_match(patterns: Mapping[str, DialPattern], number: str) -> str | None:
    """The key of the pattern that a number reaches: the exact one, else the narrowest.

    Narrower is what Asterisk takes for narrower: character by character from the left, the class with fewer digits
    wins, and an open end loses (``pbx.c``, ``ext_cmp_pattern``).
    """
    if number in patterns and patterns[number].is_exact:
        return number
    reached = [key for key, pattern in patterns.items() if pattern.matches(number)]
    return min(reached, key=lambda key: (_widths(key), key), default=None)


@lru_cache(maxsize=1024)
def _widths(text: str) -> tuple[int, ...]:
    """How many digits each character of a pattern lets through."""
    return tuple(_width(part) for part in _PART.findall(text.removeprefix("_")))


def _width(part: str) -> int:
    if part in ".!":
        return _OPEN_END + (part == "!")
    matcher = re.compile(_regex(part))
    return max(1, sum(matcher.fullmatch(digit) is not None for digit in _DIGITS))


@lru_cache(maxsize=1024)
def _places(text: str) -> tuple[frozenset[str], ...]:
    if not text.startswith("_"):
        return tuple(frozenset(character) for character in text)
    parts = [part for part in _PART.findall(text.removeprefix("_")) if part not in {".", "!"}]
    return tuple(frozenset(key for key in "0123456789*#+" if re.fullmatch(_regex(part), key)) for part in parts)


def _regex(part: str) -> str:
    return part if part.startswith("[") else _CLASSES.get(part, re.escape(part))


@lru_cache(maxsize=1024)
def _compiled(text: str) -> re.Pattern[str]:
    if NUMBER.match(text):
        return re.compile(re.escape(text))
    body = text.removeprefix("_")
    is_pattern = re.fullmatch(r"(?:[0-9*#+XZN]|\[[0-9-]+\])+[.!]?|[.!]", body) is not None
    if not text.startswith("_") or len(text) > MAX_PATTERN or not is_pattern:
        raise ValueError("digits, or a pattern that starts with _ and has X, Z, N, [..], and . or ! at the end")
    try:
        return re.compile("".join(_regex(part) for part in _PART.findall(body)))
    except re.error:
        raise ValueError("a range in brackets goes from the smaller digit to the greater, such as [1-5]") from None
