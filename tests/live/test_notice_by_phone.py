"""A notice made by telephone, on a real Asterisk: who makes it is known by a PIN, hears it back, and others hear it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.pbx import Pbx
from ivrctl.adapters.prompts.notice_files import FOLDER
from ivrctl.testkit.audio import find, melody, write_wav
from ivrctl.testkit.softphone import PhoneEvent, Softphone
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

if TYPE_CHECKING:
    from tests.live.conftest import Phones

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("notice by phone"), pytest.mark.timeout(180)]

SITE = """
site: by-phone
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts:
  no_input: Silence.
  no_match: Wrong.
  one_moment: One moment.
  fallback: Sorry about that.
  not_verified: That number or PIN is not right.
identity:
  duty: {account: {ask: Your number., digits: 4, is: staff}, pin: {ask: Your PIN., digits: 6}}
pepper: {file: pepper}
voicemail: {notices: {}}
"""
FLOW = """
lines: {"10010": welcome, "10019": duty}
steps:
  welcome:
    - play: Welcome to our shop.
    - hangup: served
  duty:
    - verify: {by: duty}
      then: {otherwise: stranger}
    - voicemail: {box: notices, longest: 20s}
      save: message
      then: {otherwise: stranger}
    - menu:
        prompt: "You said: {message}."
        choices: {"1": {say: To announce it press 1.}}
      then: {otherwise: stranger}
    - submit: {to: notice, with: {recording: "{message}", lasts: 2h, reason: made by phone}}
      then: {failed: stranger}
    - play: It is announced.
    - hangup: served
  stranger:
    - play: That is not possible.
    - hangup: unserved
"""
CUSTOMERS = "customer,name,id:staff,pin\nduty,Duty manager,8001,135790\n"
RECORDING_STARTS = 1.5
"""Seconds until the tone has been played and the recording runs."""


async def until_asked(served: Serving, times: int) -> None:
    """Return when the one caller has been asked for keys so often since he came back from a hand-off."""

    def is_asked() -> bool:
        legs = served.ask("/live")["legs"]
        return bool(legs) and legs[0]["asked"] >= times

    await served.until(is_asked, f"asked {times} times", within=15)


async def announce(served: Serving, caller: Softphone, speech: Path) -> None:
    """Make a notice by phone, as whoever is on duty does."""
    await caller.dial("10019")
    await until_asked(served, 1)
    await caller.press("8001")
    await until_asked(served, 2)
    await caller.press("135790")
    await served.until(lambda: not served.ask("/live")["legs"], "the message is recorded", within=15)
    await asyncio.sleep(RECORDING_STARTS)
    await caller.speak(speech)
    await asyncio.sleep(5)
    await caller.press("#")
    await until_asked(served, 1)
    await asyncio.sleep(7)
    await caller.press("1")
    await caller.until(PhoneEvent.CLOSED, within=20)


async def heard_by_the_next(phones: Phones, speech: Path, seconds: float) -> bool:
    """Whether a caller who listens to the line for a while hears the notice."""
    caller = await phones.caller("13900139000")
    await caller.dial("10010")
    await caller.until(PhoneEvent.ESTABLISHED, within=20)
    await asyncio.sleep(seconds)
    await caller.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=2)
    return find(speech, caller.heard).is_heard


async def test_notice_recorded_by_phone_is_heard_by_the_next_caller_and_without_the_controller(
    phones: Phones, pbx: Pbx, tmp_path: Path
) -> None:
    """Who made it hears it back; the next caller hears it, with the controller and when it has been stopped."""
    site, speech = tmp_path / "site", tmp_path / "speech.wav"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE)
    (site / "shop.ivr.yaml").write_text(FLOW)
    (site / "pepper").write_text("a pepper for tests\n")
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    write_wav(speech, melody(4))
    try:
        async with serving(site, tmp_path, pbx, ask) as served:
            argv = ["-m", "ivrctl", "customers", "import", str(tmp_path / "customers.csv"), "--site", str(site)]
            imported = await asyncio.create_subprocess_exec(
                sys.executable, *argv, "--state", str(served.state.path), stdout=asyncio.subprocess.DEVNULL
            )
            assert await imported.wait() == 0
            author = await phones.caller("13800138000")
            await announce(served, author, speech)
            [notice] = served.ask("/notices")["notices"]
            assert notice["reason"] == "made by phone"
            assert find(speech, author.heard).is_heard
            await asyncio.sleep(1)
            assert await heard_by_the_next(phones, speech, 7)
            await served.stop()
            assert await heard_by_the_next(phones, speech, 14)
    finally:
        for file in (pbx.prompts.ours / FOLDER).glob("*"):
            file.unlink()
