"""Durations and counts that know where they stand: the checks say at which one a policy file is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas, written_duration
from ivrctl.lang.source import Node, Span


@dataclass(frozen=True, slots=True)
class Duration:
    """A duration with its unit."""

    length: timedelta
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``30s``."""
        return cls(binder.bind(timedelta, node), node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A duration."""
        return schemas.of(timedelta)

    def __str__(self) -> str:
        return written_duration(self.length)


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number."""

    number: int
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``3``."""
        return cls(binder.bind(int, node), node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A whole number."""
        return schemas.of(int)

    def __str__(self) -> str:
        return str(self.number)
