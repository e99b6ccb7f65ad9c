"""Expressions: what stands behind ``when`` and ``check``.

Literals, names with fields, comparisons, ``and or not``, ``in``, a fixed table of functions; no arithmetic, no loops,
bounded in length and depth, so that an expression can neither hang a call nor reach anything but the names it is given.

``tokens`` -> ``parser`` -> ``tree``; ``checker`` finds its type in a scope, ``proofs`` which names it rules out to be
none, ``weighing`` what it can come out as, ``evaluator`` makes it a closure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ivrctl.lang.binder import Binder
from ivrctl.lang.expressions.checker import Checker
from ivrctl.lang.expressions.evaluator import compile_tree
from ivrctl.lang.expressions.parser import parse
from ivrctl.lang.expressions.proofs import proven
from ivrctl.lang.expressions.tokens import ExpressionSyntaxError
from ivrctl.lang.expressions.tree import Call, Compare, Junction, Literal, Name, Not, Tree
from ivrctl.lang.expressions.weighing import THERE, Domain, Domains, Weighed, values_of, weigh
from ivrctl.lang.findings import Findings
from ivrctl.lang.indexed import with_indices
from ivrctl.lang.inside import inside
from ivrctl.lang.names import MappingNames, Names, Path, RecordScope, Scope, narrow
from ivrctl.lang.schema import Schema, Schemas, text
from ivrctl.lang.shapes import kind_of
from ivrctl.lang.source import Node, ScalarNode, Span
from ivrctl.lang.types.kinds import Type
from ivrctl.model.values import Scalar, Value

__all__ = [
    "THERE",
    "Domain",
    "Domains",
    "Expression",
    "MappingNames",
    "Names",
    "Path",
    "RecordScope",
    "Scope",
    "narrow",
    "values_of",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression, parsed; equal to another with the same text at the same place."""

    source: str
    """As written."""
    span: Span
    _node: ScalarNode = field(compare=False, repr=False)
    _tree: Tree = field(compare=False, repr=False)
    _run: Callable[[Names], Any] = field(compare=False, repr=False)

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Expression:
        """Read an expression from a scalar.

        Raises:
            Unbound: it cannot be read; recorded as IVR020 (or IVR012 when the node is no scalar).
        """
        if not isinstance(node, ScalarNode):
            binder.refuse("IVR012", node.span, f"an expression is due here, not {kind_of(node)}")
        try:
            tree = parse(node.text)
        except ExpressionSyntaxError as error:
            binder.refuse("IVR020", inside(node, error.start, error.end), str(error), error.advice)
        return cls(node.text, node.span, node, tree, compile_tree(tree))

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """Any scalar: an editor cannot read it."""
        return text()

    def check(self, scope: Scope, findings: Findings) -> Type | None:
        """The type of the expression, or None after findings (IVR021 to IVR023).

        Whether that type is what is due (a guard is boolean) is for the caller to say.
        """
        return Checker(self._node, findings).kind(self._tree, scope)

    def evaluate(self, names: Names) -> Value:
        """The value of a checked expression."""
        value: Value = self._run(names)
        return value

    def names(self) -> frozenset[Path]:
        """Every name that stands in it."""
        return with_indices(leaf.path for leaf in _leaves(self._tree) if isinstance(leaf, Name))

    def compared(self) -> Iterator[tuple[Path, str, Span]]:
        """Names that it compares with words in quotes, or looks for them in: name, word, and where the word stands."""
        for name, literal in _compared(self._tree):
            yield name.path, str(literal.value), inside(self._node, literal.start, literal.end)

    def literals(self) -> frozenset[Scalar]:
        """Every value that stands in it itself: what the values of a call are compared with."""
        return frozenset(leaf.value for leaf in _leaves(self._tree) if isinstance(leaf, Literal))

    def weighed(self, scope: Scope, known: Domains) -> Weighed:
        """What it can come out as where its names can be what is known of them; for a checked one."""
        return weigh(self._tree, self.source, scope, known)

    def narrowed(self) -> frozenset[Path]:
        """The names that cannot be none once it has come out true: for ``narrow``."""
        return proven(self._tree, outcome=True)


def _compared(tree: Tree) -> Iterator[tuple[Name, Literal]]:
    match tree:
        case Compare(left=Name() as name, right=Literal(value=str()) as literal):
            yield name, literal
        case Compare(left=Literal(value=str()) as literal, right=Name() as name):
            yield name, literal
        case Junction(operands=parts):
            for part in parts:
                yield from _compared(part)
        case Not(operand=operand):
            yield from _compared(operand)
        case _:
            pass


def _leaves(tree: Tree) -> Iterator[Literal | Name]:
    match tree:
        case Literal() | Name():
            yield tree
        case Compare(left=left, right=right):
            yield from _leaves(left)
            yield from _leaves(right)
        case Junction(operands=parts) | Call(arguments=parts):
            for part in parts:
                yield from _leaves(part)
        case Not(operand=operand):
            yield from _leaves(operand)
