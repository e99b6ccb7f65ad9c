"""The pieces that schemas are made of: a text, a form of one, some words, what holds when a key is there.

Plain JSON, in what draft-07 and the language servers of editors share. Counterpart of ``making``, which knows shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
"""A schema that is an object; where a key is refused, ``False`` is one too."""

SCALAR = ("string", "number", "boolean")
"""What a text can be for an editor; never null, which is an empty field."""


def text() -> Schema:
    """Any scalar.

    Said by what it is not: wherever the type boolean is named, editors offer true and false. The idle ``anyOf`` has
    them begin the value behind the key.
    """
    return {"anyOf": [{}], **_unless(("array", "null", "object"), "a text is due here")}


def text_or_mapping() -> Schema:
    """Any scalar, or a mapping."""
    return _unless(("array", "null"), "a text or a mapping is due here")


def _unless(wrong: Iterable[str], message: str) -> Schema:
    return {"if": {"type": list(wrong)}, "then": {"type": "string", "errorMessage": message}}


def form(pattern: re.Pattern[str] | str, due: str, *, also: Iterable[str] = ()) -> Schema:
    """A text of one form.

    Args:
        pattern: of the whole text, in what Python's and JavaScript's patterns share.
        due: what is due, for the message: ``a duration with its unit, such as 3s``.
        also: JSON types that are right as they are, such as ``integer``.
    """
    source = pattern if isinstance(pattern, str) else pattern.pattern
    message = f"{due} is due here"
    return {
        "type": [*also, "string"],
        "pattern": f"^(?:{source})$",
        "patternErrorMessage": message,
        "errorMessage": message,
    }


def words(known: Iterable[str]) -> Schema:
    """One of some words, and no other."""
    return {"enum": list(known)}


def in_prose(docstring: str | None) -> Schema:
    """A docstring as hover text: plain, and as Markdown where it has code in it."""
    said = "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", (docstring or "").strip()))
    if not said:
        return {}
    if "``" not in said:
        return {"description": said}
    return {"description": said.replace("``", ""), "markdownDescription": said.replace("``", "`")}


def offering(schema: Schema, names: Iterable[str]) -> Schema:
    """A schema that offers some words and refuses no other."""
    offered = list(names)
    return {**schema, "anyOf": [words(offered), {}]} if offered else schema


def when(holds: Mapping[str, Schema], then: Mapping[str, Schema | bool], *, required: Iterable[str] = ()) -> Schema:
    """What holds of the keys of a mapping when others are there.

    Args:
        holds: keys that must be there, and what they must be.
        then: schemas of keys; ``False`` for one that cannot be there.
        required: keys that must be there then.
    """
    condition: Schema = {"type": "object", "required": list(holds)}
    # Editors would offer the keys of a condition once more.
    if told := {key: {**schema, "doNotSuggest": True} for key, schema in holds.items() if schema}:
        condition["properties"] = told
    consequence: Schema = {"properties": dict(then)}
    if needed := list(required):
        consequence["required"] = needed
    return {"if": condition, "then": consequence}
