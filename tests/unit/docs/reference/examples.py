"""The golden examples that the reference shows: files of ``tests/golden``, which the tests of their packages run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .markdown import fenced
from .repository import GOLDEN, ROOT


def files_of_kind(kind: str) -> Mapping[str, bytes]:
    """The site of the good example of a kind of action, with the flow that such examples enter."""
    shared = {name: (GOLDEN / "flow" / name).read_bytes() for name in ("ivrctl.yaml", "sub.ivr.yaml")}
    return {**shared, f"{kind}-good.ivr.yaml": (GOLDEN / "flow" / f"{kind}-good.yaml").read_bytes()}


def file_block(file: Path) -> str:
    """A file as a block that names it."""
    return fenced(f"yaml from={_name(file)}", file.read_text(encoding="utf-8"))


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))
