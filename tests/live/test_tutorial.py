"""The pages with a real Asterisk, followed from their own text: tutorial.md and the how-to pages with live commands.

Each page is read by somebody who has nothing but the wheel, in an environment of its own, and who is alone on his
network where that can be: a controller takes the port that it takes by default.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import ensure_runtime
from ivrctl.adapters.pbx.folders import roots_folder, sounds_folder

from ..unit.docs.pages import DOCS, blocks, pages  # noqa: TID252 - test folders are no packages to import from
from ..unit.docs.reader import reading  # noqa: TID252 - the same
from ..wheel.installed import INSTALL, alone_in_this_run, environment  # noqa: TID252 - the same

pytestmark = [pytest.mark.live, pytest.mark.heavy, pytest.mark.timeout(900)]

LIVE = [page for page in pages() if any(block.meaning == "run live" for block in blocks(page))]

LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    fcntl.ioctl(control, 0x8914, struct.pack("16sh", b"lo", 1))
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Brings loopback up, SIOCSIFFLAGS with IFF_UP of netdevice(7), and becomes the command behind it."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment in which the tutorial's own commands have installed the wheel."""
    (block,) = [block for block in blocks(DOCS / "tutorial.md") if block.meaning == "by test"]
    *commands, _path = block.body.splitlines()
    assert tuple(commands) == INSTALL
    return environment(tmp_path_factory) / "bin"


@dataclass(frozen=True)
class Surroundings:
    """Where a page's reader works."""

    enter: tuple[str, ...]
    """The command that runs his shell in a network of his own; none in this machine's."""
    environment: Mapping[str, str]


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    """For root with a Debian root, a network with nothing but loopback; else this machine's, whose ports must be free.

    A container of an engine would not be seen from another network than the engine's: readers come one after the other.
    """
    if os.geteuid() == 0 and shutil.which("unshare") and shutil.which("mmdebstrap"):
        ensure_runtime("root")  # nothing can be fetched in that network
        yield Surroundings(("unshare", "--net", sys.executable, "-c", LOOPBACK_UP), {"IVRCTL_RUNTIME": "root"})
        return
    with alone_in_this_run(tmp_path_factory, "readers"):
        yield Surroundings((), {})


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path leaves room for that of a Unix socket in it."""
    with tempfile.TemporaryDirectory(prefix="page-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.mark.parametrize("page", LIVE, ids=lambda page: page.name)
def test_page_is_followed_to_its_end(page: Path, installed: Path, surroundings: Surroundings, folder: Path) -> None:
    """A reader of the page sees what it shows, from its first command to its last, and nothing is left running."""
    _share_what_is_built(folder / "home" / ".cache" / "ivrctl")
    enter, environment = surroundings.enter, surroundings.environment
    try:
        with reading(folder, path=[installed], environment=environment, deadline=120.0, enter=enter) as reader:
            for block in blocks(page):
                if block.meaning in {"run", "run live", "write"}:
                    reader.follow(block)
    finally:
        # Not in the reader's shell: it may hang in a command that has not ended.
        left = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), **environment}
        subprocess.run([installed / "ivrctl", "pbx", "down"], env=left, check=True, timeout=60)


def _share_what_is_built(cache: Path) -> None:
    """Let the reader use the roots and sounds that are there: by links, so that who clears the cache clears his own."""
    cache.mkdir(parents=True)
    for built in (roots_folder(), sounds_folder()):
        built.mkdir(mode=0o700, parents=True, exist_ok=True)
        (cache / built.name).symlink_to(built)
