"""Names with an index: ``queues[call.city].waiting`` is ``queues.north.waiting`` in a call whose city is ``north``.

In a path the index is one part, in its brackets: ``("queues", "[call.city]", "waiting")``. What stands in it is a name
of its own, whose value takes its place when the call comes there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ivrctl.lang.names import Names, Path
from ivrctl.model.values import Value

_DOTTED = r"[A-Za-z_][\w-]*(?:\.\w[\w-]*)*"
NAME = rf"[A-Za-z_][\w-]*(?:\[{_DOTTED}\])?(?:\.\w[\w-]*)*"
"""A dotted name, perhaps with an index behind its first part, as a regular expression."""
_PART = re.compile(r"\[[^\]]*\]|[^.\[\]]+")


def path_of(text: str) -> Path:
    """A name that ``NAME`` fits, taken apart."""
    return tuple(_PART.findall(text))


def written(path: Path) -> str:
    """A name as it is written."""
    return ".".join(path).replace(".[", "[")


def index_of(path: Path) -> Path | None:
    """The name that stands in the brackets; None for a name without."""
    return path_of(path[1][1:-1]) if len(path) > 1 and path[1].startswith("[") else None


def at(path: Path, word: str) -> Path:
    """The name with this word in the place of its index."""
    return (path[0], word, *path[2:])


def with_indices(paths: Iterable[Path]) -> frozenset[Path]:
    """Names, and those in their brackets."""
    found = frozenset(paths)
    return found | frozenset(index for path in found if (index := index_of(path)) is not None)


def value_at(path: Path, names: Names) -> Value:
    """The value of a name that was checked."""
    index = index_of(path)
    if index is None:
        return names.value_of(path)
    word = names.value_of(index)
    return names.value_of(at(path, word)) if isinstance(word, str) else None
