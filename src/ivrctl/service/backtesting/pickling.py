"""What the processes of a trial hand to each other: mappings that nobody can write to are none that pickle knows."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


def take_read_only_mappings() -> None:
    """Have this process write them as the mapping inside; another one makes them anew."""
    copyreg.pickle(MappingProxyType, _written)


def _written(proxy: MappingProxyType[Any, Any]) -> tuple[Any, tuple[dict[Any, Any]]]:
    return _made, (dict(proxy),)


def _made(mapping: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(mapping)
