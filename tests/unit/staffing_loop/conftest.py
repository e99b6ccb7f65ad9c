from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .office import Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """At nine, with one agent in each queue and everybody of the backup staff at home and available."""
    made = Office(tmp_path)
    yield made
    await made.close()
