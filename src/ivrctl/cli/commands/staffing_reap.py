"""``ivrctl staffing reap``: works on the site's database and on Asterisk itself, beside no controller."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivrctl.adapters.ami.queue_actions import Asking
from ivrctl.adapters.ami.session import AmiSession
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store import StaffingStore
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.queue import print_json
from ivrctl.cli.peer import ami_access
from ivrctl.cli.sites import SITE_FILE, site_folder, state_folder
from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load_one
from ivrctl.service.queues import AmiAccess
from ivrctl.service.staffing.reaper import Reaped, ReaperParts, Reaping
from ivrctl.service.staffing.reaper import reap as reaped_by
from ivrctl.service.store_place import store_url
from ivrctl.site.check import bind_site
from ivrctl.site.site_file import Site

FORMAT_VERSION = 1
_BECAME = {
    "ended": "removed",
    "gone": "was not there any more",
    "not_ours": "stands in queues.conf now, and stays",
    "waits": "stays for now",
    "failed": "could not be removed",
}


def reap(pbx: str | None, site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """End what has expired, and print it; exit code 1 where something should have ended and did not."""
    folder = site_folder(site)
    known = _site(folder)
    url = store_url(known.store, folder, state_folder(folder, state), os.environ)
    done = asyncio.run(_reaped(url, lambda: _access(known, folder, pbx)))
    if as_json:
        print_json(_body(done))
    else:
        sys.stdout.writelines(_lines(done))
    if done.has_failed:
        raise SystemExit(FINDINGS)


async def _reaped(url: str, access_of: Callable[[], AmiAccess]) -> Reaping:
    host, database = socket.gethostname(), SiteStore(url)
    store = StaffingStore(database, place=f"{host}:reap", holder=f"reap-{os.getpid()}-{secrets.token_hex(4)}")
    sessions: list[AmiSession] = []

    async def connect() -> Asking:
        access = access_of()
        if access.login is None:
            raise ConfigurationError(access.why)
        sessions.append(await AmiSession.open(access.address, access.login))
        return sessions[-1]

    try:
        return await reaped_by(ReaperParts(store, connect, lambda: datetime.now(UTC), asyncio.sleep))
    finally:
        for session in sessions:
            session.close()
        await database.close()


def _site(folder: Path) -> Site:
    """What the site file says, however broken flows and policies are: nobody stays behind for a mistake in them."""
    findings, file = Findings(), folder / SITE_FILE
    try:
        node = load_one(file.read_bytes(), str(file), findings)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}", advice="name a site's folder") from error
    site = None if node is None else bind_site(node, findings)
    if site is None:
        raise ConfigurationError(f"{file} is not what a site file is", advice="ivrctl check")
    return site


def _access(site: Site, folder: Path, pbx: str | None) -> AmiAccess:
    found = ami_access(site, folder, pbx)
    if found is None:
        raise ConfigurationError(
            "nobody knows where the Asterisk of the site is", advice="name it in ivrctl.yaml (asterisk:), or --pbx"
        )
    return found


def _body(done: Reaping) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "acts": not done.why_not,
        "why_not": done.why_not,
        "memberships": [_shown(one) for one in done.reaped],
    }


def _shown(one: Reaped) -> dict[str, Any]:
    lease = one.lease
    return {
        "queue": lease.queue,
        "interface": lease.interface,
        "policy": lease.policy,
        "tier": lease.tier,
        "expired_at": lease.expires_at.isoformat(timespec="seconds"),
        "became": one.became.value,
        "why": one.why,
    }


def _lines(done: Reaping) -> Iterator[str]:
    if done.why_not:
        yield f"nothing was looked at: {done.why_not}\n"
    elif not done.reaped:
        yield "no membership has expired\n"
    for one in done.reaped:
        why = f": {one.why}" if one.why else ""
        yield f"{one.lease.interface} in {one.lease.queue} ({one.lease.tier}) {_BECAME[one.became.value]}{why}\n"
