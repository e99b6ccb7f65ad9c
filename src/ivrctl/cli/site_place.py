"""A site and its own database, for commands that work beside a controller."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ivrctl.adapters.customers import Pins, declared_pepper
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.sites import load_program, site_folder, state_folder
from ivrctl.flow.program import Program
from ivrctl.service.store_place import store_url

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Place:
    """A site, and where its own database is."""

    program: Program
    folder: Path
    url: str

    def pins(self) -> Pins:
        """What makes hashes with the site's pepper, on all cores: nobody waits for this one but who started it.

        Raises:
            ConfigurationError: the site has no pepper.
        """
        pepper = declared_pepper(self.program.site.pepper, self.folder, os.environ)
        return Pins(pepper, at_once=os.cpu_count() or 1)

    def run(self, work: Callable[[SiteStore], Awaitable[_Result]]) -> _Result:
        """Do something with the database."""

        async def done() -> _Result:
            store = SiteStore(self.url)
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(done())


def place_of(site: Path | None, state: Path | None) -> Place:
    """The site that is meant.

    Raises:
        ConfigurationError: there is none, it does not compile, or its store cannot be used.
    """
    folder = site_folder(site)
    program = load_program(folder)
    return Place(program, folder, store_url(program.site.store, folder, state_folder(folder, state), os.environ))
