"""What the fields of an action hold: its expressions and its templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from ivrctl.flow.action import Action
from ivrctl.lang.expressions import Expression, Path
from ivrctl.lang.source import Span
from ivrctl.lang.templates import Template
from ivrctl.model.values import Scalar
from ivrctl.site.text import Text


def expressions_in(part: object) -> Iterator[Expression]:
    """The expressions in an action's kind, such as the guards of a menu's choices."""
    return (found for found in _parts_of(part) if isinstance(found, Expression))


def names_in(action: Action) -> frozenset[Path]:
    """Every name that an action reads."""
    parts = [*_parts_of(action.kind), *([action.when] if action.when is not None else [])]
    read = (found.names() for found in parts if isinstance(found, Expression | Template))
    return frozenset(path for paths in read for path in paths)


def names_deciding(kind: object) -> frozenset[Path]:
    """The names that decide what an action does; those that it only says are not among them."""
    parts = _parts_of(kind, without=Text)
    return frozenset(path for part in parts if isinstance(part, Expression | Template) for path in part.names())


def literals_in(action: Action) -> frozenset[Scalar]:
    """Every value that stands in an action's expressions."""
    found = [*expressions_in(action.kind), *([action.when] if action.when is not None else [])]
    return frozenset(value for expression in found for value in expression.literals())


def _parts_of(part: object, *, without: type | tuple[()] = ()) -> Iterator[object]:
    """A value and all that it holds, from the outside in; of an expression or a template nothing inside."""
    match part:
        case _ if isinstance(part, without):
            return
        case Expression() | Template():
            yield part
        case Span() | str():
            return
        case Mapping():
            for value in part.values():
                yield from _parts_of(value, without=without)
        case tuple():
            for item in part:
                yield from _parts_of(item, without=without)
        case _ if is_dataclass(part):
            for field in fields(part):
                yield from _parts_of(getattr(part, field.name), without=without)
        case _:
            return
