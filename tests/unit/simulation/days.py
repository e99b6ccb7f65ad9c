"""Small days, told in a few words: who works, who calls when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf

from numpy.random import default_rng

from ivrctl.simulation.day import Arrival, Day, Pause, QueueModel, Shift, SimulatedAgent
from ivrctl.simulation.engine import ROUNDS_EVERY, simulate
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Policy

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600.0
SALES = QueueModel("sales", looks_every=0.0)


def agent(number: str, penalties: Mapping[str, int] | None = None, **changes: object) -> SimulatedAgent:
    """Somebody who is at work from the beginning to the end, and answers at once."""
    own = {"sales": 0} if penalties is None else penalties
    shifts = (Shift(0.0, inf),) if own else ()
    made = SimulatedAgent(number, f"PJSIP/{number}", own, shifts, answers_after=0.0)
    return replace(made, **changes)  # type: ignore[arg-type]


def call(at: float, talk: float = 60.0, patience: float = inf, **changes: object) -> Arrival:
    made = Arrival(at, "sales", patience, talk)
    return replace(made, **changes)  # type: ignore[arg-type]


def day(
    *arrivals: Arrival,
    agents: tuple[SimulatedAgent, ...] = (),
    queues: tuple[QueueModel, ...] = (SALES,),
    **more: object,
) -> Day:
    made = Day("a day", NINE, timedelta(hours=1), queues, agents, tuple(sorted(arrivals, key=lambda one: one.at)))
    return replace(made, **more)  # type: ignore[arg-type]


def run(
    of: Day, policies: Mapping[str, Policy] | None = None, seed: int = 1, every: timedelta = ROUNDS_EVERY
) -> Outcome:
    return simulate(of, policies or {}, default_rng(seed), every)


def pausing(began: float, ended: float, reason: str = "break") -> tuple[Shift, ...]:
    """A shift of the whole day with one pause."""
    return (Shift(0.0, inf, (Pause(began, ended, reason),)),)
