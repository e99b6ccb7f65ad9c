"""A line of ``queue_log``: ``epoch|callid|queue|agent|EVENT|data…`` (main/logger.c, ``ast_queue_log``)."""

from __future__ import annotations

from typing import NamedTuple

FIELDS = 5
"""Before the data."""
LATEST = 4_102_444_800.0
"""2100-01-01: a time beyond it is no time of a log."""


class Line(NamedTuple):
    """What a line says."""

    at: float
    """Seconds since 1970."""
    call: str
    """The uniqueid of the caller's channel; NONE, MANAGER, REALTIME or CLI for what no caller did."""
    queue: str
    agent: str
    """A member's name; his interface where he has none."""
    event: str
    data: tuple[str, ...]


class UnreadableLineError(ValueError):
    """A line is none of a queue_log; the message says why."""


def line_of(text: str) -> Line:
    """Read a line of the file.

    Raises:
        UnreadableLineError: it is none.
    """
    parts = text.rstrip("\r\n").split("|")
    if len(parts) < FIELDS:
        raise UnreadableLineError("it has fewer than five fields")
    return checked(parts[0], parts[1], parts[2], parts[3], parts[4], tuple(parts[FIELDS:]))


def checked(at: str | float, call: str, queue: str, agent: str, event: str, data: tuple[str, ...]) -> Line:
    """A line of these fields.

    Raises:
        UnreadableLineError: they are no such.
    """
    try:
        time = float(at)
    except ValueError:
        raise UnreadableLineError("its time is no number") from None
    if not 0 < time < LATEST:
        raise UnreadableLineError("its time is none of a log")
    if not event.isascii() or not event.replace("_", "").isalnum():
        raise UnreadableLineError("its event is no word")
    return Line(time, call, queue, agent, event, data)
