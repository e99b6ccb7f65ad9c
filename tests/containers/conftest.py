"""What the container tests stand on: an engine, both images, the pair that is up, and phones outside of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import RuntimeName, ensure_runtime

from .engines import ENGINES, ContainerEngine
from .pair import Pair, build_images, new_pair

HOST_TOOLS = Path(__file__).parents[2] / ".ci/host-tools"


@pytest.fixture(scope="session")
def _tools() -> None:
    """Docker, Podman and docker-compose: installed where we may, else named."""
    if os.geteuid() != 0:
        pytest.skip("engines, their volumes and the processes in containers are root's: run as root")
    done = subprocess.run([HOST_TOOLS, "containers"], capture_output=True, text=True, check=False)
    if done.returncode and shutil.which("apt-get") is None:
        pytest.skip(f"no Debian, and not all is installed: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr


CHOSEN = os.environ.get("IVRCTL_ENGINES", "docker").split(",")
"""On what the pair is tried. Podman takes several minutes more; ``IVRCTL_ENGINES=docker,podman`` tries both."""


def pytest_report_header() -> str:
    """Say on what the pair is tried, and on what not."""
    return f"composed pair: on {' and '.join(CHOSEN)} (IVRCTL_ENGINES={','.join(ENGINES)} tries all)"


@contextmanager
def opened(name: str) -> Iterator[ContainerEngine]:
    """Yield an engine that answers; one user of its storage at a time, so others wait until it is closed."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(base if base.startswith("/") else Path.home() / ".cache") / "ivrctl/engines" / name
    with tempfile.TemporaryDirectory(prefix="ivrctl-") as folder, ENGINES[name](Path(folder), cache) as engine:
        yield engine
    left = [line for line in Path("/proc/mounts").read_text().splitlines() if folder in line]
    assert not left, left


@pytest.fixture(params=CHOSEN)
def engine_for_a_while(request: pytest.FixtureRequest, _tools: None) -> Iterator[ContainerEngine]:
    """An engine for one test alone: whoever wants the same storage waits for no more than that."""
    with opened(request.param) as engine:
        yield engine


@pytest.fixture(scope="session", params=CHOSEN)
def engine(request: pytest.FixtureRequest, _tools: None) -> Iterator[ContainerEngine]:
    """An engine for all tests of the pair."""
    with opened(request.param) as engine:
        yield engine


@pytest.fixture(scope="session")
def images(engine: ContainerEngine) -> None:
    """Both images, built by this engine."""
    build_images(engine)


@pytest.fixture(scope="session")
def pair(engine: ContainerEngine, images: None) -> Iterator[Pair]:
    """The pair, up; afterwards it is down, and nothing of it may be left."""
    with tempfile.TemporaryDirectory(prefix="ivrctl-pair-") as folder:
        pair = new_pair(engine, Path(folder))
        try:
            pair.compose("up", "--detach")
            yield pair
        finally:
            if keep := os.environ.get("IVRCTL_KEEP"):
                (Path(keep) / f"{engine.name}.log").write_text(pair.compose("logs"))
            pair.compose("down", "--volumes")
        assert pair.left_behind() == []


@pytest.fixture(scope="session")
def runtime() -> RuntimeName:
    """What the phones run in, on the host: as the live tests, the Debian root unless the environment says otherwise."""
    return ensure_runtime(os.environ.get("IVRCTL_RUNTIME", RuntimeName.ROOT)).name
