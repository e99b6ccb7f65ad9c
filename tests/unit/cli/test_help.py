"""``--help``: a manual page for every command."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer

from ivrctl.cli.app import app
from ivrctl.cli.codes import CHANGES, FINDINGS, INTERRUPTED, OK, UNREACHABLE, USAGE
from ivrctl.cli.groups import only
from ivrctl.cli.manual import GROUPS, PAGES
from ivrctl.cli.manual_page import WIDTH

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""

COLUMNS = 80
"""The narrowest usual terminal."""

SECTIONS = ("Reads:", "Writes:", "Exit codes:", "Environment:", "Examples:", "See also:")


def _commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


ROOT: Any = typer.main.get_command(app)
COMMANDS = dict(_commands(ROOT))


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    monkeypatch.setenv("TERMINAL_WIDTH", str(COLUMNS))


def test_every_command_has_its_page() -> None:
    """And no page is left of a command that is gone."""
    assert COMMANDS.keys() == PAGES.keys()


@pytest.mark.parametrize("words", COMMANDS)
def test_help_has_the_sections_of_a_manual_page(ivrctl: Ivrctl, words: str) -> None:
    """What it reads and writes, how it ends, its environment, examples, and where to go on, in this order."""
    shown = ivrctl(*words.split(), "--help").out
    places = [shown.find(f"  {section}\n") for section in SECTIONS]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("words", ["", "pbx", "prompts", "customers", *COMMANDS])
def test_help_fits_into_a_narrow_terminal(ivrctl: Ivrctl, words: str) -> None:
    """No line of it is longer than eighty characters."""
    shown = ivrctl(*words.split(), "--help")
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= COLUMNS


@pytest.mark.parametrize("words", PAGES)
def test_no_line_of_a_section_is_broken(words: str) -> None:
    """They are shown as they stand, so that a command can be copied."""
    for lines in PAGES[words].sections.values():
        assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("words", PAGES)
def test_every_example_is_a_command_that_there_is(words: str) -> None:
    """Its own command, with options and values that the parser takes; what the shell does with it is left out."""
    for example in PAGES[words].examples:
        line = shlex.split(example.partition(">")[0])
        name, command = "ivrctl", ROOT
        assert line[: 1 + len(words.split())] == [name, *words.split()]
        for word in words.split():
            command = command.commands[word]
        assert command.make_context(name, line[1 + len(words.split()) :]) is not None


@pytest.mark.parametrize("words", PAGES)
def test_a_page_points_to_commands_that_there_are(words: str) -> None:
    """To others, not to itself."""
    assert set(PAGES[words].see) <= PAGES.keys() - {words}


@pytest.mark.parametrize("words", PAGES)
def test_exit_codes_are_those_of_every_command(words: str) -> None:
    """The first is success; no command has a code of its own."""
    found = [int(line.split()[0]) for line in PAGES[words].exits]
    assert found[0] == OK
    assert found == sorted(set(found))
    assert set(found) <= {OK, FINDINGS, USAGE, CHANGES, UNREACHABLE, INTERRUPTED}


def test_the_list_of_commands_is_in_groups(ivrctl: Ivrctl) -> None:
    """Every command is in one, so none stands in the group of the others."""
    shown = ivrctl("--help").out
    assert [title for title in (*GROUPS, "Others") if f"\n{title}:\n" in shown] == list(GROUPS)
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(ROOT.commands)


def test_the_list_of_commands_is_not_cut(ivrctl: Ivrctl) -> None:
    """Each command is said in a few words that fit."""
    for words in ((), ("pbx",), ("prompts",), ("customers",)):
        assert "..." not in ivrctl(*words, "--help").out.partition("]...")[2]


def test_help_shows_one_example_in_each_line(ivrctl: Ivrctl) -> None:
    """Examples can be copied: they are not filled into a paragraph."""
    shown = ivrctl("call", "--help").out
    examples = "Examples:\n    ivrctl call 1001011 --from 13800138000\n    ivrctl call 10010 --press 1,1,1,h\n"
    assert examples in shown


@pytest.mark.parametrize("words", sorted(PAGES))
def test_a_command_is_the_same_when_no_other_is_made(words: str) -> None:
    """Only what a command line names is made of it: its help and its options are those that it has among all."""
    alone: Any = typer.main.get_command(only(app, [*words.split(), "--help"]))
    among_all: Any = ROOT
    for word in words.split():
        alone, among_all = alone.commands[word], among_all.commands[word]
    assert alone.help == among_all.help
    assert [each.opts for each in alone.params] == [each.opts for each in among_all.params]


@pytest.mark.parametrize("words", [[], ["--help"], ["chekc", "flows"]])
def test_all_commands_are_there_where_none_is_named(words: list[str]) -> None:
    """To be listed, or to have one of them suggested."""
    assert only(app, words) is app
