"""How long calls will take an agent, by interval: the middle of days of the kind, steadied where calls are few.

An interval's middle of past means counts by the calls that it is of, and beside it stands the median of whole days, as
if of some calls more: ``(calls * interval + STEADY * day) / (calls + STEADY)``. A single talk that never ended in the
books moves neither.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivrctl.forecast.season import middle
from ivrctl.forecast.table import Numbers, Table

STEADY = 30.0
"""Calls as which the day counts: the mean of so many talks is known to about a fifth."""
_LAST = 14
"""Days that count where none like the forecast one has a talk."""


def handling(table: Table, rows: Sequence[int]) -> Numbers | None:
    """Seconds a call, by column; None where no talk is known.

    Args:
        table: of past days.
        rows: days like the one that is forecast; where none of them has a talk, the last days count.
    """
    for chosen in (list(rows), list(range(len(table.days)))[-_LAST:]):
        handled, seconds = table.handled[chosen], table.handling[chosen]
        days = np.nansum(handled, axis=1)
        if days.any():
            return _by_column(handled, seconds, days)
    return None


def _by_column(handled: Numbers, seconds: Numbers, days: Numbers) -> Numbers:
    day = float(np.median((np.nansum(seconds, axis=1) / np.maximum(days, 1))[days > 0]))
    has_talks = np.nan_to_num(handled) > 0
    means = np.where(has_talks, np.nan_to_num(seconds) / np.where(has_talks, handled, 1), np.nan)
    calls = np.nansum(handled, axis=0)
    steadied: Numbers = (calls * np.nan_to_num(middle(means, 1), nan=day) + STEADY * day) / (calls + STEADY)
    return steadied
