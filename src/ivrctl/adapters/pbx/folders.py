"""Where the development PBX keeps what it builds and what it runs: the cache folder and the state folder.

Both follow the XDG base directory specification, so a test or a CI job moves them with one environment variable.
"""

from __future__ import annotations

import os
from pathlib import Path


def roots_folder() -> Path:
    """Return the folder of the built Debian roots: safe to delete, built again when missing."""
    return _xdg("XDG_CACHE_HOME", ".cache") / "ivrctl" / "roots"


def images_folder() -> Path:
    """Return the folder of the locks under which container images are built; the images are the engine's."""
    return _xdg("XDG_CACHE_HOME", ".cache") / "ivrctl" / "images"


def bases_folder() -> Path:
    """Return the folder of the small systems that images are built on: safe to delete, made again when missing."""
    return _xdg("XDG_CACHE_HOME", ".cache") / "ivrctl" / "bases"


def sounds_folder() -> Path:
    """Return the folder of what the voice has spoken, for any PBX to come: safe to delete."""
    return _xdg("XDG_CACHE_HOME", ".cache") / "ivrctl" / "sounds"


def instances_folder() -> Path:
    """Return the folder with one folder per PBX instance."""
    return _xdg("XDG_STATE_HOME", ".local/state") / "ivrctl" / "pbx"


def _xdg(variable: str, default: str) -> Path:
    given = os.environ.get(variable, "")
    # The specification: a relative path is invalid and to be ignored.
    return Path(given) if given.startswith("/") else Path.home() / default
