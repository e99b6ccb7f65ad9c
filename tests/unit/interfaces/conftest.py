"""An interface to ask, and the site's side of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ivrctl.adapters.site_lookups import SiteLookups
from ivrctl.testkit.interface_server import InterfaceServer

from .sites import TOKEN, compiled

Open = Callable[..., SiteLookups]


class Clock:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """What is on it."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trouble() -> list[str]:
    """What was told of interfaces."""
    return []


@pytest.fixture
async def server() -> AsyncIterator[InterfaceServer]:
    async with InterfaceServer() as one:
        yield one


@pytest.fixture
async def opened(tmp_path: Path, clock: Clock, trouble: list[str]) -> AsyncIterator[Open]:
    """Opens the lookups of a site whose interface is at an address."""
    all_opened: list[SiteLookups] = []

    def opened(url: str, *site: str) -> SiteLookups:
        environ = {"CRM_URL": url, "CRM_TOKEN": TOKEN}
        one = SiteLookups(compiled(*site).site, tmp_path, environ, on_trouble=trouble.append, seconds=clock)
        all_opened.append(one)
        return one

    yield opened
    for one in all_opened:
        await one.close()


@pytest.fixture
def lookups(server: InterfaceServer, opened: Open) -> SiteLookups:
    """The lookups of a site, one for each kind of answer."""
    return opened(server.url)
