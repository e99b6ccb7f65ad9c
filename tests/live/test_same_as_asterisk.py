"""The raw AGI sessions on a real Asterisk, now: line by line what the fake answers, and what was recorded.

To record anew, after a change of ``RAW_CASES`` or with another Asterisk (the unit test reads the same recording)::

    IVRCTL_RECORD=1 .venv/bin/pytest tests/live/test_same_as_asterisk.py

Every case runs with a softphone that dials the PBX. None is left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from ivrctl.adapters.pbx import Pbx, rx
from ivrctl.testkit.audio import tone, write_wav
from ivrctl.testkit.fake_asterisk import fixed_lengths
from ivrctl.testkit.fake_asterisk.raw_cases import RAW_CASES, RawCase, in_folder, without_folder
from ivrctl.testkit.fake_asterisk.raw_session import (
    HANG_UP,
    CallerAct,
    RawController,
    RawSession,
    RawStep,
    normalised,
    run_raw,
)
from ivrctl.testkit.softphone import PhoneEvent, Softphone

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("same as asterisk"), pytest.mark.timeout(240)]

RECORDING = Path(__file__).parents[1] / "unit/fake_asterisk/asterisk-22.10.json"
LENGTHS = {"one": 1.0, "two": 2.0}
CALLERS_AT_ONCE = 5
# A real Asterisk waits for a channel's first sound before it replies to ANSWER, half a second at most. The sound of a
# Local channel, of the recording and of the fake, never comes; a phone's comes at once, or late from a busy host. So
# the controller here waits half a second after the reply, and the caller's acts count from the reply.
ANSWER_SECONDS = 0.5
# How long before its time an act begins. A key counts when the phone has sent its 0.2 s. Both are chosen so that the
# acts fall in the middle of what `normalised` rounds to one value: a host may be 0.1 s late or early.
KEY_LEAD = 0.15
HANG_UP_LEAD = 0.1
PLAYED_SECONDS = 12.0  # the longest session takes 5

# The dialled word is y or n, what AGIEXITONHANGUP is to say, and the port of the session's controller. The session
# itself then runs at the extension where the recording was made: GET VARIABLE EXTEN tells it.
DIALPLAN = (
    "_[yn]X.,1,Set(AGIEXITONHANGUP=${EXTEN:0:1})",
    "_[yn]X.,2,Set(RAW_PORT=${EXTEN:1})",
    "_[yn]X.,3,Goto(agi,1)",
    "agi,1,AGI(agi://127.0.0.1:${RAW_PORT}/raw)",
    "agi,2,Hangup()",
)

AGAIN = 2
"""How often sessions are played once more, one at a time, that are not as they were recorded."""

Played: TypeAlias = list[str] | BaseException
"""A transcript, or why there is none."""


@dataclass(frozen=True, slots=True)
class Side:
    """A real Asterisk that sessions can be played to."""

    pbx: Pbx
    folder: str
    """The prompts, as it sees them."""


class AnsweringController(RawController):
    """Lets the half second of an ANSWER pass after its reply, and tells when that came, on the event loop's clock."""

    def __init__(self, session: RawSession) -> None:
        super().__init__(session)
        self.answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def _step(self, step: RawStep, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[str]:
        lines = await super()._step(step, reader, writer)
        if step != "ANSWER" or self.answered.done():
            return lines
        self.answered.set_result(asyncio.get_running_loop().time())
        return lines + await super()._step(ANSWER_SECONDS, reader, writer)


@pytest.fixture(scope="module")
def side(pbx: Pbx) -> Iterator[Side]:
    """The development PBX with an extension that runs one AGI() and hangs up, outside of the dialplan loop."""
    folder = pbx.prompts.ours / "raw"
    folder.mkdir()
    for name, seconds in LENGTHS.items():
        write_wav(folder / f"{name}.wav", tone(440, seconds=seconds))
    for line in DIALPLAN:
        rx(pbx, f"dialplan add extension {line} into from-trunk")
    yield Side(pbx, f"{pbx.prompts.asterisk}/raw")
    for extension in ("_[yn]X.", "agi"):
        rx(pbx, f"dialplan remove extension {extension}@from-trunk")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def asterisk(side: Side) -> Mapping[str, Played]:
    """What the real Asterisk answers to each case, some callers at a time."""
    played = asyncio.run(played_to_asterisk(side))
    if os.environ.get("IVRCTL_RECORD"):
        record(played)
    return played


@pytest.fixture(scope="module")
def fake() -> Mapping[str, Played]:
    """What the fake answers to each case."""

    async def all_played() -> list[list[str]]:
        return await asyncio.gather(*(played_to_fake(case) for case in RAW_CASES.values()))

    return dict(zip(RAW_CASES, asyncio.run(all_played()), strict=True))


def record(played: Mapping[str, Played]) -> None:
    """Write the recording anew, unless a session could not be played: its test says why."""
    if not any(isinstance(transcript, BaseException) for transcript in played.values()):
        RECORDING.write_text(json.dumps(played, indent=1))


async def played_to_fake(case: RawCase) -> list[str]:
    lengths = fixed_lengths({f"/p/{name}": seconds for name, seconds in LENGTHS.items()})
    session = in_folder(case.session, "/p")
    transcript = await run_raw(session, lengths, caller=case.caller, exit_on_hangup=case.exit_on_hangup)
    return without_folder(normalised(transcript), "/p")


async def played_to_asterisk(side: Side) -> dict[str, Played]:
    places = asyncio.Semaphore(CALLERS_AT_ONCE)

    async def one(case: RawCase) -> list[str]:
        async with places:
            return await played_by_phone(case, side)

    transcripts = await asyncio.gather(*(one(case) for case in RAW_CASES.values()), return_exceptions=True)
    played: dict[str, Played] = dict(zip(RAW_CASES, transcripts, strict=True))
    # When a phone acts is the machine's doing, and a busy one is late. What Asterisk answers otherwise it always does.
    recorded = json.loads(RECORDING.read_text())
    for _ in range(AGAIN):
        for name in [name for name in RAW_CASES if played[name] != recorded.get(name)]:
            [played[name]] = await asyncio.gather(one(RAW_CASES[name]), return_exceptions=True)
    return played


async def played_by_phone(case: RawCase, side: Side) -> list[str]:
    controller = AnsweringController(in_folder(case.session, side.folder))
    _, port = await controller.listen()
    async with Softphone.caller(side.pbx) as phone:
        await phone.dial(f"{'y' if case.exit_on_hangup else 'n'}{port}")
        transcript, _ = await asyncio.gather(
            controller.transcript(PLAYED_SECONDS), act(phone, case.caller, controller.answered)
        )
    return without_folder(normalised(transcript), side.folder)


async def act(phone: Softphone, acts: Sequence[CallerAct], answered: asyncio.Future[float]) -> None:
    """Do what the caller does, each at its time after the answer."""
    if not acts:
        return
    await phone.until(PhoneEvent.ESTABLISHED, within=PLAYED_SECONDS)
    began = await answered
    for after, what in acts:
        lead = HANG_UP_LEAD if what == HANG_UP else KEY_LEAD
        await asyncio.sleep(began + after - lead - asyncio.get_running_loop().time())
        await (phone.hang_up() if what == HANG_UP else phone.press(what))


def lines_of(played: Played) -> list[str]:
    if isinstance(played, BaseException):
        raise played
    return played


@pytest.mark.parametrize("name", RAW_CASES)
def test_fake_answers_as_asterisk_does(asterisk: Mapping[str, Played], fake: Mapping[str, Played], name: str) -> None:
    """Line by line the real Asterisk's session is the fake's."""
    assert lines_of(asterisk[name]) == lines_of(fake[name])


@pytest.mark.parametrize("name", RAW_CASES)
def test_asterisk_answers_as_it_was_recorded(asterisk: Mapping[str, Played], name: str) -> None:
    """What the fake is compared with in the unit tests is still true of the Asterisk that runs here."""
    assert lines_of(asterisk[name]) == json.loads(RECORDING.read_text())[name]
