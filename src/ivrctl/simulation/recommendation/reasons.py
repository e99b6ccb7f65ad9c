"""What each changed number of a setting does, by figures: the setting with it, less the one in which it is put back.

Such differences do not add up to that of the whole: numbers help each other, and get into each other's way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivrctl.simulation.recommendation.judged import Difference, difference
from ivrctl.simulation.recommendation.simplified import parts_of
from ivrctl.simulation.recommendation.space import Setting, Space
from ivrctl.simulation.recommendation.tries import Tries
from ivrctl.staffing.policy_files.numbers import Place


@dataclass(frozen=True, slots=True)
class Change:
    """One number."""

    place: Place
    was: float
    now: float
    does: Difference | None
    """On the same days; None where it was not tried, since no try was left."""
    together: tuple[Place, ...] = ()
    """With these, where it cannot be put back alone: the numbers beside it would be out of order."""


def changes_of(setting: Setting, space: Space, tries: Tries, days: Sequence[int]) -> Iterator[Change]:
    """Every number that is another than in the given policy.

    Args:
        setting: one that was tried on these days.
        space: whose given policy it was made from.
        tries: receives what is tried.
        days: on which numbers are put back.
    """
    was, now = space.numbers(space.start), space.numbers(setting)
    parts = {index: _part(index, setting, space) for index in space.changed(setting)}
    known = frozenset(tries.on([space.put_back(setting, part) for part in parts.values()], days))
    for index, part in parts.items():
        place, there = space.places[index], space.put_back(setting, part)
        does = difference(tries.figures(there, days), tries.figures(setting, days)) if there in known else None
        with_it = tuple(space.places[each] for each in part if each != index)
        yield Change(place, was[place], now[place], does, with_it)


def _part(index: int, setting: Setting, space: Space) -> Sequence[int]:
    """The fewest numbers that can be put back with this one: it alone, its row, or all."""
    able = [part for part in parts_of(setting, space) if index in part]
    provable = (part for part in able if space.is_provable(space.put_back(setting, part)))
    return next(provable, space.changed(setting))
