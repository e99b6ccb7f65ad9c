"""From what a synthesiser gives to what a telephone carries: 8 kHz, no silence at the ends, an even level.

Pure arithmetic on arrays of samples, shape ``(samples,)``, 64-bit floats in -1 to 1. Done here and not by a program of
its own, so that a piece costs one process, not two.

Whoever changes a constant or a formula here gives voices another ``SHAPING`` (``espeak``): sounds are kept under it.
"""

from __future__ import annotations

import io
import math
import wave

import numpy as np
from numpy.typing import NDArray

from ivrctl.adapters.voices.voice import RATE

Samples = NDArray[np.float64]

PASS_HZ, STOP_HZ = 3600.0, 4000.0
"""Kept whole up to the first, gone from the second (half of 8 kHz): G.711 carries 300 to 3400 Hz."""
QUIET = 0.01
"""Of the peak, -40 dB: what is quieter at the ends is taken for silence; espeak's own is below -60 dB."""
LEAD, TAIL = 0.01, 0.02
"""Seconds kept before and after: weak consonants (s, f) begin below the threshold and fade more slowly."""
FADE = 0.003
"""Seconds over which a cut end goes to zero, so that joins do not click."""
SPEECH_LEVEL = 10 ** (-20 / 20)
"""Root mean square of full scale, over what was kept. Telephone speech is commonly taken at -26 to -16 dBov."""
PEAK = 10 ** (-3 / 20)
"""Of full scale: no sound is made so loud that its peaks go beyond."""
FULL_SCALE = 32767


def shape(recording: bytes) -> bytes:
    """Turn a 16-bit mono WAV of any rate into PCM at ``RATE``; a silent one gives no samples.

    The length fields of the WAV may be wrong, as they are in one that was written to a pipe.

    Raises:
        ValueError: not a 16-bit mono WAV.
    """
    samples, rate = _read(recording)
    trimmed = trim(resample(samples, rate))
    return np.round(level(trimmed) * FULL_SCALE).astype("<i2").tobytes()


def resample(samples: Samples, rate: int) -> Samples:
    """Change the rate to ``RATE`` exactly, by cutting the spectrum; the end is padded to a whole ratio."""
    step = rate // math.gcd(rate, RATE)
    padded = np.pad(samples, (0, -len(samples) % step))
    if not len(padded):
        return padded
    spectrum = np.fft.rfft(padded)
    frequencies = np.fft.rfftfreq(len(padded), 1 / rate)
    slope = np.clip((STOP_HZ - frequencies) / (STOP_HZ - PASS_HZ), 0, 1)
    length = len(padded) * RATE // rate
    return np.fft.irfft(spectrum * np.sin(slope * math.pi / 2) ** 2, length) * (length / len(padded))


def trim(samples: Samples) -> Samples:
    """Cut silence at both ends and fade them; nothing is left of pure silence."""
    loudness = np.abs(samples)
    peak = loudness.max(initial=0.0)
    if peak < 1 / FULL_SCALE:
        return samples[:0]
    loud = np.flatnonzero(loudness > peak * QUIET)
    start = max(0, int(loud[0]) - round(LEAD * RATE))
    kept = samples[start : int(loud[-1]) + 1 + round(TAIL * RATE)].copy()
    ramp = np.linspace(0, 1, min(round(FADE * RATE), len(kept)))
    kept[: len(ramp)] *= ramp
    kept[len(kept) - len(ramp) :] *= ramp[::-1]
    return kept


def level(samples: Samples) -> Samples:
    """Bring speech to ``SPEECH_LEVEL``, or as near as its peaks allow."""
    if not len(samples):
        return samples
    root_mean_square = math.sqrt(float(np.mean(samples**2)))
    gain = min(SPEECH_LEVEL / root_mean_square, PEAK / float(np.abs(samples).max()))
    return samples * gain


def _read(recording: bytes) -> tuple[Samples, int]:
    try:
        with wave.open(io.BytesIO(recording)) as sound:
            if (sound.getnchannels(), sound.getsampwidth()) != (1, 2):
                raise ValueError("not 16-bit mono")
            rate = sound.getframerate()
            content = sound.readframes(len(recording))
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a WAV: {error}") from error
    return np.frombuffer(content[: len(content) // 2 * 2], "<i2") / FULL_SCALE, rate
