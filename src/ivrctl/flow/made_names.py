"""Names of queues and extensions that are made of words: ``{caller.brand}-{call.region}``.

Where each of those words is one of a list, all names that can come about are few, and the check goes through them: none
is left for a caller to find out. What guards have ruled out before does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TypeAlias

from ivrctl.lang.expressions import Domains, Path, Scope
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Enumeration, without_none

MAX_MADE = 10_000
"""Names that are gone through: more are a mistake, and would take time."""
MAX_TOLD = 3
"""Names that one finding lists."""

Words: TypeAlias = Mapping[Path, tuple[str, ...]]
"""What each name in a template can be."""


def words_in(template: Template, scope: Scope, possible: Domains) -> Words | None:
    """What the names in a template can be; None where one of them is not one of a list of words.

    Args:
        template: it has names.
        scope: their types.
        possible: what guards have left of them.
    """
    words: dict[Path, tuple[str, ...]] = {}
    for path in template.names():
        kind = scope.type_of(path)
        kind = None if kind is None else without_none(kind)
        if not isinstance(kind, Enumeration):
            return None
        words[path] = tuple(word for word in kind.words if path not in possible or word in possible[path])
    return words


def names_made(template: Template, words: Words) -> tuple[str, ...] | None:
    """The names that can come about, each once; None for more than anybody would go through."""
    made = tuple(islice(template.made_of(words), MAX_MADE + 1))
    return None if len(made) > MAX_MADE else tuple(dict.fromkeys(made))


def listed(names: Iterable[str]) -> str:
    """Some names in quotes, the first ones of many."""
    all_of_them = list(names)
    quoted = ", ".join(f'"{name}"' for name in all_of_them[:MAX_TOLD])
    more = len(all_of_them) - MAX_TOLD
    return f"{quoted} and {more} more" if more > 0 else quoted
