"""Golden pairs of the formats of findings: the same site as text, JSON, annotations of GitHub and SARIF."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""

FOLDER = Path(__file__).parents[2] / "golden" / "formats"
GOLDEN = {"text": "findings.txt", "json": "findings.json", "github": "findings.github", "sarif": "findings.sarif"}


@pytest.mark.parametrize("how", GOLDEN)
def test_findings_are_written_exactly_so(ivrctl: Ivrctl, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """What a reader of the format gets is the golden file, to the letter, and the exit code is that of findings."""
    monkeypatch.chdir(FOLDER)
    ran = ivrctl("check", "site", "--format", how)
    assert (ran.code, _steady(ran.out)) == (1, (FOLDER / GOLDEN[how]).read_text())


def _steady(text: str) -> str:
    """A report without what changes with each release."""
    return re.sub(r'"version": "\d+\.\d+\.[^"]*",\n( +)"rules"', r'"version": "(any)",\n\1"rules"', text)
