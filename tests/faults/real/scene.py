"""A real Asterisk with softphones that call again and again, while somebody breaks something; and what became of each.

Who looks afterwards: the callers' own recordings, Asterisk's CDRs, queue log and log, ``sqlite3`` on the records.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from ivrctl.adapters.pbx import Pbx, Ports, RuntimeName, credentials, down, rx, up
from ivrctl.adapters.pbx.instance import write_instance
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.pbx.root import require_host
from ivrctl.errors import IvrctlError
from ivrctl.testkit import audio
from ivrctl.testkit.softphone import PhoneEvent, Softphone, SoftphoneError
from ivrctl.testkit.survival.books import Books
from ivrctl.testkit.survival.lines import ANSWERS, PERSON, QUEUE, copy_site
from ivrctl.testkit.survival.people import answer_calls, make_speech
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

from ..matrix import CallSeen, Evidence, Terminal
from ..seeded.way import Way

SITE = Path(__file__).parents[3] / "flows"
LONGEST_CALL, GAP = 90.0, 0.3
"""Seconds after which a caller gives up; and between two calls of one caller."""
RECORDED_WITHIN = 40.0
"""Seconds until the record of each call is there, also of those whose controller was killed at their end."""
AGENTS, DESK = ("8101", "8102"), "8105"
SLACK = 1.0
"""Seconds around a call in which the death of Asterisk is its end."""


@dataclass(frozen=True, slots=True)
class Called:
    """One call, as its caller saw it; times of day in seconds."""

    number: str
    line: str
    began: float
    ended: float
    has_ended: bool
    silence: float


@dataclass(slots=True)
class Scene:
    """What a row acts on."""

    pbx: Pbx
    served: Serving
    way: Way
    """To AMI."""
    remarks: list[str] = field(default_factory=list)
    deaths: list[float] = field(default_factory=list)
    """When Asterisk died."""
    has_died: asyncio.Event = field(default_factory=asyncio.Event)

    async def restart(self, how: str) -> None:
        """Have Asterisk end, and be there again."""
        if how == "kill -9":
            os.kill(self.pbx.pid, 9)
        else:
            await asyncio.to_thread(rx, self.pbx, how)
        if how != "core restart gracefully":
            self.deaths.append(time.time())
            # Those who call now; who calls from here on has the Asterisk that comes back.
            self.has_died.set()
            await asyncio.sleep(0)
            self.has_died.clear()
        ports = Ports(sip=self.pbx.sip_port, ami=self.pbx.ami_port)
        if how == "kill -9":
            self.pbx = await asyncio.to_thread(up, self.pbx.name, agi=self.pbx.agi, ports=ports)
        await self._until_booted()
        await self.sign_on()

    async def sign_on(self) -> None:
        """The agents are members of the queue; a restart forgets that."""
        for agent in AGENTS:
            await asyncio.to_thread(rx, self.pbx, f"queue add member PJSIP/{agent} to {QUEUE}")

    async def channels(self, context: str) -> list[str]:
        """The channels that are in a context of the dialplan now, as AMI lists them."""
        known = credentials(self.pbx)
        reader, writer = await asyncio.open_connection(LOOPBACK, self.pbx.ami_port)
        for action in (
            f"Action: Login\r\nUsername: {known.ami_user}\r\nSecret: {known.ami_secret}\r\nEvents: off",
            "Action: CoreShowChannels",
            "Action: Logoff",
        ):
            writer.write(f"{action}\r\n\r\n".encode())
        async with asyncio.timeout(10):
            packets = (await reader.read()).decode(errors="replace").split("\r\n\r\n")
        writer.close()
        told = [dict(line.partition(": ")[::2] for line in packet.split("\r\n")) for packet in packets]
        return [packet["Channel"] for packet in told if packet.get("Context") == context]

    async def _until_booted(self) -> None:
        async with asyncio.timeout(60):
            while True:
                try:
                    await asyncio.to_thread(rx, self.pbx, "core waitfullybooted")
                except IvrctlError:
                    await asyncio.sleep(0.1)
                else:
                    return


Act: TypeAlias = Callable[[Scene], Awaitable[None]]


def needs() -> str:
    """A PBX of its own, in a Debian root."""
    try:
        require_host()
    except IvrctlError as error:
        return f"{error}"
    return ""


async def under_calls(folder: Path, act: Act, *, answers: int = 5, persons: int = 2) -> Evidence:
    """Let callers call while something is done, and see what became of each call."""
    # As the live tests do: what is killed is then a process of this machine, and no container's.
    os.environ.setdefault("IVRCTL_RUNTIME", RuntimeName.ROOT)
    name = f"matrix-{os.getpid()}"
    agi = (LOOPBACK, free_tcp_port(10_000 + os.getpid() % 20_000))
    pbx = await asyncio.to_thread(up, name, agi=agi)
    folder.mkdir(parents=True)  # noqa: ASYNC240 - before anything runs on the loop
    try:
        site = copy_site(SITE, folder / "site")
        build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(site), "--pbx", name]
        await asyncio.to_thread(subprocess.run, build, check=True, capture_output=True)
        async with Way.opened((LOOPBACK, pbx.ami_port)) as way:
            write_instance(replace(pbx, ami_port=way.address[1]))
            async with serving(site, folder, pbx, ask) as served:
                # Only the controller goes that way. It is not written down again: a PBX that was killed is another.
                write_instance(pbx)
                return await _called(Scene(pbx, served, way), folder, act, (answers, persons))
    finally:
        await asyncio.to_thread(down, name)
        shutil.rmtree(pbx.folder, ignore_errors=True)


async def _called(scene: Scene, folder: Path, act: Act, counts: tuple[int, int]) -> Evidence:
    books, speech = Books.opened(scene.pbx), make_speech(folder / "agent.wav")
    lines = [ANSWERS] * counts[0] + [PERSON] * counts[1]
    calls: list[Called] = []
    async with AsyncExitStack() as stack:
        phones = [
            await stack.enter_async_context(
                Softphone.caller(scene.pbx, f"1397777{n:04}", folder=folder / f"caller-{n}")
            )
            for n in range(len(lines))
        ]
        agents = [
            await stack.enter_async_context(Softphone.agent(scene.pbx, name, folder=folder / name))
            for name in (*AGENTS, DESK)
        ]
        await scene.sign_on()
        enough = asyncio.Event()
        answering = [asyncio.ensure_future(answer_calls(agent, speech)) for agent in agents]
        async with asyncio.TaskGroup() as group:
            for phone, line in zip(phones, lines, strict=True):
                group.create_task(_call_until(enough, phone, line, scene, calls))
            await act(scene)
            enough.set()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
    return await _evidence(scene, books, calls, folder)


async def _call_until(enough: asyncio.Event, phone: Softphone, line: str, scene: Scene, calls: list[Called]) -> None:
    while not enough.is_set():
        try:
            calls.append(await _call(phone, line, scene.has_died))
        except SoftphoneError:
            # Nobody answers INVITEs while Asterisk is away: no call has reached it.
            await asyncio.sleep(GAP)
        await asyncio.sleep(GAP)


async def _call(phone: Softphone, line: str, has_died: asyncio.Event) -> Called:
    began = time.time()
    await phone.dial(line)
    await phone.until(PhoneEvent.ESTABLISHED, within=10)
    closing = asyncio.ensure_future(phone.until(PhoneEvent.CLOSED, within=LONGEST_CALL))
    dying = asyncio.ensure_future(has_died.wait())
    await asyncio.wait({closing, dying}, return_when=asyncio.FIRST_COMPLETED)
    dying.cancel()
    has_ended = True
    if not closing.done():
        await phone.hang_up()
    try:
        await closing
    except SoftphoneError:
        has_ended = False
        await phone.hang_up()
    silence = await asyncio.to_thread(audio.longest_silence, phone.heard)
    return Called(phone.identity.number, line, began, time.time(), has_ended, silence.seconds)


async def _evidence(scene: Scene, books: Books, calls: list[Called], folder: Path) -> Evidence:
    records = await _recorded(scene, calls)
    fell_back = books.fell_back()
    entered = books.queued("ENTERQUEUE", QUEUE)
    found = Evidence(records=None, noted="", remarks=scene.remarks)
    for call in calls:
        own = [record for record in records if _is_of(record, call)]
        terminal = _terminal(call, own, fell_back, scene.deaths)
        uniqueids = {record["uniqueid"] for record in own}
        queued = tuple(QUEUE for uniqueid in uniqueids for _ in range(entered[uniqueid]))
        who = next(iter(uniqueids), f"{call.number} at {call.began:.0f}")
        silence = None if terminal is Terminal.CUT else call.silence
        seen = CallSeen(1, who, terminal, queued=queued, silence=silence, story=f"    {call}\n    {own}")
        found.calls.append(seen)
        if not own and terminal not in {Terminal.CUT, Terminal.PERSON}:
            found.faults.append(f"{call.number} -> {call.line} has no record")
    known = credentials(scene.pbx)
    found.swept = _swept(folder, (known.ami_secret, known.doctor_secret))
    return found


async def _recorded(scene: Scene, calls: Sequence[Called]) -> list[dict[str, Any]]:
    until = time.monotonic() + RECORDED_WITHIN
    while True:
        records = await asyncio.to_thread(_read, scene.served.state.path / "calls.sqlite")
        if all(any(_is_of(record, call) for record in records) for call in calls) or time.monotonic() > until:
            return records
        await asyncio.sleep(0.2)


def _read(file: Path) -> list[dict[str, Any]]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        rows = connection.execute("select leg, uniqueid, ani, began_at, ending, reason, path from calls").fetchall()
    finally:
        connection.close()
    names = ("leg", "uniqueid", "ani", "began_at", "ending", "reason", "path")
    records = [dict(zip(names, row, strict=True)) for row in rows]
    return [{**record, "path": json.loads(record["path"]), "began": _seconds(record["began_at"])} for record in records]


def _seconds(text: str) -> float:
    """The database has times of day in UTC."""
    return datetime.fromisoformat(text if "+" in text else f"{text}+00:00").timestamp()


def _is_of(record: dict[str, Any], call: Called) -> bool:
    is_his = record["ani"].removeprefix("+86") == call.number
    return is_his and call.began - 0.1 <= record["began"] <= call.ended


def _terminal(call: Called, own: Sequence[dict[str, Any]], fell_back: set[str], deaths: Sequence[float]) -> Terminal:
    endings = {record["ending"] for record in own}
    if endings & {"served", "unserved"}:
        # A queue that nobody is signed on to, as where Asterisk has restarted, has a way in the flow too.
        return Terminal.SERVED
    if any(call.began - SLACK <= death <= call.ended + SLACK for death in deaths):
        return Terminal.CUT
    if not call.has_ended:
        return Terminal.LOST
    if "fallback" in endings or any(record["leg"] in fell_back for record in own):
        return Terminal.PERSON
    return Terminal.LOST


def _swept(folder: Path, secrets: Sequence[str]) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".wav", ".sock"}]
    return [
        f"{path.relative_to(folder)} holds a password of AMI"
        for path in files
        if any(secret.encode() in path.read_bytes() for secret in secrets)
    ]
