"""What can be read off an SQL statement without a database: its parameters, and whether it is one statement."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)


def without_quotes(sql: str) -> str:
    """The statement without what stands in quotes and comments, and without the semicolon behind it."""
    return _QUOTED.sub(" ", sql).strip().rstrip(";")


def parameters_in(sql: str) -> frozenset[str]:
    """The names that a statement asks for, ``:name``; a cast, ``::type``, is none."""
    return frozenset(_PARAMETER.findall(without_quotes(sql)))
