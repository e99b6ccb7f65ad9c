"""How many people were missing by the forecast at each moment of a day: what ``forecast_shortfall`` of a policy reads.

The forecast is that of before the day; the controller makes it anew every few minutes, by how the day goes. Who is
there are those whose daily work the queues are, as they are planned: whom a policy brings does not end a shortfall.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ivrctl.forecast.required import Required, shortfall
from ivrctl.simulation.day import SimulatedAgent

STEP = 300.0
"""Seconds between two looks: pauses and intervals begin at such times, or nearly."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What some queues were forecast to need."""

    queues: frozenset[str]
    needed: tuple[Required, ...]
    """By interval of the day; empty where nothing could be forecast."""
    why: str = ""
    """Why there is none, in a sentence; empty where there is."""


def shortfalls(
    foreseen: Foreseen, agents: Sequence[SimulatedAgent], begins: datetime, lasts: float
) -> tuple[tuple[float, float], ...]:
    """From which second on how many people were missing; as it is until the next.

    Args:
        foreseen: of some queues.
        agents: of the day.
        begins: the moment of its second 0.
        lasts: its seconds.
    """
    own = [agent for agent in agents if not foreseen.queues.isdisjoint(agent.penalties)]
    return tuple(_changes(_looks(foreseen.needed, own, begins, lasts)))


def _looks(
    needed: Collection[Required], agents: Sequence[SimulatedAgent], begins: datetime, lasts: float
) -> Iterator[tuple[float, int]]:
    for number in range(int(lasts // STEP) + 1):
        at = number * STEP
        missing = shortfall(needed, sum(_is_there(agent, at) for agent in agents), _moment(begins, at))
        if missing is not None:
            yield at, missing


def _moment(begins: datetime, seconds: float) -> datetime:
    # Not on the clock on the wall, which may be put forward or back.
    return datetime.fromtimestamp(begins.timestamp() + seconds, UTC)


def _changes(looks: Iterable[tuple[float, int]]) -> Iterator[tuple[float, float]]:
    before: int | None = None
    for at, missing in looks:
        if missing != before:
            yield at, float(missing)
        before = missing


def _is_there(agent: SimulatedAgent, at: float) -> bool:
    """Signed on, and not paused."""
    return any(
        shift.began <= at < shift.ended and not any(pause.began <= at < pause.ended for pause in shift.pauses)
        for shift in agent.shifts
    )
