from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ivrctl.adapters.outbox import Outbox, OutboxFault, Put

NOW = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
FULL = 256 * 1024
"""Bytes to which a file can grow, on a disk that is full then."""


@contextlib.contextmanager
def _disk_that_is_full() -> Iterator[None]:
    """No file of this process grows beyond a size: what write(2) says then, SQLite takes for a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_full_disk_keeps_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """What was acknowledged is there, what was not is told, and once there is room things are kept again."""
    outbox, kept = Outbox(tmp_path / "outbox.sqlite", clock=lambda: NOW), []
    with _disk_that_is_full(), contextlib.suppress(OutboxFault):
        for number in range(100):
            await outbox.put(Put(f"leg/{number}", "ticket", {"text": "x" * 10_000}, NOW))
            kept.append(f"leg/{number}")
    assert 5 < len(kept) < 100
    await outbox.put(Put("leg/again", "ticket", {"text": "x"}, NOW))
    await outbox.close()
    again = Outbox(tmp_path / "outbox.sqlite", clock=lambda: NOW)
    found = await again._run(lambda: again._file.listed(1000))
    assert [entry.key for entry in found] == [*kept, "leg/again"]
    await again.close()
