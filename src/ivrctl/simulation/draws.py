"""Numbers between 0 and 1 from a generator, some at a time: to ask numpy for each alone takes ten times as long."""

from __future__ import annotations

from numpy.random import Generator

AT_ONCE = 1024


class Draws:
    """One after the other. How many were taken ahead shows nowhere: the generator belongs to the run."""

    __slots__ = ("_chance", "_left")

    def __init__(self, chance: Generator) -> None:
        """Draw from a generator.

        Args:
            chance: the run's own.
        """
        self._chance = chance
        self._left: list[float] = []

    def next(self) -> float:
        """0 or more, below 1."""
        if not self._left:
            self._left = self._chance.random(AT_ONCE).tolist()
            self._left.reverse()
        return self._left.pop()
