"""Synthetic days of an accepted site are drawn: whatever stands in their files, what comes of it is a day."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np

from ivrctl.simulation.days.call_rates import hours_of, stretches_of
from ivrctl.simulation.days.day_file import DayFile
from ivrctl.simulation.days.synthetic import synthetic_day
from ivrctl.site.site_file import Site

from .trial_error import PromiseError

MOST_CALLS = 5_000
"""Of a day that is drawn: more are no other."""


def draw_days(days: Mapping[str, DayFile], site: Site, chance: random.Random) -> None:
    """Draw each of them once.

    Raises:
        PromiseError: somebody calls outside the day, or waits or talks for less than no time.
    """
    for name, file in days.items():
        hours = hours_of(file)
        if (
            sum(part.expected for entry in file.queues.values() for part in stretches_of(entry.calls, hours))
            > MOST_CALLS
        ):
            continue
        day = synthetic_day(name, file, site, np.random.default_rng(chance.randrange(1000)))
        for each in day.arrivals:
            if not (0 <= each.at <= day.lasts.total_seconds() and each.talk >= 0 and each.patience >= 0):
                raise PromiseError(f"{each} is no caller of {name}")


def _expected(file: DayFile) -> float:
    hours = hours_of(file)
    return sum(part.expected for entry in file.queues.values() for part in stretches_of(entry.calls, hours))
