"""``ivrctl check``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from ivrctl import __version__
from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.sites import site_folder
from ivrctl.errors import IvrctlError
from ivrctl.flow.program import Program
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_github, render_json, render_text
from ivrctl.service.compiling import compile_whole
from ivrctl.testkit.scenario import read_scenarios


def run(paths: list[Path], how: str, *, is_live: bool = False, pbx: str | None = None) -> None:
    """Check sites and print the findings; exit code 1 when one is an error, 5 when the PBX does not answer."""
    folders = list(dict.fromkeys(map(site_folder, paths))) if paths else [site_folder(None)]
    findings = Findings()
    sources: dict[str, str] = {}
    unseen: IvrctlError | None = None
    for folder in folders:
        program = _checked(folder, findings, sources)
        if is_live and unseen is None:
            unseen = _compared(program, folder, pbx, findings)
    _show(findings, sources, how)
    if unseen is not None:
        raise unseen
    if findings.has_errors:
        raise SystemExit(FINDINGS)


def _checked(folder: Path, findings: Findings, sources: dict[str, str]) -> Program | None:
    """The program of a site, where it has one, and all that can be said of its files."""
    today = datetime.now().astimezone().date()
    files = read_site(folder)
    sources |= {path: content.decode(errors="replace") for path, content in files.items()}
    site, found = compile_whole(files, str(folder), today)
    program = None if site is None else site.program
    findings.items.extend(found.items)
    if program is not None:
        findings.items.extend(read_scenarios(files, program)[1].items)
    recorded = folder / "prompts"
    if recorded.is_dir():
        from ivrctl.service.recordings import check_recordings

        languages = () if program is None else tuple(map(str, program.site.languages))
        findings.items.extend(check_recordings(recorded, languages).items)
    return program


def _compared(program: Program | None, folder: Path, pbx: str | None, findings: Findings) -> IvrctlError | None:
    """Compare a site with its PBX; why that cannot be done, which is told behind the findings that there are."""
    import asyncio

    from ivrctl.cli.peer import peer_of
    from ivrctl.cli.progress import say
    from ivrctl.service.doctor.names import compare, see_names

    if program is None:
        sys.stderr.write(f"{folder} is not compared with the PBX before its errors are gone\n")
        return None
    try:
        peer = peer_of(program.site, folder, pbx)
        queues = tuple(map(str, program.site.queues))
        observed = asyncio.run(see_names(peer.address, queues, (peer.doctor, peer.controller), say))
    except IvrctlError as error:
        return error
    for note in observed.notes:
        sys.stderr.write(f"note: {note}\n")
    findings.items.extend(compare(program, observed).items)
    return None


def _show(findings: Findings, sources: dict[str, str], how: str) -> None:
    match how:
        case "json":
            text = render_json(findings)
        case "github":
            text = render_github(findings)
        case "sarif":
            from ivrctl.cli.rules import every_rule
            from ivrctl.lang.sarif import render_sarif

            text = render_sarif(findings, sources, every_rule(), __version__)
        case _:
            text = render_text(findings, sources, colour=sys.stdout.isatty())
    if text:
        sys.stdout.write(text.rstrip("\n") + "\n")
    if how == "text":
        errors = sum(item.severity == "error" for item in findings.sorted())
        warnings = len(findings.sorted()) - errors
        sys.stderr.write(f"{_count(len(sources), 'file')}: {_count(errors, 'error')}, {_count(warnings, 'warning')}\n")
        if findings.items:
            sys.stderr.write(f"why a finding is one: ivrctl explain {findings.sorted()[0].rule}\n")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
