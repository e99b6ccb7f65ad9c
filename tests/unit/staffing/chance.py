"""Who chooses: hypothesis, which finds the smallest case that fails; or a seed, a hundred times as fast."""

from __future__ import annotations

import random
from typing import Protocol, TypeVar

from hypothesis import strategies as st

_Option = TypeVar("_Option")
_NUMBERS = tuple(st.integers(0, max(0, options - 1)) for options in range(20))


class Chance(Protocol):
    """Who chooses."""

    def of(self, *options: _Option) -> _Option:
        """One of them; the first is the simplest."""


class Drawn:
    """By hypothesis."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def of(self, *options: _Option) -> _Option:
        """One of them."""
        return options[self._draw(_NUMBERS[len(options)])]


class Seeded:
    """By a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def of(self, *options: _Option) -> _Option:
        """One of them."""
        return options[int(self._random() * len(options))]
