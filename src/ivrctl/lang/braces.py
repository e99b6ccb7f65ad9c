"""The syntax of texts with values in braces, such as ``You owe {balance.amount:money}``.

``{{`` and ``}}`` are braces themselves. Inside braces stand a name and perhaps a format, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.lang.indexed import NAME, path_of, written
from ivrctl.lang.names import Path


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name in braces, to be replaced by its value."""

    path: Path
    format: str | None
    """The format that was written, or None."""
    start: int
    """The offset of the opening brace in the text."""
    end: int

    @property
    def name(self) -> str:
        """The name with its fields, dotted."""
        return written(self.path)


@dataclass(frozen=True, slots=True)
class BraceFault:
    """Why a brace cannot be read, and the stretch of text that it is about."""

    message: str
    advice: str | None
    start: int
    end: int


Piece: TypeAlias = str | Placeholder | BraceFault

_PIECE = re.compile(r"(?P<words>[^{}]+)|(?P<brace>\{\{|\}\})|\{(?P<inner>[^{}]*)\}|(?P<stray>[{}])")
_INNER = re.compile(rf"(?P<name>{NAME})(?::(?P<format>[A-Za-z_]+))?")


def split(text: str) -> Iterator[Piece]:
    """The pieces of a text in order; neighbouring words are one piece, faults stand where they are."""
    words = ""
    for match in _PIECE.finditer(text):
        if match["words"] or match["brace"]:
            words += match["words"] or match["brace"][0]
            continue
        if words:
            yield words
            words = ""
        yield _stray(match) if match["stray"] else _placeholder(match)
    if words:
        yield words


def _stray(match: re.Match[str]) -> BraceFault:
    brace = match["stray"]
    message = "the brace that opens here is never closed" if brace == "{" else "this brace closes nothing"
    return BraceFault(message, f"write {brace * 2} for a brace that is heard", match.start(), match.end())


def _placeholder(match: re.Match[str]) -> Placeholder | BraceFault:
    inner = _INNER.fullmatch(match["inner"])
    if inner:
        return Placeholder(path_of(inner["name"]), inner["format"], match.start(), match.end())
    stripped = match["inner"].replace(" ", "")
    if not stripped:
        message, advice = "the braces are empty", "write a name in them, or {{}} for braces that are heard"
    elif _INNER.fullmatch(stripped):
        message, advice = "no spaces stand inside braces", f"write {{{stripped}}}"
    else:
        message, advice = "only a name and a format can stand in braces", "compute it in the query"
    return BraceFault(message, advice, match.start(), match.end())
