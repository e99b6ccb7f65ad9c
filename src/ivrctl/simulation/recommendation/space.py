"""What a search over the numbers of a policy goes through: settings, and moves from one to the next.

A setting says for each number how far on its scale it is. A move takes some of them some values on, towards less
reserve or towards more: one number alone, or those that mean something together. For any row brings a tier in, so a
tier comes later only when all rows bring it later: a search that moved one number at a time would see no difference.

What a move would put out of order is taken along: the tiers behind one that comes later, those before one that comes
sooner, and a release value that would no longer be on the calm side. What cannot be proved then is no setting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from ivrctl.simulation.recommendation.scales import scale_of
from ivrctl.staffing.policy import Measure, Policy
from ivrctl.staffing.policy_files.numbers import (
    EngageValue,
    Numbers,
    Place,
    ReleaseValue,
    TimingValue,
    numbers_of,
    with_numbers,
)
from ivrctl.staffing.policy_files.provable import is_provable

Setting: TypeAlias = tuple[int, ...]
"""Of each number, in the order of the policy, its place on its scale."""


@dataclass(frozen=True, slots=True)
class Move:
    """Some numbers, and by how many values each goes on: above zero towards less reserve."""

    name: str
    by: tuple[tuple[int, int], ...]
    """Index of the number, and values."""
    is_double: bool = False
    """Two moves at once."""

    def times(self, factor: int) -> Move:
        """The same, so many times as far; backwards below zero."""
        return Move(self.name, tuple((index, factor * values) for index, values in self.by))

    def and_then(self, other: Move) -> Move:
        """Both."""
        added: defaultdict[int, int] = defaultdict(int)
        for index, values in (*self.by, *other.by):
            added[index] += values
        return Move(f"{self.name}, {other.name}", tuple(sorted(added.items())), is_double=True)

    @property
    def touches(self) -> frozenset[int]:
        """The numbers that it moves."""
        return frozenset(index for index, _ in self.by)


class Space:
    """All settings of one policy."""

    def __init__(
        self, policy: Policy, longest_promise: timedelta | None = None, left_alone: frozenset[Measure] = frozenset()
    ) -> None:
        """Look at its numbers.

        Args:
            policy: one that was checked.
            longest_promise: within what all customers are promised an answer; None where nobody is.
            left_alone: rows whose numbers are not searched: of what the days on which they are tried know nothing.
        """
        self.given = policy
        self._longest_promise = longest_promise
        self._provable: dict[Setting, bool] = {}
        numbers = {
            place: value
            for place, value in numbers_of(policy).items()
            if isinstance(place, TimingValue) or place.measure not in left_alone
        }
        self.places: tuple[Place, ...] = tuple(numbers)
        self.scales = tuple(scale_of(place, value) for place, value in numbers.items())
        self.start: Setting = tuple(
            scale.index(value) for scale, value in zip(self.scales, numbers.values(), strict=True)
        )
        self._searched = tuple(each.measure for each in policy.triggers if each.measure not in left_alone)
        self._rows = tuple(map(self._row, self._searched))
        self.wide, self.narrow = self._moves()

    def numbers(self, setting: Setting) -> Numbers:
        """Of a setting, all of them."""
        pairs = zip(self.places, self.scales, setting, strict=True)
        return {place: scale[at] for place, scale, at in pairs}

    def setting(self, changed: Numbers) -> Setting:
        """That of the given policy with some numbers changed, which stand on their scales."""
        pairs = zip(self.places, self.scales, self.start, strict=True)
        return tuple(scale.index(changed[place]) if place in changed else at for place, scale, at in pairs)

    def policy(self, setting: Setting) -> Policy:
        """The given one with these numbers."""
        return with_numbers(self.given, self.numbers(setting))

    def is_provable(self, setting: Setting) -> bool:
        """True for one that the checker lets through as it did the given one."""
        if setting not in self._provable:
            self._provable[setting] = is_provable(self.policy(setting), self.given, self._longest_promise)
        return self._provable[setting]

    def changed(self, setting: Setting) -> tuple[int, ...]:
        """The numbers that are others than in the given policy."""
        return tuple(index for index, (old, new) in enumerate(zip(self.start, setting, strict=True)) if old != new)

    def put_back(self, setting: Setting, indices: Iterable[int]) -> Setting:
        """A setting with some numbers as they are in the given policy."""
        back = frozenset(indices)
        return tuple(
            old if index in back else new for index, (old, new) in enumerate(zip(self.start, setting, strict=True))
        )

    def moved(self, setting: Setting, move: Move) -> Setting | None:
        """The setting behind a move; None where it leads to none, or to the same."""
        there = self.led(setting, move)
        return there if there != setting and self.is_provable(there) else None

    def led(self, setting: Setting, move: Move) -> Setting:
        """Where a move leads, provable or not."""
        at = list(setting)
        for index, values in move.by:
            at[index] = min(max(0, at[index] + values), len(self.scales[index]) - 1)
        for row in self._rows:
            row.put_in_order(at, dict(move.by))
        return tuple(at)

    def _row(self, measure: Measure) -> _Row:
        engage = [
            index
            for index, place in enumerate(self.places)
            if isinstance(place, EngageValue) and place.measure is measure
        ]
        release = self.places.index(ReleaseValue(measure))
        sign = -1 if measure.is_low_bad else 1
        severities = {index: tuple(sign * value for value in self.scales[index]) for index in (*engage, release)}
        return _Row(tuple(engage), release, severities)

    def _groups(self) -> Iterator[tuple[str, Sequence[int]]]:
        """Numbers that mean something together; those of all tiers come first."""
        names = [tier.name for tier in self.given.tiers]
        tiers = {tier: self._of_tier(tier) for tier in range(len(names))}
        yield "all tiers", [index for row in self._rows for index in row.engage]
        for tier in range(1, len(names) - 1):
            yield f"{names[tier]} and behind", [index for later in range(tier, len(names)) for index in tiers[later]]
        yield from ((names[tier], tiers[tier]) for tier in tiers)
        yield "all releases", [row.release for row in self._rows]
        yield from ((f"row {measure}", row.engage) for measure, row in zip(self._searched, self._rows, strict=True))
        yield from ((place.key, [at]) for at, place in enumerate(self.places) if isinstance(place, TimingValue))

    def _of_tier(self, tier: int) -> Sequence[int]:
        return [at for at, place in enumerate(self.places) if isinstance(place, EngageValue) and place.tier == tier]

    def _moves(self) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
        """Of groups, and of numbers alone; none twice."""
        groups = {tuple(indices): name for name, indices in reversed(list(self._groups())) if indices}
        wide = (Move(name, tuple((index, 1) for index in indices)) for indices, name in reversed(groups.items()))
        alone = [(at,) for at in range(len(self.places)) if (at,) not in groups]
        return tuple(wide), tuple(Move(str(self.places[at]), ((at, 1),)) for (at,) in alone)


@dataclass(frozen=True, slots=True)
class _Row:
    """The numbers of one row."""

    engage: Sequence[int]
    release: int
    severities: Mapping[int, Sequence[float]]
    """Of each number, along its scale."""

    def put_in_order(self, at: list[int], moved: Mapping[int, int]) -> None:
        """Take along what a move would put out of order; where nothing helps it stays so."""
        for index, beyond in zip(self.engage, self.engage[1:], strict=False):
            if moved.get(beyond, 0) >= 0:
                at[beyond] = self._on(beyond, at[beyond], self._of(index, at))
        for index, before in zip(reversed(self.engage[1:]), reversed(self.engage[:-1]), strict=True):
            at[before] = self._back(before, at[before], self._of(index, at))
        if self.engage and moved.get(self.release, 0) <= 0:
            while at[self.release] > 0 and self._of(self.release, at) >= self._of(self.engage[0], at):
                at[self.release] -= 1

    def _of(self, index: int, at: Sequence[int]) -> float:
        return self.severities[index][at[index]]

    def _on(self, index: int, at: int, least: float) -> int:
        """As far on as it must be to be at least so severe."""
        while at < len(self.severities[index]) - 1 and self.severities[index][at] < least:
            at += 1
        return at

    def _back(self, index: int, at: int, most: float) -> int:
        while at > 0 and self.severities[index][at] > most:
            at -= 1
        return at
