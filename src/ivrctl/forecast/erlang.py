"""Erlang B, C and A: how callers of a queue fare, and how many people a load needs.

The three share their assumptions: calls come by chance at an even rate (Poisson), handling times are exponential, a
free agent is rung at once. **B** has no queue: who finds nobody free is lost. In **C** everybody waits until he is
answered, so a queue with more load than agents grows without end. In **A** a caller hangs up when his patience is over;
patience is exponential, too, and with infinite patience A is C.

Notation: load ``a`` in erlangs = calls a second * seconds of handling; ``n`` agents; rates a second of calls ``lam``,
of one agent ``mu``, of losing patience ``theta``.

- B by the recursion B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)), which is stable for any number of agents (A. K. Erlang
  1917; R. B. Cooper, *Introduction to Queueing Theory*, 2nd ed., section 3.3).
- C = n B / (n - a (1 - B)); P(wait > t) = C exp(-(n mu - lam) t); mean wait C / (n mu - lam) (Cooper, section 3.4).
- A, the M/M/n+M queue of C. Palm (1957), by the density of the wait that a caller of endless patience would have:
  v(x) = P(wait > 0) exp(h(x)) / J with h(x) = lam (1 - exp(-theta x)) / theta - n mu x and J the integral of exp(h)
  from 0 on; P(wait > 0) = lam J / (1 / B(n-1) + lam J) (F. Baccelli, G. Hebuterne, *On queues with impatient
  customers*, 1981; S. Zeltyn, A. Mandelbaum, *Call centers with impatient customers*, Queueing Systems 51, 2005). All
  figures are integrals of v: h is concave, so each is taken over where exp(h) is not nothing, divided by its peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import exp, expm1, inf, log

import numpy as np
from numpy.typing import NDArray

from ivrctl.acd.service_level import ANSWER_IN

_Numbers = NDArray[np.float64]

_NOTHING = 46.0
"""exp(-46) is 1e-20: what is so much less than the peak adds nothing to a sum of doubles."""
_PANELS = 32
"""Parts of an integral, each by the rule below: of a peak 46 high on each side, all 15 digits."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Load:
    """What comes in."""

    rate: float
    """Calls a second."""
    handling: float
    """Seconds that one takes an agent, in the mean."""

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (0 <= self.rate < inf and 0 < self.handling < inf):
            raise ValueError(f"no load: {self.rate} calls a second of {self.handling} seconds each")

    @classmethod
    def of(cls, calls: float, over: timedelta, handling: float) -> Load:
        """So many calls in a time."""
        return cls(calls / over.total_seconds(), handling)

    @property
    def erlangs(self) -> float:
        """Agents whom it keeps busy without a pause."""
        return self.rate * self.handling


@dataclass(frozen=True, slots=True)
class Served:
    """How callers fare in the long run."""

    waits: float
    """Share who are not answered at once."""
    in_time: float
    """Service level: answered within the threshold / offered (``negative`` of ``acd.service_level``)."""
    abandoned: float
    """Share who hang up; of Erlang C none."""
    asa: float
    """Seconds that those wait who are answered, in the mean; infinite where the queue grows without end."""
    wait: float
    """Seconds that all wait, whether they are answered or hang up."""
    occupancy: float
    """Share of their time in which agents handle calls; 1 where the queue grows without end."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised to callers."""

    share: float = 0.8
    """At least these are answered in time, above 0 and below 1."""
    answer_in: timedelta = ANSWER_IN
    abandoned: float = 0.05
    """No more than these hang up: in a large centre those who do could keep the rest in time. In C nobody does."""
    occupancy: float = 1.0
    """Agents are to be busy for no more of their time than this; 1 for any."""

    def __post_init__(self) -> None:
        """Refuse what no number of people can keep, or none need keep."""
        if not 0 < self.share < 1:
            raise ValueError(f"a share above 0 and below 1 can be promised, not {self.share}")
        if not (0 < self.occupancy <= 1 and 0 < self.abandoned <= 1):
            raise ValueError(f"a share above 0 and up to 1 is due, not {self.occupancy} and {self.abandoned}")


def erlang_b(erlangs: float, agents: int) -> float:
    """The share of calls that find nobody free, where nobody waits."""
    lost = 1.0
    for busy in range(1, agents + 1):
        lost = erlangs * lost / (busy + erlangs * lost)
    return lost


def erlang_c(erlangs: float, agents: int) -> float:
    """The share of calls that wait, where nobody hangs up; 1 where the load is more than the agents."""
    if erlangs >= agents:
        return 1.0 if erlangs > 0 or agents == 0 else 0.0
    lost = erlang_b(erlangs, agents)
    return agents * lost / (agents - erlangs * (1 - lost))


def served(load: Load, agents: int, patience: float = inf, answer_in: timedelta = ANSWER_IN) -> Served:
    """How callers fare, by Erlang A; by Erlang C where patience is infinite.

    Args:
        load: what comes in.
        agents: how many answer.
        patience: seconds in the mean after which one who waits hangs up.
        answer_in: the threshold of ``in_time``.
    """
    if agents < 0 or patience <= 0:
        raise ValueError(f"no queue: {agents} agents, {patience} seconds of patience")
    if load.rate == 0:
        return Served(0.0 if agents else 1.0, 1.0 if agents else 0.0, 0.0, 0.0 if agents else inf, 0.0, 0.0)
    within = answer_in.total_seconds()
    return _by_c(load, agents, within) if patience == inf else _by_a(load, agents, patience, within)


def people_required(load: Load, target: Target, patience: float = inf) -> int:
    """The fewest agents with whom a target is kept: by Erlang A, or by C where patience is infinite. None for no calls.

    More agents never serve worse; so from as many as the load keeps busy it goes on in growing steps until it has too
    few and enough, and halves its way between them.
    """
    if load.rate == 0:
        return 0
    few = enough = max(1, round(load.erlangs))
    step = 1
    while few > 0 and _keeps(load, few, target, patience):
        few, enough, step = max(0, few - step), few, 2 * step
    while not _keeps(load, enough, target, patience):
        few, enough, step = enough, enough + step, 2 * step
    while enough - few > 1:
        middle = (few + enough) // 2
        if _keeps(load, middle, target, patience):
            enough = middle
        else:
            few = middle
    return enough


def _keeps(load: Load, agents: int, target: Target, patience: float) -> bool:
    found = served(load, agents, patience, target.answer_in)
    is_answered = found.in_time >= target.share and found.abandoned <= target.abandoned
    return is_answered and found.occupancy <= target.occupancy


def _by_c(load: Load, agents: int, within: float) -> Served:
    waits = erlang_c(load.erlangs, agents)
    spare = (agents - load.erlangs) / load.handling
    if spare <= 0:
        return Served(1.0, 0.0, 0.0, inf, inf, 1.0)
    wait = waits / spare
    return Served(waits, 1 - waits * exp(-spare * within), 0.0, wait, wait, load.erlangs / agents)


def _by_a(load: Load, agents: int, patience: float, within: float) -> Served:
    if agents == 0:
        return Served(1.0, 0.0, 1.0, inf, patience, 0.0)
    wait = _Wait(load, agents, patience)
    at, share = wait.parts(within)
    waits = wait.share(erlang_b(load.erlangs, agents - 1))
    stays = share * np.exp(-at / patience)
    in_time = float(stays[0].sum())
    abandoned = waits * float(np.sum(share * -np.expm1(-at / patience)))
    answered = 1 - waits + waits * float(stays.sum())
    return Served(
        waits=waits,
        in_time=min(1.0, 1 - waits + waits * in_time),
        abandoned=abandoned,
        asa=waits * float(np.sum(at * stays)) / answered,
        wait=abandoned * patience,
        occupancy=min(1.0, load.erlangs * answered / agents),
    )


class _Wait:
    """Of an endlessly patient caller who finds nobody free: exp(h), over its peak, where it is not nothing."""

    def __init__(self, load: Load, agents: int, patience: float) -> None:
        self._rate, self._patience = load.rate, patience
        self._speed = agents / load.handling
        peak = max(0.0, patience * log(load.rate / self._speed))
        self._height = self._above(peak)
        self._begin = 0.0 if self._height < _NOTHING else self._edge(0.0, peak)
        far = peak + 1 / self._speed
        while self._above(far) > self._height - _NOTHING:
            far = peak + 2 * (far - peak)
        self._end = self._edge(far, peak)
        self._whole = float(np.sum(self._heights(self._begin, self._end)[1]))

    def share(self, lost: float) -> float:
        """P(wait > 0), from Erlang B of one agent less."""
        coming = self._rate * self._whole * lost
        return coming / (exp(-self._height) + coming)

    def parts(self, until: float) -> tuple[_Numbers, _Numbers]:
        """Times to wait and their shares, in two rows: up to a time, and longer."""
        middle = min(max(until, self._begin), self._end)
        (soon, early), (later, late) = self._heights(self._begin, middle), self._heights(middle, self._end)
        shares = np.array((early, late))
        # By their own sum: a peak that is narrow against the panels has another one, cut elsewhere.
        return np.array((soon, later)), shares / shares.sum()

    def _above(self, at: float) -> float:
        """The exponent h."""
        return -self._rate * self._patience * expm1(-at / self._patience) - self._speed * at

    def _edge(self, out: float, within: float) -> float:
        """Where it has become nothing, between a time outside of it and the peak."""
        for _ in range(_HALVINGS):
            middle = (out + within) / 2
            if self._above(middle) > self._height - _NOTHING:
                within = middle
            else:
                out = middle
        return out

    def _heights(self, begin: float, end: float) -> tuple[_Numbers, _Numbers]:
        """Times between two, and what each adds to the integral: by Gauss and Legendre in each of the panels."""
        half = (end - begin) / _PANELS / 2
        at = ((begin + half * (1 + 2 * np.arange(_PANELS)))[:, None] + half * _NODES).ravel()
        above = -self._rate * self._patience * np.expm1(-at / self._patience) - self._speed * at
        return at, np.exp(above - self._height) * np.tile(_WEIGHTS * half, _PANELS)
