"""A recommendation that is to be shown: what was found, and what is known of where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ivrctl.simulation.recommendation.judged import Difference, Judged, Mean
from ivrctl.simulation.recommendation.reasons import Change
from ivrctl.simulation.recommendation.recommended import Recommendation
from ivrctl.staffing.policy_files.numbers import named, written


@dataclass(frozen=True, slots=True)
class ShownRecommendation:
    """See the module."""

    found: Recommendation
    policy: str
    """The name of its file."""
    tiers: tuple[str, ...]
    days: tuple[str, ...]
    """By name."""
    seed: int
    """The first."""
    seeds: int
    """Of the searched days; as many others follow."""
    answer_in: timedelta
    """The threshold of the service level."""
    assumed: Sequence[str] = ()
    """What was not known of the days, in sentences."""
    file: Path | None = None
    """What was written; None for nothing."""

    @property
    def searched(self) -> str:
        """The seeds of the searched days, in words."""
        return f"seeds {self.seed} to {self.seed + self.seeds - 1}"

    @property
    def others(self) -> str:
        """The seeds of the others."""
        first = self.seed + self.seeds
        return f"seeds {first} to {first + self.seeds - 1}"

    def changed(self, change: Change) -> str:
        """What was changed, such as ``service_level of leaders: 75% -> 65%``."""
        was, now = written(change.place, change.was), written(change.place, change.now)
        return f"{named(change.place, self.tiers)}: {was} -> {now}"

    def does(self, change: Change) -> str:
        """What it does, by figures."""
        if change.does is None:
            return "not tried by itself: no run was left"
        return effect(change.does, self.found.given.judged) + self._together(change)

    def _together(self, change: Change) -> str:
        others = [named(place, self.tiers) for place in change.together]
        return f" (together with {', '.join(others)})" if others else ""


def percent(share: float, places: int = 1) -> str:
    """A share of one."""
    return f"{100 * share:.{places}f} %"


def level(judged: Judged) -> str:
    """The service level of the day in the middle, and of the worst quarter of days."""
    return f"{percent(judged.level)} ({percent(judged.worst)})"


def effect(by: Difference, given: Judged) -> str:
    """A difference in words; what might as well be nothing says so."""
    if by.cost.is_chance and by.level.is_chance and by.lost_share.is_chance:
        return "nothing that chance would not do"
    share = f", {signed(100 * by.cost.value / given.cost, 0)} %" if given.cost else ""
    return (
        f"weighted {_about(by.cost, 1, 0)} min a day{share}; service level {_about(by.level, 100, 1)} points, "
        f"abandoned {_about(by.lost_share, 100, 1)} points"
    )


def signed(value: float, places: int) -> str:
    """A number with its sign; nothing has none."""
    text = f"{value:+.{places}f}"
    return text[1:] if float(text) == 0 else text


def _about(mean: Mean, times: float, places: int) -> str:
    return f"{signed(times * mean.value, places)} ± {times * mean.error:.{places}f}"
