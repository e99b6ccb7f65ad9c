"""How times, numbers and states are written, and where they begin to be too much."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

from ivrctl.cli.queue_view.centre import AgentSeen, QueueSeen, Sight
from ivrctl.model.utterance import masked_end

NEAR = 0.5
"""The share of a threshold from which on it is near."""


class Level(IntEnum):
    """How a figure stands to its threshold."""

    CALM = 0
    NEAR = 1
    OVER = 2


def wait_level(seconds: float | None, answer_in: timedelta) -> Level:
    """How a wait stands to the time in which callers are to be answered."""
    if seconds is None or seconds <= answer_in.total_seconds() * NEAR:
        return Level.CALM
    return Level.OVER if seconds > answer_in.total_seconds() else Level.NEAR


def reach_level(queue: QueueSeen) -> Level:
    """Whether a caller can reach anybody: nobody is free, and over it when somebody waits for one who is not there."""
    if queue.available or queue.available is None:
        return Level.CALM
    return Level.OVER if queue.waiting and not queue.talking else Level.NEAR


def level_of(queue: QueueSeen, answer_in: timedelta) -> Level:
    """The worst of a queue."""
    return max(wait_level(queue.longest_wait, answer_in), reach_level(queue))


def clock(seconds: float | None) -> str:
    """A time as 1:05 or 1:01:05; a dash for none."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(int(max(seconds, 0.0)), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"  # noqa: PLR2004 - of an hour


def figure(number: int | None) -> str:
    """A number; a dash for none."""
    return "-" if number is None else str(number)


def since(moment: datetime | None, now: datetime) -> str:
    """For how long."""
    return "-" if moment is None else clock((now - moment).total_seconds())


def masked(number: str) -> str:
    """A caller's number as it may stand on a screen: its end."""
    return f"***{masked_end(plain(number))}" if number else "withheld"


def plain(text: str) -> str:
    """A text of the network's or of Asterisk's, of which no terminal does anything but show it."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)


def doing(agent: AgentSeen) -> str:
    """What an agent does, why, and in which queues where it is not in all of his."""
    where = [queue for queue, state in agent.queues.items() if state == agent.state]
    told = state_words(agent.state, agent.reason, is_paused=agent.is_paused)
    return told if len(where) == len(agent.queues) else f"{told} ({plain(' '.join(where))})"


def state_words(state: str, reason: str, *, is_paused: bool) -> str:
    """A state, and that somebody pauses, also where his phone is away or he talks still."""
    pause = "" if not is_paused else f"paused {reason}".rstrip()
    return plain(pause if state == "paused" else ", ".join(filter(None, (state, pause))))


def doubt(sight: Sight, zone_time: str, age: str) -> str:
    """The sentence above a picture that is not what is the case now; empty for one that is."""
    if sight.is_known:
        return ""
    if sight.stale_since is None:
        return f"no queues are seen: {plain(sight.why)}"
    return f"stale since {zone_time} ({age}): {plain(sight.why)}"
