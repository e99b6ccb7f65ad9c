"""How many digits a number has that callers key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas, form
from ivrctl.lang.source import Node, Span, Word

MAX_DIGITS = 32
"""The longest number that is asked for: longer ones are mistakes of the flow's author."""


@dataclass(frozen=True, slots=True)
class DigitCount:
    """How many digits a number has: ``11``, or ``6-12``."""

    least: int
    most: int
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a count or a range."""
        text = binder.bind(Word, node)
        match = re.fullmatch(r"([0-9]{1,2})(?:-([0-9]{1,2}))?", text)
        least = int(match[1]) if match else 0
        most = int(match[2] or match[1]) if match else 0
        if not 1 <= least <= most <= MAX_DIGITS:
            advice = f"such as 11, or 6-12; at most {MAX_DIGITS}"
            binder.refuse("IVR013", node.span, f'"{text}" is no count of digits', advice)
        return cls(least, most, node.span)

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A count or a range."""
        return form("[0-9]{1,2}(?:-[0-9]{1,2})?", "a count of digits, such as 11 or 6-12,", also=["integer"])
