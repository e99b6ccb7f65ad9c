"""Files of one kind: each is called by its name without the suffix, and bound to the shape of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TypeVar

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load_one

_Bound = TypeVar("_Bound")


def bound_files(
    shape: type[_Bound], suffix: str, files: Mapping[str, bytes], findings: Findings
) -> Mapping[str, _Bound]:
    """Bind every file with a suffix; those that cannot be bound are told of, and left out.

    Args:
        shape: what such a file holds.
        suffix: by which they are known.
        files: contents by path, of any kind.
        findings: what is wrong with them is added.

    Returns:
        What each holds by its name, in the order of the paths.
    """
    found: dict[str, _Bound] = {}
    for path in sorted(files):
        node = load_one(files[path], path, findings) if path.endswith(suffix) else None
        if node is None:
            continue
        try:
            found[name_of(path, suffix)] = Binder(findings).bind(shape, node)
        except Unbound:
            continue
    return found


def name_of(path: str, suffix: str) -> str:
    """By what name a file is called."""
    return PurePath(path).name.removesuffix(suffix)
