"""The records of calls, read from the site's store itself while no controller runs.

Its answers have the form of the API's, so that a command shows both alike.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from ivrctl.adapters.call_store import CallStore
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.errors import ConfigurationError
from ivrctl.service.store_place import store_url
from ivrctl.web.api import record_json
from ivrctl.web.client import RefusedRequestError
from ivrctl.web.versions import FORMAT_VERSION


def kept_calls(site: Path | None, state: StateFolder, *, leg: str | None, limit: int) -> dict[str, Any] | None:
    """What ``/calls`` or ``/calls/LEG`` would answer; None when no record was ever kept.

    Raises:
        RefusedRequestError: no call has this leg.
        AmbiguousLegError: several legs begin so.
        UnreachableError: the store does not answer.
        ConfigurationError: the site's store cannot be used.
    """
    url = _url(site, state)
    return None if url is None else asyncio.run(_read(url, leg, limit))


def _url(site: Path | None, state: StateFolder) -> str | None:
    """Where the records lie; of a site that is gone or broken those of the state folder."""
    try:
        folder = site_folder(site)
        store = load_program(folder).site.store
    except ConfigurationError:
        folder, store = Path(), None
    if store is None and not state.call_database.is_file():
        return None
    return store_url(store, folder, state, os.environ)


async def _read(url: str, leg: str | None, limit: int) -> dict[str, Any]:
    store = CallStore(url)
    try:
        if leg is None:
            records = await store.recent(limit)
            calls = [record_json(record, with_trace=False) for record in records]
            return {"format_version": FORMAT_VERSION, "calls": calls}
        record = await store.get(leg)
    finally:
        await store.close()
    if record is None:
        raise RefusedRequestError(f"no call {leg} has ended here", advice="ivrctl calls")
    return {"format_version": FORMAT_VERSION, "call": record_json(record, with_trace=True)}
