"""The command line, run in this process, and a site to run it on."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from ivrctl.cli import main
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.findings import Finding, Findings
from ivrctl.service import compiling

FLOWS = Path(__file__).parents[3] / "flows"

_tree_of_commands = cache(typer.main.get_command)
"""Typer makes it anew at each start, which takes longer than most commands do: here they start many times."""


@cache
def _of_these_files(files: tuple[tuple[str, bytes], ...], *how: Any) -> tuple[Program | None, tuple[Finding, ...]]:
    program, findings = compile_site(dict(files), *how)
    return program, tuple(findings.items)


def _compile_once(files: Mapping[str, bytes], folder: str, *how: Any) -> tuple[Program | None, Findings]:
    """What ``compile_site`` gives: many commands are run on the same files, and compiling takes most of their time.

    The folder, which is another one in each test, stands in nothing but the finding that there is no site file in it.
    """
    program, findings = _of_these_files(tuple(files.items()), "." if "ivrctl.yaml" in files else folder, *how)
    return program, Findings(list(findings))


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


@pytest.fixture
def site(tmp_path: Path, operator_database: Path) -> Path:
    """A copy of the demo site with its database."""
    folder = tmp_path / "site"
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
