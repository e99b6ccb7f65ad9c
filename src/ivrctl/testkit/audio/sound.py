"""Sounds: 8 kHz, one channel, as samples or as WAV files; what the telephone carries of them."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivrctl.errors import IvrctlError

RATE = 8000
"""Samples a second, as the telephone has it."""

FRAME = int(0.02 * RATE)
"""Samples of a packet, and of what is silent or not."""

SILENT = 10 ** (-55 / 20)
"""RMS below which a frame is silence: A-law's own noise lies at -72 dB, the quietest speech at -45 dB."""

WINDOW = RATE
"""Samples that are scored together: long enough to be one of a kind, short enough that a late packet spoils few."""

Samples = npt.NDArray[np.float64]
"""One channel at 8 kHz, between -1 and 1."""

Sound = Samples | Path
"""Samples, or a WAV file that holds them."""

_BAND = (200.0, 300.0, 3300.0, 3400.0)
"""Hertz: what the telephone carries, with the slopes at both sides. Below is hum, above is the aliasing of coders. A
band without slopes would ring for half a second before and after a loud sound, and no silence would be one."""
_SAMPLE_BYTES = 2
_HEADER_BYTES = 44
"""Of a WAV file that holds nothing but sound (RIFF, fmt, data)."""
_FORM = struct.Struct("<HHIIHH")
_FORMAT = (1, 1, RATE, 16)
"""PCM, one channel, 8 kHz, 16 bit."""


_NOTE = 0.25
"""Seconds of one tone of a melody."""


class AudioError(IvrctlError):
    """A sound cannot be compared: another format, or nothing in it."""


class SilentError(AudioError):
    """There is nothing to look for: silence is everywhere."""


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


def samples_written(file: Path) -> int:
    """Return how many samples a WAV file of this form holds by now.

    Raises:
        OSError: there is no such file.
    """
    return max(0, file.stat().st_size - _HEADER_BYTES) // _SAMPLE_BYTES


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


def melody(seconds: float) -> Samples:
    """Return a run of short tones that never repeats within a minute: a sound whose every second is its own."""
    count = max(1, round(seconds / _NOTE))
    notes = [tone(400 + 37 * (index * 17 % 53), 450 + 41 * (index * 29 % 59), seconds=_NOTE) for index in range(count)]
    joined: Samples = np.concatenate(notes)
    return joined


def duration(sound: Sound) -> float:
    """Return how long a sound is."""
    return len(samples_of(sound)) / RATE


def samples_of(sound: Sound) -> Samples:
    """Return the samples of a sound, read from its file if it is one."""
    return read_wav(sound) if isinstance(sound, Path) else sound


def band_pass(samples: Samples) -> Samples:
    """Return what the telephone carries of a sound, as long as it was."""
    if not len(samples):
        return samples
    size = fast_size(len(samples) + WINDOW)  # padded: what is cut off at one end must not come in at the other
    spectrum = np.fft.rfft(samples, size)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    return np.asarray(np.fft.irfft(spectrum * np.interp(hertz, _BAND, (0, 1, 1, 0)), size)[: len(samples)])


def fast_size(least: int) -> int:
    """Return a size of at least `least` that a Fourier transform is fast for: 1, 5/8 or 3/4 of a power of two."""
    power = 1 << max(2, (least - 1).bit_length())
    return min(size for size in (power, power * 5 // 8, power * 3 // 4) if size >= least)


def _form(content: bytes, place: int) -> tuple[int, int, int, int]:
    kind, channels, rate, _, _, bits = _FORM.unpack_from(content, place)
    return kind, channels, rate, bits


def _samples(file: Path, form: tuple[int, int, int, int] | None, pcm: bytes) -> Samples:
    if form != _FORMAT:
        raise AudioError(f"{file} is not 8 kHz, 16 bit, one channel", advice=f"sox {file} -r 8000 -b 16 -c 1 new.wav")
    return np.frombuffer(pcm[: len(pcm) // _SAMPLE_BYTES * _SAMPLE_BYTES], "<i2").astype(np.float64) / 32768
