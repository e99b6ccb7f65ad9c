"""A floor, over either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivrctl.adapters.site_store import sqlite_url

from .floor import Floor


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "calls.sqlite")


@pytest.fixture(params=["file_url", pytest.param("postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: what is promised holds on both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def floor(url: str) -> AsyncIterator[Floor]:
    async with Floor(url) as opened:
        yield opened
