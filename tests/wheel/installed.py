"""The wheel of this tree, installed as a user installs it: into an empty environment, by the hashed lock."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[2]
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INSTALLS_WITHIN = 240.0
"""Seconds: numpy and SQLAlchemy come over the network on a fresh machine."""


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


def install(folder: Path, shared: Mapping[str, str] = MappingProxyType({})) -> Installed:
    """Build the wheel and install it, its dependencies by their hashes, in a folder that is empty before."""
    wheel = build("wheel", ROOT, folder / "dist")
    installed = Installed(folder / "environment", folder / "home", shared)
    installed.home.mkdir()
    venv.create(installed.environment, with_pip=True)
    _pip(installed, "--no-compile", "--require-hashes", "-r", str(ROOT / "requirements.txt"))
    _pip(installed, "--no-deps", str(wheel))
    return installed


def _pip(installed: Installed, *words: str) -> None:
    """Install with the package sources that this machine's user has set."""
    command = [str(installed.python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALLS_WITHIN, env=os.environ)
    assert done.returncode == 0, done.stderr
