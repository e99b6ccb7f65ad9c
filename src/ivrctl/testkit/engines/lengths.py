"""How long a written text is spoken, about: for engines that have no voice.

Estimated from the characters: people read about five Chinese characters and three English words a second aloud.
"""

from __future__ import annotations

from functools import lru_cache

SECONDS_PER_IDEOGRAPH = 0.2
SECONDS_PER_LETTER = 0.06
FIRST_IDEOGRAPH = "\u2e80"
"""Code points from here on (CJK) are syllables, not letters."""
LEAST_SECONDS = 0.25
"""No prompt is shorter; so a flow that only speaks cannot stand still in time."""


@lru_cache(maxsize=4096)
def spoken_seconds(written: str) -> float:
    """Seconds of a text: 0.2 a Chinese character, 0.06 a letter or digit."""
    syllables = sum(1 for character in written if character >= FIRST_IDEOGRAPH and character.isalnum())
    letters = sum(1 for character in written if character < FIRST_IDEOGRAPH and character.isalnum())
    return max(LEAST_SECONDS, syllables * SECONDS_PER_IDEOGRAPH + letters * SECONDS_PER_LETTER)
