"""Finding a prompt in what was heard.

Each second of the reference is scored for itself, and all must be there. A sentence whose only difference is the amount
in the middle would pass an average.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ivrctl.testkit.audio.alignment import SAME, best_fit, correlation
from ivrctl.testkit.audio.sound import RATE, SILENT, WINDOW, Samples, SilentError, Sound, band_pass, samples_of

_HOPELESS = 0.4
"""Two windows below this, and the reference is not here: no second look at the others."""
_CANDIDATES = 8
"""How many places are looked at closely; a prompt that is repeated has as many good ones."""
_VOICED = 10 ** (-30 / 20)
"""A window of the reference that is 30 dB below its loudest one is a pause and says nothing."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a reference lies in what was heard, if it does."""

    score: float
    """The mean over the windows, 0 to 1: how good the best place is."""
    at_seconds: float
    """Where the reference begins in what was heard."""
    windows: tuple[float, ...]
    """The score of each voiced second of the reference, in order."""

    @property
    def is_heard(self) -> bool:
        """Whether the reference was heard from its beginning to its end."""
        return min(self.windows) >= SAME

    @property
    def is_begun(self) -> bool:
        """Whether at least the first second was heard: a prompt that a key has cut is begun and not heard."""
        return self.windows[0] >= SAME


def find(reference: Sound, heard: Sound, after: float = 0.0) -> Match:
    """Return where `reference` is heard for the first time at `after` seconds or later; look at `Match.is_heard`.

    When it is not there, the match says how near the best place came.

    Raises:
        SilentError: the reference is silent.
        AudioError: a file has another format.
    """
    wanted, behind = band_pass(samples_of(reference)), band_pass(samples_of(heard)[round(after * RATE) :])
    voiced = _voiced_windows(wanted)
    if len(behind) < WINDOW // 2:
        return Match(0.0, after, (0.0,) * len(voiced))
    matches = [_score(wanted, behind, voiced, place) for place in _places(wanted, behind)]
    first = _first(matches, len(wanted) / RATE)
    return Match(first.score, first.at_seconds + after, first.windows)


def _voiced_windows(wanted: Samples) -> list[slice]:
    """Return the windows of the reference that hold sound; a rest shorter than half a window belongs to the last."""
    count = max(1, round(len(wanted) / WINDOW))
    edges = [n * WINDOW for n in range(count)] + [len(wanted)]
    windows = [slice(begin, end) for begin, end in pairwise(edges)]
    loudness = [float(np.sqrt(np.mean(wanted[window] ** 2))) if len(wanted) else 0.0 for window in windows]
    if max(loudness) < SILENT:
        raise SilentError("the reference is silent: there is nothing to look for")
    return [window for window, level in zip(windows, loudness, strict=True) if level >= _VOICED * max(loudness)]


def _places(wanted: Samples, heard: Samples) -> list[int]:
    """Return where the whole reference fits best: the highest peaks, each a quarter of a second from the others."""
    fit = correlation(wanted, heard)
    places: list[int] = []
    while len(places) < _CANDIDATES and fit[peak := int(np.argmax(fit))] > 0:
        places.append(peak)
        fit[max(0, peak - RATE // 4) : peak + RATE // 4] = 0
    return places or [0]


def _first(matches: list[Match], seconds: float) -> Match:
    """Return the earliest match at which the reference is heard, else the best.

    A sound that repeats itself (a tone, a bell) nearly matches a little before its beginning, too: of the matches that
    overlap with the earliest one, the best counts.
    """
    heard = sorted((match for match in matches if match.is_heard), key=lambda match: match.at_seconds)
    overlapping = [match for match in heard if match.at_seconds < heard[0].at_seconds + seconds]
    return max(overlapping or matches, key=lambda match: match.score)


def _score(wanted: Samples, heard: Samples, voiced: list[slice], place: int) -> Match:
    """Score each window near its place; when one lies a little off, what follows is looked for as much off."""
    scores: list[float] = []
    first, drift = place, 0
    for window in voiced:
        is_hopeless = sum(score < _HOPELESS for score in scores) > 1
        fit = best_fit(wanted[window], heard, place + window.start + drift, may_slip=not is_hopeless)
        if fit.score >= SAME:
            drift = fit.end - place - window.start
            first = first if scores else fit.begin - window.start
        scores.append(fit.score)
    return Match(float(np.mean(scores)), max(0, first) / RATE, tuple(scores))
