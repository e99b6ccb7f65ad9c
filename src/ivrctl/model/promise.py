"""Whether a caller was answered within what his tier is promised: kept, broken, or unknown, and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from ivrctl.model.call import ANSWERED, CALLER_LEFT, EXIT_KEY, Ending, Wait

MAX_WAITS = 50
"""Stays in queues kept of a call, the last ones: a flow that tries two full queues in turn does so for hours."""


class Promise(StrEnum):
    """What became of the promise to answer a caller within some time."""

    KEPT = "kept"
    """A person answered in time."""
    BROKEN = "broken"
    """He waited longer, answered or not; or the queues turned him away and nobody else served him."""
    UNKNOWN = "unknown"
    """Nobody knows how long he waited, or whether a person answered him in time elsewhere than in a queue."""


def promise_of(within: timedelta | None, waits: Sequence[Wait], ending: Ending) -> Promise | None:
    """What became of the promise in one call; None for a call that is not counted.

    Not counted are callers who were promised nothing or were in no queue, and those who left by themselves, by hanging
    up or by an exit key, before the promised time was over.

    Args:
        within: what the caller's tier is promised; None where that is nothing.
        waits: his stays in queues, in their order.
        ending: how the call ended.
    """
    if within is None or not waits:
        return None
    counted = _until_answered(waits)
    known = sum(wait.seconds for wait in counted if wait.seconds is not None)
    if known > within.total_seconds():
        return Promise.BROKEN
    if any(wait.seconds is None for wait in counted) or len(waits) >= MAX_WAITS:
        return Promise.UNKNOWN
    if counted[-1].outcome == ANSWERED:
        return Promise.KEPT
    return _unanswered_in_time(counted[-1].outcome, ending)


def callback_due(within: timedelta | None, ended_at: datetime, *, has_message: bool) -> datetime | None:
    """When a caller is to be called back; None for one who left no message or was promised nothing.

    Args:
        within: what the caller's tier is promised; None where that is nothing.
        ended_at: when the call ended.
        has_message: whether he left one.
    """
    return None if within is None or not has_message else ended_at + within


def _until_answered(waits: Sequence[Wait]) -> Sequence[Wait]:
    """The stays up to the first answer; all of them for a caller whom nobody answered."""
    first = next((index for index, wait in enumerate(waits) if wait.outcome == ANSWERED), len(waits) - 1)
    return waits[: first + 1]


def _unanswered_in_time(outcome: str, ending: Ending) -> Promise | None:
    """Of a caller whom no queue answered, and who waited in them no longer than he was promised."""
    if ending is Ending.ABANDONED or outcome == CALLER_LEFT or outcome.startswith(EXIT_KEY):
        return None
    return Promise.UNKNOWN if ending in {Ending.SERVED, Ending.FALLBACK} else Promise.BROKEN
