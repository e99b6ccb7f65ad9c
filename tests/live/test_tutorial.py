"""The pages with a real Asterisk, followed from their own text: tutorial.md and the how-to pages with live commands.

Each page is read by somebody who has nothing but the wheel, in an environment of its own, and who is alone on his
network: a PBX takes the ports that it takes by default.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.adapters.pbx.folders import roots_folder

from ..unit.docs.pages import DOCS, ROOT, blocks, pages  # noqa: TID252 - test folders are no packages to import from
from ..unit.docs.reader import reading  # noqa: TID252 - the same

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]

LIVE = [page for page in pages() if any(block.meaning == "run live" for block in blocks(page))]
INSTALL = ["python3 -m venv ivrctl-env", "ivrctl-env/bin/pip install ivrctl-*.whl"]
"""What the tutorial has its reader do first; the third line puts it on his PATH."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment in which the tutorial's own commands have installed the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    (block,) = [block for block in blocks(DOCS / "tutorial.md") if block.meaning == "by test"]
    *commands, _path = block.body.splitlines()
    assert commands == INSTALL
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run(build, check=True, timeout=120)
    programs = f"{Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}"
    for command in commands:
        subprocess.run(
            ["bash", "-c", command], cwd=folder, check=True, timeout=300, env={**os.environ, "PATH": programs}
        )
    return folder / "ivrctl-env" / "bin"


@pytest.fixture
def network() -> Iterator[list[str]]:
    """A network namespace with nothing but loopback, and the command that enters it."""
    name = f"ivrctl-page-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True, timeout=10)
    enter = ["ip", "netns", "exec", name]
    subprocess.run([*enter, "ip", "link", "set", "lo", "up"], check=True, timeout=10)
    yield enter
    subprocess.run(["ip", "netns", "delete", name], check=True, timeout=10)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path leaves room for that of a Unix socket in it."""
    with tempfile.TemporaryDirectory(prefix="page-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.mark.parametrize("page", LIVE, ids=lambda page: page.name)
def test_page_is_followed_to_its_end(page: Path, installed: Path, network: list[str], folder: Path) -> None:
    """A reader of the page sees what it shows, from its first command to its last, and nothing is left running."""
    _share_roots(folder / "home" / ".cache" / "ivrctl")
    try:
        # The root, and no engine's daemon: that would not see this network.
        runtime = {"IVRCTL_RUNTIME": "root"}
        with reading(folder, path=[installed], environment=runtime, deadline=120.0, enter=network) as reader:
            for block in blocks(page):
                if block.meaning in {"run", "run live", "write"}:
                    reader.follow(block)
    finally:
        # Not in the reader's shell: it may hang in a command that has not ended.
        left = {"PATH": os.environ["PATH"], "HOME": str(folder / "home")}
        subprocess.run([*network, installed / "ivrctl", "pbx", "down"], env=left, check=True, timeout=60)


def _share_roots(cache: Path) -> None:
    """Let the reader use the roots that are built: by a link, so that a page that clears the cache clears his own."""
    built = roots_folder()
    built.mkdir(parents=True, exist_ok=True)
    cache.mkdir(parents=True)
    (cache / "roots").symlink_to(built)
