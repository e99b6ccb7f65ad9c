"""Golden pairs of synthetic days: a day with one mistake, and what a user is told of it in ``findings.txt``.

``python -m tests.unit.simulation.day_golden`` writes the second halves anew; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivrctl.lang.findings import Finding, Findings
from ivrctl.lang.report import render_text
from ivrctl.simulation.days.load import read_days

from .day_examples import GOLDEN, site, site_files

TOLD = "findings.txt"


def cases() -> list[Path]:
    """The folders of the mistakes."""
    return sorted(path for path in GOLDEN.iterdir() if path.is_dir())


def files_of(case: Path) -> Mapping[str, bytes]:
    """The files of a case by name, with those of the shared site."""
    return {**site_files(), **{path.name: path.read_bytes() for path in sorted(case.glob("*.yaml"))}}


def told(case: Path) -> tuple[list[Finding], str]:
    """The findings of a case, and the text that shows them."""
    files, findings = files_of(case), Findings()
    read_days(files, site(), findings)
    return findings.sorted(), render_text(findings, {path: content.decode() for path, content in files.items()})


def _write_anew() -> None:
    for case in cases():
        (case / TOLD).write_text(told(case)[1])


if __name__ == "__main__":
    _write_anew()
