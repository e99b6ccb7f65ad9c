"""What a flow may ask of a queue: figures of one moment, by which a caller is told to wait, or led elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from ivrctl.model.values import Value


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A queue at one moment. A figure that nobody knows is None, never 0."""

    staff: int | None = None
    """Members who are signed on."""
    available: int | None = None
    """Of these, the ones who could be reached now."""
    waiting: int | None = None
    """Callers."""
    longest_wait: timedelta | None = None
    """Of a caller who waits now; no time when nobody does."""
    expected_wait: timedelta | None = None
    """Of a caller who would come now."""
    age: timedelta | None = None
    """How old these figures are."""

    def get(self, name: str) -> Value:
        """A figure as a flow sees it, by its name: a number, a duration, or none."""
        figure: int | timedelta | None = getattr(self, name)
        return Decimal(figure) if isinstance(figure, int) else figure


QueueFactsByName: TypeAlias = Mapping[str, QueueFacts]

NUMBERS = ("staff", "available", "waiting")
DURATIONS = ("longest_wait", "expected_wait", "age")
NOTHING_KNOWN: QueueFactsByName = MappingProxyType({})
UNKNOWN = QueueFacts()
"""Of a queue that nobody sees: no controller looks at the PBX, or it has lost sight of it."""
