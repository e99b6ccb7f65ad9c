"""Golden pairs of policies: a policy with one mistake, and what a user is told of it in ``findings.txt``.

``python -m tests.unit.staffing.golden`` writes the second halves anew; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivrctl.flow.program import SITE_FILE
from ivrctl.lang.findings import Finding
from ivrctl.lang.report import render_text
from ivrctl.service.compiling import compile_whole

from .examples import FLOW, GOLDEN

TOLD = "findings.txt"


def cases() -> list[Path]:
    """The folders of the mistakes."""
    return sorted(path for path in GOLDEN.iterdir() if path.is_dir())


def files_of(case: Path) -> Mapping[str, bytes]:
    """The files of a case by name; one that has no site file gets the shared one."""
    own = {path.name: path.read_bytes() for path in sorted(case.glob("*.yaml"))}
    return {SITE_FILE: (GOLDEN / SITE_FILE).read_bytes(), "main.ivr.yaml": FLOW.encode(), **own}


def told(case: Path) -> tuple[list[Finding], str]:
    """The findings of a case, and the text that shows them."""
    files = files_of(case)
    _site, findings = compile_whole(files)
    return findings.sorted(), render_text(findings, {path: content.decode() for path, content in files.items()})


def _write_anew() -> None:
    for case in cases():
        (case / TOLD).write_text(told(case)[1])


if __name__ == "__main__":
    _write_anew()
