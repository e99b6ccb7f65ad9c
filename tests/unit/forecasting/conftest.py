"""Books in either database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ivrctl.adapters.site_store import SiteStore


@pytest.fixture(params=["grown_file_url", pytest.param("grown_postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: forecasts are the same from both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def store(url: str) -> AsyncIterator[SiteStore]:
    opened = SiteStore(url)
    yield opened
    await opened.close()
