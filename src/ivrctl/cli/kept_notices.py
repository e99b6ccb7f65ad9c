"""Notices without a controller: the same requests, answered by the ledger in the state folder itself.

Changes are made under the folder's lock, so that no controller starts meanwhile; what is heard by a caller then is
what the dialplan plays from files, which ``notices_made_here`` writes too.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivrctl.adapters.notice_ledger import NoticeLedger
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.web.notice_shown import changes_json, notice_json
from ivrctl.web.versions import FORMAT_VERSION


def answered_here(
    site: Path | None, state: StateFolder, pbx: str | None, method: str, path: str, body: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the API would answer.

    Raises:
        UnreachableError: a controller does run, and does not answer.
        ConfigurationError: nobody says where prompts lie, or the site does not compile.
    """
    if method == "GET":
        return {"format_version": FORMAT_VERSION, **_read(state, path)}
    from ivrctl.cli.notices_made_here import Place, asked_of

    try:
        with state.lock():
            asked = asked_of(Place(site, state, pbx), method, path, body)
            return {"format_version": FORMAT_VERSION, **asyncio.run(asked)}
    except ConfigurationError as error:
        if state.owner() is None:
            raise
        raise UnreachableError(
            "ivrctl serve runs and its controller does not answer", advice="once more in a moment; ivrctl status"
        ) from error


def _read(state: StateFolder, path: str) -> dict[str, Any]:
    ledger = NoticeLedger(state.notices, _say)
    notices, now = ledger.read().notices, _now()
    standing = [notice_json(notice, now) for notice in notices if notice.ends > now]
    if path == "/notices":
        return {"notices": standing}
    if path.startswith("/notices/history"):
        return {"changes": changes_json(ledger.history(int(re.sub(r"\D", "", path))))}
    id_ = path.rpartition("/")[2]
    found = next((notice for notice in standing if notice["id"] == id_), None)
    return {"notice": found} if found else {"error": f"no notice {id_} stands", "advice": "ivrctl notice list"}


def _now() -> datetime:
    return datetime.now(UTC)


def _say(fault: str) -> None:
    sys.stderr.write(f"{fault}\n")
