"""Agents sign on and off, pause and are available for backup by what they dial; no controller runs in any of it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.ami import AmiSession, Login
from ivrctl.adapters.pbx import Bind, Pbx, credentials, down, run_program, rx, up
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.ami.actions import Action
from ivrctl.ami.packet import Event
from ivrctl.testkit.audio import find
from ivrctl.testkit.softphone import PhoneEvent, Softphone

from .sounds import is_said

if TYPE_CHECKING:
    from tests.live.conftest import Phones

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SIGN_ON, SIGN_OFF, PAUSE, UNPAUSE, BACKUP, NO_BACKUP = "*81", "*82", "*83", "*84", "*86", "*87"
LINE = "10010"
SOUNDS = "/usr/share/asterisk/sounds/en"
SITE = """\
site: others
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong key., one_moment: One moment please., fallback: Please hold.}
queues: {vip: {}}
extensions: {_810X: "PJSIP/{extension}"}
agents:
  "8104": {name: "O'Brien & Co / 4", queues: {vip: 7}}
"""
FLOW = """\
lines: {"100": start}
steps: {start: [{play: Hello.}, {hangup: served}]}
"""
IN_USE, NOT_IN_USE = "INUSE", "NOT_INUSE"


@asynccontextmanager
async def ami(pbx: Pbx, events: list[Event] | None = None) -> AsyncIterator[AmiSession]:
    """A session of the controller's user, with the rights that he has in service."""
    known = credentials(pbx)
    told = None if events is None else events.append
    session = await AmiSession.open((LOOPBACK, pbx.ami_port), Login(known.ami_user, known.ami_secret), on_event=told)
    try:
        yield session
    finally:
        session.close()


async def members(pbx: Pbx, extension: str) -> dict[str, tuple[str, str, str, str]]:
    """The queues that an agent's phone is in as a dynamic member: his name, penalty, whether paused, and why."""
    async with ami(pbx) as session:
        answer = await session.ask(Action.of("QueueStatus"))
    return {
        event.text("Queue"): (
            event.text("Name"),
            event.text("Penalty"),
            event.text("Paused"),
            event.text("PausedReason"),
        )
        for event in answer.named("QueueMember")
        if event.text("Location") == f"PJSIP/{extension}" and event.text("Membership") == "dynamic"
    }


async def backup(pbx: Pbx, extension: str) -> str:
    """What a reader of AMI sees of an agent's availability; empty when it was never said."""
    async with ami(pbx) as session:
        answer = await session.ask(Action.of("DeviceStateList"))
    states = {event.text("Device"): event.text("State") for event in answer.entries}
    return states.get(f"Custom:ivrctl-backup-{extension}", "")


async def dials(phone: Softphone, code: str) -> Path:
    """Dial a code and hear it out; what was heard."""
    await phone.dial(code)
    await phone.until(PhoneEvent.CLOSED, within=15)
    return phone.heard


@contextmanager
def without_a_controller(pbx: Pbx, queue: str) -> Iterator[None]:
    """Callers of lines go to this queue, since no controller answers."""
    rx(pbx, f"dialplan set global IVRCTL_FALLBACK_QUEUE {queue}")
    try:
        yield
    finally:
        rx(pbx, "dialplan set global IVRCTL_FALLBACK_QUEUE front-desk")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Asterisk's own sounds."""
    folder = tmp_path_factory.mktemp("sounds")
    copy = ["/bin/sh", "-c", f"cp {SOUNDS}/*.wav /srv/out && chmod a+r /srv/out/*"]
    run_program(copy, binds=[Bind(folder, "/srv/out", is_writable=True)])
    return folder


@pytest.fixture
async def agent(phones: Phones) -> AsyncIterator[Softphone]:
    """The phone of 8102, who serves five queues, and is in none when the test is over."""
    phone = await phones.agent("8102")
    yield phone
    await dials(phone, SIGN_OFF)


async def test_agent_signs_on_to_all_his_queues_with_his_name_and_penalties(pbx: Pbx, agent: Softphone) -> None:
    """He is seen over AMI as the site file says him; signing off takes him out of every queue."""
    await dials(agent, SIGN_ON)
    his = await members(pbx, "8102")
    assert his == {
        "broadband": ("李娜", "0", "0", ""),
        "mobile-data": ("李娜", "0", "0", ""),
        "full-service": ("李娜", "5", "0", ""),
        "shanghai": ("李娜", "0", "0", ""),
        "guangdong": ("李娜", "0", "0", ""),
    }
    await dials(agent, SIGN_OFF)
    assert await members(pbx, "8102") == {}


async def test_agent_who_has_signed_on_gets_a_caller_of_the_queue(pbx: Pbx, phones: Phones, agent: Softphone) -> None:
    """The whole way from the code to the conversation needs no controller."""
    await dials(agent, f"{SIGN_ON}*2")
    with without_a_controller(pbx, "broadband"):
        caller = await phones.caller()
        await caller.dial(LINE)
        await agent.until(PhoneEvent.INCOMING, within=25)
        await agent.accept()
        await agent.until(PhoneEvent.HEARING, within=5)
        await caller.hang_up()
        await agent.until(PhoneEvent.CLOSED, within=5)


async def test_agent_signs_on_to_one_queue_by_its_code(pbx: Pbx, agent: Softphone) -> None:
    """The code of a queue behind it takes him into that queue alone, and out of it."""
    await dials(agent, f"{SIGN_ON}*2")
    await dials(agent, f"{SIGN_ON}*4")
    assert set(await members(pbx, "8102")) == {"broadband", "full-service"}
    await dials(agent, f"{SIGN_OFF}*2")
    assert set(await members(pbx, "8102")) == {"full-service"}


async def test_pause_with_a_reason_holds_in_all_queues_until_it_is_ended(pbx: Pbx, agent: Softphone) -> None:
    """The reason is seen over AMI; another one takes its place, and unpausing or signing on ends it."""
    await dials(agent, SIGN_ON)
    await dials(agent, f"{PAUSE}*1")
    assert {state[2:] for state in (await members(pbx, "8102")).values()} == {("1", "break")}
    await dials(agent, f"{PAUSE}*2")
    assert {state[2:] for state in (await members(pbx, "8102")).values()} == {("1", "lunch")}
    await dials(agent, UNPAUSE)
    assert {state[2:] for state in (await members(pbx, "8102")).values()} == {("0", "")}
    await dials(agent, f"{PAUSE}*3")
    await dials(agent, f"{SIGN_ON}*2")
    assert {state[2:] for state in (await members(pbx, "8102")).values()} == {("0", "")}


async def test_signing_on_sets_the_penalty_that_somebody_else_gave_him(pbx: Pbx, agent: Softphone) -> None:
    """Whom the controller has called to a queue, with the penalty of backup staff, signs on as himself."""
    rx(pbx, 'queue add member PJSIP/8102 to broadband penalty 10 as "Backup"')
    await dials(agent, f"{SIGN_ON}*2")
    assert (await members(pbx, "8102"))["broadband"][1] == "0"


async def test_signing_off_leaves_queues_that_are_not_his_own(pbx: Pbx, agent: Softphone) -> None:
    """Who goes home leaves those too that he was called to, and is available for backup no more."""
    rx(pbx, "queue add member PJSIP/8102 to vip penalty 10")
    await dials(agent, BACKUP)
    assert await backup(pbx, "8102") == IN_USE
    await dials(agent, SIGN_OFF)
    assert await members(pbx, "8102") == {}
    assert await backup(pbx, "8102") == NOT_IN_USE


async def test_availability_for_backup_is_told_and_lights_a_lamp(pbx: Pbx, agent: Softphone) -> None:
    """It comes as an event and in the list; the lamp's key changes it, and its hint shows it."""
    events: list[Event] = []
    async with ami(pbx, events) as session:
        await dials(agent, BACKUP)
        lamp = await session.ask(Action.of("ExtensionState", Exten=f"{BACKUP}*8102", Context="from-agents"))
        await dials(agent, f"{BACKUP}*8102")
        dark = await session.ask(Action.of("ExtensionState", Exten=f"{BACKUP}*8102", Context="from-agents"))
        await dials(agent, f"{BACKUP}*8102")
        await dials(agent, NO_BACKUP)
        await session.ask(Action.of("Ping"))
    changes = [
        event.text("State")
        for event in events
        if event.name == "DeviceStateChange" and event.text("Device") == "Custom:ivrctl-backup-8102"
    ]
    assert changes[-4:] == [IN_USE, NOT_IN_USE, IN_USE, NOT_IN_USE]
    assert (lamp.response.text("StatusText"), dark.response.text("StatusText")) == ("InUse", "Idle")


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([SIGN_ON], ["agent-loginok"]),
        ([SIGN_ON, f"{PAUSE}*1"], ["do-not-disturb", "activated"]),
        ([SIGN_ON, UNPAUSE], ["do-not-disturb", "de-activated"]),
        ([SIGN_OFF], ["agent-loggedoff"]),
        ([BACKUP], ["enabled"]),
        ([NO_BACKUP], ["disabled"]),
    ],
    ids="-".join,
)
async def test_each_code_says_what_was_done(agent: Softphone, sounds: Path, codes: list[str], said: list[str]) -> None:
    """An agent hears it in words, by Asterisk's own sounds."""
    for code in codes:
        heard = await dials(agent, code)
    assert [name for name in said if not is_said(sounds / f"{name}.wav", heard)] == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (f"{PAUSE}*9", "pm-invalid-option"),
        (PAUSE, "pm-invalid-option"),
        (f"{SIGN_ON}*9", "pm-invalid-option"),
        (f"{SIGN_ON}*1", "cannot-complete-as-dialed"),
        (f"{SIGN_ON}*1%2Cfoo", "cannot-complete-as-dialed"),
        (f"{PAUSE}*1", "agent-loggedoff"),
        (UNPAUSE, "agent-loggedoff"),
        (f"{BACKUP}*8101", "feature-not-avail-line"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(
    pbx: Pbx, agent: Softphone, sounds: Path, code: str, said: str
) -> None:
    """A reason and a queue that there are not, a queue that is not his, a pause of nobody, somebody else's lamp."""
    heard = await dials(agent, code)
    assert is_said(sounds / f"{said}.wav", heard)
    assert not find(sounds / "agent-loginok.wav", heard).is_heard
    assert await members(pbx, "8102") == {}
    assert await backup(pbx, "8101") != IN_USE


async def test_phone_that_is_no_agents_is_refused(pbx: Pbx, phones: Phones, sounds: Path) -> None:
    """Of two phones in the agents' own context, only one is an agent's, whatever the other says that it is."""
    rx(pbx, "dialplan remove extension of_8101@ivrctl-agent-phones")
    try:
        stranger = await phones.agent("8101")
        heard = await dials(stranger, SIGN_ON)
        assert is_said(sounds / "feature-not-avail-line.wav", heard)
        await dials(stranger, f"{BACKUP}*8102")
    finally:
        rx(pbx, "dialplan reload")
    assert await members(pbx, "8101") == {}
    assert await backup(pbx, "8102") != IN_USE


async def test_caller_from_outside_dials_no_code(pbx: Pbx, phones: Phones) -> None:
    """The codes are in the context of the agents' phones alone."""
    caller = await phones.caller("8102")
    await caller.dial(SIGN_ON)
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert await members(pbx, "8102") == {}


def checked(site: Path, pbx: Pbx) -> list[str]:
    """The rules that `ivrctl check --live` finds at a site beside a PBX."""
    command = [sys.executable, "-m", "ivrctl", "check", str(site), "--pbx", pbx.name, "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return [finding["rule"] for finding in json.loads(ran.stdout)["findings"]]


def give(site: Path, pbx: Pbx) -> None:
    """Give the agents of a site to a development PBX."""
    command = [sys.executable, "-m", "ivrctl", "agents", "dialplan", "--site", str(site), "--pbx", pbx.name]
    subprocess.run(command, check=True, timeout=60)


async def test_agents_of_another_site_are_given_to_the_pbx(pbx: Pbx, phones: Phones, tmp_path: Path) -> None:
    """The site that the PBX has not is told so; it is given its agents, who sign on under their own names."""
    (tmp_path / "main.ivr.yaml").write_text(FLOW)
    (tmp_path / "ivrctl.yaml").write_text(SITE)
    assert checked(tmp_path, pbx) == ["IVR426"]
    given = pbx.folder / "etc/ivrctl.d/agents.conf"
    before = given.read_text()
    try:
        give(tmp_path, pbx)
        assert checked(tmp_path, pbx) == []
        phone = await phones.agent("8104")
        await dials(phone, SIGN_ON)
        await dials(phone, PAUSE)
        his = await members(pbx, "8104")
        await dials(phone, SIGN_OFF)
    finally:
        given.write_text(before)
        rx(pbx, "dialplan reload")
    assert his == {"vip": ("O'Brien & Co / 4", "7", "1", "")}


async def test_availability_survives_a_restart_of_asterisk(tmp_path: Path) -> None:
    """Asterisk keeps it in its own database; nobody is signed on after a restart."""
    name = f"agents-{os.getpid()}"
    started = up(name)
    try:
        async with Softphone.agent(started, "8103", folder=tmp_path / "phone") as phone:
            await dials(phone, SIGN_ON)
            await dials(phone, BACKUP)
        down(name)
        started = up(name)
        assert await backup(started, "8103") == IN_USE
        assert await members(started, "8103") == {}
    finally:
        await asyncio.to_thread(down, name)
        shutil.rmtree(started.folder)
