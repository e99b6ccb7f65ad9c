"""Building the Debian root: what is asked for, and what is left when it fails. The real build is a live test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import Bind, DebianRoot, ensure_root, find_root, packages
from ivrctl.adapters.pbx import root as root_module
from ivrctl.adapters.pbx.root import root_path
from ivrctl.errors import ConfigurationError, IvrctlError, MissingToolError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path / "cache"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host that has the tools, by name only; `mmdebstrap` does what a test writes into it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("mmdebstrap", "unshare", "nsenter", "chroot"):
        program(folder / tool, "exit 0")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\nfor target; do :; done\n{script}\n")
    file.chmod(0o755)


def test_the_package_list_is_what_a_pbx_needs() -> None:
    """Asterisk, its sounds, phones, a voice, a resampler, a load generator; no comment and no blank is a package."""
    assert {"asterisk", "asterisk-core-sounds-en-wav", "baresip-core", "espeak-ng", "sip-tester", "sox"} <= set(
        packages()
    )
    assert all(re.fullmatch("[a-z0-9][a-z0-9+.-]+", package) for package in packages())


def test_another_package_list_is_another_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old root is never taken for one that has the new package."""
    before = root_path()
    monkeypatch.setattr(root_module, "packages", lambda: ("asterisk",))
    assert root_path() != before


def test_a_built_root_is_used_again(host: Path) -> None:
    """Nothing is asked of mmdebstrap."""
    program(host / "mmdebstrap", "exit 1")
    root_path().mkdir(parents=True)
    assert ensure_root() == find_root() == DebianRoot(root_path())


def test_a_missing_root_is_built(host: Path) -> None:
    """Where it belongs, with mmdebstrap's own words as progress."""
    program(host / "mmdebstrap", 'mkdir -p "$target/etc"; echo "I: extracting archives..." >&2')
    said: list[str] = []
    assert find_root() is None
    assert ensure_root(said.append).folder == root_path()
    assert "extracting archives..." in said


def test_a_failed_build_leaves_nothing(host: Path, cache: Path) -> None:
    """And the error ends with what mmdebstrap said."""
    program(host / "mmdebstrap", 'mkdir -p "$target/etc"; echo "E: cannot reach the mirror" >&2; exit 1')
    with pytest.raises(IvrctlError, match="cannot reach the mirror"):
        ensure_root()
    assert [entry for entry in (cache / "ivrctl/roots").iterdir() if entry.is_dir()] == []


def test_an_interrupted_build_is_begun_again(host: Path) -> None:
    """What a killed builder left beside is removed, not built upon."""
    left = root_path().with_suffix(".part") / "half"
    left.mkdir(parents=True)
    program(host / "mmdebstrap", 'mkdir -p "$target/etc"')
    assert not (ensure_root().folder / "half").exists()
    assert not left.parent.exists()


def test_two_builders_build_once(host: Path, tmp_path: Path) -> None:
    """The second waits for the first, and finds the root."""
    started, go, count = tmp_path / "started", tmp_path / "go", tmp_path / "count"
    os.mkfifo(started)
    os.mkfifo(go)
    program(host / "mmdebstrap", f'echo x >> {count}; echo > {started}; read line < {go}; mkdir -p "$target/etc"')
    build = [sys.executable, "-c", BUILD]
    with subprocess.Popen(build, stdout=subprocess.PIPE) as first:
        started.read_bytes()
        with subprocess.Popen(build, stdout=subprocess.PIPE, text=True) as second:
            assert second.stdout is not None
            assert second.stdout.readline() == f"waiting for another build of {root_path().name}\n"
            go.write_text("\n")
            assert (first.wait(), second.wait()) == (0, 0)
    assert count.read_text() == "x\n"


BUILD = """
import os
os.geteuid = lambda: 0
from ivrctl.adapters.pbx import ensure_root
ensure_root(lambda said: print(said, flush=True) if said.startswith("waiting") else None)
"""


def test_only_root_may(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before anything is begun, with what to do."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ConfigurationError, match="only root") as caught:
        ensure_root()
    assert caught.value.advice == "run the command again with sudo, or install Docker or Podman"


def test_missing_tools_are_named_with_their_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them at once, as one command."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="mmdebstrap and unshare and nsenter") as caught:
        ensure_root()
    assert caught.value.advice == "apt-get install --yes coreutils mmdebstrap util-linux"


def test_a_command_is_one_argv_for_any_subprocess_call(tmp_path: Path) -> None:
    """It ends with the program and its arguments, untouched by any shell."""
    argv = DebianRoot(tmp_path).command(
        ["sox", "a b.wav", "$(x)"], binds=[Bind(tmp_path, "/srv/out", is_writable=True)]
    )
    assert argv[-3:] == ["sox", "a b.wav", "$(x)"]
    assert argv[argv.index("/srv/out") - 1 : argv.index("/srv/out") + 2] == [str(tmp_path), "/srv/out", "rw"]
