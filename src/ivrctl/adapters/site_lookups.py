"""All lookups of one version of a site, whoever is asked: databases, interfaces, and what was answered lately."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivrctl.adapters.lookup_cache import LookupCache
from ivrctl.adapters.site_databases import SiteDatabases
from ivrctl.model.values import RowOrRows, Value
from ivrctl.site.site_file import Site

if TYPE_CHECKING:
    from ivrctl.adapters.interfaces.site_interfaces import SiteInterfaces


class SiteLookups:
    """Asks whom a lookup is declared to ask."""

    def __init__(
        self,
        site: Site,
        folder: Path,
        environ: Mapping[str, str],
        *,
        on_trouble: Callable[[str], None] = lambda _trouble: None,
        seconds: Callable[[], float] = time.monotonic,
        waited_for: Path | None = None,
    ) -> None:
        """Prepare the databases and interfaces of a site; none is opened yet.

        Args:
            site: names them, and the lookups.
            folder: the site's, for files that are named relative to it.
            environ: for ``{env: NAME}``.
            on_trouble: told in a sentence when an interface is asked no more, and when it is again.
            seconds: the time, for what is kept and for the breakers of interfaces.
            waited_for: a folder on a disk that the event loop waits for anyway: what lies there too is read at once
                where that takes a moment (``sqlite_at_once``).
        """
        self._site = site
        self._databases = SiteDatabases(site, folder, environ, waited_for=waited_for)
        self._cache = LookupCache(seconds)
        self.interfaces: SiteInterfaces | None = None
        """The interfaces, for who posts to them; None when the site has none."""
        if site.http:
            from ivrctl.adapters.interfaces.site_interfaces import SiteInterfaces  # noqa: PLC0415 - aiohttp takes 170 ms

            self.interfaces = SiteInterfaces(site, folder, environ, on_trouble=on_trouble, seconds=seconds)

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - the deadline is the site's, and belongs to the question
        """Ask a lookup: its row, or its rows where it is declared with ``rows``; None when there is no such row.

        Raises:
            LookupFault: no answer within ``timeout``, or none that is as declared; the message says which.
        """
        lookup = self._site.lookups[name]
        lasts = None if lookup.has_secret else lookup.cache
        if lasts is None:
            return await self._asked(name, params, timeout)
        answer = self._cache.get(name, params)
        if answer is None:
            answer = await self._asked(name, params, timeout)
            if answer is not None:
                self._cache.keep(name, params, answer, lasts)
        return answer

    def unusable(self) -> list[str]:
        """Why a database or an interface cannot even be opened, a sentence for each."""
        return [*self._databases.unusable(), *(self.interfaces.unusable() if self.interfaces else ())]

    def status(self) -> dict[str, dict[str, Any]]:
        """Of each interface whether it is asked at the moment."""
        return self.interfaces.status() if self.interfaces else {}

    async def close(self) -> None:
        """Give up what is still asked, and close every connection."""
        if self.interfaces is not None:
            await self.interfaces.close()
        await self._databases.close()

    async def _asked(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - as above
        if self.interfaces is not None and self._site.lookups[name].endpoint is not None:
            return await self.interfaces.ask(name, params, timeout)
        return await self._databases.ask(name, params, timeout)
