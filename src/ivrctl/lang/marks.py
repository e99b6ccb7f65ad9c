"""What a field's annotation says of it beyond its shape: that a word is the name of something.

The binder reads the shape and passes over the marks; ``schema`` makes of them what editors offer. Which names there are
is not known here: ``Names``, which whoever knows a site fills.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Names: TypeAlias = Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
"""What there is, by kind and name, each with the words that belong to it: ``{"flows": {"rate": {"outcomes": …}}}``."""


@dataclass(frozen=True, slots=True)
class NameOf:
    """The word is the name of one of these: ``query: Annotated[Word, NameOf("lookups")]``."""

    kind: str
    """Such as ``lookups``, ``steps``, ``queues``."""


@dataclass(frozen=True, slots=True)
class KeysBy:
    """The keys of the mapping are those of what a field beside it names: ``KeysBy("query", "params")``."""

    beside: str
    """The YAML key of the field that holds the name, which is marked ``NameOf``."""
    part: str
    """Of the words that belong to what is named, those that are the keys here."""
