"""Entries: what a caller may key at a menu, a key or several, and which of them he has keyed.

An entry is written as the dialplan writes it: ``8``, ``8100``, ``_81XX``. Keys are taken one by one; only where a
longer entry may still come is the inter-digit time waited for. Where several fit, the exact one wins, then the
narrowest, as in Asterisk (``model.dial_pattern``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ivrctl.model.dial_pattern import DialPattern, best_match, is_narrower

KEYS = re.compile(r"[0-9*#]{1,32}\Z")
"""What can be keyed as one entry."""

MAX_KEYS = 32
"""Keys of one entry: a longer one is a mistake of the flow's author."""

END = "#"
"""Ends an entry to which more keys could be added, unless it is such a key itself."""


def fault_of(text: str) -> str | None:
    """Why a text cannot be an entry, in words; None when it can."""
    if KEYS.match(text):
        return None
    if not text.startswith("_"):
        return "is no key of a telephone"
    try:
        pattern = DialPattern.parse(text)
    except ValueError:
        return "is no pattern of keys"
    if pattern.has_open_end:
        return "has an open end, so that nobody knows when it has been keyed"
    return None if len(pattern.places) <= MAX_KEYS and "+" not in text else "cannot be keyed"


@dataclass(frozen=True, slots=True)
class Keyed:
    """What has been keyed so far, seen against the entries."""

    entry: str | None
    """The entry that it is; None when it is none, or none yet."""
    can_grow: bool
    """True when one more key can make a longer entry."""


def looked_up(entries: Iterable[str], keyed: str) -> Keyed:
    """What some keys are among the entries that are offered."""
    patterns, longest = _patterns(tuple(entries))
    can_grow = len(keyed) < longest and any(_is_beginning(keyed, pattern) for pattern in patterns.values())
    return Keyed(best_match(patterns, keyed), can_grow)


@lru_cache(maxsize=4096)
def _patterns(entries: tuple[str, ...]) -> tuple[Mapping[str, DialPattern], int]:
    """Read once for all callers who are offered the same; with the keys of the longest: of most menus, one."""
    patterns = {text: DialPattern.parse(text) for text in entries}
    return patterns, max((len(pattern.places) for pattern in patterns.values()), default=0)


def _is_beginning(keyed: str, pattern: DialPattern) -> bool:
    places = pattern.places
    fits = all(key in place for key, place in zip(keyed, places, strict=False))
    return len(keyed) < len(places) and fits


def is_hidden(entry: str, others: Iterable[str]) -> bool:
    """True when everything that is keyed for an entry is taken by the others: nobody ever chooses it."""
    stronger = tuple(other for other in others if is_narrower(other, entry) and _has_length_of(other, entry))
    return _is_covered(DialPattern.parse(entry).places, tuple(sorted({_places(other) for other in stronger}, key=str)))


def _has_length_of(one: str, other: str) -> bool:
    return len(_places(one)) == len(_places(other))


def _places(entry: str) -> tuple[frozenset[str], ...]:
    return DialPattern.parse(entry).places


@lru_cache(maxsize=4096)
def _is_covered(places: tuple[frozenset[str], ...], covers: tuple[tuple[frozenset[str], ...], ...]) -> bool:
    """Whether every run of keys that the places let through is let through by one of the covers, of the same length."""
    if not covers or not places:
        return bool(covers)
    first, rest = places[0], places[1:]
    taking = {tuple(cover[1:] for cover in covers if key in cover[0]) for key in first}
    return all(_is_covered(rest, each) for each in taking)
