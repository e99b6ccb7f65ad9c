"""From shapes to schemas: which one a field's annotation stands for, and what is said of it.

Counterpart of ``shapes``, which has the readers of the same annotations.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from ivrctl.lang.marks import KeysBy, NameOf, Names
from ivrctl.lang.scalars import DAY, DURATION, NUMBER, WHOLE_NUMBER, Percentage
from ivrctl.lang.schema.forms import SCALAR, Schema, form, in_prose, offering, text, text_or_mapping, when, words
from ivrctl.lang.shapes import Field, fields_of
from ivrctl.lang.source import Node, ScalarNode, SequenceNode, Word

Said: TypeAlias = Callable[[type], Mapping[str, str]]
"""The docstrings below the attributes of a class, by the attributes' names."""

DRAFT = "http://json-schema.org/draft-07/schema#"


class Schemas:
    """Makes the schemas of shapes; those of classes stand once, under ``definitions``."""

    def __init__(self, said: Said, names: Names | None = None) -> None:
        """Start with no definitions.

        Args:
            said: where hover texts come from; the interpreter keeps no docstrings of attributes.
            names: what there is to be named; without it no names are offered.
        """
        self._said = said
        self._names: Names = names or {}
        self._definitions: dict[str, Schema] = {}
        self._classes: dict[str, type] = {}

    def document(self, shape: type, title: str) -> Schema:
        """The whole schema of a file.

        Raises:
            TypeError: a shape in it has no schema (a mistake in the program).
        """
        root = self.of(shape)
        definitions = dict(sorted(self._definitions.items()))
        return {"$schema": DRAFT, "title": title, "definitions": definitions, **root}

    def of(self, shape: Any) -> Schema:
        """The schema of a shape; a reference for what is defined once."""
        plain, marks = _without_marks(shape)
        schema = self._plain(plain)
        for mark in marks:
            if isinstance(mark, NameOf):
                schema = offering(schema, self.names(mark.kind))
        return schema

    def fields(self, cls: type, *, also: Mapping[str, Schema] | None = None, said_by: type | None = None) -> Schema:
        """A mapping whose keys are the fields of a dataclass.

        Args:
            cls: the dataclass.
            also: schemas of keys that somebody else reads, or that take another than their field's shape says.
            said_by: the class whose docstrings explain the fields, when it is another.
        """
        known = {key: due for key, due in fields_of(cls).items() if not due.is_span}
        said = self._said(said_by or cls)
        of_keys = {key: self._field(due, said.get(due.attribute)) for key, due in known.items()}
        schema: Schema = {"type": "object", "properties": {**of_keys, **(also or {})}, "additionalProperties": False}
        if required := [key for key, due in known.items() if due.is_required]:
            schema["required"] = required
        if by_names := [case for key, due in known.items() for case in self._by_names(key, due, known)]:
            schema["allOf"] = by_names
        return schema

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of a kind that there are."""
        return tuple(self._names.get(kind, {}))

    def part(self, kind: str, name: str, part: str) -> tuple[str, ...]:
        """The words that belong to what is named."""
        return self._names.get(kind, {}).get(name, {}).get(part, ())

    def short_or(self, shape: Any, whole: Schema) -> Schema:
        """A mapping, or a scalar as its short form.

        Args:
            shape: of the short form, which is a text.
            whole: the schema of the mapping.
        """
        offered = {"anyOf": self.of(shape)["anyOf"], "properties": whole["properties"]}
        return {**offered, "if": {"type": "object"}, "then": whole, "else": text_or_mapping()}

    def _field(self, due: Field, docstring: str | None) -> Schema:
        # As the keyword `default`, editors would write it into every mapping that they begin.
        default = _written_default(due.default)
        told = (docstring or "") + (f"\n\nWithout it: ``{default}``." if default is not None else "")
        return {**self.of(due.shape), **in_prose(told)}

    def _by_names(self, key: str, due: Field, known: Mapping[str, Field]) -> Iterable[Schema]:
        """The keys of a field that are those of what another field names."""
        _, marks = _without_marks(due.shape)
        for mark in marks:
            if not isinstance(mark, KeysBy):
                continue
            _, beside = _without_marks(known[mark.beside].shape)
            kind = next(other.kind for other in beside if isinstance(other, NameOf))
            for name in self.names(kind):
                keys = self._keys_of(due.shape, self.part(kind, name, mark.part))
                yield when({mark.beside: {"const": name}}, {key: keys})

    def _keys_of(self, shape: Any, keys: Iterable[str]) -> Schema:
        plain, _ = _without_marks(shape)
        value = self.of(typing.get_args(plain)[1])
        return {"properties": dict.fromkeys(keys, value)}

    def _plain(self, shape: Any) -> Schema:
        if shape in _SCALARS:
            return dict(_SCALARS[shape])
        if shape == Node or shape is Any:
            return {"type": ["array", "object", *SCALAR]}
        if isinstance(shape, type) and issubclass(shape, StrEnum):
            return words(str(word) for word in shape)
        if isinstance(shape, type) and (is_dataclass(shape) or hasattr(shape, "bind_node")):
            return self._defined(shape)
        return self._generic(shape)

    def _generic(self, shape: Any) -> Schema:
        origin, arguments = typing.get_origin(shape), typing.get_args(shape)
        if origin is Literal:
            return words(arguments)
        if origin is tuple:
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is Mapping:
            value = self.of(arguments[1])
            _, marks = _without_marks(arguments[0])
            known = [name for mark in marks if isinstance(mark, NameOf) for name in self.names(mark.kind)]
            offered = {"properties": dict.fromkeys(known, value)} if known else {}
            return {"type": "object", **offered, "additionalProperties": value}
        raise TypeError(f"{shape!r} has no schema")

    def _defined(self, cls: Any) -> Schema:
        """A reference to the schema of a class, which is made when it is first asked for."""
        name = f"{cls.__module__.rpartition('.')[2].strip('_')}.{cls.__name__.strip('_')}"
        if self._classes.setdefault(name, cls) is not cls:
            raise TypeError(f"two classes would be defined as {name}")
        if name not in self._definitions:
            self._definitions[name] = {}  # a class may hold itself
            schema = self._of_class(cls)
            if schema.keys().isdisjoint({"properties", "additionalProperties", "else"}):
                del self._definitions[name]
                return schema  # one value: what it means, the key says
            # What is no dataclass is the form of something that its key explains.
            told = {"title": _title(cls), **in_prose(cls.__doc__)} if is_dataclass(cls) else {}
            self._definitions[name] = {**told, **schema}
        return {"$ref": f"#/definitions/{name}"}

    def _of_class(self, cls: Any) -> Schema:
        if hasattr(cls, "json_schema"):
            schema: Schema = cls.json_schema(self)
            return schema
        if hasattr(cls, "bind_node"):
            raise TypeError(f"{cls.__name__} binds nodes itself, and does not say its schema")
        return self.fields(cls)


def _title(cls: type) -> str:
    """What editors call it: the word that it has in YAML, else its class's name in words."""
    word = getattr(cls, "name", None)
    return word if isinstance(word, str) else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__.strip("_")).lower()


def _without_marks(shape: Any) -> tuple[Any, tuple[Any, ...]]:
    """A shape without ``None`` and marks, and the marks; a mark that binds nodes itself is the shape."""
    if typing.get_origin(shape) is typing.Annotated:
        plain, *marks = typing.get_args(shape)
        own = next((mark for mark in marks if hasattr(mark, "bind_node")), None)
        inner, more = (own, ()) if own is not None else _without_marks(plain)
        return inner, (*more, *marks)
    if typing.get_origin(shape) in {types.UnionType, typing.Union}:
        rest = [part for part in typing.get_args(shape) if part is not type(None)]
        if len(rest) == 1:
            return _without_marks(rest[0])
    return shape, ()


def _written_default(default: object) -> str | None:
    """A default as it is written in YAML; None for one that is not written."""
    match default:
        case timedelta():
            return written_duration(default)
        case bool():
            return str(default).lower()
        case int():
            return str(default)
        case str() if default:
            return str(default)
        case _:
            return None


def written_duration(length: timedelta) -> str:
    """A duration as it is written in YAML."""
    seconds = length.total_seconds()
    units = (("d", 86400), ("h", 3600), ("m", 60)) if seconds else ()
    return next(
        (f"{seconds / size:g}{unit}" for unit, size in units if seconds % size == 0),
        f"{seconds:g}s",
    )


_SCALARS: Mapping[Any, Schema] = {
    str: text(),
    Word: text(),
    ScalarNode: text(),
    SequenceNode: {"type": "array"},
    bool: form("true|false", "true or false", also=("boolean",)),
    int: form(WHOLE_NUMBER, "a whole number", also=("integer",)),
    Decimal: form(NUMBER, "a number", also=("number",)),
    timedelta: form(DURATION, "a duration with its unit, such as 500ms, 3s, 10m, 2h or 1d,"),
    Percentage: form(NUMBER.pattern + "%", "a percentage such as 85%"),
    date: form(DAY, "a day such as 2026-02-14"),
}
