"""What the fields of an action hold: its expressions and its templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from ivrctl.flow.action import Action
from ivrctl.lang.expressions import Expression, Path
from ivrctl.lang.source import Span
from ivrctl.lang.templates import Template


def expressions_in(part: object) -> Iterator[Expression]:
    """The expressions in an action's kind, such as the guards of a menu's choices."""
    return (found for found in _parts_of(part) if isinstance(found, Expression))


def names_in(action: Action) -> frozenset[Path]:
    """Every name that an action reads."""
    parts = [*_parts_of(action.kind), *([action.when] if action.when is not None else [])]
    read = (found.names() for found in parts if isinstance(found, Expression | Template))
    return frozenset(path for paths in read for path in paths)


def _parts_of(part: object) -> Iterator[object]:
    """A value and all that it holds, from the outside in; of an expression or a template nothing inside."""
    match part:
        case Expression() | Template():
            yield part
        case Span() | str():
            return
        case Mapping():
            for value in part.values():
                yield from _parts_of(value)
        case tuple():
            for item in part:
                yield from _parts_of(item)
        case _ if is_dataclass(part):
            for field in fields(part):
                yield from _parts_of(getattr(part, field.name))
        case _:
            return
