"""Where something stands: spans, and the located YAML tree.

Counterpart of ``loader``, which builds the tree, and of ``binder``, which reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a source file. Lines and columns count from 1 in characters; the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """``path:line:column``, as compilers write it and editors jump to it."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar as written: ``0042`` stays ``0042``. Null is a plain scalar whose text is empty, ``~`` or ``null``."""

    text: str
    is_plain: bool
    """True when it stood without quotes and is no block scalar."""
    span: Span

    @property
    def is_null(self) -> bool:
        """True for a field that was left empty or says ``null`` or ``~``."""
        return self.is_plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping; keys are scalars, in the order written and without duplicates (the loader saw to both)."""

    entries: tuple[tuple[ScalarNode, Node], ...]
    span: Span
    is_flow: bool = False
    """True when it was written on one line in braces, where a comma ends a text."""

    def get(self, key: str) -> Node | None:
        """The value under a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


class Word(str):
    """A name or other short text that remembers where it stands; equal to, and hashed as, its text."""

    __slots__ = ("span",)
    span: Span

    @staticmethod
    def at(text: str, span: Span) -> Word:
        """Make a word that stands at a span."""
        word = Word(text)
        word.span = span
        return word
