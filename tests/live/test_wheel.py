"""The installed wheel on a real Asterisk: a newcomer's way, from ``init`` to a call."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivrctl.adapters.pbx.ports import free_tcp_port

from ..wheel.installed import INSTALLS_WITHIN, Installed, newcomer_of  # noqa: TID252 - test folders are not packages

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("newcomer"),
    pytest.mark.heavy,
    pytest.mark.timeout(2 * INSTALLS_WITHIN),
]

NAME = f"wheel-{os.getpid()}"
SERVES_WITHIN = 30.0


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Somebody who has nothing but the wheel."""
    with newcomer_of(tmp_path_factory) as somebody:
        yield somebody


@pytest.fixture
def shop(newcomer: Installed) -> Path:
    """His first site."""
    newcomer.do(newcomer.home, "init", "shop")
    return newcomer.home / "shop"


@pytest.fixture
def pbx(newcomer: Installed, shop: Path) -> Iterator[str]:
    """A PBX that the installed command has started, with the configuration in the wheel."""
    agi = f"127.0.0.1:{free_tcp_port(10_000 + os.getpid() % 20_000)}"
    newcomer.do(shop, "pbx", "up", NAME, "--agi", agi, within=INSTALLS_WITHIN)
    yield NAME
    newcomer.do(shop, "pbx", "down", NAME)


@contextmanager
def _serving(newcomer: Installed, site: Path, pbx: str) -> Iterator[None]:
    """A controller that serves the site, until it is told to stop."""
    log = newcomer.home / "serve.log"
    command = [str(newcomer.environment / "bin/ivrctl"), "serve", "--pbx", pbx]
    with (
        log.open("wb") as stream,
        subprocess.Popen(command, cwd=site, env=newcomer.variables, stdout=stream, stderr=stream) as process,
    ):
        try:
            deadline = time.monotonic() + SERVES_WITHIN
            while newcomer.run("ivrctl", "status", cwd=site).returncode != 0:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
            yield
        finally:
            process.terminate()
            assert process.wait(SERVES_WITHIN) == 0, log.read_text()


def test_a_newcomer_hears_his_new_site(newcomer: Installed, shop: Path, pbx: str) -> None:
    """``init``, ``pbx up``, ``serve``, ``call``: what the new flow says is heard on a real Asterisk, and recorded."""
    with _serving(newcomer, shop, pbx):
        called = newcomer.do(shop, "call", "7000", "--press", "1,1234#", "--pbx", pbx)
        calls = newcomer.do(shop, "calls")
    assert "hears   Your order is ready. You pay 18.50." in called
    assert "NOT HEARD" not in called
    assert "served: reception/welcome > reception/main > reception/order > order-status/start" in called
    assert "-> 7000       served" in calls
