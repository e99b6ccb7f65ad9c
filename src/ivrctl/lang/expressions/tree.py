"""The parts of an expression, as the parser leaves them. Offsets are into the expression's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.lang.names import Path
from ivrctl.lang.types.kinds import Type
from ivrctl.model.values import Scalar


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the expression itself."""

    value: Scalar
    kind: Type
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name, perhaps with fields."""

    path: Path
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Compare:
    """Two operands and ``== != < <= > >=`` or ``in``."""

    operator: str
    left: Tree
    right: Tree
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Junction:
    """Two or more operands joined by ``and`` or by ``or``."""

    operator: str
    operands: tuple[Tree, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of its operand."""

    operand: Tree
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the table with its arguments."""

    function: str
    arguments: tuple[Tree, ...]
    start: int
    end: int


Tree: TypeAlias = Literal | Name | Compare | Junction | Not | Call
