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
from ivrctl.service.compiling import CompiledSite, compile_whole
from ivrctl.simulation.days.load import read_days
from ivrctl.staffing.bound import Bound, bound_of, in_words
from ivrctl.staffing.policy_files.policy_file import SUFFIX
from ivrctl.testkit.scenario import read_scenarios


def run(paths: list[Path], how: str, *, is_live: bool = False, pbx: str | None = None) -> None:
    """Check sites and print the findings; exit code 1 when one is an error, 5 when the PBX does not answer."""
    folders = list(dict.fromkeys(map(site_folder, paths))) if paths else [site_folder(None)]
    findings = Findings()
    sources: dict[str, str] = {}
    bounds: dict[str, Bound] = {}
    unseen: IvrctlError | None = None
    for folder in folders:
        site = _checked(folder, findings, sources)
        bounds |= _bounds(folder, site)
        if is_live and unseen is None:
            unseen = _compared(None if site is None else site.program, folder, pbx, findings)
    _show(findings, sources, bounds, how)
    if unseen is not None:
        raise unseen
    if findings.has_errors:
        raise SystemExit(FINDINGS)


def _checked(folder: Path, findings: Findings, sources: dict[str, str]) -> CompiledSite | None:
    """The site compiled, where nothing hinders it, and all that can be said of its files."""
    today = datetime.now().astimezone().date()
    files = read_site(folder)
    sources |= {path: content.decode(errors="replace") for path, content in files.items()}
    site, found = compile_whole(files, str(folder), today)
    findings.items.extend(found.items)
    if site is not None:
        findings.items.extend(read_scenarios(files, site.program)[1].items)
        read_days(files, site.program.site, findings)
    recorded = folder / "prompts"
    if recorded.is_dir():
        from ivrctl.service.recordings import check_recordings

        languages = () if site is None else tuple(map(str, site.program.site.languages))
        findings.items.extend(check_recordings(recorded, languages).items)
    return site


def _bounds(folder: Path, site: CompiledSite | None) -> dict[str, Bound]:
    """By the file of each policy, how much it changes at most."""
    policies = {} if site is None else site.policies
    return {str(folder / f"{name}{SUFFIX}"): bound_of(policy) for name, policy in policies.items()}


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


def _show(findings: Findings, sources: dict[str, str], bounds: dict[str, Bound], how: str) -> None:
    match how:
        case "json":
            text = render_json(findings, {"policies": [_object(path, bound) for path, bound in bounds.items()]})
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
        sys.stderr.writelines(f"{path}: {in_words(bound)}\n" for path, bound in bounds.items())
        errors = sum(item.severity == "error" for item in findings.sorted())
        warnings = len(findings.sorted()) - errors
        sys.stderr.write(f"{_count(len(sources), 'file')}: {_count(errors, 'error')}, {_count(warnings, 'warning')}\n")
        if findings.items:
            sys.stderr.write(f"why a finding is one: ivrctl explain {findings.sorted()[0].rule}\n")


def _object(path: str, bound: Bound) -> dict[str, object]:
    return {
        "path": path,
        "seats": bound.seats,
        "changes_per_hour": {
            "most": bound.most,
            "ceiling": bound.ceiling,
            "by_people": bound.by_people,
            "by_tiers": bound.by_tiers,
        },
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
