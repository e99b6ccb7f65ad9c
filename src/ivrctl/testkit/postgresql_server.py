"""A real PostgreSQL server of one's own, for tests and benchmarks: made in a folder, stopped by its pid, gone with it.

Knows nothing of call records and lookups: it gives URLs, and can be frozen, killed and started again, as real servers
are.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from ivrctl.errors import MissingToolError, UnreachableError

SUPERUSER = "postgres"
LOOPBACK = "127.0.0.1"
START_SECONDS = 30.0
"""For a server to accept connections; on two busy cores it takes one."""
STOP_SECONDS = 20.0
LOOK_EVERY = 0.02
"""Seconds between looks at a server that starts or ends."""
INSTALL = "apt-get install --yes --no-install-recommends postgresql"
DATA = "data"
_SEGMENT_LINE = 6
_STATUS_LINE = 7
"""Of ``postmaster.pid``: ``ready`` once connections are accepted (miscadmin.h: LOCK_FILE_LINE_PM_STATUS)."""


class Cluster:
    """The files that a server begins with and their password: made once, copied by many servers. A context manager."""

    def __init__(self) -> None:
        """Choose folder and password; nothing is made yet.

        Raises:
            MissingToolError: PostgreSQL's server is not installed.
        """
        self.password = secrets.token_urlsafe(18)
        self._programs = server_programs()
        self._folder = _own_folder()

    def __enter__(self) -> Self:
        """Make them, which takes a second of computing; to copy them takes less than a tenth."""
        try:
            _initialise(self._programs, self._folder, self.password)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        """Remove them; a server that has copied them goes on."""
        shutil.rmtree(self._folder)

    def copy_to(self, folder: Path) -> None:
        """Give a server its own."""
        subprocess.run(["cp", "--archive", self._folder / DATA, folder], check=True)


class PostgresqlServer:
    """One server on loopback with a password of its own. A context manager: it starts on entering."""

    def __init__(self, cluster: Cluster | None = None, *, is_durable: bool = False) -> None:
        """Find the programs and choose folder, port and password; nothing runs yet.

        Args:
            cluster: to begin with a copy of it, and have its password; else one is made.
            is_durable: True for a benchmark: every commit is on the disk. A test of ours does not ask for that.

        Raises:
            MissingToolError: PostgreSQL's server is not installed.
        """
        self._cluster = cluster
        self._is_durable = is_durable
        self._programs = server_programs()
        self._account = _account()
        self._folder = _own_folder()
        self._password = cluster.password if cluster else secrets.token_urlsafe(18)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    def __enter__(self) -> Self:
        """Make the cluster and start the server."""
        try:
            if self._cluster:
                self._cluster.copy_to(self._folder)
            else:
                _initialise(self._programs, self._folder, self._password)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the server and remove the folder."""
        if self._process is not None and self._process.poll() is None:
            self.thaw()
            self.stop()
        self._remove_shared_memory()
        shutil.rmtree(self._folder)

    @property
    def environ(self) -> Mapping[str, str]:
        """What libpq's programs need in their environment to reach the server as its superuser."""
        return {"PGHOST": LOOPBACK, "PGPORT": str(self.port), "PGUSER": SUPERUSER, "PGPASSWORD": self._password}

    def url(self, database: str = "postgres", *, user: str = SUPERUSER, password: str | None = None) -> str:
        """The URL of a database, with a password in it."""
        return f"postgresql://{user}:{password or self._password}@{LOOPBACK}:{self.port}/{database}"

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run statements as the superuser, with psql; what they print, a row in each line, columns parted by ``|``."""
        command = [str(self._programs / "psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        done = subprocess.run(
            [*command, "--set=ON_ERROR_STOP=1", database],
            input=sql,
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=STOP_SECONDS,
        )
        if done.returncode:
            raise UnreachableError(f"psql: {done.stderr.strip()}")
        return done.stdout

    def end_connections(self, database: str) -> None:
        """End all connections to a database, as an administrator does."""
        others = "datname = current_database() and pid <> pg_backend_pid()"
        self.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}", database)  # noqa: S608 - two fixed texts

    def start(self) -> None:
        """Start the server, and return when it accepts connections.

        Raises:
            UnreachableError: it does not; the message ends with its log.
        """
        durability = "fsync=on" if self._is_durable else "fsync=off"
        # What it shares lies in its folder: a killed server leaves it behind, and nobody would remove it elsewhere.
        shared = "dynamic_shared_memory_type=mmap"
        options = ("listen_addresses=" + LOOPBACK, f"unix_socket_directories={self._folder}", durability, shared)
        settings = [word for option in options for word in ("-c", option)]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port), *settings]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **self._account)
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(self._process.pid):
            if _ends_within(self._process, LOOK_EVERY) or time.monotonic() > deadline:
                raise UnreachableError(f"PostgreSQL did not start: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop it as an administrator does: connections are closed, nothing is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._ended()

    def kill(self) -> None:
        """Kill all its processes at once, as a power cut would; return when all have ended."""
        if self._process is None:
            return
        # First frozen: a postmaster that is gone has no children to be found by, one that runs starts others.
        self.freeze()
        family = self._family(self._process.pid)
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._ended()
        deadline = time.monotonic() + STOP_SECONDS
        while any(_runs(pid) for pid in family) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)

    def freeze(self) -> None:
        """Let it hang: connections stand, and new ones are accepted by the kernel, but nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after ``freeze``."""
        self._signal(signal.SIGCONT)

    @property
    def _data(self) -> Path:
        return self._folder / DATA

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        # A killed server leaves its file behind: only one with our pid tells of us.
        return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            for pid in self._family(self._process.pid):
                # A child whose client has left may be gone by now.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)

    @staticmethod
    def _family(pid: int) -> list[int]:
        """The postmaster, and its children, each of which is in a session of its own."""
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(int(child) for child in children)]

    def _remove_shared_memory(self) -> None:
        """A killed server leaves its System V segment for the next start to remove; its id is in the file."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            segment = lines[_SEGMENT_LINE].split()[1]
            subprocess.run(["ipcrm", "--shmem-id", segment], check=False, capture_output=True)

    def _ended(self) -> None:
        if self._process is not None:
            self._process.wait(STOP_SECONDS)
            self._process = None


def _own_folder() -> Path:
    """A new folder of the server's account."""
    folder, account = Path(tempfile.mkdtemp(prefix="ivrctl-postgresql-")), _account()
    if account:
        os.chown(folder, account["user"], account["group"])
    return folder


def _initialise(programs: Path, folder: Path, password: str) -> None:
    account = _account()
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        os.chown(secret, account["user"], account["group"])
    command = [str(programs / "initdb"), "--pgdata", str(folder / DATA), "--username", SUPERUSER]
    options = ["--pwfile", str(secret), "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, cwd=folder, **account)
    if done.returncode:
        raise UnreachableError(f"initdb: {done.stderr.strip()}")


def _runs(pid: int) -> bool:
    """False for a process that has ended, also while nobody has asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def server_programs() -> Path:
    """The folder of initdb, postgres and psql; Debian keeps one for each version, outside PATH.

    Raises:
        MissingToolError: there is none.
    """
    versions = Path("/usr/lib/postgresql")
    by_version = sorted(versions.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("postgres") or (str(by_version[-1]) if by_version else None)
    if found is None:
        raise MissingToolError("PostgreSQL's server is not installed", advice=INSTALL)
    return Path(found).resolve().parent


def _account() -> dict[str, Any]:
    """As whom it runs: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    chosen = names.get("postgres") or names["nobody"]
    return {"user": chosen.pw_uid, "group": chosen.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
