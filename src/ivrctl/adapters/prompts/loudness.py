"""How loud a recording is: silent by mistake, or cut off at the loudest that 16 bits can say."""

from __future__ import annotations

import sys
from array import array
from itertools import groupby

FULL = 32_767
"""The largest sample of 16 bits."""
NEARLY_SILENT = FULL // 100
"""A hundredth of it, -40 dB: on a telephone line nobody hears what is always below."""
CUT_RUN = 3
"""Samples at the largest in a row: a peak that merely touches it has one, or two."""
CUT_TIMES = 3
"""So many runs are no accident of one click."""


def samples_of(pcm: bytes) -> array[int]:
    """Samples of 16 bits, little-endian as a WAV has them."""
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def is_silent(samples: array[int]) -> bool:
    """True when nothing in it would be heard."""
    return max(samples) < NEARLY_SILENT and min(samples) > -NEARLY_SILENT


def is_clipped(samples: array[int]) -> bool:
    """True when the waves are cut off at the top, which is heard as a crackle."""
    if max(samples) < FULL and min(samples) > -FULL:
        return False
    runs = (len(list(run)) for is_full, run in groupby(samples, lambda sample: abs(sample) >= FULL) if is_full)
    return sum(length >= CUT_RUN for length in runs) >= CUT_TIMES
