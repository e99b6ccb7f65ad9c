"""Environment variables and files: what is read, what is written, where it lies."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from ivrctl.adapters import state_folder
from ivrctl.adapters.attribute_docstrings import statement_docstrings
from ivrctl.adapters.pbx import folders
from ivrctl.adapters.prompts import recordings

from .markdown import code, from_docstring, section, sentence, table
from .markdown import page as page_of
from .repository import ROOT

_ENVIRONMENT = {
    "XDG_STATE_HOME": "where state folders lie; `~/.local/state` when it is not set, or not an absolute path",
    "XDG_CACHE_HOME": "where Debian roots and what was spoken lie; `~/.cache` when it is not set",
    "HOME": "the user's folder, for `XDG_STATE_HOME` and `XDG_CACHE_HOME` where they are not set",
    "IVRCTL_PROMPTS": "a folder of kept prompts that ivrctl and Asterisk see under the same path; goes before the site "
    "file, and together with `IVRCTL_SPOOL` only",
    "IVRCTL_SPOOL": "the same for the prompts of single calls, which should lie in memory",
    "IVRCTL_RECORDINGS": "the same for the messages that callers leave, where `IVRCTL_PROMPTS` and `IVRCTL_SPOOL` are "
    "set",
    "SUDO_USER": "set by sudo: who ended a lock by `ivrctl customers`, for the log of the host",
    "NOTIFY_SOCKET": "set by systemd: where `ivrctl serve` says that it is ready, reloads or stops",
    "WATCHDOG_PID": "set by systemd: which process the watchdog is for",
    "WATCHDOG_USEC": "set by systemd: how often `ivrctl serve` says that it lives, in microseconds",
    "NO_COLOR": "set to anything: output on a terminal has no colours",
    "TERM": "what the terminal can do: `ivrctl queue watch` writes lines where it is not set, or `dumb`",
    "IVRCTL_FIGURES": "a folder in which the survival proof keeps its figures, as JSON",
    "IVRCTL_RUNTIME": "in what the development PBX runs: `auto`, `docker`, `podman` or `root`; `--runtime` wins",
    "IVRCTL_AMI_SECRET": "the password of the controller's AMI user, by default",
    "IVRCTL_DOCTOR_SECRET": "the password of the AMI user of `ivrctl doctor`, by default",
    "IVRCTL_HEARTBEAT_FD": "set by the parent process for its controller; nobody else sets it",
    "IVRCTL_LISTEN_FDS": "the same",
    "IVRCTL_PARENT_PID": "the same",
}
"""What a variable means, where the constant that holds its name does not say so itself."""

_ABOVE = """
A site's databases may name further variables: `{env: NAME}` in the [site file](site-file.md#database). A password
belongs there or in a file, never in the site file.
"""

_STATE = """
Each site has a state folder of its own, `$XDG_STATE_HOME/ivrctl/<folder>-<digest>`, named by the site's folder and
its whole path; `--state` names another. Only its user can read it.
"""

_PBX = (
    (
        "`$XDG_CACHE_HOME/ivrctl/roots`",
        "Debian roots with Asterisk, the softphones and the voice; safe to delete while no PBX runs",
    ),
    (
        "`$XDG_CACHE_HOME/ivrctl/sounds`",
        "what the voice has spoken, so that the next PBX has its prompts at once, about 256 MB; safe to delete",
    ),
    (
        "`$XDG_CACHE_HOME/ivrctl/images`",
        "locks under which container images are built; the images are Docker's or Podman's",
    ),
    (
        "`$XDG_CACHE_HOME/ivrctl/bases`",
        "the small systems that images are built on, where none can be pulled; safe to delete",
    ),
    (
        "`$XDG_CACHE_HOME/ivrctl/engines`",
        "what the engines of the container tests keep between runs, made by these tests only; safe to delete",
    ),
    (
        "`$XDG_CACHE_HOME/ivrctl/yaml-language-server-<version>`",
        "the language server that the tests of editors run, made by these tests only; safe to delete",
    ),
    ("`$XDG_STATE_HOME/ivrctl/pbx/<name>`", "one PBX: its configuration, passwords, logs, recordings and prompts"),
    ("`/dev/shm/ivrctl-pbx-<name>-…`", "prompts made for one call, in memory; it goes with the PBX"),
)

_SITE = """
| file | what |
|---|---|
| `ivrctl.yaml` | the [site file](site-file.md) |
| `<name>.ivr.yaml` | a [flow](flow-files.md) |
| `<name>.staffing.yaml` | a [policy of backup staff](staffing-files.md) |
| `<name>.day.yaml` | a [synthetic day](day-files.md), on which policies are tried |
| `<name>.scenario.yaml` | [scenarios](scenarios.md) |
| `prompts/<language>/` | recordings, which win over the voice |
| `.ivrctl/schema/` | what [editors](../how-to/editor.md) read, by `ivrctl schema --write`; safe to delete |
"""


def page() -> str:
    """The page.

    Raises:
        ValueError: a variable that the program reads has words neither here nor where it is read.
    """
    read = {**_variables()}
    read.update({name: meaning for name, meaning in _ENVIRONMENT.items() if name in read})
    if missing := sorted(name for name, meaning in read.items() if not meaning):
        raise ValueError(f"the reference has no words for the environment variables {', '.join(missing)}")
    rows = [(code(name), _first_lower(sentence(read[name]))) for name in sorted(read)]
    return page_of(
        "Files and environment",
        section("Environment variables", table(("variable", "meaning"), rows), _ABOVE),
        section("A site's folder", _SITE, from_docstring(recordings.__doc__)),
        section("The state folder", _STATE, _block_of(from_docstring(state_folder.__doc__))),
        section(
            "The development PBX", table(("folder", "what"), _PBX), from_docstring(folders.__doc__).partition("\n\n")[2]
        ),
    )


def _first_lower(text: str) -> str:
    """A sentence as a table's cells have it."""
    return (text[:1].lower() + text[1:]).rstrip(".")


def _block_of(text: str) -> str:
    """The picture in a docstring."""
    found = re.search(r"```text\n.*?```", text, re.DOTALL)
    return found[0] if found else text


def _variables() -> Mapping[str, str]:
    """The names that the program asks the environment for, each with what the constant that holds it says of itself."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "src" / "ivrctl").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "environ" in text or "env=" in text:
            found |= _asked_for(ast.parse(text))
    return found


def _asked_for(module: ast.Module) -> Mapping[str, str]:
    """The names in ``environ.get(NAME)``, ``environ[NAME]``, ``_xdg(NAME, …)`` and the like of a module."""
    said = statement_docstrings(module.body)
    constants = dict(_constants(module))
    found = {}
    for name in _arguments(module):
        constant = getattr(name, "id", "")
        value = name.value if isinstance(name, ast.Constant) else constants.get(constant)
        if isinstance(value, str):
            found[value] = said.get(constant, "")
    return found


def _constants(module: ast.Module) -> Iterator[tuple[str, object]]:
    """The names that a module gives to constants, one by one or several in one line."""
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                yield name, value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for name, value in zip(names, values, strict=True):
                    yield ast.unparse(name), ast.literal_eval(value)


def _arguments(module: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Attribute(value=asked, attr="get" | "pop"), args=[name, *_]) if _is_environ(asked):
                yield name
            case ast.Compare(left=name, ops=[ast.In()], comparators=[asked]) if _is_environ(asked):
                yield name
            case ast.Subscript(value=asked, slice=name) if _is_environ(asked):
                yield name
            case ast.Call(func=ast.Name(id="_xdg"), args=[name, *_]):
                yield name
            case ast.keyword(arg="env", value=ast.Call(func=ast.Name(id="Word"), args=[name])):
                yield name


def _is_environ(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and getattr(node, "id", getattr(node, "attr", "")) == "environ"
