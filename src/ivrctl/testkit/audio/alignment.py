"""How well a part of a prompt fits what was heard near a place, also where packets came late in the middle of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from ivrctl.testkit.audio.sound import FRAME, RATE, SILENT, Samples, fast_size

SAME = 0.9
"""A window with this score or more is the reference's own. Measured on calls through Asterisk 22 with espeak-ng's voice
in two languages: every window of the right prompt scores 0.97 and more, also where packets came late. In a sentence
that differs in one number word ("thirty" for "twenty") a window that holds the word scores 0.70 to 0.85, and in another
sentence of the same voice a window of other words scores 0.75 at most."""

_SLACK = int(0.3 * RATE)
"""Samples by which a part may lie off its place: packets late or lost, 0.27 s seen on a machine that was very busy."""
_SLIP_COST = 0.03
"""What a slip takes off a window's score: with parts that may lie anywhere, anything is more like anything else."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a window lies in what was heard."""

    score: float
    begin: int
    """Where it begins, by its first part."""
    end: int
    """Where it begins, by its last part: another place when a packet was late or lost in between."""


def best_fit(window: Samples, heard: Samples, expected: int, *, may_slip: bool) -> Fit:
    """Return the best fit of a window within the slack around its expected place."""
    score, place = _best_place(window, heard, expected)
    fit = Fit(score, place, place)
    return _slipped_fit(window, heard, expected, fit) if may_slip and score < SAME else fit


def _best_place(part: Samples, heard: Samples, expected: int) -> tuple[float, int]:
    begin = max(0, expected - _SLACK)
    around = heard[begin : expected + _SLACK + len(part)]
    if len(around) < len(part) // 2:
        return 0.0, expected
    fit = correlation(part, around)[: 2 * _SLACK + 1]
    best = int(np.argmax(fit))
    return max(0.0, float(fit[best])), begin + best


def _slipped_fit(window: Samples, heard: Samples, expected: int, best: Fit) -> Fit:
    """Return the best fit of a window that has slipped up to twice, or `best`: packets came late, the rest lies off.

    The places that its sixths fit best are those that its three parts may have; where it slipped is where the sum over
    the parts is the largest.
    """
    edges = [len(window) * sixth // 6 for sixth in range(7)]
    places = sorted({_best_place(window[b:e], heard, expected + b)[1] - b for b, e in pairwise(edges)} | {best.begin})
    shapes, energies = zip(*(_running_sums(window, heard, place) for place in places), strict=True)
    own = float(np.sum(window**2))
    meeting = np.triu(np.ones((len(shapes[0]), len(shapes[0]))))
    for parts in product(range(len(places)), repeat=3):
        shape, energy = _in_three_parts(shapes, parts), _in_three_parts(energies, parts)
        fits = meeting * shape / np.sqrt(own * np.maximum(energy, _floor(window)))
        score = float(np.max(fits)) - _SLIP_COST * sum(one != other for one, other in pairwise(parts))
        if score > best.score:
            best = Fit(score, places[parts[0]], places[parts[2]])
    return best


def _in_three_parts(sums: Sequence[Samples], parts: tuple[int, ...]) -> Samples:
    """Return the sum over a window whose parts lie at different places, for each pair of frames where they may meet.

    Row and column are the frames at which the first and the second part end; below the diagonal there is no meaning.
    """
    first, second, third = (sums[part] for part in parts)
    return np.asarray((first - second)[:, None] + (second - third)[None, :] + third[-1])


def _running_sums(window: Samples, heard: Samples, place: int) -> tuple[Samples, Samples]:
    """Return the sums up to each frame: of a window times what was heard at a place, and of the latter's energy."""
    there = np.zeros_like(window)
    begin = max(0, place)
    found = heard[begin : place + len(window)]
    there[begin - place : begin - place + len(found)] = found
    sums = (np.concatenate(([0.0], np.cumsum(each))) for each in (window * there, there**2))
    shape, energy = (np.append(each[:-1:FRAME], each[-1]) for each in sums)
    return shape, energy


def correlation(wanted: Samples, heard: Samples) -> Samples:
    """Return the normalised cross-correlation for each place in `heard` at which `wanted` may begin.

    c(p) = sum w(n) h(p+n) / sqrt(sum w(n)^2 sum h(p+n)^2), by the correlation theorem; what lies behind the end of
    `heard` counts as silence.
    """
    size = fast_size(len(wanted) + len(heard))
    raw = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)[: len(heard)]
    energy = np.concatenate(([0.0], np.cumsum(heard**2), np.full(len(wanted), np.sum(heard**2))))
    under = energy[len(wanted) : len(wanted) + len(heard)] - energy[: len(heard)]
    return np.asarray(raw / np.sqrt(np.sum(wanted**2) * np.maximum(under, _floor(wanted))))


def _floor(wanted: Samples) -> float:
    """Return the least energy that is divided by: a stretch of mere noise must not fit anything."""
    return len(wanted) * SILENT**2
