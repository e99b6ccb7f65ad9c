"""The folder in which a site keeps its state, and the lock of the one ``serve`` that owns it.

::

    <state>/
        lock            held by the parent process; says its pid
        parent.json     the parent process and its children, for status
        api.sock        the API's Unix socket
        calls.sqlite    the records of calls
        outbox.sqlite   what was submitted, until whoever it is for has it
        outbox.lock     held by the controller that delivers it
        journal/        where open legs stand
        versions/       the sources of site versions that open legs name
        notices/        the ledger of notices

It must not know what stands in these files: that is their adapters'.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ivrctl.errors import BrokenStateError, ConfigurationError

MAX_SOCKET_PATH = 107
"""Bytes: ``sun_path`` of unix(7) has 108, the last is a NUL."""

LOCK_TRIES = 10
LOCK_PAUSE = 0.05
"""Seconds between tries: a command that only asks who the owner is, or writes one file, lets go within them."""


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The places in one site's state folder. Made by ``open``."""

    path: Path

    @staticmethod
    def default(site: str, environ: Mapping[str, str]) -> Path:
        """``$XDG_STATE_HOME/ivrctl/<site>``, as the XDG base directory specification has it."""
        base = environ.get("XDG_STATE_HOME", "")
        if not base.startswith("/"):
            # The specification: relative paths are invalid and to be ignored.
            base = str(Path(environ.get("HOME") or Path.home()) / ".local" / "state")
        return Path(base) / "ivrctl" / site

    @staticmethod
    def open(path: Path) -> StateFolder:
        """Make the folder and its parts where they are missing, private to the user.

        Raises:
            ConfigurationError: it cannot be made or written, or its path leaves no room for the socket's name.
        """
        folder = StateFolder(path.absolute())
        folder._check_socket_path()
        try:
            for part in (folder.path, folder.journal, folder.versions):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.path.chmod(0o700)
        except OSError as error:
            raise _unusable(folder.path, error) from error
        return folder

    @staticmethod
    def seen(path: Path) -> StateFolder:
        """The folder for one who only reads: where it is missing it stays so.

        Raises:
            ConfigurationError: its path leaves no room for the socket's name.
        """
        folder = StateFolder(path.absolute())
        folder._check_socket_path()
        return folder

    @property
    def journal(self) -> Path:
        """The folder of the journal's segments."""
        return self.path / "journal"

    @property
    def versions(self) -> Path:
        """The folder that keeps the sources of site versions."""
        return self.path / "versions"

    @property
    def notices(self) -> Path:
        """The folder of the ledger of notices."""
        return self.path / "notices"

    @property
    def call_database(self) -> Path:
        """The default database of call records."""
        return self.path / "calls.sqlite"

    @property
    def outbox(self) -> Path:
        """The file of the outbox."""
        return self.path / "outbox.sqlite"

    @property
    def outbox_lock(self) -> Path:
        """Held by the controller that delivers what is in the outbox."""
        return self.path / "outbox.lock"

    @property
    def books_lock(self) -> Path:
        """Held by the controller that keeps the books of the queues."""
        return self.path / "books.lock"

    @property
    def api_socket(self) -> Path:
        """The Unix socket of the API."""
        return self.path / "api.sock"

    @property
    def parent_status(self) -> Path:
        """What the parent process says of itself."""
        return self.path / "parent.json"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Own the state while inside. The kernel lets go of the lock at any kind of death.

        Raises:
            ConfigurationError: another process owns it; the message names its pid.
        """
        try:
            fd = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(self.path, error) from error
        try:
            _take(fd, self.path)
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(fd)

    def owner(self) -> int | None:
        """The pid of the process that owns the state now; None when nobody does."""
        try:
            fd = os.open(self.path / "lock", os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _pid_in(fd)
        finally:
            os.close(fd)
        return None

    def write_parent_status(self, status: Mapping[str, Any]) -> None:
        """Replace ``parent.json`` whole.

        Raises:
            OSError: the disk refuses.
        """
        write_atomically(self.parent_status, json.dumps(status, indent=1) + "\n")

    def read_parent_status(self) -> dict[str, Any] | None:
        """What the parent process last said; None when there is none.

        Raises:
            BrokenStateError: the file holds something else.
        """
        try:
            status = json.loads(self.parent_status.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise _broken(self.parent_status) from error
        if not isinstance(status, dict):
            raise _broken(self.parent_status)
        return cast("dict[str, Any]", status)

    def _check_socket_path(self) -> None:
        length = len(os.fsencode(self.api_socket))
        if length > MAX_SOCKET_PATH:
            raise ConfigurationError(
                f"the state folder's path is too long: {self.api_socket} has {length} bytes, "
                f"a Unix socket's path at most {MAX_SOCKET_PATH}",
                advice="name a folder with a shorter path: ivrctl serve --state /var/lib/ivrctl",
            )


def write_atomically(path: Path, text: str) -> None:
    """Replace a file so that a reader sees the old text or the new one, and a killed writer leaves the old one.

    Raises:
        OSError: the folder or the disk refuses.
    """
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _take(fd: int, path: Path) -> None:
    for _ in range(LOCK_TRIES):
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(LOCK_PAUSE)
    pid = _pid_in(fd)
    raise ConfigurationError(
        f"another ivrctl serve is running here{f', pid {pid}' if pid else ''}: it owns {path}",
        advice="stop it first, or give this one a folder of its own with --state",
    )


def _pid_in(fd: int) -> int | None:
    """The pid that the owner wrote; None in the moment before it has written it."""
    text = os.pread(fd, 20, 0).strip()
    return int(text) if text.isdigit() else None


def _unusable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the state folder {path} cannot be used: {error.strerror}",
        advice="name a folder that this user can write: ivrctl serve --state FOLDER",
    )


def _broken(path: Path) -> BrokenStateError:
    return BrokenStateError(f"{path} does not hold what ivrctl writes there", advice=f"remove it: rm {path}")
