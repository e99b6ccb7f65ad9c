"""The members of a queue who could be rung now, by penalty; each penalty's in the order in which a strategy ranks them.

Who comes and who goes is found by halving, so it matters little how many sit there.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Generic, Protocol, TypeAlias, TypeVar

Rank: TypeAlias = tuple[float, int]
"""Whom a strategy prefers comes first; of equals who has been in the queue longer. No two of a queue have the same."""


class Ranked(Protocol):
    """Whoever can sit on a bench."""

    penalty: int
    rank: Rank


_Member = TypeVar("_Member", bound=Ranked)


class Level(Generic[_Member]):
    """Those of one penalty."""

    __slots__ = ("members", "penalty", "ranks")

    def __init__(self, penalty: int) -> None:
        """Begin empty.

        Args:
            penalty: theirs.
        """
        self.penalty = penalty
        self.ranks: list[Rank] = []
        self.members: list[_Member] = []
        """In the order of their ranks."""

    def from_(self, number: float) -> int:
        """The place of the first whose rank is 0 and this number, or behind it."""
        return bisect_left(self.ranks, (0.0, number))


class Bench(Generic[_Member]):
    """See the module."""

    __slots__ = ("count", "levels")

    def __init__(self) -> None:
        self.count = 0
        self.levels: list[Level[_Member]] = []
        """By penalty, the lowest first; those of nobody stay."""

    def put(self, member: _Member) -> None:
        """He could be rung from now on."""
        level = self._level(member.penalty)
        place = bisect_left(level.ranks, member.rank)
        level.ranks.insert(place, member.rank)
        level.members.insert(place, member)
        self.count += 1

    def take(self, member: _Member) -> None:
        """He cannot be rung any more; his rank is that with which he came."""
        level = self._level(member.penalty)
        place = bisect_left(level.ranks, member.rank)
        del level.ranks[place], level.members[place]
        self.count -= 1

    def _level(self, penalty: int) -> Level[_Member]:
        for level in self.levels:
            if level.penalty == penalty:
                return level
        new: Level[_Member] = Level(penalty)
        insort(self.levels, new, key=lambda level: level.penalty)
        return new
