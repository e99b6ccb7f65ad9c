"""The wheel of this tree, installed as the tutorial has it: into an empty environment."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivrctl.adapters.pbx.folders import roots_folder

ROOT = Path(__file__).parents[2]
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INSTALL = ("python3 -m venv ivrctl-env", "ivrctl-env/bin/pip install ivrctl-*.whl")
"""What the tutorial has its reader do first."""
PINNED = re.compile(r"^\S+==\S+", re.MULTILINE)
INSTALLS_WITHIN = 240.0
"""Seconds: numpy and SQLAlchemy come over the network on a fresh machine."""
OF_THE_MACHINE = ("IVRCTL_RUNTIME", "DOCKER_HOST", "XDG_RUNTIME_DIR")
"""Which container engine there is does not depend on who uses it."""


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel, and a user who has nothing else of ours."""

    environment: Path
    home: Path
    shared: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that are the machine's, not the user's."""

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.environment / "bin/python"

    @property
    def variables(self) -> dict[str, str]:
        """A clean set of environment variables: the user's own home, no path to the checkout, no state of others."""
        path = f"{self.environment / 'bin'}:{SYSTEM_PATH}"
        return {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8", **self.shared}

    def run(self, *words: str, cwd: Path, within: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment to its end."""
        return subprocess.run(
            words,
            cwd=cwd,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=within,
            executable=self.environment / "bin" / words[0],
        )

    def do(self, cwd: Path, *words: str, within: float = 60) -> str:
        """What a command of ivrctl prints that is to succeed."""
        done = self.run("ivrctl", *words, cwd=cwd, within=within)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def build(target: str, source: Path, folder: Path) -> Path:
    """Build a ``wheel`` or an ``sdist`` of a tree, with the build backend that pyproject.toml names."""
    folder.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (built,) = folder.iterdir()
    return built


def environment(temporary: pytest.TempPathFactory) -> Path:
    """Give the environment that holds the wheel: one for all workers of a run, and nobody changes it.

    Made by ``INSTALL``, with the versions of the lock, so that no newer one of a dependency comes in between.
    """
    with alone_in_this_run(temporary, "installed") as folder:
        if not (folder / "is-whole").exists():
            _install(folder)
            (folder / "is-whole").touch()
    return folder / "ivrctl-env"


@contextmanager
def newcomer_of(temporary: pytest.TempPathFactory) -> Iterator[Installed]:
    """Somebody with an empty home and the wheel, on a machine where the development PBX was built before."""
    shared = {name: os.environ[name] for name in OF_THE_MACHINE if name in os.environ}
    shared["XDG_CACHE_HOME"] = str(roots_folder().parents[1])
    # A short path: the state folder, below the home, holds a Unix socket.
    with tempfile.TemporaryDirectory(prefix="ivr-") as home:
        yield Installed(environment(temporary), Path(home), shared)


@contextmanager
def alone_in_this_run(temporary: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder that all workers of a run share, while no other of them is in here."""
    base = temporary.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _install(folder: Path) -> None:
    """Follow the tutorial, with the package sources that this machine's user has set, and a newer pip in between."""
    wheel = build("wheel", ROOT, folder / "dist")
    wheel.rename(folder / wheel.name)
    (folder / "versions").write_text("\n".join(PINNED.findall((ROOT / "requirements.txt").read_text(encoding="utf-8"))))
    pip = {"PIP_CONSTRAINT": str(folder / "versions"), "PIP_COMPILE": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    path = f"{Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}"
    [newer] = re.findall(r"^pip==\S+", (ROOT / "requirements-dev.txt").read_text(encoding="utf-8"), re.MULTILINE)
    # The one that comes with Python takes twice as long to read an index.
    for command in (INSTALL[0], f"ivrctl-env/bin/pip install -qq {newer}", *INSTALL[1:]):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, **pip, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALLS_WITHIN,
        )
        assert done.returncode == 0, done.stderr
