"""The commands and examples in README and docs, run as they stand."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.flow.action import KINDS
from ivrctl.flow.program import compile_site

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


_SECONDS = re.compile(r"[0-9]+\\\.[0-9]+\\ s")
"""A time of a transcript, in the form that ``re.escape`` gives it."""


def _blocks(page: Path, language: str) -> Iterator[str]:
    yield from re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def _files(page: Path) -> Iterator[tuple[str, str]]:
    """The blocks that a page names, such as ``yaml shop/ivrctl.yaml``: path and content."""
    yield from re.findall(r"^```\w+ (\S+)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def _lay_out(page: Path, folder: Path) -> None:
    """What a reader of the page has before him: the repository, the files of the page, the databases of their SQL."""
    for name in ("flows", "tests"):
        (folder / name).symlink_to(ROOT / name)
    for path, content in _files(page):
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
        if file.suffix == ".sql":
            with sqlite3.connect(file.with_suffix(".sqlite")) as database:
                database.executescript(content)
            database.close()


def _commands() -> Iterator[tuple[Path, str, list[str]]]:
    for page in PAGES:
        for block in _blocks(page, "console"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *shown = part.rstrip("\n").split("\n")
                yield page, command, shown


def _pattern(shown: list[str]) -> str:
    """What is shown, as a regular expression: ``…`` stands for anything, alone on a line for any lines."""
    return r"\A" + "".join(_line(line) for line in shown) + r"\Z"


def _line(line: str) -> str:
    if line == "…":
        return r"(?:.*\n)*?"
    # A lookup takes the time that the machine needs, and what follows it is as much later.
    return _SECONDS.sub(r"[0-9.]+\\ s", re.escape(line).replace("…", ".*")) + r"\n"


@pytest.mark.parametrize(("page", "command", "shown"), list(_commands()), ids=lambda value: str(value)[-60:])
def test_command_prints_what_the_page_shows(page: Path, command: str, shown: list[str], tmp_path: Path) -> None:
    """Every command in the documentation prints what is shown below it."""
    name, *words = command.split()
    assert name == "ivrctl", page
    _lay_out(page, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "ivrctl", *words],
        cwd=tmp_path,
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


def test_every_kind_of_action_has_its_row() -> None:
    """The table of kinds lists every kind that a flow can use, and no other."""
    page = (ROOT / "docs/flows.md").read_text()
    table = page.partition("### Kinds\n")[2].partition("###")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(KINDS)
