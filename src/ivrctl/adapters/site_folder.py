"""The files of a site on disk: read whole, watched by their signature, kept by version.

Knows nothing of what the files say.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ivrctl.errors import ConfigurationError

MAX_FILE = 2 * 1024 * 1024
"""Bytes read of one file: the loader refuses less, so a larger file need not be read to its end."""

MAX_TABLE = 8 * 1024 * 1024 + 1
"""Bytes read of one table of regions: one more than may be in it."""

IS_OURS = re.compile(r"[^.].*\.(?:ya?ml|regions\.csv)")
"""The name of a file that may be a site's: what begins with a dot is an editor's draft or another system's shadow."""

MAX_FILES = 2000
"""Files of one site: more is another folder named by mistake."""


def read_site(folder: Path) -> Mapping[str, bytes]:
    """The YAML files of a folder and its tables of regions, by their path as the user names it.

    Raises:
        ConfigurationError: the folder is none, or cannot be read.
    """
    try:
        paths = _site_files(folder)
        return {str(path): _content(path) for path in paths}
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder} cannot be read: {error.strerror}", advice="name a site's folder"
        ) from error


def folder_signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file of a site: it changes when a file does. A folder that is gone has none."""
    try:
        return tuple((path.name, *_times(path)) for path in _site_files(folder))
    except (OSError, ConfigurationError):
        return ()


def _times(path: Path) -> tuple[int, int]:
    """Time and size of a file; a link that leads nowhere has neither."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def keep_sources(folder: Path, files: Mapping[str, bytes]) -> None:
    """Keep the sources of a version; a version that is kept already is left as it is, since it cannot differ."""
    if folder.is_dir():
        return
    # Somebody may have removed the folder of all versions under us.
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for path, content in files.items():
            (draft / Path(path).name).write_bytes(content)
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        # Another controller of the same site may have been quicker: what it kept is the same.
        if not folder.is_dir():
            raise


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all: a reader sees the text before or this one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


def read_kept(folder: Path) -> Mapping[str, bytes]:
    """The sources of a kept version; empty when it is not kept, or can no longer be read whole."""
    try:
        return {str(path): _content(path) for path in sorted(folder.iterdir())}
    except OSError:
        return {}


def kept_versions(folder: Path) -> list[str]:
    """The names of the versions that are kept; none in a folder that cannot be listed."""
    try:
        return [path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError:
        return []


def remove_kept(folder: Path) -> None:
    """Drop a kept version."""
    shutil.rmtree(folder, ignore_errors=True)


def _site_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder", advice="a site is a folder with an ivrctl.yaml")
    paths = sorted(path for path in folder.iterdir() if IS_OURS.fullmatch(path.name))
    if len(paths) > MAX_FILES:
        raise ConfigurationError(f"{folder} holds {len(paths)} YAML files and tables", advice="name a site's folder")
    return paths


def most_bytes(path: str) -> int:
    """The bytes that are read of a file of a site."""
    return MAX_TABLE if path.endswith(".csv") else MAX_FILE


def _content(path: Path) -> bytes:
    # Without O_NONBLOCK the opening of a pipe waits for a writer, and every caller with it.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(path))
        return file.read(most_bytes(path.name))
