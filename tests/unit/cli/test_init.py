"""The site that ``ivrctl init`` writes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivrctl.cli.new_site import DATABASE, PLACES, render
from ivrctl.cli.options import Language

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""

CHOICES = [("en",), ("zh",), ("en", "zh"), ("zh", "en")]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _init(ivrctl: Ivrctl, name: str, languages: tuple[str, ...]) -> Any:
    return ivrctl("init", name, *(word for language in languages for word in ("--language", language)))


@pytest.mark.parametrize("languages", CHOICES, ids="-".join)
def test_a_new_site_has_no_finding(ivrctl: Ivrctl, languages: tuple[str, ...]) -> None:
    """In every choice of languages: no error, no warning."""
    assert _init(ivrctl, "shop", languages).code == 0
    checked = ivrctl("check", "shop")
    assert (checked.code, checked.out, checked.err) == (0, "", "4 files: 0 errors, 0 warnings\n")


@pytest.mark.parametrize("engine", ["sim", "agi"])
@pytest.mark.parametrize("languages", CHOICES, ids="-".join)
def test_the_scenarios_of_a_new_site_pass(ivrctl: Ivrctl, languages: tuple[str, ...], engine: str) -> None:
    """Simulated, and over a fake Asterisk's socket."""
    _init(ivrctl, "shop", languages)
    ran = ivrctl("test", "shop", "--engine", engine)
    assert ran.code == 0, ran.out
    assert ran.out.count("passed") == 3


@pytest.mark.parametrize("languages", CHOICES, ids="-".join)
def test_the_commands_that_init_prints_run(
    ivrctl: Ivrctl, languages: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that need no Asterisk, as they stand; the simulated caller hears what the site's own database says."""
    shown = _init(ivrctl, "shop", languages).err
    commands = [line.split() for line in shown.splitlines() if line.startswith("  ivrctl ")]
    assert "  cd shop\n" in shown
    monkeypatch.chdir("shop")
    simulated = [ivrctl(*words) for _, *words in commands if words[0] in {"check", "sim", "test"}]
    assert [ran.code for ran in simulated] == [0, 0, 0]
    assert "18.50" in simulated[1].out
    assert "served" in simulated[1].out


def test_the_files_are_listed_on_stdout(ivrctl: Ivrctl) -> None:
    """What was written is data; what to do next is for people."""
    ran = ivrctl("init", "shop")
    listed = sorted(Path(line) for line in ran.out.splitlines())
    assert listed == sorted(Path("shop").iterdir())


def test_a_reader_who_goes_away_leaves_the_whole_site(tmp_path: Path) -> None:
    """The list of files goes to a pipe that nobody reads; all of them are there."""
    read, write = os.pipe()
    os.close(read)
    try:
        command = [sys.executable, "-m", "ivrctl", "init", "shop"]
        subprocess.run(command, cwd=tmp_path, stdout=write, stderr=subprocess.DEVNULL, check=False, timeout=60)
    finally:
        os.close(write)
    assert {path.name for path in (tmp_path / "shop").iterdir()} == {*render("shop", ("en",)), DATABASE}


def test_a_site_of_one_language_has_plain_texts_and_no_choice_of_language(ivrctl: Ivrctl) -> None:
    """A person who writes for one language does not name it at every text."""
    files = render("shop", ("en",))
    assert "    - play: Welcome to our shop.\n" in files["reception.ivr.yaml"]
    assert "language:" not in files["reception.ivr.yaml"]


@pytest.mark.parametrize("languages", CHOICES, ids="-".join)
def test_nothing_of_the_template_is_left(languages: tuple[str, ...]) -> None:
    """No place is unfilled, no mark stays, no line is longer than an editor shows."""
    for name, text in render("shop", languages).items():
        assert "@@" not in text
        assert "#several" not in text
        assert max(map(len, text.splitlines())) <= 120, name


def test_every_language_of_a_new_site_can_be_chosen() -> None:
    """The option's choices are the languages that the templates hold."""
    assert {str(language) for language in Language} == set(PLACES)


def test_init_does_not_write_among_other_files(ivrctl: Ivrctl) -> None:
    """A folder that holds something is refused with what is in the way, and left as it is."""
    Path("shop").mkdir()
    Path("shop/mine.txt").touch()
    ran = ivrctl("init", "shop")
    assert (ran.code, "shop is not empty: mine.txt" in ran.err, "ivrctl init" in ran.err) == (2, True, True)
    assert [path.name for path in Path("shop").iterdir()] == ["mine.txt"]


def test_init_names_some_of_many_files_in_the_way(ivrctl: Ivrctl) -> None:
    """The first ones, and how many more there are."""
    Path("shop").mkdir()
    for number in range(8):
        Path(f"shop/{number}").touch()
    assert "0, 1, 2, 3, 4 and 3 more" in ivrctl("init", "shop").err


def test_init_in_this_folder_takes_its_name(ivrctl: Ivrctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, or one that is only a new git repository, is filled; there is no folder to change to."""
    here = tmp_path / "bakery"
    (here / ".git").mkdir(parents=True)
    monkeypatch.chdir(here)
    ran = ivrctl("init", ".")
    assert ran.code == 0
    assert "site: bakery\n" in Path("ivrctl.yaml").read_text()
    assert "cd " not in ran.err


@pytest.mark.parametrize("name", ["my shop", "-shop", "店"])
def test_a_folder_whose_name_no_site_can_have_is_refused(ivrctl: Ivrctl, name: str) -> None:
    """Nothing is made of it."""
    ran = ivrctl("init", "--", name)
    assert (ran.code, "cannot name a site" in ran.err) == (2, True)
    assert not Path(name).exists()


def test_init_over_a_file_is_refused(ivrctl: Ivrctl) -> None:
    """A file of that name is no folder."""
    Path("shop").touch()
    ran = ivrctl("init", "shop")
    assert (ran.code, "shop is a file" in ran.err) == (2, True)


def test_init_where_nothing_can_be_written_is_a_usage_error(ivrctl: Ivrctl) -> None:
    """The folder and the system's reason are named."""
    Path("file").touch()
    ran = ivrctl("init", "file/shop")
    assert (ran.code, "cannot be written" in ran.err) == (2, True)


def test_the_database_holds_what_its_sql_says(ivrctl: Ivrctl) -> None:
    """``init`` makes it, so that nothing else is needed."""
    ivrctl("init", "shop")
    with closing(sqlite3.connect("shop/orders.sqlite")) as database:
        assert database.execute("select count(*) from orders").fetchone() == (2,)
