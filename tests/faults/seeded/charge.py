"""What a controller of the seeded runs is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Charge:
    """What a process is started with."""

    site: Path
    state: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    clock: Path | None = None
    """A file with a double: by so many seconds its clock is ahead, now and whenever it changes."""
    descriptors: int | None = None
    """At most so many."""
    log: Path | None = None
    """Where it writes its log, if not beside its state folder."""
