"""A directory of customers on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivrctl.adapters.site_store import SiteStore, sqlite_url

PEPPER = "a pepper that nobody guesses"


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "calls.sqlite")


@pytest.fixture(params=["file_url", pytest.param("postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: what a directory promises holds on both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def store(url: str) -> AsyncIterator[SiteStore]:
    opened = SiteStore(url)
    yield opened
    await opened.close()
