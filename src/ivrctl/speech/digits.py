"""Text said character by character, as people read out a phone number or an order number.

Counterpart of ``Tongue.symbols``, which holds the names of the characters in one language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate, groupby
from types import MappingProxyType

from ivrctl.speech.piece import DIGIT_PAUSE, GROUP_PAUSE, Pause

UNGROUPED = 5
"""Runs of up to so many digits are said in one go, such as 10010."""
GROUPS: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        6: (3, 3),
        7: (3, 4),
        9: (3, 3, 3),
        10: (3, 3, 4),
        11: (3, 4, 4),  # a Chinese mobile number: 138 0013 8000
        13: (2, 3, 4, 4),  # the same behind its country code
        17: (6, 4, 4, 3),  # a Chinese identity number whose check digit is X: region, birthday, the rest
        18: (6, 4, 4, 4),
    }
)
"""How a longer run is grouped by its length; other lengths in fours, without a digit alone at the end."""

_SEPARATORS = re.compile(r"[\s\-–—_./()（）·]+")
_DIGIT_RUN = re.compile(r"([0-9]+)")


def spell(text: str, symbols: Mapping[str, str]) -> Iterator[str | Pause]:
    """Give the names of the characters with pauses between; a run of others (such as 沪) comes as it is.

    Separators (blanks, hyphens, brackets) and the groups of a long run of digits are heard as longer pauses.
    """
    grouped = _DIGIT_RUN.sub(lambda run: " ".join(_groups(run[0])), text.upper())
    for number, group in enumerate(filter(None, _SEPARATORS.split(grouped))):
        if number:
            yield GROUP_PAUSE
        yield from _characters(group, symbols)


def _groups(run: str) -> Iterator[str]:
    if len(run) <= UNGROUPED:
        yield run
        return
    start = 0
    for end in accumulate(GROUPS.get(len(run)) or _fours(len(run))):
        yield run[start:end]
        start = end


def _fours(length: int) -> list[int]:
    fours, rest = divmod(length, 4)
    sizes = [4] * fours
    if rest == 1:
        sizes[-1] += rest
    elif rest:
        sizes.append(rest)
    return sizes


def _characters(group: str, symbols: Mapping[str, str]) -> Iterator[str | Pause]:
    """Named characters one by one, a run of others in one go."""
    is_first = True
    for is_named, run in groupby(group, symbols.__contains__):
        for word in (symbols[character] for character in run) if is_named else ("".join(run),):
            if not is_first:
                yield DIGIT_PAUSE
            is_first = False
            yield word
