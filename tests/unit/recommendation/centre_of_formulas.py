"""A centre that is a formula instead of a day: how much reserve a policy brings, and how well it serves.

What counts is how late each tier comes by the row that brings it first, and for how long it stays. ``engage_after``
keeps people from being called for nothing: it saves reserve, and costs little service. Each day has its own callers and
its own chance, and a setting has the same figures on the same day whenever it is asked. A thousand settings take less
than one simulated day, so a search can be tried at length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, inf

from numpy.random import Generator, default_rng

from ivrctl.simulation.recommendation.judged import DayFigures
from ivrctl.simulation.recommendation.space import Setting, Space
from ivrctl.simulation.recommendation.tries import NOBODY, Try
from ivrctl.staffing.policy_files.numbers import EngageValue, Place, TimingKey, TimingValue

CALLERS = 1000
WORTH = (0.03, 0.05, 0.06, 0.04)
"""By tier, how many more callers it lets be answered in time when it is always there."""


@dataclass(slots=True)
class Centre:
    """The formula for one policy."""

    space: Space
    chance: float = 0.006
    """How much the figures of a day are moved by chance."""
    first_day: int = 0
    """Other days are drawn from another one on."""
    bare: float = 0.74
    """The service level without anybody."""
    asked: list[Try] = field(default_factory=list)
    """All that was ever run."""

    def run(self, tries: Sequence[Try]) -> Sequence[DayFigures]:
        """As a search wants it."""
        self.asked += tries
        return [self._figures(each) for each in tries]

    def _figures(self, one: Try) -> DayFigures:
        number = self.first_day + one.day
        drawn = default_rng([number, *(1 + at for at in one.setting)])
        day = default_rng(number).normal(0, 0.01)
        if one.setting == NOBODY:
            return self._day(self.bare + day, (), drawn)
        there, late = self._there(one.setting), self._late(one.setting)
        served = sum(share**0.5 * worth for share, worth in zip(there, WORTH, strict=False))
        for_nothing = 1 + exp(-2 * late[TimingValue(TimingKey.ENGAGE_AFTER)])
        reserve = tuple(300 * share * for_nothing * (1 + drawn.normal(0, 5 * self.chance)) for share in there)
        return self._day(self.bare + day + served, reserve, drawn)

    def _day(self, level: float, reserve: tuple[float, ...], drawn: Generator) -> DayFigures:
        seen = min(1.0, max(0.0, level + drawn.normal(0, self.chance)))
        lost = max(0.0, 0.3 * (1 - level) + drawn.normal(0, self.chance / 3))
        return DayFigures(seen, CALLERS, round(CALLERS * lost), reserve)

    def _there(self, setting: Setting) -> Sequence[float]:
        """How much of the day each tier is there."""
        late = self._late(setting)
        short = late[TimingValue(TimingKey.RELEASE_AFTER)] + late[TimingValue(TimingKey.STAY_AT_LEAST)]
        slow = 0.1 * late[TimingValue(TimingKey.ENGAGE_AFTER)]
        return [exp(-1.2 * _soonest(tier, late) - slow - 0.7 * short) for tier in range(len(self.space.given.tiers))]

    def _late(self, setting: Setting) -> Mapping[Place, float]:
        """Where each number is on its scale, from most reserve to least: 0 to about 1."""
        return {place: at / 10 for place, at in zip(self.space.places, setting, strict=True)}


def _soonest(tier: int, late: Mapping[Place, float]) -> float:
    """By the row that is the first to bring it."""
    return min(
        (value for place, value in late.items() if isinstance(place, EngageValue) and place.tier == tier), default=inf
    )
