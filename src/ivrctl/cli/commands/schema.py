"""``ivrctl schema``."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from ivrctl.adapters.site_folder import read_site, replace_file
from ivrctl.cli.editor import (
    FILE_KINDS,
    FOLDER,
    SETTINGS,
    SiteSchemas,
    is_our_settings,
    leads_to,
    schema_of,
    schemas_of,
)
from ivrctl.cli.sites import site_folder
from ivrctl.errors import ConfigurationError
from ivrctl.flow.vocabulary import read_names

MAX_SETTINGS = 1_000_000
"""Bytes of an editor's settings that are read; people write some thousands."""


def run(kind: str | None, site: Path | None, *, is_writing: bool) -> None:
    """Print the schema of a kind of file, or write those of a site.

    Raises:
        ConfigurationError: there is no such site, it cannot be written to, or it is not said what is wanted.
    """
    if is_writing == (kind is not None):
        kinds = ", ".join(FILE_KINDS)
        raise ConfigurationError(f"say one of {kinds}, or --write for all of a site", advice="ivrctl schema --write")
    if kind is None:
        _write(site_folder(site))
        return
    names = None if site is None else read_names(read_site(site_folder(site)))
    sys.stdout.write(json.dumps(schema_of(kind, names), ensure_ascii=False, indent=2) + "\n")


def _write(folder: Path) -> None:
    made = schemas_of(read_site(folder))
    if _leads_out(folder / FOLDER, folder):
        advice = "remove the link: what is no flow's any more is deleted there"
        raise ConfigurationError(f"{folder / FOLDER} is no folder of the site: a link leads out of it", advice=advice)
    try:
        _write_schemas(folder / FOLDER, made)
        has_settings = _write_settings(folder / SETTINGS, folder, made)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder} cannot be written: {error.strerror}", advice="name a site's folder of yours"
        ) from error
    sys.stderr.write(_next(made, has_settings=has_settings))


def _write_schemas(folder: Path, made: SiteSchemas) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("flow-*.json"):
        if stale.name not in made.schemas:
            stale.unlink()
    for name, schema in made.schemas.items():
        replace_file(folder / name, json.dumps(schema) + "\n")
        sys.stdout.write(f"{folder / name}\n")


def _write_settings(file: Path, folder: Path, made: SiteSchemas) -> bool:
    """Write the editor's settings where there are none, or none but ours; True when they lead to the schemas."""
    there = _settings(file)
    if there is not None and leads_to(there, made.settings):
        return True
    if _leads_out(file.parent, folder) or (there is not None and not is_our_settings(there)):
        return False
    file.parent.mkdir(exist_ok=True)
    replace_file(file, _json(made.settings))
    sys.stdout.write(f"{file}\n")
    return True


def _settings(file: Path) -> str | None:
    """The settings that are there; empty where something else is, or more than anybody writes: it is left alone."""
    if not file.exists():
        return None
    if not file.is_file() or file.stat().st_size > MAX_SETTINGS:
        return ""
    return file.read_text(encoding="utf-8", errors="replace")


def _leads_out(path: Path, folder: Path) -> bool:
    """True where a link leads out of the site: what lies there is not ours."""
    return not path.resolve().is_relative_to(folder.resolve())


def _next(made: SiteSchemas, *, has_settings: bool) -> str:
    """How an editor finds them."""
    flow = next((name for name in made.schemas if name.startswith("flow-")), "flow.json")
    vscode = f"Visual Studio Code with its YAML extension finds them by {SETTINGS}, when it opens this folder.\n"
    if not has_settings:
        ours = textwrap.indent(_json(made.settings), "  ")
        vscode = f"{SETTINGS} is yours and is left alone. For Visual Studio Code it should say:\n{ours}"
    modeline = f"Any other editor finds one by the first line of a file:\n  {made.modeline(flow)}\n"
    return f"\n{vscode}{modeline}When names were added, ivrctl schema --write offers them too.\n"


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"
