"""WAV files as Asterisk plays them without converting: 8 kHz, 16 bit, mono."""

from __future__ import annotations

import os
import struct
import tempfile
import wave
from pathlib import Path

from ivrctl.adapters.voices import RATE

SAMPLE_BYTES = 2
FILE_MODE, FOLDER_MODE = 0o644, 0o755
"""Whatever our umask: Asterisk runs as another user. Who else may look in is the mode of the folder above all."""


_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM = 1


class BrokenSoundError(ValueError):
    """A file that is not a whole WAV of the one format; its message says why."""


def silence(seconds: float) -> bytes:
    """So much of nothing, as PCM."""
    return bytes(round(seconds * RATE) * SAMPLE_BYTES)


def seconds_of(pcm: bytes) -> float:
    """How long PCM plays."""
    return len(pcm) / SAMPLE_BYTES / RATE


def seconds_of_file(path: Path) -> float:
    """How long a file plays, from its header: of a recording of ten minutes nothing else is read.

    Raises:
        FileNotFoundError: there is none.
        BrokenSoundError: cut short, empty, or of another format.
    """
    try:
        with wave.open(str(path)) as sound:
            _check_format(sound)
            frames: int = sound.getnframes()
    except (wave.Error, EOFError, RuntimeError) as error:
        raise BrokenSoundError(f"not a WAV file: {str(error) or 'it ends too early'}") from error
    if not frames:
        raise BrokenSoundError("empty")
    if path.stat().st_size < frames * SAMPLE_BYTES:
        raise BrokenSoundError("cut short")
    return frames / RATE


def write_wav(path: Path, pcm: bytes) -> None:
    """Write a file that is there whole or not at all, also for a reader in another process."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as raw:
            raw.write(wav_of(pcm))
        Path(name).chmod(FILE_MODE)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_new_wav(path: Path, pcm: bytes) -> None:
    """Write a file that nobody knows of before this returns; one that could not be written is not left behind.

    Raises:
        FileExistsError: there is one of this name.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        os.fchmod(handle, FILE_MODE)
        left = memoryview(wav_of(pcm))
        while left:
            left = left[os.write(handle, left) :]
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def wav_of(pcm: bytes) -> bytes:
    """A whole file: the 44 bytes of the header, then the samples."""
    return (
        _HEADER.pack(
            *(b"RIFF", _HEADER.size - 8 + len(pcm), b"WAVE"),
            *(b"fmt ", 16, _PCM, 1, RATE, RATE * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES),
            *(b"data", len(pcm)),
        )
        + pcm
    )


def read_wav(path: Path) -> bytes:
    """Read the PCM of a file.

    Raises:
        FileNotFoundError: there is none.
        BrokenSoundError: cut short, empty, or of another format.
    """
    try:
        with wave.open(str(path)) as sound:
            _check_format(sound)
            pcm: bytes = sound.readframes(sound.getnframes())
            expected = sound.getnframes() * SAMPLE_BYTES
    except (wave.Error, EOFError, RuntimeError) as error:  # chunk lengths that lead nowhere are a RuntimeError
        raise BrokenSoundError(f"not a WAV file: {str(error) or 'it ends too early'}") from error
    if len(pcm) != expected:
        raise BrokenSoundError("cut short")
    if not pcm:
        raise BrokenSoundError("empty")
    return pcm


def _check_format(sound: wave.Wave_read) -> None:
    found = (sound.getframerate(), sound.getsampwidth() * 8, sound.getnchannels())
    if found != (RATE, 8 * SAMPLE_BYTES, 1):
        raise BrokenSoundError("{} Hz, {} bit, {} channels; 8000 Hz, 16 bit, 1 channel is needed".format(*found))
