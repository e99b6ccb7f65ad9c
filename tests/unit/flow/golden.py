"""Golden pairs of sites: a small site with one mistake, and what a user is told of it in ``findings.txt``.

``python -m tests.unit.flow.golden`` writes the second halves anew; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from ivrctl.flow.program import SITE_FILE, compile_site
from ivrctl.lang.findings import Finding
from ivrctl.lang.report import render_text

GOLDEN = Path(__file__).parents[2] / "golden"
FLOW = GOLDEN / "flow"
SITE = GOLDEN / "site"
TOLD = "findings.txt"
SHARED_SITE = FLOW / SITE_FILE
"""The site of every case of a flow that brings none of its own."""
TODAY = {"holidays-are-not-known-yet": date(2098, 6, 1)}
"""The day of the check, for the cases that depend on it."""
SHARED_FLOW = FLOW / "sub.ivr.yaml"
"""The flow that the examples of the kinds enter."""


def flow_cases() -> list[Path]:
    """The folders of the mistakes in flows."""
    return sorted(path for path in FLOW.iterdir() if path.is_dir())


def site_cases() -> list[Path]:
    """The folders of the mistakes in site files."""
    return sorted(path for path in SITE.iterdir() if path.is_dir())


def files_of(case: Path) -> Mapping[str, bytes]:
    """The files of a case by name; a case of a flow that has no site file gets the shared one."""
    own = {path.name: path.read_bytes() for path in sorted([*case.glob("*.yaml"), *case.glob("*.csv")])}
    return own if case.parent == SITE else {SITE_FILE: SHARED_SITE.read_bytes(), **own}


def files_of_kind(example: str) -> Mapping[str, bytes]:
    """The files of an example of a kind, such as ``play-good``."""
    flow = (FLOW / f"{example}.yaml").read_bytes()
    shared = {path.name: path.read_bytes() for path in (SHARED_SITE, SHARED_FLOW)}
    return {**shared, f"{example}.ivr.yaml": flow}


def told(files: Mapping[str, bytes], today: date | None = None) -> tuple[list[Finding], str]:
    """The findings of a site, and the text that shows them."""
    _program, findings = compile_site(files, today=today)
    return findings.sorted(), render_text(findings, {path: content.decode() for path, content in files.items()})


@cache
def told_of(case: Path) -> tuple[list[Finding], str]:
    """The same of a case: compiled once, whatever is asked of it."""
    return told(files_of(case), TODAY.get(case.name))


def _write_anew() -> None:
    for case in (*flow_cases(), *site_cases()):
        (case / TOLD).write_text(told_of(case)[1])
    for example in sorted(FLOW.glob("*-bad.yaml")):
        example.with_suffix(".txt").write_text(told(files_of_kind(example.stem))[1])


if __name__ == "__main__":
    _write_anew()
