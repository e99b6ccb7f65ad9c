"""A clock and journals for the tests of the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.journal import Journal

OpenJournal = Callable[..., Journal]


class Clock:
    """Unix time that a test moves."""

    def __init__(self) -> None:
        self.now = 1_771_920_000.0

    def __call__(self) -> float:
        """Tell the time in seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def open_journal(folder: Path, clock: Clock, faults: list[str]) -> Iterator[OpenJournal]:
    """Opens journals in one folder, as several processes would, and closes what is left open."""
    opened: list[Journal] = []

    def open_one(**options: Any) -> Journal:
        opened.append(Journal(folder, on_fault=faults.append, now=clock, **options))
        return opened[-1]

    yield open_one
    for journal in opened:
        journal.close()
