"""One run of a day: events in the order of their times, from the first caller until the last has left.

What is simpler than on a real Asterisk:

- to be written with the code
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from numpy.random import Generator

from ivrctl.simulation.day import Day
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Policy

ROUNDS_EVERY = timedelta(seconds=5)
"""While callers wait, decisions are made so often; the live controller makes them each second."""


def simulate(
    day: Day, policies: Mapping[str, Policy], chance: Generator, rounds_every: timedelta = ROUNDS_EVERY
) -> Outcome:
    """Run a day.

    Args:
        day: who calls and who works.
        policies: of backup staff, by name; empty for none.
        chance: whatever is left to chance on the way: who of several is rung, and who answers.
        rounds_every: how often it is decided while somebody waits.
    """
    raise NotImplementedError
