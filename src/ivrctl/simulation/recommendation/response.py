"""How figures answer to the numbers of a policy, by all that was tried: stochastic kriging.

One run says little of one setting, since what comes of a day is chance too. But every run says a little of every number
that its setting has changed, and of all settings near to it, and many runs together say much. So what is expected of a
setting is a plane through all that was seen, and what is left over by it is drawn towards what was seen nearby, more
so the nearer and surer it is (Ankenman, Nelson and Staum, Stochastic kriging for simulation metamodeling, Operations
Research 58, 2010; Kleijnen, Design and Analysis of Simulation Experiments, 2015, chapters 2 and 5; Rasmussen and
Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1).

What is fitted are differences to the given policy on the same day, so that a day with many callers is none of the
model's business; of the given policy itself the difference is known, and nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ivrctl.simulation.recommendation.space import Setting

Numbers: TypeAlias = NDArray[np.floating[Any]]
NEAR = 4.0
"""Values on scales, taken as a distance, within which settings tell much of each other. By leaving out one setting
after the other of some hundred days of a centre with twenty numbers, this foretold the one left out better than half
or twice as much, and than a plane alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One setting, and by how much it differed from the given policy on each of its days."""

    setting: Setting
    differences: Sequence[tuple[float, float, float]]
    """Of service level, share of callers lost, and cost."""


class Response:
    """The model of some runs."""

    def __init__(self, start: Setting, seen: Sequence[Seen], usual: tuple[float, float, float]) -> None:
        """Fit it.

        Args:
            start: the setting of the given policy.
            seen: other settings.
            usual: by how much settings near to it usually differ at least, before anything is seen of them.
        """
        self._start = np.array(start, dtype=float)
        self._at = np.array([each.setting for each in seen], dtype=float).reshape(len(seen), len(start)) - self._start
        means = np.array([np.mean(each.differences, axis=0) for each in seen]).reshape(len(seen), 3)
        days = np.array([len(each.differences) for each in seen], dtype=float)
        noise = _noise(seen)
        self._weights = (
            [self._fit(means[:, figure], noise[figure] / days, usual[figure] ** 2) for figure in range(3)]
            if seen
            else []
        )

    def _fit(self, means: Numbers, noise: Numbers, least: float) -> tuple[float, float, Numbers]:
        """The kernel's two sizes, and what each setting that was seen weighs."""
        squares = np.sum(self._at**2, axis=1)
        signal = max(float(np.mean(means**2) - np.mean(noise)), least, 1e-12)
        plane, bend = signal / max(float(np.mean(squares)), 1.0), signal
        kernel = self._kernel(self._at, plane, bend)
        weights: Numbers = np.linalg.solve(kernel + np.diag(noise + 1e-6 * signal), means)
        return plane, bend, weights

    def _kernel(self, at: Numbers, plane: float, bend: float) -> Numbers:
        """How much settings tell of each other; of the given one, where all differences are nothing, everything."""
        kernel: Numbers = plane * at @ self._at.T
        return kernel + bend * (_nearness(at, self._at) - _from_start(at) * _from_start(self._at).T)

    def expected(self, settings: Sequence[Setting]) -> Numbers:
        """By how much settings are expected to differ from the given policy: a row of three figures for each."""
        at = np.array(settings, dtype=float).reshape(len(settings), len(self._start)) - self._start
        if not self._weights:
            return np.zeros((len(settings), 3))
        return np.stack([self._kernel(at, plane, bend) @ weights for plane, bend, weights in self._weights], axis=1)


def _nearness(one: Numbers, other: Numbers) -> Numbers:
    squares = np.sum(one**2, axis=1)[:, None] + np.sum(other**2, axis=1)[None, :] - 2 * one @ other.T
    nearness: Numbers = np.exp(-np.maximum(squares, 0.0) / (2 * NEAR**2))
    return nearness


def _from_start(at: Numbers) -> Numbers:
    nearness: Numbers = np.exp(-np.sum(at**2, axis=1) / (2 * NEAR**2))[:, None]
    return nearness


def _noise(seen: Sequence[Seen]) -> Numbers:
    """Of one day, by the settings that were tried on several: how much their days differ."""
    several = [np.array(each.differences) for each in seen if len(each.differences) > 1]
    if not several:
        return np.full(3, 1e-6)
    squares = sum(np.sum((days - days.mean(axis=0)) ** 2, axis=0) for days in several)
    free = sum(len(days) - 1 for days in several)
    noise: Numbers = np.asarray(squares) / free
    return noise
