"""Tiers of customers: what each is promised, and how it is served for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ivrctl.lang.source import Span


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of customers: the priority in queues that it has, and the promise that is measured on every call."""

    span: Span
    priority: int = 0
    """From 0 to 1000: the default of ``queue`` for its callers; higher ones are answered first."""
    answer: timedelta | None = None
    """Within this a caller reaches a person, from his first queue on."""
    callback: timedelta | None = None
    """Within this a caller who left a message is called back."""
