"""Recordings that somebody hands in: any WAV file of whole samples becomes what Asterisk plays, or is refused.

Converted by numpy: channels are averaged, other rates are resampled linearly, behind a mean over the samples that fall
together. It is speech for a telephone line: what that costs of the highest tones, nobody hears there.
"""

from __future__ import annotations

import wave
from io import BytesIO

from ivrctl.adapters.prompts.loudness import is_silent, samples_of
from ivrctl.adapters.prompts.wav import SAMPLE_BYTES, BrokenSoundError
from ivrctl.adapters.voices import RATE

LONGEST_SECONDS = 120
"""Of one recording: a longer announcement is heard to its end by nobody."""
RATES = (4000, 192_000)
"""Samples a second, at least and at most."""
MAX_CHANNELS = 8
MAX_BYTES = 4 * LONGEST_SECONDS * 48_000 * SAMPLE_BYTES
"""Of a file that is handed in: the longest in the quality of a studio."""


def telephone_sound(content: bytes) -> bytes:
    """The PCM, 8 kHz, 16 bit, one channel, of a WAV file as it was handed in.

    Raises:
        BrokenSoundError: no WAV file, of another coding, too long, empty or silent; the message says which.
    """
    if len(content) > MAX_BYTES:
        raise BrokenSoundError(f"larger than {MAX_BYTES // 2**20} MB")
    try:
        with wave.open(BytesIO(content)) as sound:
            width, rate, channels = sound.getsampwidth(), sound.getframerate(), sound.getnchannels()
            _check(width, rate, channels, sound.getnframes())
            frames: bytes = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError, RuntimeError) as error:
        raise BrokenSoundError(f"not a WAV file: {str(error) or 'it ends too early'}") from error
    pcm = frames[: len(frames) - len(frames) % (width * channels)]
    if not pcm:
        raise BrokenSoundError("empty")
    if (width, rate, channels) != (SAMPLE_BYTES, RATE, 1):
        pcm = _converted(pcm, width, rate, channels)
    if not pcm or is_silent(samples_of(pcm)):
        raise BrokenSoundError("silent: nothing can be heard in it")
    return pcm


def _check(width: int, rate: int, channels: int, frames: int) -> None:
    if width not in {1, 2, 3, 4}:
        raise BrokenSoundError(f"{8 * width} bit; 8, 16, 24 and 32 bit can be read")
    if not RATES[0] <= rate <= RATES[1]:
        raise BrokenSoundError(f"{rate} Hz; from {RATES[0]} to {RATES[1]} Hz can be read")
    if not 1 <= channels <= MAX_CHANNELS:
        raise BrokenSoundError(f"{channels} channels; up to {MAX_CHANNELS} can be read")
    if frames > LONGEST_SECONDS * rate:
        raise BrokenSoundError(f"longer than {LONGEST_SECONDS} s")


def _converted(pcm: bytes, width: int, rate: int, channels: int) -> bytes:
    import numpy as np  # noqa: PLC0415 - most recordings need no conversion

    raw = np.frombuffer(pcm, dtype=np.uint8).reshape(-1, width)
    if width == 1:
        # WAV files of 8 bits are unsigned.
        samples = (raw[:, 0].astype(np.float64) - 128) * 256
    else:
        high, low = raw[:, -1].astype(np.int8).astype(np.float64), raw[:, -2].astype(np.float64)
        samples = high * 256 + low
    mono = samples.reshape(-1, channels).mean(axis=1)
    together = max(1, round(rate / RATE))
    if together > 1:
        mono = np.convolve(mono, np.ones(together) / together, mode="same")
    places = np.arange(0, len(mono) - 1e-9, rate / RATE)
    heard = np.interp(places, np.arange(len(mono)), mono)
    return bytes(np.clip(np.rint(heard), -32768, 32767).astype("<i2").tobytes())
