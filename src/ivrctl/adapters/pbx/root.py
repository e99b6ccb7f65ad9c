"""The Debian root that holds Asterisk 22, the softphones and the voice: built once, then only read.

Debian packages Asterisk 22 LTS in one suite only, so it does not matter what the host is: mmdebstrap makes a folder
with that suite's packages in it, without touching the host. The folder's name is the hash of the recipe: another
package list is another root, and a root that exists is complete, since it is built beside and renamed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ivrctl.adapters.pbx.chroot import Bind, Confinement, confined_command
from ivrctl.adapters.pbx.folders import roots_folder
from ivrctl.errors import ConfigurationError, IvrctlError, MissingToolError

SUITE = "forky"
"""The Debian suite that packages Asterisk 22."""

Progress = Callable[[str], None]
"""Told one short sentence at a time while something long goes on."""

_TOOLS = {"mmdebstrap": "mmdebstrap", "unshare": "util-linux", "nsenter": "util-linux", "chroot": "coreutils"}
"""What the host must have, and the package that brings it."""

_OPTIONS = (
    "--variant=minbase",
    # The testing suite's release file may be past its Valid-Until date on a mirror that lags.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    # A mirror hiccup in one of 300 packages should not cost the whole build.
    '--aptopt=Acquire::Retries "3"',
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
)

_TAIL = 15
"""Lines of mmdebstrap's output that an error shows."""


@dataclass(frozen=True, slots=True)
class Root:
    """A built root: a folder that programs are run in."""

    folder: Path

    def command(
        self,
        argv: Sequence[str],
        *,
        binds: Sequence[Bind] = (),
        environment: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Return the argv that runs `argv` in here, for any subprocess call; the process id is the program's own."""
        return self.confine(argv, Confinement(binds=binds, environment=environment or {}))

    def confine(self, argv: Sequence[str], confinement: Confinement) -> list[str]:
        """Like `command`, with everything about the surroundings chosen."""
        return confined_command(self.folder, argv, confinement)


def packages() -> tuple[str, ...]:
    """Return the package list, as `packages.txt` beside this module says it."""
    text = files("ivrctl.adapters.pbx").joinpath("packages.txt").read_text(encoding="utf-8")
    return tuple(line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#"))


def root_path() -> Path:
    """Return where the root of today's recipe lies, whether it is built or not."""
    recipe = "\n".join((SUITE, *_OPTIONS, *packages()))
    return roots_folder() / hashlib.sha256(recipe.encode()).hexdigest()[:16]


def find_root() -> Root | None:
    """Return the root if it is built."""
    folder = root_path()
    return Root(folder) if folder.is_dir() else None


def ensure_root(progress: Progress = lambda _: None) -> Root:
    """Return the root, built first when it is missing (about half a minute and 400 MB).

    Two builders do not meet: the second waits for the first and finds the work done.

    Raises:
        ConfigurationError: this process is not root.
        MissingToolError: the host lacks mmdebstrap or a namespace tool.
        IvrctlError: mmdebstrap failed; the message ends with its last lines.
    """
    require_host()
    if (found := find_root()) is not None:
        return found
    folder = root_path()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _build_lock(folder, progress):
        if not folder.is_dir():
            _build(folder, progress)
    return Root(folder)


def require_host() -> None:
    """Check that this process may and can run programs in a root.

    Raises:
        ConfigurationError: this process is not root.
        MissingToolError: a tool is missing.
    """
    if os.geteuid() != 0:
        raise ConfigurationError(
            "the development PBX runs in a Debian root of its own, which only root may enter",
            advice="run the command again with sudo",
        )
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        wanted = " ".join(sorted({_TOOLS[tool] for tool in missing}))
        raise MissingToolError(
            f"the development PBX needs {' and '.join(missing)} on this host",
            advice=f"apt-get install --yes {wanted}",
        )


@contextmanager
def _build_lock(folder: Path, progress: Progress) -> Iterator[None]:
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another build of the same root")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(folder: Path, progress: Progress) -> None:
    """Build beside and rename; under the lock, so that what an interrupted build left may be removed."""
    beside = folder.with_suffix(".part")
    if beside.exists():
        shutil.rmtree(beside)
    progress(f"building a Debian {SUITE} root with {', '.join(packages())} (about 400 MB)")
    try:
        _mmdebstrap(beside, progress)
        beside.chmod(0o755)
        (beside / "etc/hosts").touch()  # a mount point: each program gets a hosts file with its own name
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _mmdebstrap(target: Path, progress: Progress) -> None:
    argv = ["mmdebstrap", *_OPTIONS, f"--include={','.join(packages())}", SUITE, str(target)]
    tail: deque[str] = deque(maxlen=_TAIL)
    with subprocess.Popen(
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as build:
        try:
            for line in build.stderr or ():
                tail.append(line.rstrip())
                if line.startswith("I: "):
                    progress(line[3:].rstrip())
        except BaseException:
            build.terminate()  # an interrupted build must not go on by itself
            raise
    if build.returncode != 0:
        raise IvrctlError(
            "building the Debian root failed:\n" + "\n".join(f"    {line}" for line in tail),
            advice="check that apt-get update works on this host, then run the command again",
        )
