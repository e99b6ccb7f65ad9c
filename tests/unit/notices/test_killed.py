"""Kill -9 at every point of making, changing and ending a notice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Office, spoken, wav

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
CHANGED = wav(b"\x00\x10" * 900)[44:] + spoken("Soon.")
MADE = wav()[44:] + spoken("Broadband is down.")
FOR_LINE = spoken("宽带故障。") + spoken("Broadband is down.")
HISTORY = ("made", "changed", "made", "ended")
SLOTS = (
    {},
    {"all-1": MADE},
    {"all-1": CHANGED},
    {"all-1": CHANGED, "100-1": FOR_LINE},
    {"100-1": FOR_LINE},
)
"""What the dialplan plays after so many changes."""


@pytest.mark.timeout(300)
async def test_each_acknowledged_change_is_there_once_and_no_half_one(tmp_path: Path) -> None:
    """At most the change that was under way is there besides, and the files agree with the ledger."""
    program = [sys.executable, "-m", "tests.unit.notices.killed", str(tmp_path)]
    await _run(program)
    points = _acknowledged(tmp_path)
    assert len(points) > 100
    under_way = 0
    for point, acknowledged in points.items():
        office = Office(tmp_path / str(point))
        notices = office.process()
        await notices.open()
        await notices.look()
        history = tuple(str(change.happened) for change in await notices.history(10))[::-1]
        assert history in {acknowledged, HISTORY[: len(acknowledged) + 1]}, f"point {point}"
        assert office.slots == SLOTS[len(history)], f"point {point}"
        under_way += history != acknowledged
    assert under_way


def _acknowledged(folder: Path) -> dict[int, tuple[str, ...]]:
    """What each process was told before it was killed, by the point at which it was."""
    files = {int(own.name): own / "acknowledged" for own in folder.iterdir()}
    return {point: tuple(file.read_text().split()) if file.exists() else () for point, file in files.items()}


async def _run(program: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(*program, cwd=ROOT, stderr=subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
