"""What comes late, twice or out of order, told from what is new."""

from __future__ import annotations

from datetime import datetime, timedelta

SLACK = timedelta(seconds=30)
"""By so much an event may come late. One that is older still is of a clock that was set back, and is believed."""
MOMENT = timedelta(seconds=5)
"""What belongs together comes within this: leaving and hanging up, the end of a talk and of its channel."""
SAME_STAY = timedelta(seconds=3)
"""Two tellings of when a caller joined are of one stay within this: readings count whole seconds, cut off twice."""
LONGEST_WAIT = 7 * 86_400
"""Seconds; more is nonsense."""
TOGETHER = timedelta(seconds=0.1)
"""What Asterisk tells of one and the same act comes within this; a caller does nothing new so soon."""


def is_older(at: datetime, than: datetime | None) -> bool:
    """True for a moment that another telling is younger than."""
    return than is not None and at < than <= at + SLACK


def is_told(at: datetime, by: datetime | None) -> bool:
    """True for a moment that another telling knew already: as young, or younger."""
    return by is not None and at <= by <= at + SLACK


def is_same_stay(one: datetime, other: datetime) -> bool:
    """True where both can be the moment at which one stay began."""
    return -SAME_STAY <= one - other <= SAME_STAY


def is_near(at: datetime, other: datetime) -> bool:
    """True for two events that may be of one and the same thing."""
    return -MOMENT <= at - other <= MOMENT


def ago(at: datetime, seconds: float) -> datetime:
    """So many seconds earlier; nonsense counts as none."""
    return at - timedelta(seconds=seconds) if 0 < seconds <= LONGEST_WAIT else at
