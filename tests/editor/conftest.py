"""A small site with its schemas, open in an editor's language server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.cli.commands.schema import run

from .language_server import LanguageServer, serving
from .site import FILES


def write_schemas(folder: Path) -> None:
    """``ivrctl schema --write``, in this process."""
    run(None, folder, is_writing=True)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, and what ``ivrctl schema --write`` writes of it."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_schemas(folder)
    return folder


@pytest.fixture(scope="session")
def editor(site: Path) -> Iterator[LanguageServer]:
    """A language server with the site's folder open, and the settings that were written for it."""
    settings = json.loads((site / ".vscode" / "settings.json").read_text())
    with serving(site, {"schemas": settings["yaml.schemas"]}) as server:
        yield server
