"""Who calls when and what becomes of him, from a seed: every call has a number of its own, and is known by it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ivrctl.testkit.queue_day.site import (
    CLOSED,
    LINES,
    NIGHT,
    RINGS_OUT,
    SALES,
    SUPPORT,
    TIMES_OUT,
    TIMES_OUT_ON,
    WAITING,
)

FOR_EVER = 99
"""Rings that nobody answers."""
LONG = 90.0
"""Seconds: longer than anybody is left waiting."""


class Kind(StrEnum):
    """What is to become of a call."""

    CALLER_ENDS = "talk, the caller ends"
    AGENT_ENDS = "talk, the agent ends"
    SECOND_RING = "answered at the second ring"
    TRANSFER = "blind transfer to an expert"
    TRANSFER_ABANDONED = "blind transfer, then abandoned"
    ABANDONED = "abandoned before ringing"
    ABANDONED_RINGING = "abandoned while it rings"
    TIMED_OUT = "timed out"
    TIMED_OUT_RINGING = "timed out while it rings"
    TIMED_OUT_ON = "timed out, then answered elsewhere"
    KEY = "exit key while it rings"
    KEY_ON = "exit key, then answered elsewhere"
    RACE = "hangs up as he is answered"
    EMPTY = "the queue lost its last member"
    TURNED_AWAY = "nobody there, never joined"
    WITHDRAWN = "withdrawn by hand"


_SHARES = {
    Kind.CALLER_ENDS: 24,
    Kind.AGENT_ENDS: 20,
    Kind.SECOND_RING: 8,
    Kind.TRANSFER: 6,
    Kind.TRANSFER_ABANDONED: 3,
    Kind.ABANDONED: 8,
    Kind.ABANDONED_RINGING: 6,
    Kind.TIMED_OUT: 5,
    Kind.TIMED_OUT_RINGING: 3,
    Kind.TIMED_OUT_ON: 5,
    Kind.KEY: 4,
    Kind.KEY_ON: 4,
    Kind.RACE: 6,
    Kind.TURNED_AWAY: 2,
    Kind.WITHDRAWN: 2,
}
"""Of a hundred calls; those of ``EMPTY`` are made by the guard's rounds."""
_LINES = {
    Kind.ABANDONED: LINES[WAITING],
    Kind.TIMED_OUT: TIMES_OUT,
    Kind.TIMED_OUT_RINGING: RINGS_OUT,
    Kind.TIMED_OUT_ON: TIMES_OUT_ON,
    Kind.KEY_ON: LINES[WAITING],
    Kind.TURNED_AWAY: LINES[CLOSED],
    Kind.WITHDRAWN: LINES[WAITING],
}
_IGNORED = {Kind.ABANDONED_RINGING, Kind.TIMED_OUT_RINGING, Kind.KEY}
_PATIENCE = {
    Kind.ABANDONED: (2.0, 9.0),
    Kind.ABANDONED_RINGING: (2.5, 9.0),
    Kind.KEY: (2.5, 6.0),
    Kind.KEY_ON: (2.0, 6.0),
    Kind.WITHDRAWN: (2.0, 6.0),
}


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call."""

    number: str
    """The caller's."""
    at: float
    """Seconds into the day."""
    kind: Kind
    line: str
    ignored: int = 0
    """So many rings for him are not answered."""
    rings: float = 0.5
    """Seconds that the phone rings that is answered."""
    talk: float = 3.0
    """Seconds."""
    second_talk: float = 2.0
    """Seconds, behind a transfer."""
    patience: float = LONG
    """Seconds after the line has answered."""


@dataclass(frozen=True, slots=True)
class Rest:
    """An agent pauses, or signs off and on again."""

    agent: str
    at: float
    lasts: float
    reason: str
    """Empty: he signs off."""


@dataclass(frozen=True, slots=True)
class Day:
    """All that is planned."""

    seed: int
    seconds: float
    calls: Sequence[PlannedCall]
    rests: Sequence[Rest]
    nights: Sequence[float]
    """When the guard is in the queue ``night`` for some seconds, and then leaves those who wait."""


def plan(seed: int, seconds: float, per_minute: float) -> Day:
    """A day.

    Args:
        seed: of chance; another one is another day.
        seconds: in which calls begin.
        per_minute: calls that begin, on average: by a Poisson process.
    """
    chance = random.Random(seed)  # noqa: S311 - a seeded day is the point
    kinds, weights = list(_SHARES), list(_SHARES.values())
    calls: list[PlannedCall] = []
    at = 0.0
    must = list(kinds)
    chance.shuffle(must)
    while (at := at + chance.expovariate(per_minute / 60)) < seconds:
        kind = must.pop() if must else chance.choices(kinds, weights)[0]
        calls.append(_call(chance, f"139{seed % 10000:04}{len(calls):04}", at, kind))
    nights = [float(n) for n in range(10, max(11, int(seconds) - 15), 60)]
    for number, night in enumerate(nights):
        calls += [
            PlannedCall(f"138{seed % 10000:04}{number:03}{n}", night + 1 + n / 4, Kind.EMPTY, LINES[NIGHT], FOR_EVER)
            for n in range(3)
        ]
    return Day(seed, seconds, sorted(calls, key=lambda call: call.at), _rests(chance, seconds), nights)


def rush_hour(seed: int, seconds: float, per_minute: float) -> Day:
    """A day on which there is nothing but callers who wait, and talk or hang up: talks of 6 s and patience of 20 s.

    Both are exponential, arrivals a Poisson process; every phone is answered after half a second.

    Args:
        seed: of chance.
        seconds: in which calls begin.
        per_minute: calls that begin, on average.
    """
    chance = random.Random(seed)  # noqa: S311 - a seeded day is the point
    calls: list[PlannedCall] = []
    at = 0.0
    while (at := at + chance.expovariate(per_minute / 60)) < seconds:
        talk, patience = chance.expovariate(1 / 6) + 0.4, chance.expovariate(1 / 20) + 1.0
        line, number = LINES[chance.choice((SALES, SUPPORT))], f"137{seed % 10000:04}{len(calls):04}"
        calls.append(PlannedCall(number, at, Kind.CALLER_ENDS, line, talk=talk, patience=patience))
    return Day(seed, seconds, calls, rests=(), nights=())


def _call(chance: random.Random, number: str, at: float, kind: Kind) -> PlannedCall:
    usual = LINES[chance.choice((SALES, SUPPORT))]
    rings, talk, second = chance.uniform(0.05, 2.0), chance.expovariate(1 / 4) + 0.4, chance.uniform(0.5, 4)
    ignored = chance.choice((1, 1, 2)) if kind is Kind.SECOND_RING else FOR_EVER if kind in _IGNORED else 0
    patience = chance.uniform(*_PATIENCE[kind]) if kind in _PATIENCE else LONG
    return PlannedCall(number, at, kind, _LINES.get(kind, usual), ignored, rings, talk, second, patience)


def _rests(chance: random.Random, seconds: float) -> list[Rest]:
    """One agent at a time, of those whom others can stand in for."""
    rests: list[Rest] = []
    at = 5.0
    while at + 16 < seconds:
        lasts = chance.uniform(4, 9)
        reason = chance.choice(("break", "lunch", "break", ""))
        rests.append(Rest(chance.choice(("8101", "8102", "8103", "8105", "8106")), at, lasts, reason))
        at += lasts + chance.uniform(2, 8)
    return rests
