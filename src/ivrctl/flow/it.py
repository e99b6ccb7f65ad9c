"""``it``: what an action has in its hands, in the expressions and texts that speak of it.

The number that ``collect`` checks and reads back, the row of which ``menu`` makes a choice. A name like any other, but
only there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ivrctl.flow.scope import FlowCheck
from ivrctl.lang.expressions import Names, RecordScope, Scope
from ivrctl.lang.types import Type
from ivrctl.model.values import Value

IT = "it"
"""The name."""


@dataclass(frozen=True, slots=True)
class ItScope:
    """The names of a place, and ``it``."""

    wider: Scope
    kind: Type

    def type_of(self, path: tuple[str, ...]) -> Type | None:
        """The type of a name."""
        return self._own.type_of(path) if path[0] == IT else self.wider.type_of(path)

    def is_settled(self, path: tuple[str, ...]) -> bool:
        """Of ``it`` nothing is."""
        return path[0] != IT and self.wider.is_settled(path)

    def candidates(self, path: tuple[str, ...]) -> Iterable[str]:
        """``it`` and its fields, then the others; behind ``it.`` only its fields."""
        yield from self._own.candidates(path)
        if path[0] != IT:
            yield from self.wider.candidates(path)

    @property
    def _own(self) -> RecordScope:
        return RecordScope({IT: self.kind})


@dataclass(frozen=True, slots=True)
class ItNames:
    """The values of a call, and ``it``."""

    wider: Names
    value: Value

    def value_of(self, path: tuple[str, ...]) -> Value:
        """The value of a name; a field of none is none."""
        if path[0] != IT:
            return self.wider.value_of(path)
        value = self.value
        for name in path[1:]:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


def speaking_of(check: FlowCheck, kind: Type) -> FlowCheck:
    """The same questions where ``it`` is a value of a type."""
    return replace(check, scope=ItScope(check.scope, kind))
