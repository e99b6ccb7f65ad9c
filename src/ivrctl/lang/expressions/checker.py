"""The type of an expression in a scope, and what does not fit in it: every fault of an expression in one go."""

from __future__ import annotations

from collections.abc import Sequence

from ivrctl.lang.expressions.functions import FUNCTIONS
from ivrctl.lang.expressions.proofs import proven
from ivrctl.lang.expressions.tree import Call, Compare, Junction, Literal, Name, Not, Tree
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.indexed import at, index_of, written
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
    QUEUE,
    RECORDING,
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
    """Record that there is no such name (IVR021), with the nearest one; of a list, where its rows are."""
    name = written(path)
    if len(path) > 1 and isinstance(scope.type_of(path[:1]), ListOf):
        message = f'"{path[0]}" is a list of rows, and has no "{path[1]}" of its own'
        findings.error("IVR021", span, message, "offer it in a menu with from, or leave out the lookup's rows")
        return
    advice = _nearest(name, tuple(scope.candidates(path)))
    if advice is None and index_of(path) is not None:
        advice = "a name in brackets says which queue: queues[NAME].waiting"
    findings.error("IVR021", span, f'there is no "{name}" here', advice)


def _nearest(name: str, known: Sequence[str]) -> str | None:
    """Advice for a name that does not exist: of those that differ only behind the last dot, else of all.

    All questions of a desk begin with ``hours.desk.``: compared whole, each would be near to every other.
    """
    above = name[: name.rfind(".") + 1]
    beside = [each.removeprefix(above) for each in known if each[: each.rfind(".") + 1] == above]
    advice = did_you_mean(name.removeprefix(above), beside, above) if above else None
    return advice or did_you_mean(name, known)


def may_be_none(path: Path, span: Span, findings: Findings) -> None:
    """Record that a name is used as if it were always there (IVR023), with the guard that it needs."""
    name = written(path)
    findings.error("IVR023", span, f'"{name}" may be none', f"guard it with when: {name} != none")


def type_of(path: Path, span: Span, scope: Scope, findings: Findings) -> Type | None:
    """The type of a name, or None after a finding; what stands in its index must be one that can stand there."""
    index = index_of(path)
    kind = scope.type_of(path)
    if kind is None:
        unknown_name(path, span, scope, findings)
    elif index is not None and not _is_index(path, index, span, scope, findings):
        return None
    return kind


def _is_index(path: Path, index: Path, span: Span, scope: Scope, findings: Findings) -> bool:
    """True when every word that the name in the brackets can be names something."""
    kind = scope.type_of(index)
    match kind:
        case None:
            unknown_name(index, span, scope, findings)
        case Maybe():
            may_be_none(index, span, findings)
        case Enumeration(words=words):
            missing = [at(path, word) for word in words if scope.type_of(at(path, word)) is None]
            if missing:
                unknown_name(missing[0], span, scope, findings)
            return not missing
        case _ if kind == QUEUE:
            return True
        case _:
            findings.error("IVR022", span, f"a queue is due in the brackets, not {_described(kind)}")
    return False


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
            case Compare():
                return BOOLEAN if self._comparison(tree, scope) else None
            case Call():
                return self._call(tree, scope)

    def _span(self, tree: Tree) -> Span:
        return inside(self._node, tree.start, tree.end)

    def _refuse(self, tree: Tree, message: str, advice: str | None = None) -> None:
        self._findings.error("IVR022", self._span(tree), message, advice)

    def _name(self, tree: Name, scope: Scope) -> Type | None:
        return type_of(tree.path, self._span(tree), scope, self._findings)

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

    def _comparison(self, tree: Compare, scope: Scope) -> bool:
        """True when the two sides can be compared in this way."""
        is_equality = tree.operator in {"==", "!="}
        kind_of = self.kind if is_equality else self._present
        left, right = kind_of(tree.left, scope), kind_of(tree.right, scope)
        if left is None or right is None:
            return False
        if tree.operator == "in":
            return self._is_member(tree, left, right)
        return self._can_be_equal(tree, left, right, scope) if is_equality else self._have_order(tree, left, right)

    def _can_be_equal(self, tree: Compare, left: Type, right: Type, scope: Scope) -> bool:
        if SECRET in {without_none(left), without_none(right)}:
            self._refuse(tree, "a secret cannot be looked at", "pass it to a parameter declared secret")
            return False
        if NONE in {left, right}:
            return self._can_be_none(tree, left, right, scope)
        left, right = without_none(left), without_none(right)
        if RECORDING in {left, right}:
            self._refuse(tree, "a recording can only be compared with none", "play it, or hand it on")
            return False
        for literal, kind in ((tree.right, left), (tree.left, right)):
            if isinstance(literal, Literal) and isinstance(kind, Enumeration):
                return self._is_word(literal, kind)
        return _comparable(left, right) or self._refuse_pair(tree, left, right)

    def _can_be_none(self, tree: Compare, left: Type, right: Type, scope: Scope) -> bool:
        """Comparing with none what is never none is a guard that was meant for another name."""
        for side, kind in ((tree.left, left), (tree.right, right)):
            was_none = isinstance(side, Name) and scope.is_settled(side.path)
            if not isinstance(kind, Maybe) and kind != NONE and not was_none:
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
        """Say that the two types do not fit, with what was probably meant; always False."""
        advice = None
        number = tree.right if right == NUMBER else tree.left
        if {left, right} == {DURATION, NUMBER} and isinstance(number, Literal):
            advice = f"a duration carries its unit: {self._node.text[number.start : number.end]}s"
        elif {left, right} == {DATE, DATETIME}:
            advice = "a day is compared with today, a moment with now"
        elif TEXT in {left, right} and {left, right} & _ORDERED:
            advice = "numbers, dates and durations stand without quotes"
        elif isinstance(left, Record | ListOf | WordSet) or isinstance(right, Record | ListOf | WordSet):
            advice = "compare one field"
        self._refuse(tree, f"{_described(left)} cannot be compared with {_described(right)}", advice)
        return False

    def _is_member(self, tree: Compare, left: Type, right: Type) -> bool:
        item = TEXT if isinstance(right, WordSet) else right.item if isinstance(right, ListOf) else None
        if item is None:
            self._refuse(tree.right, f"in looks into a set of words, not into {_described(right)}")
        elif not accepts(item, left):
            self._refuse(tree.left, f"{item} is due before in, not {_described(left)}")
        else:
            return True
        return False

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
    """True when values of two types can be equal."""
    if isinstance(left, Record | ListOf | WordSet):
        return False
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
