"""``ivrctl doctor``."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ivrctl.cli.codes import FINDINGS, UNREACHABLE
from ivrctl.cli.peer import peer_of
from ivrctl.cli.progress import say
from ivrctl.cli.sites import SITE_FILE, load_whole, seen_state, site_folder
from ivrctl.errors import UnreachableError
from ivrctl.lang.findings import Severity
from ivrctl.service.doctor import Report, Setup, examine
from ivrctl.service.doctor.finding import render_json, render_text
from ivrctl.service.doctor.names import agent_entries
from ivrctl.service.doctor.observed import Expected
from ivrctl.service.voices import prompt_folders
from ivrctl.web.client import RefusedRequestError, ask


def run(site: Path | None, pbx: str | None, state: Path | None, *, as_json: bool) -> None:
    """Examine a PBX and print the findings; exit code 1 when there is one, 5 when AMI does not answer."""
    report = asyncio.run(examine(_setup(site, pbx, state), say))
    _show(report, as_json=as_json)
    if not report.is_reached:
        raise SystemExit(UNREACHABLE)
    if report.findings:
        raise SystemExit(FINDINGS)


def _show(report: Report, *, as_json: bool) -> None:
    sys.stdout.write(render_json(report) if as_json else render_text(report))
    errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
    warnings = len(report.findings) - errors
    counted = (_count(errors, "error"), _count(warnings, "warning"), _count(len(report.notes), "note"))
    sys.stderr.write(f"{report.asterisk or 'no Asterisk'}: {', '.join(counted)}\n")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _setup(given: Path | None, pbx: str | None, state: Path | None) -> Setup:
    folder = site_folder(given)
    whole = load_whole(folder)
    site = whole.program.site
    peer = peer_of(site, folder, pbx)
    controller = partial(_asked, seen_state(folder, state).api_socket)
    folders = prompt_folders(site, folder, pbx, os.environ)
    status = (controller("/status") or {}).get("status", {})
    expected = Expected(
        host=peer.address[0],
        port=peer.address[1],
        user=peer.controller.user,
        queues={str(name): tuple(map(str, queue.keys)) for name, queue in site.queues.items()},
        prompts=folders.cache.ours,
        prompts_seen=folders.cache.asterisk,
        spool=folders.spool.ours,
        spool_seen=folders.spool.asterisk,
        extensions={str(number): dialled.text for number, dialled in site.extensions.items()},
        has_voicemail=bool(site.voicemail),
        agents=agent_entries(site),
        agi=status.get("agi") or f"{peer.agi[0]}:{peer.agi[1]}",
        site_file=SITE_FILE,
        sends_messages=any(
            not policy.heads_up or (policy.warn is not None and policy.warn.to in site.agents)
            for policy in whole.policies.values()
        ),
    )
    return Setup(expected=expected, controller=peer.controller, doctor=peer.doctor, ask=controller)


def _asked(api_socket: Path, path: str) -> Mapping[str, Any] | None:
    """What the site's controller answers; None when none runs, or when it is too old to know the question."""
    try:
        return ask(api_socket, path)
    except (UnreachableError, RefusedRequestError):
        return None
