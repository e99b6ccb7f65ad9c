"""What becomes of what a flow submits, and what it is expected to submit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.marks import KeysBy, NameOf
from ivrctl.lang.schema import Schema, Schemas, words
from ivrctl.lang.source import MappingNode, Node, ScalarNode, Span, Word

FAILED = "failed"
_ADVICE = "write failed, or {after: 5s} for how long it takes; one that is not named is taken at once"


@dataclass(frozen=True, slots=True)
class GivenSubmission:
    """One submission: ``failed``, or how long it takes."""

    after: timedelta = timedelta(0)
    is_taken: bool = True

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a word, or a mapping with ``after``."""
        match node:
            case ScalarNode(text="failed"):
                return cls(is_taken=False)
            case MappingNode():
                return cls(binder.fields(_Delay, node).after)
            case _:
                return binder.refuse("IVR317", node.span, "this is nothing that becomes of a submission", _ADVICE)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A word, or how long it takes."""
        delay = schemas.fields(_Delay)
        offered = {"anyOf": [words([FAILED]), {}], "properties": delay["properties"]}
        return {**offered, "if": {"type": "object"}, "then": delay, "else": words([FAILED])}


@dataclass(frozen=True, slots=True)
class _Delay:
    after: timedelta
    """How long it takes to be kept."""


TAKEN = GivenSubmission()
"""What becomes of a submission that ``given`` does not name."""


@dataclass(frozen=True, slots=True)
class ExpectedSubmission:
    """One thing that the call hands over."""

    to: Annotated[Word, NameOf("submissions")]
    """The submission."""
    span: Span
    with_: Annotated[Mapping[Word, Word], KeysBy("to", "params")] = field(default_factory=dict)
    """Parameters by name, with their values as they are written; those that are not named are not looked at."""
