"""A whole controller: the real one, on a small site, with a voice that is quick."""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivrctl.adapters.fastagi_server import LOOPBACK
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import SilentVoice
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.site_versions import SiteVersions

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
"""
FLOW = 'lines: {"100": start}\nsteps: {start: [{play: Hello.}, {hangup: served}]}\n'


@dataclass(frozen=True)
class Views:
    """A folder as we and as Asterisk see it."""

    ours: Path
    asterisk: str


@dataclass(frozen=True)
class Whole:
    """A controller that serves, and where it keeps what."""

    controller: Controller
    folder: Path
    logged: list[dict[str, object]]
    """What it has logged."""

    @property
    def state(self) -> Path:
        """Its state folder."""
        return self.folder / "state"

    @property
    def prompts(self) -> Path:
        """Where its prompts lie."""
        return self.folder / "prompts"


@pytest.fixture
async def whole(tmp_path: Path, grown_file: Path) -> AsyncIterator[Whole]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE)
    (site / "main.ivr.yaml").write_text(FLOW)
    state = StateFolder.open(tmp_path / "state")
    shutil.copy(grown_file, state.call_database)
    versions = SiteVersions(site, state.versions, lambda _text: None)
    versions.load()
    cache, spool = (Views(tmp_path / name, f"/{name}") for name in ("prompts", "spool"))
    voice, recorded = SilentVoice(), site / "prompts"
    prompts = PromptLibrary(voice=voice, currency="CNY", cache=cache, spool=spool, recorded=recorded)
    with capture_logs() as logged:
        controller = Controller(ControllerSettings(site, state, LOOPBACK, {}), versions, prompts)
        await controller.start(socket.create_server(("127.0.0.1", 0)))
        yield Whole(controller, tmp_path, logged)  # type: ignore[arg-type]
        await controller.close()
