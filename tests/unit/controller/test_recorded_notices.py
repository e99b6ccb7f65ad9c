"""From a caller who speaks a notice to the next one who hears it: a whole controller, and the files of both."""

from __future__ import annotations

import asyncio
import math
import socket
from array import array
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivrctl.adapters.fastagi_server import LOOPBACK
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.prompts.wav import read_wav, wav_of
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import RATE, SilentVoice
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.site_versions import SiteVersions
from ivrctl.testkit.fake_asterisk import Caller, FakeAsterisk
from ivrctl.testkit.fake_asterisk.prompts import wav_lengths

from .conftest import SITE, Views

FLOW = """
lines: {"100": hello, "900": speak}
steps:
  hello: [{play: Hello.}, {hangup: served}]
  speak:
    - voicemail: {box: notices}
      save: message
      then: {otherwise: {hangup: unserved}}
    - menu:
        prompt: "You said: {message}"
        choices: {"1": {say: "To announce it, press 1."}}
      then: {otherwise: {hangup: unserved}}
    - submit: {to: notice, with: {recording: "{message}", lasts: 2h, reason: storm}}
      then: {failed: {hangup: unserved}}
    - play: It is announced.
    - hangup: served
"""
FOLDERS = ("prompts", "spool", "recordings")
SPOKEN = array("h", (int(9000 * math.sin(n / 3)) for n in range(4 * RATE))).tobytes()
"""What the author says: four seconds of a tone."""


@dataclass(frozen=True)
class Site:
    """A controller, and an Asterisk that plays the very files that it is told to."""

    controller: Controller
    asterisk: FakeAsterisk
    folder: Path

    async def author(self) -> Caller:
        """Somebody who speaks; the file is written as Asterisk does."""
        caller = self.asterisk.call("900", ani="13800138000")
        stay = await caller.is_recorded()
        (self.folder / "recordings" / stay.target).write_bytes(wav_of(SPOKEN))
        await caller.press("#", after=4)
        return caller


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    for name in ("site", *FOLDERS):
        (tmp_path / name).mkdir()
    (tmp_path / "site" / "ivrctl.yaml").write_text(SITE + "voicemail: {notices: {}}\n")
    (tmp_path / "site" / "main.ivr.yaml").write_text(FLOW)
    versions = SiteVersions(tmp_path / "site", (state := StateFolder.open(tmp_path / "state")).versions, lambda _: None)
    versions.load()
    cache, spool, messages = (Views(tmp_path / name, f"/{name}") for name in FOLDERS)
    prompts = PromptLibrary(voice=SilentVoice(), currency="CNY", cache=cache, spool=spool, messages=messages)
    settings = ControllerSettings(tmp_path / "site", state, LOOPBACK, {}, messages.ours)
    controller = Controller(settings, versions, prompts)
    agi = socket.create_server(("127.0.0.1", 0))
    await controller.start(agi)
    lengths = wav_lengths({f"/{name}": tmp_path / name for name in FOLDERS})
    asterisk = FakeAsterisk(agi.getsockname(), lengths)
    yield Site(controller, asterisk, tmp_path)
    await asterisk.close()
    await controller.close()


async def _announced(site: Site) -> None:
    author = await site.author()
    await author.press("1", after=10)
    await author.ends()


async def test_author_hears_back_what_he_spoke(site: Site) -> None:
    """The very file that Asterisk recorded, by its path there, for its whole length."""
    author = await site.author()
    heard = await author.hears(lambda name: name.startswith("/recordings/"))
    assert heard.file.endswith("-voicemail-1")
    author.hang_up()
    await author.ends()
    assert heard.length == 4.0


async def test_what_he_spoke_stands_on_the_board(site: Site) -> None:
    """With its end and its author; the file is kept under the prompts, whatever becomes of the message."""
    await _announced(site)
    [notice] = site.controller.notices.current()
    assert (notice.author, notice.reason) == ("+8613800138000", "storm")
    kept = site.folder / "prompts" / "notices" / f"{notice.recordings['en']}.wav"
    assert read_wav(kept)


async def test_next_call_hears_it(site: Site) -> None:
    """As its recording, before anything else."""
    await _announced(site)
    [notice] = site.controller.notices.current()
    caller = site.asterisk.call("100", ani="13900139000")
    await caller.ends()
    assert caller.heard[0].file == f"/prompts/notices/{notice.recordings['en']}"
    assert len(caller.heard) == 2


async def test_message_that_is_gone_is_not_announced(site: Site) -> None:
    """Somebody has cleared the folder: its author is told that nothing was announced, and it is no call without end."""
    author = await site.author()
    for file in (site.folder / "recordings").iterdir():
        await asyncio.to_thread(file.unlink)
    await author.press("1", after=10)
    await author.ends()
    assert site.controller.notices.current() == ()
