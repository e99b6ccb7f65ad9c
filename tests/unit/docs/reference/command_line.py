"""The command line: every command as its ``--help`` has it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from ivrctl.cli import codes
from ivrctl.cli.app import app
from ivrctl.cli.manual import GROUPS

from .markdown import code, fenced, section, table
from .markdown import page as page_of

_ABOVE = """
Results go to standard output, everything else to standard error. `--json` prints what programs read, with a
`format_version`. Errors end with the next command to try. `ivrctl COMMAND --help` is this page for one command.
"""


def page() -> str:
    """The page."""
    root = typer.main.get_command(app)
    commands = list(_commands(root, ("ivrctl",)))
    index = [(f"[{code(' '.join(path))}](#{'-'.join(path)})", _summary(command)) for path, command in commands]
    parts = [section(" ".join(path), *_command(path, command)) for path, command in commands]
    return page_of("The command line", _ABOVE, table(("command", ""), index), section("Exit codes", _codes()), *parts)


def _codes() -> str:
    """The sentence of exit codes, as a table."""
    said = " ".join(inspect.cleandoc(codes.__doc__ or "").partition("\n\n")[2].split()).rstrip(".")
    return table(("code", "means"), [tuple(part.strip().split(" ", 1)) for part in said.split(";")])


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below a group, with its words."""
    in_groups = [name for names in GROUPS.values() for name in names if name in group.commands]
    for name in in_groups if len(path) == 1 else group.commands:
        command = group.commands[name]
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command


def _summary(command: Any) -> str:
    return " ".join(_paragraphs(command.help)[0].split())


def _paragraphs(text: str | None) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", inspect.cleandoc((text or "").replace("\b", "")).strip()) if part]


def _command(path: tuple[str, ...], command: Any) -> Iterator[str]:
    context = command.make_context(" ".join(path), [], resilient_parsing=True)
    usage = re.sub(r"\{(\w+)\}", r"\1", " ".join(command.collect_usage_pieces(context)))
    yield code(f"{' '.join(path)} {usage}")
    for paragraph in _paragraphs(command.help):
        yield " ".join(paragraph.split())
    arguments = [
        _argument(parameter, context) for parameter in command.params if parameter.param_type_name == "argument"
    ]
    if arguments:
        yield table(("argument", "meaning"), arguments)
    options = [
        _option(parameter, context)
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.name != "help" and not parameter.hidden
    ]
    if options:
        yield table(("option", "by default", "meaning"), options)
    yield from _epilog(_paragraphs(command.epilog))


def _epilog(paragraphs: list[str]) -> Iterator[str]:
    """What stands behind the options: titles with indented lines, most of them as one table."""
    titled = {title.rstrip(":"): inspect.cleandoc("\n" + below) for title, _, below in map(_first_line, paragraphs)}
    rows = [
        (f"**{title}**", _lines(text))
        for title, text in titled.items()
        if title not in _APART | _EMPTY.get(text, set())
    ]
    if rows:
        yield table(("", ""), rows)
    if "Examples" in titled:
        yield fenced("sh parsed", titled["Examples"])
    if "See also" in titled:
        links = (f"[{code(name)}](#{name.replace(' ', '-')})" for name in titled["See also"].split(", "))
        yield "See also " + ", ".join(links) + "."


_APART = {"Examples", "See also"}
_EMPTY = {"nothing": {"Reads", "Writes"}, "none": {"Environment"}}
"""What says that there is nothing to say."""


def _first_line(paragraph: str) -> tuple[str, str, str]:
    return paragraph.partition("\n")


def _lines(text: str) -> str:
    """Lines of a terminal in one cell; a name that stands apart is a word to type."""
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")
    return "<br>".join(re.sub(r"^(\S+(?:, \S+)*) {2,}", r"`\1` ", line) for line in escaped.split("\n"))


def _argument(parameter: Any, context: Any) -> tuple[str, str]:
    return code(parameter.make_metavar(context)), parameter.help or ""


def _option(parameter: Any, context: Any) -> tuple[str, str, str]:
    names = ", ".join(parameter.opts)
    metavar = "" if parameter.is_flag else f" {parameter.make_metavar(context).replace(' range>', '>')}"
    default = parameter.get_default(context)
    shown = "" if default in (None, False, (), []) or not parameter.show_default else code(str(default))
    return code(f"{names}{metavar}"), "**needed**" if parameter.required else shown, parameter.help or ""
