"""``ivrctl serve``: becomes the parent process. Imports little: see ``service.parent``."""

from __future__ import annotations

import sys
from pathlib import Path

from ivrctl.cli.addresses import address, check_network
from ivrctl.cli.sites import site_folder, state_folder
from ivrctl.errors import ConfigurationError
from ivrctl.service.parent import serve

DEFAULT_AGI = ("127.0.0.1", 4573)


def run(
    site: Path | None,
    *,
    pbx: str | None,
    state: Path | None,
    agi: str | None,
    api: str | None,
    allow: list[str],
    most_calls: int,
) -> int:
    """Own the sockets and keep a controller alive; the exit code."""
    folder = site_folder(site)
    for network in allow:
        check_network(network)
    child = [sys.executable, "-m", "ivrctl.cli.controller_process", str(folder.resolve())]
    child += ["--state", str(state_folder(folder, state).path), "--most-calls", str(most_calls)]
    child += ["--pbx", pbx] if pbx else []
    for network in allow:
        child += ["--allow", network]
    listen = address(agi) if agi else _agi_of(pbx)
    if agi and pbx is not None and (looks := _agi_of(pbx)) != listen:
        sys.stderr.write(f'the PBX "{pbx}" looks for its controller at {looks[0]}:{looks[1]}, not at {agi}\n')
    return serve(child, agi=listen, state=state_folder(folder, state), api=address(api) if api else None)


def _agi_of(pbx: str | None) -> tuple[str, int]:
    """Where the dialplan of the PBX looks for a controller."""
    from ivrctl.adapters.pbx.life import find

    found = find(pbx or "default")
    if found is None and pbx is not None:
        raise ConfigurationError(f'the PBX "{pbx}" does not run', advice=f"ivrctl pbx up {pbx}")
    return DEFAULT_AGI if found is None else found.agi
