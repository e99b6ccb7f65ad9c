"""Text said character by character, as people read out a phone number or an order number.

Counterpart of ``Tongue.symbols``, which holds the names of the characters in one language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate, groupby
from types import MappingProxyType

from ivrctl.speech.piece import DIGIT_PAUSE, GROUP_PAUSE, Pause

GROUPS: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {6: (3, 3), 7: (3, 4), 8: (4, 4), 10: (3, 3, 4), 11: (3, 4, 4)}
)
"""How a run of digits is grouped by its length: 138 0013 8000 for a Chinese mobile number.

Runs of up to five are said in one go (10010); other lengths in fours."""

UNGROUPED = 5
SEPARATORS = frozenset(" -–—_./()（）·\t\r\n")
"""Characters that only group: each run of them is a longer pause."""


def spell(text: str, symbols: Mapping[str, str]) -> Iterator[str | Pause]:
    """Give the names of the characters with pauses between; a run of others (such as 沪) comes as it is.

    A text without separators is grouped by its length; one with separators keeps the groups its writer gave it.
    """
    parts = "".join(" " if character in SEPARATORS else character for character in text).split()
    if len(parts) == 1 and parts[0].isascii() and parts[0].isdigit():
        parts = list(_groups(parts[0]))
    for number, part in enumerate(parts):
        if number:
            yield GROUP_PAUSE
        yield from _characters(part, symbols)


def _groups(run: str) -> Iterator[str]:
    if len(run) <= UNGROUPED:
        yield run
        return
    sizes = GROUPS.get(len(run)) or (4,) * -(-len(run) // 4)
    start = 0
    for end in accumulate(sizes):
        yield run[start:end]
        start = end


def _characters(part: str, symbols: Mapping[str, str]) -> Iterator[str | Pause]:
    """Named characters one by one, a run of others in one go."""
    is_first = True
    for is_named, run in groupby(part.upper(), symbols.__contains__):
        for word in (symbols[character] for character in run) if is_named else ("".join(run),):
            if not is_first:
                yield DIGIT_PAUSE
            is_first = False
            yield word
