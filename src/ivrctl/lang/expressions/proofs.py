"""Which names an expression proves not to be none, when it turns out true and when it turns out false."""

from __future__ import annotations

from ivrctl.lang.expressions.tree import Compare, Junction, Literal, Name, Not, Tree
from ivrctl.lang.names import Path

_NOTHING: frozenset[Path] = frozenset()


def proven(tree: Tree, *, outcome: bool) -> frozenset[Path]:
    """The names that cannot be none once the expression has come out as ``outcome``.

    ``x != none`` proves x when it is true, ``x == none`` when it is false, and ``x == "word"`` when it is true.
    """
    match tree:
        case Not(operand=operand):
            return proven(operand, outcome=not outcome)
        case Junction(operator=operator, operands=operands):
            parts = [proven(operand, outcome=outcome) for operand in operands]
            # A true `and` and a false `or` have settled every operand; otherwise only some one of them.
            is_all = (operator == "and") == outcome
            return frozenset.union(*parts) if is_all else frozenset.intersection(*parts)
        case Compare():
            return _by_comparison(tree, outcome=outcome)
        case _:
            return _NOTHING


def _by_comparison(tree: Compare, *, outcome: bool) -> frozenset[Path]:
    match tree.left, tree.right:
        case (Name(path=path), Literal(value=value)) | (Literal(value=value), Name(path=path)):
            pass
        case _:
            return _NOTHING
    if tree.operator not in {"==", "!="}:
        return _NOTHING
    # `x == none` settles x by being false, `x == "word"` by being true; `!=` the other way round.
    settles = (tree.operator == "==") == (value is not None)
    return frozenset({path}) if settles == outcome else _NOTHING
