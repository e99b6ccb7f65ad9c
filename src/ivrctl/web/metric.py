"""One metric, as the reference tells of it, and its samples."""

from __future__ import annotations

from dataclasses import dataclass

Sample = tuple[tuple[str, ...], float]
"""Values of the labels, and the figure."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; what ends with ``_total`` only grows, until the controller starts anew."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
