"""Either database, and controllers that keep what they do about backup staff in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.adapters.staffing_store import StaffingStore

from .kept import NOW


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "calls.sqlite")


@pytest.fixture(params=["file_url", pytest.param("postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: what is promised holds on both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def database(url: str) -> AsyncIterator[SiteStore]:
    opened = SiteStore(url)
    yield opened
    await opened.close()


class Clock:
    """Ours, as a test sets it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Later."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def controller(database: SiteStore, clock: Clock) -> AsyncIterator[Callable[..., StaffingStore]]:
    """Makes controllers: of one place, unless told otherwise."""
    made: list[StaffingStore] = []

    def make(holder: str = "one", place: str = "here") -> StaffingStore:
        made.append(StaffingStore(database, place=place, holder=holder, clock=clock))
        return made[-1]

    yield make
    for store in made:
        await store._writer.close()
