"""How long callers would have waited: drawn from those who hung up, beyond what each has waited already.

Who was answered has shown no more of his patience than that it lasted as long as he waited: he is *censored*. The
product-limit estimate counts him as long as he was there (E. L. Kaplan and P. Meier, Nonparametric estimation from
incomplete observations, J. Amer. Statist. Assoc. 53 (1958) 457-481; for callers of call centres: L. Brown et al.,
Statistical analysis of a telephone call center, J. Amer. Statist. Assoc. 100 (2005) 36-50, section 6). Beyond the last
who hung up nothing is known of its shape, and patience goes on as an exponential of the mean that is most likely of all
of them: the seconds that they waited, by those who hung up.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Seconds: TypeAlias = NDArray[np.float64]


class Patience:
    """Of some callers together."""

    def __init__(self, waits: Sequence[float], hung_up: Sequence[bool]) -> None:
        """Estimate it.

        Args:
            waits: seconds that each waited.
            hung_up: of each, whether that was the end of his patience; else he could have waited longer.
        """
        times, ends = np.asarray(waits, dtype=np.float64), np.asarray(hung_up, dtype=bool)
        self.hung_up = int(np.count_nonzero(ends))
        """Those whose patience is known."""
        self._times, self._survival = _product_limit(times, ends)
        self._mean = float(times.sum()) / self.hung_up if self.hung_up else inf

    @property
    def mean(self) -> float:
        """Seconds, if patience were exponential; infinite when nobody hung up."""
        return self._mean

    def share_beyond(self, wait: float) -> float:
        """The share of callers whose patience lasts for longer."""
        return float(self._beyond(np.array([wait]))[0])

    def drawn(self, waited: Sequence[float] | Seconds, chance: Generator) -> Seconds:
        """The patience of some who have waited so long, and had more; infinite where nobody ever hung up."""
        least = np.asarray(waited, dtype=np.float64)
        if not self.hung_up:
            return np.full(len(least), inf)
        marks = self._beyond(least) * chance.random(len(least))
        rest = chance.exponential(max(self._mean, 1e-6), len(least))
        places = np.searchsorted(-self._survival, -marks, side="left")
        is_known = places < len(self._times)
        found = np.where(is_known, self._times[np.minimum(places, len(self._times) - 1)], -inf)
        return np.where(found > least, found, np.maximum(least, self._times[-1]) + rest)

    def _beyond(self, waits: Seconds) -> Seconds:
        places = np.searchsorted(self._times, waits, side="right")
        return np.concatenate(([1.0], self._survival))[places]


def _product_limit(times: Seconds, ends: NDArray[np.bool_]) -> tuple[Seconds, Seconds]:
    """The moments at which somebody hung up, and the share whose patience lasts beyond each.

    At each moment that share is multiplied by 1 - d / n: of the n who still waited, or just left otherwise, d hung up.
    """
    moments, ended = np.unique(times[ends], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), moments, side="left")
    return moments, np.asarray(np.cumprod(1 - ended / np.maximum(at_risk, 1)), dtype=np.float64)
