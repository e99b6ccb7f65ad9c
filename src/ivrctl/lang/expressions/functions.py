"""The functions that expressions can call: a fixed table, kept tiny."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ivrctl.lang.types.kinds import BOOLEAN, NUMBER, TEXT, Type
from ivrctl.model.values import Value


@dataclass(frozen=True, slots=True)
class Function:
    """One function: what it takes, what it gives, and how."""

    parameters: tuple[Type, ...]
    result: Type
    apply: Callable[..., Value]


def _starts_with(text: Any, prefix: Any) -> bool:
    return bool(text.startswith(prefix))


def _ends_with(text: Any, suffix: Any) -> bool:
    return bool(text.endswith(suffix))


def _length(text: Any) -> Decimal:
    return Decimal(len(text))


FUNCTIONS: Mapping[str, Function] = {
    "starts_with": Function((TEXT, TEXT), BOOLEAN, _starts_with),
    "ends_with": Function((TEXT, TEXT), BOOLEAN, _ends_with),
    "length": Function((TEXT,), NUMBER, _length),
}
"""``starts_with(text, prefix)``, ``ends_with(text, suffix)``, ``length(text)`` in characters."""
