"""Comparing what a phone heard with what it should have heard.

A prompt on its way to a phone is coded with A-law, cut into packets, now and then shifted by a packet that came late,
and mixed with nothing else. So its shape survives, and normalised cross-correlation finds it: 1 means the same shape, 0
none. All sounds are 8 kHz, one channel; times are seconds.

Each second of the reference is scored for itself, and all must be there. A sentence whose only difference is the amount
in the middle would pass an average.
"""

from __future__ import annotations

import struct
import wave
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivrctl.errors import IvrctlError

RATE = 8000
"""Samples a second, as the telephone has it."""

SAME = 0.9
"""A window with this score or more is the reference's own. Measured on calls through Asterisk 22 with espeak-ng's voice
in two languages: every window of the right prompt scores 0.99 and more, also where a packet came late. In a sentence
that differs in one number word ("twenty" for "thirty") the windows that hold the word score 0.79 at most, and in other
sentences of the same voice 0.71."""

WINDOW = RATE
"""Samples that are scored together: long enough to be one of a kind, short enough that a late packet spoils few."""

Samples = npt.NDArray[np.float64]
"""One channel at 8 kHz, between -1 and 1."""

Sound = Samples | Path
"""Samples, or a WAV file that holds them."""

_BAND = (200.0, 300.0, 3300.0, 3400.0)
"""Hertz: what the telephone carries, with the slopes at both sides. Below is hum, above is the aliasing of coders. A
band without slopes would ring for half a second before and after a loud sound, and no silence would be one."""
_SLACK = int(0.1 * RATE)
"""Samples by which a later window may lie off its place: a few packets late or lost."""
_CANDIDATES = 8
"""How many places are looked at closely; a prompt that is repeated has as many good ones."""
_VOICED = 10 ** (-30 / 20)
"""A window of the reference that is 30 dB below its loudest one is a pause and says nothing."""
_FRAME = int(0.02 * RATE)
_SILENT = 10 ** (-55 / 20)
"""RMS below which a frame is silence: A-law's own noise lies at -72 dB, the quietest speech at -45 dB."""
_FORM = struct.Struct("<HHIIHH")
_FORMAT = (1, 1, RATE, 16)
"""PCM, one channel, 8 kHz, 16 bit."""


class AudioError(IvrctlError):
    """A sound cannot be compared: another format, or nothing in it."""


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


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in a sound."""

    start: float
    seconds: float


def read_wav(file: Path) -> Samples:
    """Return the samples of a WAV file, even of one that is still being written: then the header is not believed.

    Raises:
        AudioError: it is not 8 kHz, 16 bit, one channel.
    """
    content = file.read_bytes()
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise AudioError(f"{file} is not a WAV file")
    place, form = 12, None
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        place += 8
        if name == b"fmt " and place + _FORM.size <= len(content):
            form = _form(content, place)
        if name == b"data":
            return _samples(file, form, content[place : place + size] if size else content[place:])
        place += size + size % 2
    raise AudioError(f"{file} holds no sound")


def write_wav(file: Path, samples: Samples) -> None:
    """Write samples as a WAV file."""
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(RATE)
        opened.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def tone(*hertz: float, seconds: float, level: float = 0.3) -> Samples:
    """Return a tone of one or more frequencies that sound together, at `level` of full scale, without clicks."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = sum((np.sin(2 * np.pi * frequency * time) for frequency in hertz), np.zeros_like(time)) / len(hertz)
    fade = np.minimum(1, np.minimum(time, seconds - time) / 0.01)
    return np.asarray(level * fade * sound, dtype=np.float64)


def duration(sound: Sound) -> float:
    """Return how long a sound is."""
    return len(_read(sound)) / RATE


def find(reference: Sound, heard: Sound, after: float = 0.0) -> Match:
    """Return where `reference` is heard for the first time at `after` seconds or later; look at `Match.is_heard`.

    When it is not there, the match says how near the best place came.

    Raises:
        AudioError: the reference holds no sound, or a file has another format.
    """
    wanted, behind = _band_pass(_read(reference)), _band_pass(_read(heard)[round(after * RATE) :])
    voiced = _voiced_windows(wanted)
    if len(behind) < WINDOW // 2:
        return Match(0.0, after, (0.0,) * len(voiced))
    matches = [_score(wanted, behind, voiced, place) for place in _places(wanted, behind)]
    first = _first(matches, len(wanted) / RATE)
    return Match(first.score, first.at_seconds + after, first.windows)


def silences(sound: Sound, longer_than: float) -> list[Span]:
    """Return where nothing is heard for longer than `longer_than` seconds, in order, to 20 ms."""
    samples = _band_pass(_read(sound))
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    is_silent = np.sqrt(np.mean(frames**2, axis=1)) < _SILENT
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_silent, [False])).astype(np.int8)))
    seconds = edges * _FRAME / RATE
    spans = [Span(float(b), float(e - b)) for b, e in zip(seconds[::2], seconds[1::2], strict=True)]
    return [span for span in spans if span.seconds > longer_than]


def longest_silence(sound: Sound) -> Span:
    """Return the longest silence; one of no length at the beginning when there is none."""
    return max(silences(sound, 0.0), key=lambda span: span.seconds, default=Span(0.0, 0.0))


def _form(content: bytes, place: int) -> tuple[int, int, int, int]:
    kind, channels, rate, _, _, bits = _FORM.unpack_from(content, place)
    return kind, channels, rate, bits


def _samples(file: Path, form: tuple[int, int, int, int] | None, pcm: bytes) -> Samples:
    if form != _FORMAT:
        raise AudioError(f"{file} is not 8 kHz, 16 bit, one channel", advice=f"sox {file} -r 8000 -b 16 -c 1 new.wav")
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float64) / 32768


def _read(sound: Sound) -> Samples:
    return read_wav(sound) if isinstance(sound, Path) else sound


def _band_pass(samples: Samples) -> Samples:
    if not len(samples):
        return samples
    size = _fast_size(len(samples) + WINDOW)  # padded: what is cut off at one end must not come in at the other
    spectrum = np.fft.rfft(samples, size)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    return np.asarray(np.fft.irfft(spectrum * np.interp(hertz, _BAND, (0, 1, 1, 0)), size)[: len(samples)])


def _voiced_windows(wanted: Samples) -> list[slice]:
    """Return the windows of the reference that hold sound; a rest shorter than half a window belongs to the last."""
    count = max(1, round(len(wanted) / WINDOW))
    edges = [n * WINDOW for n in range(count)] + [len(wanted)]
    windows = [slice(begin, end) for begin, end in pairwise(edges)]
    loudness = [float(np.sqrt(np.mean(wanted[window] ** 2))) if len(wanted) else 0.0 for window in windows]
    if max(loudness) < _SILENT:
        raise AudioError("the reference is silent: there is nothing to look for")
    return [window for window, level in zip(windows, loudness, strict=True) if level >= _VOICED * max(loudness)]


def _places(wanted: Samples, heard: Samples) -> list[int]:
    """Return where the whole reference fits best: the highest peaks, each a quarter of a second from the others."""
    fit = _correlation(wanted, heard)
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
        fit = _fit(wanted[window], heard, place + window.start + drift)
        if fit.score >= SAME:
            drift = fit.end - place - window.start
            first = first if scores else fit.begin - window.start
        scores.append(fit.score)
    return Match(float(np.mean(scores)), max(0, first) / RATE, tuple(scores))


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a window lies in what was heard."""

    score: float
    begin: int
    """Where it begins, by its first part."""
    end: int
    """Where it begins, by its last part: another place when a packet was late or lost in between."""


def _fit(window: Samples, heard: Samples, expected: int) -> _Fit:
    """Return the best fit of a window within the slack around its expected place."""
    score, place = _best_place(window, heard, expected)
    fit = _Fit(score, place, place)
    return fit if score >= SAME else max(fit, _slipped_fit(window, heard, expected), key=lambda each: each.score)


def _best_place(part: Samples, heard: Samples, expected: int) -> tuple[float, int]:
    begin = max(0, expected - _SLACK)
    around = heard[begin : expected + _SLACK + len(part)]
    if len(around) < len(part) // 2:
        return 0.0, expected
    fit = _correlation(part, around)[: 2 * _SLACK + 1]
    best = int(np.argmax(fit))
    return max(0.0, float(fit[best])), begin + best


def _slipped_fit(window: Samples, heard: Samples, expected: int) -> _Fit:
    """Return the best fit of a window that has slipped once: a packet came late, and the rest lies off by as much.

    The places that its quarters fit best are the places that its two parts may have; where it slipped is where the sum
    of both parts is the largest.
    """
    edges = [len(window) * quarter // 4 for quarter in range(5)]
    places = sorted({_best_place(window[b:e], heard, expected + b)[1] - b for b, e in pairwise(edges)})
    shapes, energies = zip(*(_running_sums(window, heard, place) for place in places), strict=True)
    own, best = float(np.sum(window**2)), _Fit(0.0, expected, expected)
    for (one, begin), (other, end) in permutations(enumerate(places), 2):
        shape = shapes[one] + shapes[other][-1] - shapes[other]
        energy = energies[one] + energies[other][-1] - energies[other]
        score = float(np.max(shape / np.sqrt(own * np.maximum(energy, _floor(window)))))
        best = max(best, _Fit(score, begin, end), key=lambda fit: fit.score)
    return best


def _running_sums(window: Samples, heard: Samples, place: int) -> tuple[Samples, Samples]:
    """Return the sums up to each sample: of a window times what was heard at a place, and of the latter's energy."""
    there = np.zeros_like(window)
    begin = max(0, place)
    found = heard[begin : place + len(window)]
    there[begin - place : begin - place + len(found)] = found
    return np.cumsum(window * there), np.cumsum(there**2)


def _correlation(wanted: Samples, heard: Samples) -> Samples:
    """Return the normalised cross-correlation for each place in `heard` at which `wanted` may begin.

    c(p) = sum w(n) h(p+n) / sqrt(sum w(n)^2 sum h(p+n)^2), by the correlation theorem; what lies behind the end of
    `heard` counts as silence.
    """
    size = _fast_size(len(wanted) + len(heard))
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)[: len(heard)]
    energy = np.concatenate(([0.0], np.cumsum(heard**2), np.full(len(wanted), np.sum(heard**2))))
    under = energy[len(wanted) : len(wanted) + len(heard)] - energy[: len(heard)]
    return np.asarray(product / np.sqrt(np.sum(wanted**2) * np.maximum(under, _floor(wanted))))


def _floor(wanted: Samples) -> float:
    """Return the least energy that is divided by: a stretch of mere noise must not fit anything."""
    return len(wanted) * _SILENT**2


def _fast_size(least: int) -> int:
    """Return a size of at least `least` that a Fourier transform is fast for: 1, 5/8 or 3/4 of a power of two."""
    power = 1 << max(2, (least - 1).bit_length())
    return min(size for size in (power, power * 5 // 8, power * 3 // 4) if size >= least)
