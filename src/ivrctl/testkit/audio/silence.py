"""Where nothing is heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivrctl.testkit.audio.sound import FRAME, RATE, SILENT, Sound, band_pass, samples_of


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in a sound."""

    start: float
    seconds: float


def silences(sound: Sound, longer_than: float) -> list[Span]:
    """Return where nothing is heard for longer than `longer_than` seconds, in order, to 20 ms."""
    samples = band_pass(samples_of(sound))
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    is_silent = np.sqrt(np.mean(frames**2, axis=1)) < SILENT
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_silent, [False])).astype(np.int8)))
    seconds = edges * FRAME / RATE
    spans = [Span(float(b), float(e - b)) for b, e in zip(seconds[::2], seconds[1::2], strict=True)]
    return [span for span in spans if span.seconds > longer_than]


def longest_silence(sound: Sound) -> Span:
    """Return the longest silence; one of no length at the beginning when there is none."""
    return max(silences(sound, 0.0), key=lambda span: span.seconds, default=Span(0.0, 0.0))
