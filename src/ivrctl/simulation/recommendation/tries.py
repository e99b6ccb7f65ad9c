"""Settings that were tried on days: each once, and no more of them than were allowed.

A try is one run of one setting on one day: what costs time. The days of all settings are the same, and come in the same
order, so that two settings are compared on days that both of them had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.simulation.recommendation.judged import DayFigures, Judged
from ivrctl.simulation.recommendation.space import Setting

NOBODY: Setting = (-1,)
"""In the place of a setting: no policy at all."""


@dataclass(frozen=True, slots=True)
class Try:
    """One setting on one day."""

    setting: Setting
    day: int
    """Its number among those that are drawn."""


Run: TypeAlias = Callable[[Sequence[Try]], Sequence[DayFigures]]
"""Runs some tries, in any order and at the same time if it can, and says what came of each, in theirs."""


class Tries:
    """See the module."""

    def __init__(self, run: Run, most: int) -> None:
        """Nothing was tried.

        Args:
            run: what is run.
            most: so many tries, and not one more.
        """
        self._run, self.most = run, most
        self._known: dict[Setting, dict[int, DayFigures]] = {}
        self.kept_back = 0
        """Tries that somebody will need later."""
        self.used = 0

    @property
    def left(self) -> int:
        """Tries that may be used now."""
        return self.most - self.used - self.kept_back

    @property
    def settings(self) -> Iterable[Setting]:
        """All that were tried on some day, in the order in which they came."""
        return self._known.keys()

    def on(self, settings: Iterable[Setting], days: Sequence[int]) -> tuple[Setting, ...]:
        """Try some settings on some days, as far as tries are left.

        Returns:
            Those that were tried on all of these days, now or before.
        """
        wanted = tuple(dict.fromkeys(settings))
        batch: list[Try] = []
        for setting in wanted:
            missing = [Try(setting, day) for day in days if not self.has(setting, [day])]
            if len(batch) + len(missing) <= self.left:
                batch += missing
        self._do(batch)
        return tuple(setting for setting in wanted if self.has(setting, days))

    def each(self, tries: Iterable[Try]) -> None:
        """Try settings that each have a day of their own, as far as tries are left."""
        new = [one for one in dict.fromkeys(tries) if not self.has(one.setting, [one.day])]
        self._do(new[: max(0, self.left)])

    def _do(self, batch: Sequence[Try]) -> None:
        for each, figures in zip(batch, self._run(batch) if batch else (), strict=True):
            self._known.setdefault(each.setting, {})[each.day] = figures
        self.used += len(batch)

    def has(self, setting: Setting, days: Sequence[int]) -> bool:
        """True when a setting was tried on all of these days."""
        known = self._known.get(setting, {})
        return all(day in known for day in days)

    def figures(self, setting: Setting, days: Sequence[int]) -> tuple[DayFigures, ...]:
        """What came of a setting on days on which it was tried."""
        known = self._known[setting]
        return tuple(known[day] for day in days)

    def judged(self, setting: Setting, days: Sequence[int]) -> Judged:
        """The same as one figure."""
        return Judged.of(self.figures(setting, days))
