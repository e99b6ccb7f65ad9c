"""Where a site's own database lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivrctl.adapters.call_store import sqlite_url
from ivrctl.adapters.database_url import declared_url, sqlite_path
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.errors import ConfigurationError
from ivrctl.site.site_file import Store


def store_url(store: Store | None, site: Path, state: StateFolder, environ: Mapping[str, str]) -> str:
    """Where the records of a site lie: its own store, else the file in its state folder.

    Raises:
        ConfigurationError: the store cannot be used: its variable is not set.
    """
    if store is None:
        return sqlite_url(state.call_database)
    try:
        url = declared_url(store.url, site, environ)
    except ConfigurationError as error:
        raise ConfigurationError(f"the site's store: {error}", advice=error.advice) from error
    path = sqlite_path(url, site)
    return url if path is None else sqlite_url(path)
