"""What a phone heard, compared with what Asterisk played: real speech, a real call."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.pbx import Bind, Pbx, RuntimeName, run_program
from ivrctl.testkit.audio import duration, find, read_wav
from ivrctl.testkit.softphone import PhoneEvent, Softphone

if TYPE_CHECKING:
    from tests.live.conftest import AgiSession, Phones, ScriptedController

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("softphone audio"), pytest.mark.timeout(240)]

SPOKEN = {
    "welcome": ("cmn", "欢迎致电客户热线。"),
    "balance": ("cmn", "您的余额是一百二十元五角。"),
    "menu": ("en", "For your balance press one. For an adviser press zero."),
}
SILENT = {
    "other-balance": ("cmn", "您的余额是一百三十元五角。"),
    "other-menu": ("en", "For your balance press two. For an adviser press zero."),
    "sorry": ("cmn", "现在无法查询,请稍后再试。"),
    "english": ("en", "Your balance is one hundred and twenty yuan."),
}
SPEAK = 'espeak-ng -v "$1" -w /tmp/speech.wav "$2" && sox -D /tmp/speech.wav -r 8000 -b 16 -c 1 "/srv/out/$3.wav"'


@pytest.fixture(scope="module")
def voices(pbx: Pbx, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every sentence, spoken by the runtime's own voice."""
    folder = tmp_path_factory.mktemp("voices")
    out = Bind(folder, "/srv/out", is_writable=True)
    for name, (language, text) in (SPOKEN | SILENT).items():
        run_program(["/bin/sh", "-c", SPEAK, "speak", language, text, name], binds=[out])
    return folder


@pytest.fixture
async def heard(
    pbx: Pbx, controller: ScriptedController, phones: Phones, voices: Path
) -> AsyncIterator[tuple[Softphone, list[float]]]:
    """A call in which the spoken sentences were played: the phone, and when each began in what it heard."""
    folder, began = pbx.prompts.ours / "voices", []
    shutil.copytree(voices, folder)
    folder.chmod(0o755)  # Asterisk is another user
    clock = asyncio.get_running_loop().time

    async def script(session: AgiSession) -> None:
        await session.send("ANSWER")
        for name in SPOKEN:
            await session.send("WAIT FOR DIGIT 600")
            began.append(clock())
            await session.send(f'STREAM FILE {pbx.prompts.asterisk}/voices/{name} ""')
        await session.hand_off("end")

    await controller.start(script)
    caller = await phones.caller()
    await caller.dial("10010")
    await caller.until(PhoneEvent.CLOSED, within=40)
    yield caller, [at - caller.heard_since for at in began]
    shutil.rmtree(folder)


async def test_what_was_played_was_heard(heard: tuple[Softphone, list[float]], voices: Path) -> None:
    """Each sentence from beginning to end, where it was played; sentences that differ in one word were not heard."""
    phone, began = heard
    assert all(find(voices / f"{name}.wav", phone.received).is_heard for name in SPOKEN)
    # A machine that is busy lets the phone play late.
    places = [find(voices / f"{name}.wav", phone.heard).at_seconds for name in SPOKEN]
    assert places == pytest.approx(began, abs=0.8)
    others = {name: find(voices / f"{name}.wav", phone.received) for name in SILENT}
    assert [name for name, match in others.items() if match.is_heard] == []


async def test_a_prompt_that_a_key_cuts_was_begun(
    pbx: Pbx, controller: ScriptedController, phones: Phones, voices: Path
) -> None:
    """Barge-in: the beginning was heard, the end was not."""
    shutil.copy(voices / "menu.wav", pbx.prompts.ours / "cut.wav")

    async def script(session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.send('STREAM FILE /srv/ivrctl/prompts/cut "1"')
        await session.hand_off("end")

    await controller.start(script)
    caller = await phones.caller()
    await caller.dial("10010")
    await caller.until(PhoneEvent.HEARING, within=5)
    await asyncio.sleep(1.3)
    await caller.press("1")
    await caller.until(PhoneEvent.CLOSED, within=5)
    match = find(voices / "menu.wav", caller.heard)
    assert match.is_begun
    assert not match.is_heard
    assert duration(caller.heard) < duration(voices / "menu.wav")


async def test_a_phone_that_stands_still_loses_nothing(
    pbx: Pbx, controller: ScriptedController, phones: Phones, voices: Path
) -> None:
    """A machine that is busy stops a phone again and again: the prompt comes late, every word of it."""
    if pbx.runtime is not RuntimeName.ROOT:
        pytest.skip("the phone's own process is in the container, where nobody can stop it from here")
    shutil.copy(voices / "menu.wav", pbx.prompts.ours / "late.wav")

    async def script(session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.send('STREAM FILE /srv/ivrctl/prompts/late ""')
        await session.send("WAIT FOR DIGIT 2000")
        await session.hand_off("end")

    await controller.start(script)
    caller = await phones.caller()
    await caller.dial("10010")
    await caller.until(PhoneEvent.HEARING, within=5)
    for seconds in (0.25, 0.4, 0.3):
        with _standing_still(caller):
            so_far = caller.samples_received
            await asyncio.sleep(seconds)
            assert caller.samples_received == so_far
        await asyncio.sleep(0.4)
    await caller.until(PhoneEvent.CLOSED, within=10)
    received = find(voices / "menu.wav", caller.received)
    assert min(received.windows) > 0.99
    assert duration(caller.received) < duration(caller.heard) - 1.0
    assert _level(caller.heard) == pytest.approx(_level(voices / "menu.wav"), rel=0.02)


@contextmanager
def _standing_still(phone: Softphone) -> Iterator[None]:
    process = phone._process
    assert process is not None
    assert process._process is not None
    os.kill(process._process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process._process.pid, signal.SIGCONT)


def _level(sound: Path) -> float:
    """The energy of all of it: what is lost is missing, what is late is not."""
    return float((read_wav(sound) ** 2).sum())
