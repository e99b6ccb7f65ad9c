"""Asterisk's extension patterns, for the numbers of lines and extensions.

A pattern starts with ``_``: ``X`` is 0-9, ``Z`` is 1-9, ``N`` is 2-9, ``[15-7]`` one of these, ``.`` one or more
characters, ``!`` none or more; every other character stands for itself. Source: Asterisk's ``pbx.c``,
"Pattern matching" in its documentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

NUMBER = re.compile(r"[0-9*#+]{1,32}\Z")
"""A number or extension without a pattern."""

_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": "[0-9*#+]+", "!": "[0-9*#+]*"}


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


def best_match(patterns: dict[str, DialPattern], number: str) -> str | None:
    """The key of the pattern that a number reaches: the exact one, else the one with the most fixed characters."""
    if number in patterns:
        return number
    reached = [key for key, pattern in patterns.items() if pattern.matches(number)]
    return max(reached, key=lambda key: (sum(char.isdigit() for char in key), key), default=None)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> re.Pattern[str]:
    if NUMBER.match(text):
        return re.compile(re.escape(text))
    body = text.removeprefix("_")
    if not text.startswith("_") or not re.fullmatch(r"(?:[0-9*#+XZN]|\[[0-9-]+\])+[.!]?|[.!]", body):
        raise ValueError("digits, or a pattern that starts with _ and has X, Z, N, [..], and . or ! at the end")
    parts = re.findall(r"\[[0-9-]+\]|.", body)
    return re.compile("".join(part if part.startswith("[") else _CLASSES.get(part, re.escape(part)) for part in parts))
