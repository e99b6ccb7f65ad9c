"""Whether an interface is asked at all: after five faults in a row it is not, so that nobody waits for it in vain.

Pure: the moments are arguments, a change is a new ``Breaker``. ::

    CLOSED --fifth fault in a row--> OPEN --its pause is over, somebody asks--> TRIAL --answered--> CLOSED
                                       ^------------------fault, twice the pause------|

What was asked before a change says nothing any more when it comes back after it: ``Permit`` tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

FAULTS_TO_OPEN = 5
"""In a row: one fault is an accident, and five callers have waited in vain."""

FIRST_PAUSE = 10.0
"""Seconds for which it is not asked when it opens."""

LONGEST_PAUSE = 120.0
"""Seconds: after each trial that fails the pause doubles, up to this."""

Permit = NewType("Permit", int)
"""To ask once; it is handed back with what became of it."""


class State(StrEnum):
    """What becomes of a question now."""

    CLOSED = "closed"
    """It goes out."""
    OPEN = "open"
    """It is refused at once."""
    TRIAL = "trial"
    """One is under way, and all others are refused."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """The state of one interface."""

    faults: int = 0
    """In a row."""
    pause: float = 0.0
    """Seconds, of the opening that lasts; 0 while it is closed."""
    until: float = 0.0
    """When the pause is over."""
    is_on_trial: bool = False
    changes: int = 0
    """Of what a question may do: what was permitted before one is out of date."""

    @property
    def state(self) -> State:
        """What it is."""
        if not self.pause:
            return State.CLOSED
        return State.TRIAL if self.is_on_trial else State.OPEN

    def asked(self, now: float) -> tuple[Breaker, Permit | None]:
        """Somebody wants to ask; None refuses it. A permit is handed back by one of the three methods below."""
        if not self.pause:
            return self, Permit(self.changes)
        if self.is_on_trial or now < self.until:
            return self, None
        on_trial = replace(self, is_on_trial=True, changes=self.changes + 1)
        return on_trial, Permit(on_trial.changes)

    def answered(self, permit: Permit) -> Breaker:
        """It has answered: it is there."""
        if permit != self.changes:
            return self
        if self.is_on_trial:
            return Breaker(changes=self.changes + 1)
        return replace(self, faults=0)

    def failed(self, permit: Permit, now: float) -> Breaker:
        """It has not, or not as it should."""
        if permit != self.changes:
            return self
        if self.is_on_trial:
            return self._opened(self.faults + 1, min(self.pause * 2, LONGEST_PAUSE), now)
        if self.faults + 1 >= FAULTS_TO_OPEN:
            return self._opened(self.faults + 1, FIRST_PAUSE, now)
        return replace(self, faults=self.faults + 1)

    def given_up(self, permit: Permit) -> Breaker:
        """Whoever asked has gone, and nobody knows: a trial is free for the next."""
        if permit != self.changes or not self.is_on_trial:
            return self
        return replace(self, is_on_trial=False, changes=self.changes + 1)

    def _opened(self, faults: int, pause: float, now: float) -> Breaker:
        return Breaker(faults=faults, pause=pause, until=now + pause, changes=self.changes + 1)
