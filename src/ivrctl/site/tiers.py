"""Tiers of customers: what each is promised, and how it is served for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ivrctl.lang.source import Span

MAX_PRIORITY = 1000
"""app_queue takes any integer; more levels than this are a mistake."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of customers: the priority in queues that it has, and the promise that is measured on every call."""

    span: Span
    priority: int = 0
    """From 0 to 1000: its callers wait with it where ``queue`` says no other; higher ones are answered first."""
    answer: timedelta | None = None
    """Within this a caller reaches a person: his waits in queues, taken together until he is answered."""
    callback: timedelta | None = None
    """Within this a caller who left a message is called back, from the end of his call on."""
