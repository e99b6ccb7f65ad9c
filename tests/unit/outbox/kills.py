"""Processes that take and deliver and are killed at every point of it; and what is looked at then."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .conftest import FLOW, SITE

MOST_POINTS = 100
"""A submit and its delivery have some thirty; more would be a loop."""
TO_A_TABLE = """
submissions:
  ticket:
    database: bss
    sql: insert into tickets (key, text) values (:key, :text) on conflict do nothing
    params: {text: text}
"""
TABLE = "create table tickets (key text primary key, text text not null)"


@dataclass(frozen=True, slots=True)
class Processes:
    """Starts processes that take and deliver, one after the other."""

    folder: Path
    server: subprocess.Popen[str]

    def run(self, submits: list[tuple[str, str]], *, last: int | None = None, looks: int = 2) -> dict[str, Any]:
        """How a process ended that is killed at its point ``last``, or that lives to its end."""
        job = {
            "site": str(self.folder / "site"),
            "state": str(self.folder / "state"),
            "acknowledged": str(self.folder / "acknowledged"),
            "submits": submits,
            "last": last,
            "looks": looks,
        }
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(job) + "\n")
        self.server.stdin.flush()
        ended: dict[str, Any] = json.loads(self.server.stdout.readline())
        return ended

    @property
    def acknowledged(self) -> set[str]:
        """The keys of which a call was told that they are kept."""
        path = self.folder / "acknowledged"
        return set(path.read_text().split()) if path.exists() else set()

    def declare(self, submission: str, url: str = '"sqlite:bss.sqlite"') -> None:
        """Write the site, with what its tickets are."""
        site = self.folder / "site"
        site.mkdir(exist_ok=True)
        (self.folder / "state").mkdir(exist_ok=True)
        text = SITE[: SITE.index("submissions:")].replace('"sqlite:bss.sqlite"', url) + submission
        (site / "ivrctl.yaml").write_text(text)
        (site / "main.ivr.yaml").write_text(FLOW)

    def at_every_point(self, then: Callable[[int], None]) -> int:
        """Kill a process that submits ``key-N`` at its point N, for every N; how many points there are.

        Args:
            then: called with the point after each kill, and once after a process that was not killed.
        """
        for point in range(1, MOST_POINTS):
            is_killed = self.run([(f"key-{point}", "ticket")], last=point)["killed"]
            then(point)
            if not is_killed:
                return point - 1
        raise AssertionError("a submit that never ends")
