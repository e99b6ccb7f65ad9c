"""The type of an expression in a scope, and what does not fit in it: every fault of an expression in one go."""

from __future__ import annotations

from ivrctl.lang.expressions.functions import FUNCTIONS
from ivrctl.lang.expressions.proofs import proven
from ivrctl.lang.expressions.tree import Call, Compare, Junction, Literal, Name, Not, Tree
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.inside import inside
from ivrctl.lang.names import Path, Scope, narrow
from ivrctl.lang.source import ScalarNode, Span
from ivrctl.lang.types.kinds import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONEY,
    NONE,
    NUMBER,
    SECRET,
    TEXT,
    Enumeration,
    ListOf,
    Maybe,
    Record,
    Type,
    WordSet,
    accepts,
    without_none,
)

_ORDERED = frozenset({NUMBER, MONEY, DATE, DATETIME, DURATION})
_NUMERIC = frozenset({NUMBER, MONEY})


def unknown_name(path: Path, span: Span, scope: Scope, findings: Findings) -> None:
    """Record that there is no such name (IVR021), with the nearest one."""
    name = ".".join(path)
    findings.error("IVR021", span, f'there is no "{name}" here', did_you_mean(name, scope.candidates(path)))


def may_be_none(path: Path, span: Span, findings: Findings) -> None:
    """Record that a name is used as if it were always there (IVR023), with the guard that it needs."""
    name = ".".join(path)
    findings.error("IVR023", span, f'"{name}" may be none', f"guard it with when: {name} != none")


class Checker:
    """Checks one expression that stands in one scalar."""

    def __init__(self, node: ScalarNode, findings: Findings) -> None:
        self._node = node
        self._findings = findings

    def kind(self, tree: Tree, scope: Scope) -> Type | None:
        """The type of a part of the expression, or None after a finding."""
        match tree:
            case Literal(kind=kind):
                return kind
            case Name():
                return self._name(tree, scope)
            case Not(operand=operand):
                return BOOLEAN if self._is_boolean(operand, scope) else None
            case Junction():
                return self._junction(tree, scope)
            case Compare(operator="in"):
                return self._membership(tree, scope)
            case Compare():
                return self._comparison(tree, scope)
            case Call():
                return self._call(tree, scope)

    def _span(self, tree: Tree) -> Span:
        return inside(self._node, tree.start, tree.end)

    def _refuse(self, tree: Tree, message: str, advice: str | None = None) -> None:
        self._findings.error("IVR022", self._span(tree), message, advice)

    def _name(self, tree: Name, scope: Scope) -> Type | None:
        kind = scope.type_of(tree.path)
        if kind is None:
            unknown_name(tree.path, self._span(tree), scope, self._findings)
        return kind

    def _present(self, tree: Tree, scope: Scope) -> Type | None:
        """The type of a part that must not be none."""
        kind = self.kind(tree, scope)
        if isinstance(kind, Maybe) and isinstance(tree, Name):
            may_be_none(tree.path, self._span(tree), self._findings)
            return None
        if kind == NONE:
            self._refuse(tree, "none can only be compared with == and !=")
            return None
        return kind

    def _is_boolean(self, tree: Tree, scope: Scope) -> bool:
        kind = self._present(tree, scope)
        if kind is not None and kind != BOOLEAN:
            self._refuse(tree, f"true or false is due here, not {kind}", "compare it with something")
        return kind == BOOLEAN

    def _junction(self, tree: Junction, scope: Scope) -> Type | None:
        """Each operand is checked with what the ones before it have settled."""
        outcome = tree.operator == "and"
        is_sound = True
        for operand in tree.operands:
            is_sound &= self._is_boolean(operand, scope)
            scope = narrow(scope, proven(operand, outcome=outcome))
        return BOOLEAN if is_sound else None

    def _comparison(self, tree: Compare, scope: Scope) -> Type | None:
        if tree.operator in {"==", "!="}:
            left, right = self.kind(tree.left, scope), self.kind(tree.right, scope)
        else:
            left, right = self._present(tree.left, scope), self._present(tree.right, scope)
        if left is None or right is None:
            return None
        if tree.operator in {"==", "!="}:
            fits = self._can_be_equal(tree, left, right)
        else:
            fits = self._have_order(tree, left, right)
        return BOOLEAN if fits else None

    def _can_be_equal(self, tree: Compare, left: Type, right: Type) -> bool:
        bare_left, bare_right = without_none(left), without_none(right)
        for side, kind in ((tree.left, bare_left), (tree.right, bare_right)):
            if isinstance(kind, Record | ListOf | WordSet) and NONE not in {bare_left, bare_right}:
                self._refuse(side, f"{_described(kind)} cannot be compared as a whole", "compare its fields")
                return False
            if kind == SECRET:
                self._refuse(side, "a secret cannot be looked at", "pass it to a parameter declared secret")
                return False
        if NONE in {left, right}:
            return self._can_be_none(tree, left, right)
        if isinstance(tree.right, Literal) and isinstance(bare_left, Enumeration):
            return self._is_word(tree.right, bare_left)
        if isinstance(tree.left, Literal) and isinstance(bare_right, Enumeration):
            return self._is_word(tree.left, bare_right)
        if not _comparable(bare_left, bare_right):
            return self._refuse_pair(tree, bare_left, bare_right)
        return True

    def _can_be_none(self, tree: Compare, left: Type, right: Type) -> bool:
        """Comparing with none what is never none is a guard that was meant for another name."""
        for side, kind in ((tree.left, left), (tree.right, right)):
            if not isinstance(kind, Maybe) and kind != NONE:
                self._refuse(side, f"this is never none: its type is {kind}", "remove the comparison")
                return False
        return True

    def _is_word(self, literal: Literal, kind: Enumeration) -> bool:
        if isinstance(literal.value, str) and literal.value in kind.words:
            return True
        if isinstance(literal.value, str):
            advice = did_you_mean(literal.value, kind.words)
            self._refuse(literal, f'"{literal.value}" is none of the words that it can be', advice)
        else:
            self._refuse(literal, f"one of {kind} is due here, not {literal.kind}", "words stand in double quotes")
        return False

    def _have_order(self, tree: Compare, left: Type, right: Type) -> bool:
        for side, kind in ((tree.left, left), (tree.right, right)):
            if kind not in _ORDERED:
                self._refuse(side, f"{_described(kind)} has no order for {tree.operator}", "compare with == or !=")
                return False
        if left == right or {left, right} <= _NUMERIC:
            return True
        return self._refuse_pair(tree, left, right)

    def _refuse_pair(self, tree: Compare, left: Type, right: Type) -> bool:
        advice = None
        if {left, right} == {DURATION, NUMBER}:
            number = tree.right if right == NUMBER else tree.left
            written = self._node.text[number.start : number.end]
            advice = f"a duration carries its unit: {written}s" if isinstance(number, Literal) else None
        elif TEXT in {left, right} and isinstance(tree.right, Literal) and right == TEXT:
            advice = "numbers, dates and durations stand without quotes"
        self._refuse(tree, f"{left} cannot be compared with {right}", advice)
        return False

    def _membership(self, tree: Compare, scope: Scope) -> Type | None:
        left, right = self._present(tree.left, scope), self._present(tree.right, scope)
        if left is None or right is None:
            return None
        item = TEXT if isinstance(right, WordSet) else right.item if isinstance(right, ListOf) else None
        if item is None:
            self._refuse(tree.right, f"in looks into a set of words, not into {_described(right)}")
        elif not accepts(item, left):
            self._refuse(tree.left, f"{item} is due before in, not {left}")
        else:
            return BOOLEAN
        return None

    def _call(self, tree: Call, scope: Scope) -> Type | None:
        function = FUNCTIONS[tree.function]
        due, given = len(function.parameters), len(tree.arguments)
        if due != given:
            self._refuse(tree, f"{tree.function} takes {due} {'value' if due == 1 else 'values'}, not {given}")
            return None
        is_sound = True
        for parameter, argument in zip(function.parameters, tree.arguments, strict=True):
            kind = self._present(argument, scope)
            if kind is not None and not accepts(parameter, kind):
                self._refuse(argument, f"{parameter} is due here, not {kind}")
                kind = None
            is_sound &= kind is not None
        return function.result if is_sound else None


def _comparable(left: Type, right: Type) -> bool:
    if isinstance(left, Enumeration) and isinstance(right, Enumeration):
        return not set(left.words).isdisjoint(right.words)
    both_text = accepts(TEXT, left) and accepts(TEXT, right)
    return left == right or both_text or {left, right} <= _NUMERIC


def _described(kind: Type) -> str:
    match kind:
        case Record():
            return "a row"
        case ListOf():
            return "a list"
        case WordSet():
            return "a set of words"
        case _:
            return str(kind)
