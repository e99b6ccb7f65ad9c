"""Either database, and the books in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ivrctl.adapters.books_store import BooksReader, BooksWriter
from ivrctl.adapters.site_store import SiteStore


@pytest.fixture
def file_url(grown_file_url: str) -> str:
    return grown_file_url


@pytest.fixture(params=["file_url", pytest.param("grown_postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: what the books promise holds on both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def store(url: str) -> AsyncIterator[SiteStore]:
    opened = SiteStore(url)
    yield opened
    await opened.close()


@pytest.fixture
async def reader(store: SiteStore) -> BooksReader:
    return BooksReader(store)


@pytest.fixture
async def writer(url: str) -> AsyncIterator[BooksWriter]:
    opened = BooksWriter(url)
    await opened.open()
    yield opened
    await opened.close()
