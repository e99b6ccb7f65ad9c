"""The commands and examples in README and docs, run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.flow.program import compile_site

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def _blocks(page: Path, language: str) -> Iterator[str]:
    yield from re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def _commands() -> Iterator[tuple[str, str, list[str]]]:
    for page in PAGES:
        for block in _blocks(page, "console"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *shown = part.rstrip("\n").split("\n")
                yield page.name, command, shown


def _pattern(shown: list[str]) -> str:
    """What is shown, as a regular expression: ``…`` stands for anything, alone on a line for any lines."""
    return r"\A" + "".join(_line(line) for line in shown) + r"\Z"


def _line(line: str) -> str:
    if line == "…":
        return r"(?:.*\n)*?"
    return re.escape(line).replace("…", ".*") + r"\n"


@pytest.mark.parametrize(("page", "command", "shown"), list(_commands()), ids=lambda value: str(value)[:60])
def test_command_prints_what_the_page_shows(page: str, command: str, shown: list[str]) -> None:
    """Every command in the documentation prints what is shown below it."""
    name, *words = command.split()
    assert name == "ivrctl", page
    done = subprocess.run(
        [sys.executable, "-m", "ivrctl", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
        timeout=60,
    )
    assert re.search(_pattern(shown), done.stdout), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("page", "block"),
    [(page.name, block) for page in PAGES for block in _blocks(page, "yaml") if "steps:" in block],
    ids=lambda value: str(value)[:30],
)
def test_flow_in_a_page_compiles(page: str, block: str) -> None:
    """Every flow in the documentation compiles on the demo site without a finding."""
    files = {"ivrctl.yaml": (ROOT / "flows/ivrctl.yaml").read_bytes(), "example.ivr.yaml": block.encode()}
    program, findings = compile_site(files)
    assert program is not None, findings.sorted()
    assert findings.sorted() == [], page


def test_every_page_that_is_pointed_to_exists() -> None:
    """Paths in backquotes that look like files of the repository are there."""
    for page in PAGES:
        for path in re.findall(r"`((?:docs|src|tests|asterisk-conf)/[\w./-]+)`", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name} names {path}"
