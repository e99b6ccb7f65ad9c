"""A host with the container engines that a test gives it: real programs on PATH, and nothing else."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

TOOLS = ("sh", "cat", "echo", "setpriv", "mkdir", "touch", "sleep", "dirname")

ANSWERS = {
    "docker": """
case "$1" in
  context) echo unix:///run/docker.sock ;;
  info) echo "28.0|Debian GNU/Linux 12|[name=seccomp]" ;;
""",
    "podman": """
[ "$1" = --runtime ] && shift 2
case "$1" in
  info) echo "4.3.1|false" ;;
""",
}


@dataclass(frozen=True)
class Host:
    """The programs of a host; each call of an engine is a line in `calls`."""

    folder: Path
    calls: Path

    def has(self, name: str, script: str) -> None:
        """Install a program."""
        file = self.folder / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.calls}\n{script}\n')
        file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    def has_engine(self, name: str, rest: str = "") -> None:
        """Install an engine that answers and has every image; `rest` are cases of its own, looked at first."""
        head, _, cases = ANSWERS[name].rpartition('case "$1" in')
        self.has(name, f'{head}case "$1" in\n{rest}\n{cases}\n  *) echo done ;;\nesac')

    def called(self) -> list[str]:
        """The calls so far."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host without engines, whose cache is empty and whose environment chooses nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for variable in ("IVRCTL_RUNTIME", "DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(variable, raising=False)
    assert shutil.which("docker") is None
    return Host(folder, tmp_path / "calls")
