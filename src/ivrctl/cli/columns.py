"""Rows of text with their columns below each other; a Chinese character takes the place of two others."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

GAP = "  "


def table(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """Lines, each with its end.

    Args:
        rows: all as long as the first.
        right: the columns whose cells stand at the right, as numbers do.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        GAP.join(
            aligned(cell, wide, is_right=number in right)
            for number, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        + "\n"
        for row in rows
    ]


def aligned(cell: str, wide: int, *, is_right: bool = False) -> str:
    """A cell as wide as that, at least."""
    blank = " " * (wide - width(cell))
    return blank + cell if is_right else cell + blank


def cut(text: str, wide: int) -> str:
    """As much of a text as has its place, with an ellipsis where something is missing."""
    if width(text) <= wide:
        return text
    kept = ""
    for mark in text:
        if width(kept + mark) >= wide:
            break
        kept += mark
    return f"{kept}…"[:wide] if wide > 0 else ""


def width(text: str) -> int:
    """Places of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
