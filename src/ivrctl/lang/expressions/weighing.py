"""What an expression can come out as, given what its names can be.

Names of few values (an enumeration, true and false, and whether a value is none) are tried in every combination; a
comparison that depends on more, such as ``visits > 3``, counts as one that can come out both ways, but the same way
wherever it stands again in the same expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from ivrctl.lang.expressions.tree import Call, Compare, Junction, Literal, Name, Not, Tree
from ivrctl.lang.names import Path, RecordScope, Scope
from ivrctl.lang.types.kinds import BOOLEAN, Enumeration, Maybe, Type
from ivrctl.model.values import Scalar

MAX_COMBINATIONS = 2048
"""More are not tried: then every outcome counts as possible. A guard is weighed once for each way that leads to it."""

THERE = "\0there"
"""Stands for any value that is not none, of a type with too many values to try."""

Domain: TypeAlias = frozenset[Scalar]
Domains: TypeAlias = Mapping[Path, Domain]
"""What names can be; of a name that is missing all that its type allows is possible."""
_Variable: TypeAlias = "Path | str"
"""A name, or the text of a comparison that is not looked into."""
_World: TypeAlias = Mapping[_Variable, Scalar]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The outcomes of an expression, and what its names can be behind each."""

    outcomes: frozenset[bool]
    behind: Mapping[bool, Domains]


def weigh(tree: Tree, text: str, scope: Scope, known: Domains) -> Weighed:
    """Weigh a checked expression that is true or false.

    Args:
        tree: the expression.
        text: its text, by which equal comparisons are recognised.
        scope: the types of its names.
        known: what its names can be here.
    """
    weighing = _Weighing(text, scope, known)
    domains = dict(weighing.variables(tree))
    count = 1
    for domain in domains.values():
        count *= len(domain)
    if count > MAX_COMBINATIONS:
        return Weighed(frozenset({True, False}), {})
    return _weighed(tree, text, tuple(domains.items()))


@lru_cache(maxsize=2048)
def _weighed(tree: Tree, text: str, domains: tuple[tuple[_Variable, Domain], ...]) -> Weighed:
    """Try every combination; the same guard is met again on each way that leads to it."""
    weighing = _Weighing(text, RecordScope({}), {path: domain for path, domain in domains if isinstance(path, tuple)})
    variables = [variable for variable, _ in domains]
    behind: dict[bool, list[dict[_Variable, Scalar]]] = {True: [], False: []}
    for values in product(*(domain for _, domain in domains)):
        world = dict(zip(variables, values, strict=True))
        behind[weighing.outcome(tree, world)].append(world)
    paths = [variable for variable in variables if isinstance(variable, tuple)]
    narrowed = {
        outcome: {path: frozenset(world[path] for world in found) for path in paths}
        for outcome, found in behind.items()
        if found
    }
    return Weighed(frozenset(narrowed), narrowed)


class _Weighing:
    """One expression and what its names can be."""

    def __init__(self, text: str, scope: Scope, known: Domains) -> None:
        self._text = text
        self._scope = scope
        self._known = known

    def variables(self, tree: Tree) -> Iterator[tuple[_Variable, Domain]]:
        """What the outcome depends on."""
        match tree:
            case Junction(operands=parts):
                for part in parts:
                    yield from self.variables(part)
            case Not(operand=operand):
                yield from self.variables(operand)
            case Compare(operator="==" | "!=", left=left, right=right):
                sides = [self._side(side) for side in (left, right)]
                yield from (found for side in sides for found in side)
                if not self._is_settled(left, right):
                    yield self._atom(tree), frozenset({True, False})
            case Name():
                yield from self._side(tree)
            case Literal():
                pass
            case _:
                yield self._atom(tree), frozenset({True, False})

    def outcome(self, tree: Tree, world: _World) -> bool:
        """True or false in one combination."""
        match tree:
            case Junction(operator="and", operands=parts):
                return all(self.outcome(part, world) for part in parts)
            case Junction(operands=parts):
                return any(self.outcome(part, world) for part in parts)
            case Not(operand=operand):
                return not self.outcome(operand, world)
            case Compare(operator="==" | "!=" as operator, left=left, right=right):
                return self._equal(tree, left, right, world) == (operator == "==")
            case Name(path=path):
                return world.get(path) is True
            case Literal(value=value):
                return value is True
            case _:
                return world[self._atom(tree)] is True

    def _equal(self, tree: Tree, left: Tree, right: Tree, world: _World) -> bool:
        values = [_value(side, world) for side in (left, right)]
        if None in values:
            return values[0] is None and values[1] is None
        if THERE in values or not self._is_settled(left, right):
            return world[self._atom(tree)] is True
        return values[0] == values[1]

    def _is_settled(self, left: Tree, right: Tree) -> bool:
        """True when the values of both sides are tried, or one of them is none itself."""
        sides = (left, right)
        if any(isinstance(side, Literal) and side.value is None for side in sides):
            return all(isinstance(side, Literal) or self._domain(side) is not None for side in sides)
        return all(self._is_finite(side) for side in sides)

    def _is_finite(self, side: Tree) -> bool:
        domain = self._domain(side)
        return isinstance(side, Literal) or (domain is not None and THERE not in domain)

    def _side(self, side: Tree) -> Iterator[tuple[_Variable, Domain]]:
        domain = self._domain(side)
        if isinstance(side, Name) and domain is not None:
            yield side.path, domain

    def _domain(self, side: Tree) -> Domain | None:
        if not isinstance(side, Name):
            return None
        if side.path in self._known:
            return self._known[side.path]
        kind = self._scope.type_of(side.path)
        return None if kind is None else values_of(kind)

    def _atom(self, tree: Tree) -> str:
        """The text of a comparison; ``!=`` is the same question as ``==``."""
        text = "".join(self._text[tree.start : tree.end].split())
        return text.replace("!=", "==", 1) if isinstance(tree, Compare) else text


def values_of(kind: Type) -> Domain | None:
    """Every value of a type, where they are few; with ``THERE`` for all others of a type that may be none."""
    match kind:
        case Enumeration(words=words):
            return frozenset(words)
        case Maybe(of=inner):
            return frozenset({None}) | (values_of(inner) or frozenset({THERE}))
        case _:
            return frozenset({True, False}) if kind == BOOLEAN else None


def _value(side: Tree, world: _World) -> Scalar:
    match side:
        case Literal(value=value):
            return value
        case Name(path=path) if path in world:
            return world[path]
        case Name() | Call() | Compare() | Junction() | Not():
            return THERE
