"""A hashed requirements file, as pip-compile writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pinned:
    """One package at its version."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of each of its files that may be installed."""
    needed_by: tuple[str, ...]
    """The packages that ask for it; ``ivrctl`` is one of them."""


def read(file: Path) -> list[Pinned]:
    """All packages, in the order of the file."""
    blocks = re.split(r"^(?=[a-z0-9])", file.read_text(), flags=re.MULTILINE)
    return [_package(block, entry) for block in blocks if (entry := _ENTRY.match(block))]


def _package(block: str, entry: re.Match[str]) -> Pinned:
    _, _, comments = block.partition("# via")
    needed_by = re.findall(r"^[\s#]*([a-z0-9][a-z0-9._-]*)", comments, re.MULTILINE)
    return Pinned(entry[1], entry[2], tuple(_HASH.findall(block)), tuple(needed_by))
