"""A voice that says nothing, for as long as speech would take: for engines that run without a synthesiser."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence

from ivrctl.adapters.voices.voice import RATE
from ivrctl.speech import Piece, reading

SECONDS_PER_IDEOGRAPH = 0.2
SECONDS_PER_LETTER = 0.06
FIRST_IDEOGRAPH = "\u2e80"
"""Code points from here on (CJK) are syllables, not letters."""

_SIGNED = bytes(value ^ 0x80 for value in range(256))
"""Samples of 8 bits around 128 to those around 0."""


class SilentVoice:
    """Quiet noise, the same for the same text and different for different texts."""

    def name(self, language: str) -> str:
        """One voice for all languages."""
        return f"silent 1 {language}"

    async def synthesise(self, pieces: Sequence[Piece]) -> list[bytes]:
        """About 0.2 s for each Chinese character and 0.06 s for each letter."""
        return [_noise(reading(piece)) for piece in pieces]


def _noise(text: str) -> bytes:
    seconds = sum(
        SECONDS_PER_IDEOGRAPH if character >= FIRST_IDEOGRAPH else SECONDS_PER_LETTER
        for character in text
        if character.isalnum()
    )
    noise = hashlib.shake_128(text.encode()).digest(round(seconds * RATE))
    return array("h", array("b", noise.translate(_SIGNED))).tobytes()
