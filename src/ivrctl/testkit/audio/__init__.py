"""Comparing what a phone heard with what it should have heard.

A prompt on its way to a phone is coded with A-law, cut into packets, now and then shifted by a packet that came late,
and mixed with nothing else. So its shape survives, and normalised cross-correlation finds it: 1 means the same shape, 0
none. All sounds are 8 kHz, one channel; times are seconds.

``sound`` reads, writes and makes sounds, ``alignment`` says how well a part fits a place, ``matching`` finds a prompt
with it, ``silence`` finds what is not there. Nothing here knows of phones or flows.
"""

from ivrctl.testkit.audio.alignment import SAME
from ivrctl.testkit.audio.matching import Match, find
from ivrctl.testkit.audio.silence import Span, longest_silence, silences
from ivrctl.testkit.audio.sound import (
    RATE,
    AudioError,
    Samples,
    SilentError,
    Sound,
    duration,
    melody,
    read_wav,
    samples_written,
    tone,
    write_wav,
)

__all__ = [
    "RATE",
    "SAME",
    "AudioError",
    "Match",
    "Samples",
    "SilentError",
    "Sound",
    "Span",
    "duration",
    "find",
    "longest_silence",
    "melody",
    "read_wav",
    "samples_written",
    "silences",
    "tone",
    "write_wav",
]
