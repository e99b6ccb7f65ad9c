"""Which reader serves a shape: the table behind ``Binder``.

Shapes are taken apart once and their readers kept, so that binding a file costs no reflection. Counterpart of
``binder``, which holds the findings and the rules about keys.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias

from ivrctl.lang.findings import MAX_QUOTED, did_you_mean, shortened
from ivrctl.lang.scalars import (
    Percentage,
    UnreadableError,
    read_boolean,
    read_date,
    read_decimal,
    read_duration,
    read_percentage,
    read_whole_number,
)
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode, Span, Word

if TYPE_CHECKING:
    from ivrctl.lang.binder import Binder

Reader: TypeAlias = "Callable[[Binder, Node], Any]"


class Unbound(Exception):  # noqa: N818 - a signal between binder methods whose finding has been recorded, not an error
    """A node does not fit its shape; raised after the reason has been recorded as a finding."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a dataclass, as the binder sees it."""

    attribute: str
    read: Reader
    is_required: bool
    is_span: bool
    """True for the field ``span``, which no key stands for."""
    shape: Any
    """The annotation, with its marks."""
    default: Any = None
    """What it is where the key is not written; None for a key that is required or has no plain default."""


@cache
def fields_of(cls: type) -> Mapping[str, Field]:
    """The fields of a dataclass by YAML key: the field's name without a trailing underscore, or ``metadata["key"]``.

    Raises:
        TypeError: not a dataclass, or an annotation that cannot be resolved or bound.
    """
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is no dataclass")
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        message = f"{cls.__name__}: {error}; what a bound dataclass is annotated with must be imported at run time"
        raise TypeError(message) from error
    return {_key_of(field): _field(field, hints[field.name]) for field in dataclasses.fields(cls) if field.init}


def _key_of(field: dataclasses.Field[Any]) -> str:
    return str(field.metadata.get("key", field.name.removesuffix("_")))


def _field(field: dataclasses.Field[Any], shape: Any) -> Field:
    is_span = field.name == "span" and shape is Span
    has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    read = _refuse_span if is_span else _late_reader(shape)
    default = None if field.default is dataclasses.MISSING else field.default
    return Field(field.name, read, not has_default and not is_span, is_span, shape, default)


def _late_reader(shape: Any) -> Reader:
    """A reader that is looked up when first used: a dataclass may hold itself."""

    def reader(binder: Binder, node: Node) -> Any:
        return reader_of(shape)(binder, node)

    return reader


def _refuse_span(_binder: Binder, _node: Node) -> NoReturn:
    raise TypeError("no key stands for a span")


@cache
def reader_of(shape: Any) -> Reader:
    """The reader of a shape; the node it is given is not null.

    Raises:
        TypeError: the shape cannot be bound.
    """
    plain = _without_none(shape)
    if plain == Node or plain is Any:
        return _read_raw
    if plain in _SCALARS:
        return _SCALARS[plain]
    if isinstance(plain, type) and hasattr(plain, "bind_node"):
        return _own_reader(plain)
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return _word_reader(plain, tuple(plain))
    if isinstance(plain, type) and dataclasses.is_dataclass(plain):
        return _dataclass_reader(plain)
    return _generic_reader(plain)


def kind_of(node: Node) -> str:
    """What a node is, for a message."""
    match node:
        case ScalarNode():
            return f'the text "{shortened(node.text)}"'
        case SequenceNode():
            return "a list"
        case MappingNode():
            return "a mapping"


def is_null(node: Node) -> bool:
    """True for a value that was left empty or says null."""
    return isinstance(node, ScalarNode) and node.is_null


def _without_none(shape: Any) -> Any:
    """``X`` for ``X | None``: null is never allowed, so None is only a default.

    ``Annotated[X, Shape]`` is read by ``Shape`` when that binds nodes itself, so that a union can be a field's type.
    """
    if typing.get_origin(shape) is typing.Annotated:
        plain, *notes = typing.get_args(shape)
        return next((note for note in notes if hasattr(note, "bind_node")), None) or _without_none(plain)
    if typing.get_origin(shape) not in {types.UnionType, typing.Union}:
        return shape
    rest = tuple(part for part in typing.get_args(shape) if part is not type(None))
    return _without_none(rest[0]) if len(rest) == 1 else typing.Union[rest]  # noqa: UP007 - a union made at run time


def _read_raw(_binder: Binder, node: Node) -> Node:
    return node


def _read_word(binder: Binder, node: Node) -> Word:
    return Word.at(_text(binder, node, "a text"), node.span)


def _text(binder: Binder, node: Node, due: str) -> str:
    """The text of a scalar, or a refusal that says what is due."""
    if not isinstance(node, ScalarNode):
        if isinstance(node, MappingNode) and node.is_flow and binder.has_empty_parts(node):
            raise Unbound  # `{name}` without quotes: that has been explained
        advice = "write one value, without brackets" if isinstance(node, SequenceNode) else None
        binder.refuse("IVR012", node.span, f"{due} is due here, not {kind_of(node)}", advice)
    return node.text


def _scalar_reader(due: str, read: Callable[[str], Any]) -> Reader:
    """A reader of scalars that `scalars` can read."""

    def reader(binder: Binder, node: Node) -> Any:
        text = _text(binder, node, due)
        try:
            return read(text)
        except UnreadableError as error:
            binder.refuse("IVR013", node.span, str(error), error.advice)

    return reader


def _raw_reader(kind: type, due: str) -> Reader:
    """A reader for one kind of raw node."""

    def reader(binder: Binder, node: Node) -> Any:
        if not isinstance(node, kind):
            binder.refuse("IVR012", node.span, f"{due} is due here, not {kind_of(node)}")
        return node

    return reader


_SCALARS: Mapping[Any, Reader] = {
    str: _read_word,
    Word: _read_word,
    bool: _scalar_reader("true or false", read_boolean),
    int: _scalar_reader("a whole number", read_whole_number),
    Decimal: _scalar_reader("a number", read_decimal),
    timedelta: _scalar_reader("a duration", read_duration),
    Percentage: _scalar_reader("a percentage", read_percentage),
    date: _scalar_reader("a date", read_date),
    ScalarNode: _raw_reader(ScalarNode, "a text"),
    SequenceNode: _raw_reader(SequenceNode, "a list"),
    MappingNode: _raw_reader(MappingNode, "a mapping"),
}


def _own_reader(cls: Any) -> Reader:
    """A reader for a class that decides for itself; nulls among its direct parts are recorded for it."""

    def reader(binder: Binder, node: Node) -> Any:
        has_empty_parts = binder.has_empty_parts(node)
        if has_empty_parts and isinstance(node, MappingNode) and all(is_null(value) for _, value in node.entries):
            raise Unbound  # nothing is left to bind, and the class would complain of the shape besides
        bound = cls.bind_node(node, binder)
        if has_empty_parts:
            raise Unbound
        return bound

    return reader


def _dataclass_reader(cls: type) -> Reader:
    def reader(binder: Binder, node: Node) -> Any:
        if not isinstance(node, MappingNode):
            keys = ", ".join(key for key, due in fields_of(cls).items() if not due.is_span)
            binder.refuse("IVR012", node.span, f"a mapping is due here, not {kind_of(node)}", f"its keys are {keys}")
        return binder.fields(cls, node)

    return reader


def _word_reader(make: Callable[[str], Any], words: Iterable[str]) -> Reader:
    """A reader for one of some words."""
    known = {str(word): word for word in words}

    def reader(binder: Binder, node: Node) -> Any:
        text = _text(binder, node, "one word")
        if text not in known:
            message = f'"{shortened(text)}" is not one of the words that can stand here'
            binder.refuse("IVR012", node.span, message, did_you_mean(text, known))
        return make(known[text])

    return reader


def _generic_reader(shape: Any) -> Reader:
    origin, arguments = typing.get_origin(shape), typing.get_args(shape)
    if origin is Literal:
        return _word_reader(str, arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is ...:  # noqa: PLR2004 - `tuple[X, ...]` has two
        return _tuple_reader(reader_of(arguments[0]))
    if origin is Mapping:
        return _mapping_reader(reader_of(arguments[0]), reader_of(arguments[1]))
    raise TypeError(f"{shape!r} is no shape that YAML can be bound to")


def _tuple_reader(read: Reader) -> Reader:
    def reader(binder: Binder, node: Node) -> Any:
        if not isinstance(node, SequenceNode):
            advice = f"write [{node.text}]" if isinstance(node, ScalarNode) and len(node.text) <= MAX_QUOTED else None
            binder.refuse("IVR012", node.span, f"a list is due here, not {kind_of(node)}", advice)
        is_sound = not binder.has_empty_parts(node)
        items = []
        for item in node.items:
            if is_null(item):
                continue
            try:
                items.append(read(binder, item))
            except Unbound:
                is_sound = False
        if not is_sound:
            raise Unbound
        return tuple(items)

    return reader


def _mapping_reader(read_key: Reader, read_value: Reader) -> Reader:
    def reader(binder: Binder, node: Node) -> Any:
        if not isinstance(node, MappingNode):
            binder.refuse("IVR012", node.span, f"a mapping is due here, not {kind_of(node)}")
        is_sound = True
        bound: dict[Any, Any] = {}
        for key, value in binder.entries(node):
            try:
                bound[read_key(binder, key)] = read_value(binder, value)
            except Unbound:
                is_sound = False
        if not is_sound or binder.has_empty_parts(node):
            raise Unbound
        return bound

    return reader
