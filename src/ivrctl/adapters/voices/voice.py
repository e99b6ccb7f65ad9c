"""What a voice is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ivrctl.errors import IvrctlError
from ivrctl.speech import Piece

RATE = 8000
"""Samples per second: what telephony carries, and what Asterisk plays without resampling."""


class VoiceError(IvrctlError):
    """The synthesiser did not speak: it is missing, broken, or took too long."""


class Voice(Protocol):
    """A synthesiser, or something in its place."""

    def name(self, language: str) -> str:
        """The voice for a language, with everything that changes its sound (program, version, speed).

        It goes into the name of a cached sound: another name makes the sound anew.
        """

    async def synthesise(self, pieces: Sequence[Piece]) -> list[bytes]:
        """Speak each piece: 16-bit little-endian PCM, mono, ``RATE`` a second, without silence at either end.

        A piece in which there is nothing to say gives no samples.

        Raises:
            VoiceError: not all of them could be spoken.
        """
