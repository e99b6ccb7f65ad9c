"""What cannot be written is told before the work; and nobody is told anything who has stopped reading."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.cli import main
from ivrctl.cli.codes import READER_LEFT
from ivrctl.cli.writable import check_file, check_folder
from ivrctl.errors import ConfigurationError

Ivrctl = Callable[..., Any]


def test_what_can_be_written_is_let_through(tmp_path: Path) -> None:
    """A new file, one that is replaced, and folders that are made on the way."""
    (tmp_path / "there").touch()
    check_file(tmp_path / "new")
    check_file(tmp_path / "there")
    check_file(tmp_path / "a" / "b" / "new", is_parent_made=True)
    check_folder(tmp_path)
    check_folder(tmp_path / "a" / "b")


def test_what_cannot_be_written_is_refused_by_its_name(tmp_path: Path) -> None:
    """With the words of the operating system."""
    (tmp_path / "file").touch()
    refused = []
    for check, path in (
        (check_file, tmp_path / "none" / "new"),
        (check_file, tmp_path),
        (check_file, tmp_path / "file" / "new"),
        (check_folder, tmp_path / "file"),
        (check_folder, tmp_path / "file" / "below"),
    ):
        with pytest.raises(ConfigurationError) as error:
            check(path)
        refused.append(str(error.value).removeprefix(str(path)))
    assert refused == [
        " cannot be written: No such file or directory",
        " cannot be written: Is a directory",
        *[" cannot be written: Not a directory"] * 3,
    ]


def test_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may be root, who may write everywhere."""
    monkeypatch.setattr(os, "access", lambda _path, _how: False)
    with pytest.raises(ConfigurationError, match="cannot be written: Permission denied"):
        check_file(tmp_path / "new")


@pytest.mark.parametrize("option", ["--svg", "--csv"])
def test_a_trial_is_not_begun_whose_result_has_no_place(option: str, site: Path, ivrctl: Ivrctl) -> None:
    """Minutes of runs would be lost."""
    ran = ivrctl("staffing", "simulate", site / "busy.day.yaml", option, site / "ivrctl.yaml" / "none")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"ivrctl: {site}/ivrctl.yaml/none cannot be written: Not a directory\n  try: name another place\n"
    )


def test_a_recommendation_is_not_looked_for_that_has_no_place(site: Path, ivrctl: Ivrctl, tmp_path: Path) -> None:
    """The same of ``--out``."""
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "a.staffing.yaml"
    ran = ivrctl("staffing", "recommend", site / "busy.day.yaml", "--out", out)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"ivrctl: {out} cannot be written: Not a directory\n  try: --out another place\n"


def test_nobody_reads_any_more() -> None:
    """As before ``head``: it ends quietly, with the code of a program that SIGPIPE has ended."""
    read, write = os.pipe()
    os.close(read)
    try:
        command = [sys.executable, "-m", "ivrctl", "explain"]
        ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (READER_LEFT, b"")


def test_a_reader_who_leaves_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer notices first, and would end with 1."""

    def app() -> None:
        monkeypatch.setattr(sys, "stdout", object())
        raise SystemExit(1)

    monkeypatch.setattr("ivrctl.cli.groups.only", lambda _all, _words: app)
    monkeypatch.setattr("ivrctl.cli._write_no_more", lambda: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == READER_LEFT
