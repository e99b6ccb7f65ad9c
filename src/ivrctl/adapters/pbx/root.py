"""The Debian root that holds Asterisk 22, the softphones and the voice: built once, then only read.

Debian packages Asterisk 22 LTS in one suite only, so it does not matter what the host is: mmdebstrap makes a folder
with that suite's packages in it, without touching the host. The folder's name is the hash of the recipe: another
package list is another root, and a root that exists is complete, since it is built beside and renamed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ivrctl.adapters.pbx.building import BuildError, build_lock, run_builder
from ivrctl.adapters.pbx.chroot import confined_command, joined_command
from ivrctl.adapters.pbx.confinement import Bind, Confinement
from ivrctl.adapters.pbx.folders import roots_folder
from ivrctl.adapters.pbx.process import end_process, spawn_detached, start_time
from ivrctl.adapters.pbx.runtime import Progress, RuntimeName, Started
from ivrctl.errors import ConfigurationError, MissingToolError

SUITE = "forky"
"""The Debian suite that packages Asterisk 22."""

_TOOLS = {"mmdebstrap": "mmdebstrap", "unshare": "util-linux", "nsenter": "util-linux", "chroot": "coreutils"}
"""What the host must have, and the package that brings it."""

OPTIONS = (
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
"""How mmdebstrap makes a small Debian."""


@dataclass(frozen=True, slots=True)
class DebianRoot:
    """A built root: a folder that programs are run in, by root alone. A command's process is the program itself."""

    folder: Path

    @property
    def name(self) -> RuntimeName:
        """See `Runtime.name`."""
        return RuntimeName.ROOT

    def command(
        self,
        argv: Sequence[str],
        *,
        binds: Sequence[Bind] = (),
        environment: Mapping[str, str] | None = None,
    ) -> list[str]:
        """See `Runtime.command`; the process id is the program's own."""
        return self.confine(argv, Confinement(binds=binds, environment=environment or {}))

    def confine(self, argv: Sequence[str], confinement: Confinement) -> list[str]:
        """See `Runtime.confine`."""
        return confined_command(self.folder, argv, confinement)

    def discard(self, command: Sequence[str]) -> None:
        """See `Runtime.discard`: the process was the program, so nothing is left."""

    def start(self, argv: Sequence[str], confinement: Confinement, console: Path) -> Started:
        """See `Runtime.start`."""
        pid = spawn_detached(self.confine(argv, confinement), console)
        # A child that has ended keeps its entry until it is reaped, but start_time() calls it ended: 0 is nobody.
        return Started(pid, start_time(pid) or 0)

    def end(self, started: Started) -> None:
        """See `Runtime.end`."""
        require_root()
        end_process(started.pid, started.started)

    def joined(self, started: Started, argv: Sequence[str], user: str) -> list[str]:
        """See `Runtime.joined`; only root can join, and stays root."""
        del user
        return joined_command(started.pid, argv)

    def hostname(self, wanted: str) -> str:
        """See `Runtime.hostname`."""
        return wanted


def packages() -> tuple[str, ...]:
    """Return the package list, as `packages.txt` beside this module says it."""
    text = files("ivrctl.adapters.pbx").joinpath("packages.txt").read_text(encoding="utf-8")
    return tuple(line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#"))


def root_path() -> Path:
    """Return where the root of today's recipe lies, whether it is built or not."""
    recipe = "\n".join((SUITE, *OPTIONS, *packages()))
    return roots_folder() / hashlib.sha256(recipe.encode()).hexdigest()[:16]


def find_root() -> DebianRoot | None:
    """Return the root if it is built and we may enter it."""
    folder = root_path()
    return DebianRoot(folder) if folder.is_dir() and os.geteuid() == 0 else None


def ensure_root(progress: Progress = lambda _: None) -> DebianRoot:
    """Return the root, built first when it is missing (about half a minute and 400 MB).

    Two builders do not meet: the second waits for the first and finds the work done.

    Raises:
        ConfigurationError: this process is not root.
        MissingToolError: the host lacks mmdebstrap or a namespace tool.
        BuildError: mmdebstrap failed; the message ends with its last lines.
    """
    require_host()
    if (found := find_root()) is not None:
        return found
    folder = root_path()
    with build_lock(folder, progress):
        if not folder.is_dir():
            _build(folder, progress)
    return DebianRoot(folder)


def require_host() -> None:
    """Check that this process may and can run programs in a root.

    Raises:
        ConfigurationError: this process is not root.
        MissingToolError: a tool is missing.
    """
    require_root()
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        wanted = " ".join(sorted({_TOOLS[tool] for tool in missing}))
        raise MissingToolError(
            f"the development PBX needs {' and '.join(missing)} on this host",
            advice=f"apt-get install --yes {wanted}",
        )


def require_root() -> None:
    """Check that this process may enter a root.

    Raises:
        ConfigurationError: it may not.
    """
    if os.geteuid() != 0:
        raise ConfigurationError(
            "the development PBX runs in a Debian root of its own, which only root may enter",
            advice="run the command again with sudo, or install Docker or Podman",
        )


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
    argv = ["mmdebstrap", *OPTIONS, f"--include={','.join(packages())}", SUITE, str(target)]
    try:
        run_builder(argv, informed, progress, product=subprocess.DEVNULL)
    except BuildError as error:
        advice = "check that apt-get update works on this host, then run the command again"
        raise BuildError(f"building the Debian root failed: {error}", advice=advice) from error


def informed(line: str) -> str | None:
    """What mmdebstrap tells of its progress."""
    return line[3:] if line.startswith("I: ") else None
