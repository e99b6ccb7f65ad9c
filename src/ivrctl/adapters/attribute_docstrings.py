"""The docstring under each attribute of a class, which says what it means: read from the class's source.

The interpreter throws these texts away; the reference and the schemas for editors show them.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache


@cache
def attribute_docstrings(cls: type) -> Mapping[str, str]:
    """The docstrings below the attributes of a class, by the attributes' names; none where there is no source.

    Raises:
        TypeError: it is no class.
    """
    try:
        source = inspect.getsource(cls)
    except OSError:
        return {}  # compiled without its sources: hover texts are a help, not a need
    tree = ast.parse(textwrap.dedent(source)).body[0]
    if not isinstance(tree, ast.ClassDef):
        raise TypeError(f"{cls} is no class")
    return statement_docstrings(tree.body)


def statement_docstrings(body: Sequence[ast.stmt]) -> Mapping[str, str]:
    """Name to the text below its assignment, in one class or module."""
    said = {}
    for statement, below in itertools.pairwise(body):
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                    said[name] = below.value.value
    return said
