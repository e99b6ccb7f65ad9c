"""Which site a command is about, and where its state lies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ivrctl.adapters.site_folder import read_site
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.errors import ConfigurationError

if TYPE_CHECKING:
    from ivrctl.flow.program import Program
    from ivrctl.service.compiling import CompiledSite

SITE_FILE = "ivrctl.yaml"

MOST_NAMED = 3
"""Sites below this folder that are named where there is none here."""


def site_folder(given: Path | None) -> Path:
    """The site that was named, else this folder, else ``flows`` in it.

    Raises:
        ConfigurationError: there is none.
    """
    if given is not None:
        if not is_there(given):
            raise ConfigurationError(f"{given} does not exist", advice="name a site's folder, or a file in it")
        return given if given.is_dir() else given.parent
    for folder in (Path(), Path("flows")):
        if (folder / SITE_FILE).is_file():
            return folder
    raise ConfigurationError("there is no site here", advice=_nearby(Path()))


def is_there(path: Path) -> bool:
    """True for a file or a folder that can be looked at; what is too long for a name is none."""
    try:
        return path.exists()
    except OSError:
        return False


def named(about: str | None) -> tuple[Path, str | None]:
    """The site's folder, and the flow of it that is meant; None for all of them.

    Raises:
        ConfigurationError: what is named does not exist, or there is no site.
    """
    from ivrctl.flow.flow_file import SUFFIX

    if about is None:
        return site_folder(None), None
    path = Path(about)
    if is_there(path) and path.is_file() and path.name != SITE_FILE:
        return site_folder(path), path.name.removesuffix(SUFFIX)
    if is_there(path) or path.name != about or about.endswith((".yaml", ".yml")):
        return site_folder(path), None
    return site_folder(None), about


def _nearby(folder: Path) -> str:
    """Where a site may be that was not named: one folder below, or under another file name."""
    if (folder / "ivrctl.yml").is_file():
        return f"name the site's file {SITE_FILE}, not ivrctl.yml"
    below = sorted(path.parent.name for path in folder.glob(f"*/{SITE_FILE}"))[:MOST_NAMED]
    if not below:
        return f"name a folder that holds an {SITE_FILE}"
    one = " and ".join(f"{name}/" for name in below)
    return f"{one} {'holds' if len(below) == 1 else 'hold'} one: ivrctl check {below[0]}"


def running_state(site: Path | None, given: Path | None) -> StateFolder:
    """The state folder of a controller that runs; one that is named is found even when its site's folder is gone.

    Where it is missing, it is not made: no controller has run.
    """
    return StateFolder.seen(given if given is not None else own_state(site_folder(site)))


def state_folder(site: Path, given: Path | None) -> StateFolder:
    """The state folder that was named, else one of the site folder's own.

    Named by the folder and a digest of its whole path, not by what the site file says: it must be found while that is
    broken.
    """
    return StateFolder.open(own_state(site) if given is None else given)


def seen_state(site: Path, given: Path | None) -> StateFolder:
    """The same for a command that only reads: where it is missing it is not made."""
    return StateFolder.seen(own_state(site) if given is None else given)


def own_state(site: Path) -> Path:
    """Where the state folder of a site folder lies, whether or not there is one."""
    whole = site.resolve()
    digest = hashlib.sha256(str(whole).encode()).hexdigest()[:8]
    return StateFolder.default(f"{whole.name}-{digest}", os.environ)


def load_program(folder: Path) -> Program:
    """The program of a site; its findings are the error when it does not compile."""
    return compiled(read_site(folder), str(folder))


def load_whole(folder: Path) -> CompiledSite:
    """A site with its policies; its findings are the error when it does not compile."""
    return compiled_whole(read_site(folder), str(folder))


def compiled(files: Mapping[str, bytes], folder: str) -> Program:
    """The program of a site's files; its findings are the error when it does not compile."""
    return compiled_whole(files, folder).program


def compiled_whole(files: Mapping[str, bytes], folder: str) -> CompiledSite:
    """The site of these files; its findings are the error when it does not compile.

    Raises:
        ConfigurationError: it does not.
    """
    from ivrctl.lang.report import render_text
    from ivrctl.service.compiling import compile_whole

    site, findings = compile_whole(files, folder)
    if site is None:
        sources = {path: content.decode(errors="replace") for path, content in files.items()}
        raise ConfigurationError(f"the site does not compile\n{render_text(findings, sources)}", advice="ivrctl check")
    return site
