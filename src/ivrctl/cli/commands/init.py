"""``ivrctl init``: a new site in a folder of its own."""

from __future__ import annotations

import re
import shlex
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from ivrctl.cli.new_site import DATABASE, SQL, keys, render
from ivrctl.errors import ConfigurationError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""What can stand in the site file without quotes, and in the name of a state folder."""

_MOST_SHOWN = 5
"""Of the entries that are in the way."""


def run(folder: Path, languages: Sequence[str]) -> None:
    """Write the site, and say what to do with it."""
    languages = list(dict.fromkeys(languages))
    name = _name_of(folder)
    _check_empty(folder)
    try:
        written = _write(folder, name, languages)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder} cannot be written: {error.strerror}", advice="name a folder of yours"
        ) from error
    # Told when all is there: whoever reads only the first lines, as `head` does, closes the pipe.
    sys.stdout.writelines(f"{path}\n" for path in written)
    sys.stderr.write(_next(folder, keys(languages)))


def _name_of(folder: Path) -> str:
    """The site's name: that of its folder."""
    name = folder.resolve().name
    if _NAME.fullmatch(name) is None:
        raise ConfigurationError(
            f'"{name}" cannot name a site', advice='use letters, digits, ".", "_" and "-", such as ivrctl init shop'
        )
    return name


def _check_empty(folder: Path) -> None:
    """Refuse to write among files of somebody else's; a repository that has just been made holds nothing yet."""
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"{folder} is a file", advice="name a new folder: ivrctl init shop")
    found = sorted(entry.name for entry in folder.iterdir() if entry.name != ".git") if folder.is_dir() else []
    if found:
        more = f" and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
        raise ConfigurationError(
            f"{folder} is not empty: {', '.join(found[:_MOST_SHOWN])}{more}",
            advice="name a new folder: ivrctl init shop",
        )


def _write(folder: Path, name: str, languages: Sequence[str]) -> list[Path]:
    """All files, in the order in which they are told."""
    folder.mkdir(parents=True, exist_ok=True)
    files = render(name, languages)
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.executescript((folder / SQL).read_text(encoding="utf-8"))
    return [folder / file for file in (*files, DATABASE)]


def _next(folder: Path, presses: str) -> str:
    enter = "" if folder.resolve() == Path.cwd() else f"  cd {shlex.quote(str(folder))}\n"
    return (
        f"\nNext:\n{enter}"
        "  ivrctl check\n"
        f"  ivrctl sim reception --dial 7000 --keys {presses}\n"
        "  ivrctl test\n"
        "and on a real Asterisk, in Docker or Podman, or as root on Debian:\n"
        "  ivrctl pbx up\n"
        "  ivrctl serve &\n"
        f"  ivrctl call 7000 --press {presses}\n"
    )
