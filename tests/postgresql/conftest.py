"""Sites with lookups, and controllers that serve them, for the tests on a real server."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivrctl.adapters.fastagi_server import LOOPBACK
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.site_databases import SiteDatabases
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import SilentVoice
from ivrctl.flow.program import compile_site
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.site_versions import SiteVersions
from ivrctl.testkit.fake_asterisk import FakeAsterisk, ScaledClock

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry.}
databases:
  shop: {url: {env: SHOP_URL}}
  local: {url: "sqlite:local.sqlite"}
lookups:
"""


@dataclass(frozen=True)
class Views:
    """A folder as we and as Asterisk see it."""

    ours: Path
    asterisk: str


@dataclass
class Serving:
    """A controller that serves, and an Asterisk that sends it calls."""

    controller: Controller
    asterisk: FakeAsterisk

    async def call(self, line: str = "100", caller: str = "13800138000") -> None:
        """One caller dials, hears and is hung up on."""
        await self.asterisk.call(line, ani=caller).ends()


def controller_of(folder: Path, environ: Mapping[str, str]) -> Controller:
    """A controller for the site in the folder ``site``, with its state beside it; it does not serve yet."""
    state = StateFolder.open(folder / "state")
    versions = SiteVersions(folder / "site", state.versions, lambda _text: None)
    versions.load()
    cache, spool = (Views(folder / name, f"/{name}") for name in ("prompts", "spool"))
    prompts = PromptLibrary(voice=SilentVoice(), currency="CNY", cache=cache, spool=spool)
    return Controller(ControllerSettings(folder / "site", state, LOOPBACK, environ), versions, prompts)


@asynccontextmanager
async def serving(folder: Path, environ: Mapping[str, str]) -> AsyncIterator[Serving]:
    """A controller that serves, until the end."""
    controller = controller_of(folder, environ)
    agi = socket.create_server(("127.0.0.1", 0))
    await controller.start(agi)
    # Lookups take real time, prompts a tenth of theirs.
    clock = ScaledClock(speed=10)
    try:
        async with FakeAsterisk(agi.getsockname(), lambda _file: 1.0, clock=clock) as asterisk:
            yield Serving(controller, asterisk)
    finally:
        await controller.close()


OpenDatabases = Callable[[str, str], SiteDatabases]


@pytest.fixture
def open_databases(tmp_path: Path) -> OpenDatabases:
    """Databases of a site with some lookups, whose ``shop`` is at a URL."""

    def opened(url: str, lookups: str) -> SiteDatabases:
        site = SITE + "".join(f"  {line}\n" for line in lookups.strip().splitlines())
        program, findings = compile_site({"ivrctl.yaml": site.encode()})
        assert program is not None, findings.sorted()
        return SiteDatabases(program.site, tmp_path, {"SHOP_URL": url})

    return opened
