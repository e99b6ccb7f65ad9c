"""Colours of a terminal; where nobody sees them, none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    """ANSI, as parameters of SGR."""

    GREEN = "32"
    YELLOW = "33"
    RED = "31"
    BOLD = "1"
    DIM = "2"


@dataclass(frozen=True, slots=True)
class Paint:
    """Paints, or does not."""

    is_coloured: bool = False

    def __call__(self, text: str, *colours: Colour) -> str:
        """The text in these colours."""
        if not self.is_coloured or not colours or not text:
            return text
        return f"\x1b[{';'.join(colours)}m{text}\x1b[0m"
