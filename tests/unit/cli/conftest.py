"""The command line, run in this process, and a site to run it on."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import typer.main

from ivrctl.cli import main
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.findings import Finding, Findings
from ivrctl.service import compiling
from ivrctl.site.site_file import Site

FLOWS = Path(__file__).parents[3] / "flows"

_tree_of_commands = cache(typer.main.get_command)
"""Typer makes it anew at each start, which takes longer than most commands do: here they start many times."""


Beside = Callable[[Site | None, Findings], None]
_compiled: dict[tuple[object, ...], tuple[Program | None, tuple[Finding, ...], Site | None]] = {}


def _compile_once(
    files: Mapping[str, bytes], folder: str, today: date | None, areas: object, beside: Beside | None
) -> tuple[Program | None, Findings]:
    """What ``compile_site`` gives: many commands are run on the same files, and compiling takes most of their time.

    What is read beside the flows keeps what it has read for itself, so that it reads each time.
    """
    key = (tuple(files.items()), folder, today, areas, beside is None)
    if key not in _compiled:
        given: list[Site | None] = [None]

        def note(site: Site | None, findings: Findings) -> None:
            given.append(site)
            if beside is not None:
                beside(site, findings)

        program, findings = compile_site(files, folder, today, areas, note)
        _compiled[key] = program, tuple(findings.items), given[-1]
    elif beside is not None:
        beside(_compiled[key][2], Findings())
    program, items, _ = _compiled[key]
    return program, Findings(list(items))


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def operator_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo site's database, made once: each of its statements waits for the disk."""
    file = tmp_path_factory.mktemp("database") / "operator.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((FLOWS / "operator.sql").read_text())
    return file


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test has its site: in one and the same folder, so that it is compiled for the first of them alone."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture
def site(place: Path, operator_database: Path) -> Path:
    """A copy of the demo site with its database, and with nothing else beside it."""
    shutil.rmtree(place)
    folder = place / "site"
    shutil.copytree(FLOWS, folder, ignore=shutil.ignore_patterns("*.sqlite"))
    shutil.copy(operator_database, folder)
    return folder


@pytest.fixture
def ivrctl(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Callable[..., Ran]]:
    """Run a command with a state folder of the test's own."""
    # A folder of its own with a short path: a Unix socket's may have 107 bytes.
    state = tempfile.mkdtemp(prefix="ivr-")
    monkeypatch.setenv("XDG_STATE_HOME", state)
    monkeypatch.setattr(typer.main, "get_command", _tree_of_commands)
    monkeypatch.setattr(compiling, "compile_site", _compile_once)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*words: str | Path) -> Ran:
        monkeypatch.setattr("sys.argv", ["ivrctl", *(str(word) for word in words)])
        capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1 if ended.code else 0
        else:
            code = 0
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    yield run
    shutil.rmtree(state)
