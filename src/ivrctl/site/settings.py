"""Settings: values of the site that flows read, so that one place changes what many flows do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.findings import shortened
from ivrctl.lang.scalars import UnreadableError, read_boolean, read_date, read_decimal, read_duration
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import MappingNode, Node, ScalarNode, Span, Word
from ivrctl.lang.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    SECRET,
    TEXT,
    Maybe,
    Type,
    conform,
)
from ivrctl.model.values import Value

_LITERALS = ((BOOLEAN, read_boolean), (NUMBER, read_decimal), (DURATION, read_duration), (DATE, read_date))
"""What a value without quotes can be, as in an expression."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, which flows read as ``settings.NAME``.

    In YAML a literal as in an expression, ``3``, ``60s``, ``true``, ``2026-02-14``, any other being text; or, for the
    other types, ``{type: queue, value: sales}``. In quotes it is always text.
    """

    type: Type
    value: Value
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``{type, value}``, or a literal."""
        if isinstance(node, MappingNode):
            written: _Written = binder.fields(_Written, node)
            return cls(written.type, _as(written, binder), written.value.span)
        text = binder.bind(Word, node)
        kind = _kind_of_literal(text) if isinstance(node, ScalarNode) and node.is_plain else TEXT
        return cls(kind, _conforming(text, kind, node.span, binder), node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A literal, or ``{type, value}``."""
        return schemas.short_or(str, schemas.fields(_Written))


@dataclass(frozen=True, slots=True)
class _Written:
    type: Type
    """What it is."""
    value: Word
    """As it is written elsewhere."""


def _kind_of_literal(text: str) -> Type:
    for kind, read in _LITERALS:
        try:
            read(text)
        except UnreadableError:
            continue
        return kind
    return TEXT


def _as(written: _Written, binder: Binder) -> Value:
    """The value in its type.

    Raises:
        Unbound: it is none; recorded as IVR213.
    """
    kind, span = written.type, written.value.span
    if kind == SECRET:
        advice = "let a lookup or a verify give it"
        binder.refuse("IVR203", span, "a secret has no place in the site file", advice, hides_line=True)
    if kind == DATETIME or isinstance(kind, Maybe):
        message = f"a setting cannot be {kind}"
        advice = "write a date" if kind == DATETIME else "a setting always has a value: write the type without ?"
        binder.refuse("IVR213", span, message, advice)
    return _conforming(written.value, kind, span, binder)


def _conforming(text: str, kind: Type, span: Span, binder: Binder) -> Value:
    try:
        return conform(str(text), kind)
    except ValueError as error:
        binder.refuse("IVR213", span, f'"{shortened(text)}" is no value of the type {kind}', str(error))
