"""What a world of the seeded runs is made with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ivrctl.testkit.postgresql_server import PostgresqlServer

LEG_SECONDS = 4000.0
"""TIMEOUT(absolute), in seconds of callers; the real one's are a hundred real seconds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a world is made with."""

    folder: Path
    """Where everything lies."""
    leg_seconds: float = LEG_SECONDS
    """TIMEOUT(absolute)."""
    is_clock_set: bool = False
    """Whether its controllers follow ``World.set_clock``."""
    server: PostgresqlServer | None = None
    """Where the site's databases are, if not in files."""
