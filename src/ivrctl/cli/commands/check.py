"""``ivrctl check``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from ivrctl import __version__
from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.sites import site_folder
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_github, render_json, render_text
from ivrctl.service.compiling import compile_spoken
from ivrctl.testkit.scenario import read_scenarios


def run(paths: list[Path], how: str) -> None:
    """Check sites and print the findings; exit code 1 when one is an error."""
    today = datetime.now().astimezone().date()
    folders = list(dict.fromkeys(map(site_folder, paths))) if paths else [site_folder(None)]
    findings = Findings()
    sources: dict[str, str] = {}
    for folder in folders:
        files = read_site(folder)
        sources |= {path: content.decode(errors="replace") for path, content in files.items()}
        program, found = compile_spoken(files, str(folder), today)
        findings.items.extend(found.items)
        if program is not None:
            findings.items.extend(read_scenarios(files, program)[1].items)
    _show(findings, sources, how)
    if findings.has_errors:
        raise SystemExit(FINDINGS)


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
