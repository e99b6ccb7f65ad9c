"""An expression into a closure: built once when the flow is loaded, run for every call.

Checked expressions never raise; for an unchecked one Python's own TypeError or KeyError comes through.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias, assert_never

from ivrctl.lang.expressions.functions import FUNCTIONS
from ivrctl.lang.expressions.tree import Call, Compare, Junction, Literal, Name, Not, Tree
from ivrctl.lang.indexed import index_of, value_at
from ivrctl.lang.names import Names

Run: TypeAlias = "Callable[[Names], Any]"


def _contains(item: Any, collection: Any) -> bool:
    return item in collection


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": _contains,
}


def compile_tree(tree: Tree) -> Run:
    """The closure that evaluates an expression."""
    match tree:
        case Literal(value=value):
            return lambda _names: value
        case Name(path=path):
            return (lambda names: names.value_of(path)) if index_of(path) is None else partial(value_at, path)
        case Not(operand=operand):
            run = compile_tree(operand)
            return lambda names: not run(names)
        case Compare():
            return _comparison(tree)
        case Junction():
            return _junction(tree)
        case Call(function=function, arguments=arguments):
            runs = tuple(compile_tree(argument) for argument in arguments)
            apply = FUNCTIONS[function].apply
            return lambda names: apply(*[run(names) for run in runs])
        case _:
            assert_never(tree)


def _comparison(tree: Compare) -> Run:
    compare = _COMPARISONS[tree.operator]
    left, right = compile_tree(tree.left), compile_tree(tree.right)
    if isinstance(tree.left, Name) and isinstance(tree.right, Literal) and index_of(tree.left.path) is None:
        # The common guard, `name == "word"`: no calls for its sides.
        path, value = tree.left.path, tree.right.value
        return lambda names: compare(names.value_of(path), value)
    return lambda names: compare(left(names), right(names))


def _junction(tree: Junction) -> Run:
    first, *rest = (compile_tree(operand) for operand in tree.operands)
    for second in rest:
        first = _both(first, second) if tree.operator == "and" else _either(first, second)
    return first


def _both(first: Run, second: Run) -> Run:
    return lambda names: first(names) and second(names)


def _either(first: Run, second: Run) -> Run:
    return lambda names: first(names) or second(names)
