"""The music on hold of the development PBX: two alternating notes that no voice and no ring tone resembles.

A test that hears it knows that its caller waits. It is never silent for as long as half a second.
"""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE = 8000
"""Samples a second, as the telephone has it."""

NOTES = (523.25, 659.26)
"""Hertz: C5 and E5."""

NOTE_SECONDS = 0.5
_ROUNDS = 10
_LEVEL = 6000
"""Of 32767: quieter than a prompt."""
_FADE = 80
"""Samples, 10 ms at each end of a note, so that it does not click."""


def write_music(file: Path) -> None:
    """Write the tune as 8 kHz, 16 bit, one channel."""
    round_of_notes = array("h", [sample for hertz in NOTES for sample in _note(hertz)])
    with wave.open(str(file), "wb") as music:
        music.setnchannels(1)
        music.setsampwidth(2)
        music.setframerate(RATE)
        music.writeframes(round_of_notes.tobytes() * _ROUNDS)


def _note(hertz: float) -> list[int]:
    length = int(NOTE_SECONDS * RATE)
    return [
        round(_LEVEL * min(1, n / _FADE, (length - n) / _FADE) * math.sin(2 * math.pi * hertz * n / RATE))
        for n in range(length)
    ]
