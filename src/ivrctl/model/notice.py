"""Emergency notices: what is announced, to whom, and until when.

A notice always ends: there is none without ``ends``. Where it is heard, the flow's engine decides by ``applies``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a notice is for. What is empty excludes nobody; of what is named, each must hold, by any of its names."""

    lines: frozenset[str] = frozenset()
    """Dialled numbers."""
    points: frozenset[str] = frozenset()
    """Names of ``notices`` actions: heard there and nowhere else."""
    regions: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    """Heard before the caller is handed to one of these, and nowhere else."""
    callers: frozenset[str] = frozenset()
    """Calling numbers in E.164: a refusal of single callers, which ends as every notice does."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What is known of a caller where a notice may be heard: at the entry of his line, at a point, before a queue."""

    line: str
    number: str
    """In E.164; empty when withheld."""
    regions: frozenset[str] = frozenset()
    brand: str | None = None
    """None until he is verified."""
    tier: str | None = None
    point: str | None = None
    """The ``notices`` action at which he is, by its name."""
    queue: str | None = None
    """The queue to which he is about to be handed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One announcement."""

    id: str
    """Made by ivrctl; unique in its site."""
    texts: Mapping[str, str]
    """Language to what is said; of a recording, to what stands for it in writing."""
    starts: datetime
    """Aware."""
    ends: datetime
    """Aware; later than ``starts``."""
    scope: Scope = field(default_factory=Scope)
    recordings: Mapping[str, str] = field(default_factory=dict)
    """Language to a file in the folder of notices, without its ending; heard in place of the text."""
    ends_call: bool = False
    """True: the call ends behind it, politely, as ``refused`` with ``reason``."""
    is_off_peak_advised: bool = False
    """True: the site's ``prompts.off_peak`` is heard behind it."""
    reason: str = ""
    """For the record of the calls that it ends, and for whoever reads the list of notices."""
    author: str = ""
    """Who made it: a token's name, a user of this machine, or the number of a caller."""

    def is_current(self, now: datetime) -> bool:
        """True while it is heard."""
        return self.starts <= now < self.ends

    def applies(self, listener: Listener, now: datetime) -> bool:
        """True when this caller is to hear it here and now."""
        scope = self.scope
        return (
            self.is_current(now)
            and _admits(scope.lines, listener.line)
            and _admits(scope.points, listener.point)
            and _admits(scope.queues, listener.queue)
            and _admits(scope.brands, listener.brand)
            and _admits(scope.tiers, listener.tier)
            and _admits(scope.callers, listener.number)
            and (not scope.regions or bool(scope.regions & listener.regions))
        )


def _admits(named: frozenset[str], what: str | None) -> bool:
    return not named or what in named
