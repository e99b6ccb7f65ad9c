"""Who knows callers in one process: a database of customers and guesses, and a pepper for each version of a site."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from ivrctl.adapters.customers import CustomerDirectory, declared_pepper
from ivrctl.adapters.guess_books import StoredBooks
from ivrctl.adapters.site_store import SiteStore
from ivrctl.errors import ConfigurationError
from ivrctl.flow.program import Program
from ivrctl.identity import Guessing
from ivrctl.service.answering import Lookups
from ivrctl.service.identities import GuessBooks, Secrets, SiteIdentities
from ivrctl.site.site_file import Site


class KnownCallers:
    """Gives every version of a site who knows its callers."""

    def __init__(
        self,
        store: SiteStore,
        folder: Path,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        *,
        books: GuessBooks | None = None,
    ) -> None:
        """Ask in this database, which is closed with it.

        Args:
            store: the site's database.
            folder: the site's, for ``{file: …}``.
            environ: for ``{env: NAME}``.
            clock: aware.
            books: of guesses, where they are not kept in the database.
        """
        self._store = store
        self._folder = folder
        self._environ = environ
        self._clock = clock
        self._books = books
        self._known: dict[str, SiteIdentities] = {}

    def of(self, program: Program, lookups: Lookups) -> SiteIdentities:
        """Who knows the callers of a version.

        Args:
            program: the version.
            lookups: of its site with the directory (``with_directory``).
        """
        if program.version not in self._known:
            self._known[program.version] = self._joined(program.site, lookups)
        return self._known[program.version]

    async def forget_unused(self, used: Collection[str]) -> None:
        """Let go of those who know the callers of versions that no call needs, with their threads.

        Args:
            used: the versions that some call needs, or that serve.
        """
        for version in set(self._known) - set(used):
            await self._known.pop(version).close()

    def unusable(self, site: Site) -> list[str]:
        """Why nobody could be verified by an account, a sentence for each reason."""
        if not site.identity:
            return []
        try:
            declared_pepper(site.pepper, self._folder, self._environ)
        except ConfigurationError as error:
            return ["; ".join(filter(None, (str(error), error.advice)))]
        return []

    async def close(self) -> None:
        """Let go of the database, and of the threads in which PINs are compared."""
        for each in self._known.values():
            await each.close()
        await self._store.close()

    def _joined(self, site: Site, lookups: Lookups) -> SiteIdentities:
        return SiteIdentities(
            site,
            CustomerDirectory(self._store),
            lookups,
            self._books or StoredBooks(self._store, Guessing.of(site.locks)),
            Secrets(lambda: declared_pepper(site.pepper, self._folder, self._environ)),
            self._clock,
        )
