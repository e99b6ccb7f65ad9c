"""Whether somebody is told that the next tier is near: once on each way there, until all is calm again."""

from __future__ import annotations

from dataclasses import dataclass

from ivrctl.staffing.decision import Comparison
from ivrctl.staffing.levels import Levels
from ivrctl.staffing.orders import Word


@dataclass(frozen=True, slots=True)
class Warned:
    """What was told, or is to be told now."""

    tier: str = ""
    """The tier of which somebody was told last; empty when all is calm."""
    comparison: Comparison | None = None
    """What is near; None when nobody is to be told now."""


def warning(levels: Levels, warned: str) -> Warned:
    """Who is to be told of which tier.

    Args:
        levels: decided.
        warned: the tier of which somebody was told last.
    """
    of = levels.of
    if of.policy.warn is None or of.is_calm:
        return Warned()
    index = next((index for index, tier in enumerate(levels.tiers) if not tier.is_in), None)
    if index is None or of.policy.tiers[index].name == warned or of.word(index) is Word.OUT or not of.rows:
        return Warned(warned)
    row = max(of.rows, key=lambda row: row.way(index))
    if row.way(index) < of.policy.warn.at:
        return Warned(warned)
    return Warned(of.policy.tiers[index].name, row.against_engage(index))
