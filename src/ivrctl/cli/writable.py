"""Whether a file could be written that is asked for: told before minutes of work, not behind them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from ivrctl.errors import ConfigurationError


def check_file(path: Path, *, is_parent_made: bool = False, advice: str = "name another place") -> None:
    """Refuse a file that could not be written or replaced.

    Args:
        path: the file.
        is_parent_made: its folder is made where it is missing.
        advice: what to try instead.

    Raises:
        ConfigurationError: it could not.
    """
    if path.is_dir():
        raise _refused(path, errno.EISDIR, advice)
    _check(path.parent, path, advice, is_made=is_parent_made)


def check_folder(path: Path, *, advice: str = "name another place") -> None:
    """Refuse a folder into which nothing could be written; it is made where it is missing.

    Raises:
        ConfigurationError: it could not.
    """
    _check(path, path, advice, is_made=True)


def _check(folder: Path, asked: Path, advice: str, *, is_made: bool) -> None:
    there = folder
    while is_made and not os.path.lexists(there):
        there = there.parent
    if not os.path.lexists(there):
        raise _refused(asked, errno.ENOENT, advice)
    if not there.is_dir():
        raise _refused(asked, errno.ENOTDIR, advice)
    if not os.access(there, os.W_OK | os.X_OK):
        raise _refused(asked, errno.EACCES, advice)


def _refused(path: Path, number: int, advice: str) -> ConfigurationError:
    return ConfigurationError(f"{path} cannot be written: {os.strerror(number)}", advice=advice)
