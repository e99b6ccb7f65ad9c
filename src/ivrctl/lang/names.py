"""What a name means: its type while a flow is checked, its value while a call runs.

Counterpart of ``expressions`` and ``templates``, which ask. Whoever compiles flows provides the scope; a record of
types and a mapping of values serve where names are plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from ivrctl.lang.types.kinds import Maybe, Record, Type
from ivrctl.model.values import Value

Path: TypeAlias = tuple[str, ...]
"""A dotted name, taken apart: ``balance.overdue`` is ``("balance", "overdue")``."""


class Scope(Protocol):
    """The names that can be used at one place of a flow, with their types."""

    def type_of(self, path: Path) -> Type | None:
        """The type of a name, or None when there is no such name."""

    def is_settled(self, path: Path) -> bool:
        """True for a name that is not none here because of what came before: to ask again is idle, but no mistake."""

    def candidates(self, path: Path) -> Iterable[str]:
        """Names, dotted, that an unknown one may have meant."""


class Names(Protocol):
    """The values of one call."""

    def value_of(self, path: Path) -> Value:
        """The value of a name that was checked.

        Raises:
            KeyError: there is no such name; never for a name that its scope knows.
        """


@dataclass(frozen=True, slots=True)
class RecordScope:
    """A scope of plain names with types; fields of records are reached by dots."""

    types: Mapping[str, Type]

    def type_of(self, path: Path) -> Type | None:
        """The type of a name or of a field; a field of a row that may be none may be none itself."""
        kind = self.types.get(path[0])
        return kind and field_type(kind, path[1:])

    def is_settled(self, path: Path) -> bool:
        """Nothing came before."""
        del path
        return False

    def candidates(self, path: Path) -> Iterable[str]:
        """The fields of the name that the path begins with; every name and field when there is none."""
        near = {path[0]: self.types[path[0]]} if path[0] in self.types else self.types
        for name, kind in near.items():
            yield from _dotted(name, kind)


def field_type(kind: Type, path: Path) -> Type | None:
    """The type that a path of fields leads to, or None when a field is missing on the way."""
    may_be_none = False
    for name in path:
        if isinstance(kind, Maybe):
            may_be_none, kind = True, kind.of
        if not isinstance(kind, Record) or name not in kind.fields:
            return None
        kind = kind.fields[name]
    return Maybe(kind) if may_be_none and not isinstance(kind, Maybe) else kind


def _dotted(name: str, kind: Type) -> Iterator[str]:
    yield name
    inner = kind.of if isinstance(kind, Maybe) else kind
    if isinstance(inner, Record):
        for field, field_kind in inner.fields.items():
            yield from _dotted(f"{name}.{field}", field_kind)


@dataclass(frozen=True, slots=True)
class MappingNames:
    """Values in a mapping; fields of rows are reached by dots, and a field of none is none."""

    values: Mapping[str, Value]

    def value_of(self, path: Path) -> Value:
        """The value of a name.

        Raises:
            KeyError: there is no such name or field.
        """
        value = self.values[path[0]]
        for name in path[1:]:
            if value is None:
                return None
            value = cast("Mapping[str, Value]", value)[name]
        return value


def narrow(scope: Scope, paths: Iterable[Path], *, is_settled: bool = False) -> Scope:
    """The scope where those names are known not to be none; by what came before, where that ``is_settled``."""
    # A field that is not none proves that the row it was reached through is none neither.
    proven = frozenset(path[:length] for path in paths for length in range(1, len(path) + 1))
    return _Narrowed(scope, proven, is_settled) if proven else scope


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """A scope in which some names have lost their ``?``."""

    wider: Scope
    proven: frozenset[Path]
    settles: bool

    def type_of(self, path: Path) -> Type | None:
        """The type of a name, without the ``?`` that a guard has ruled out."""
        kind = self._through_proven_row(path) or self.wider.type_of(path)
        return kind.of if isinstance(kind, Maybe) and path in self.proven else kind

    def is_settled(self, path: Path) -> bool:
        """True where this scope settles it, or the wider one does."""
        return (self.settles and path in self.proven) or self.wider.is_settled(path)

    def candidates(self, path: Path) -> Iterable[str]:
        """The candidates of the wider scope."""
        return self.wider.candidates(path)

    def _through_proven_row(self, path: Path) -> Type | None:
        """The type of a field of a row that is proven to be there: only its own ``?`` remains."""
        for length in range(len(path) - 1, 0, -1):
            row = self.wider.type_of(path[:length]) if path[:length] in self.proven else None
            if isinstance(row, Maybe):
                return field_type(row.of, path[length:])
        return None
