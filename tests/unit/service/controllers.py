"""A controller to call in tests: the real server, runner and journal, a fake Asterisk, prompts that need no voice."""

from __future__ import annotations

import asyncio
import socket
import textwrap
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer
from ivrctl.adapters.fastagi_server.limits import ServerLimits
from ivrctl.adapters.journal import Journal
from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.prompts.wav import BrokenSoundError
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text
from ivrctl.model.call import CallRecord
from ivrctl.model.notice import Notice
from ivrctl.model.utterance import Sound, Utterance
from ivrctl.model.values import Row, Value
from ivrctl.service.answering import Answering, Lookups
from ivrctl.service.call_runner import CallRunner
from ivrctl.service.legs import SCRIPT_ENDED
from ivrctl.service.runner_parts import RunnerParts
from ivrctl.testkit.fake_asterisk import Caller, Clock, FakeAsterisk, QueueSetup, VirtualClock
from ivrctl.testkit.fake_asterisk.dialplan import DialplanGlobals

BEGAN = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
PROMPT_SECONDS = 2.0
UNPLAYABLE = "BROKEN"
"""A text that begins so has a prompt which Asterisk cannot play."""

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
databases: {shop: {url: "sqlite:shop.sqlite"}}
lookups:
  balance:
    sql: select amount from balances where number = :number
    database: shop
    params: {number: phone}
    returns: {amount: money}
queues:
  sales: {keys: ["1"]}
voicemail: {office: {shortest: 3s}}
extensions: {_81XX: "PJSIP/{extension}"}
call_fields: {subject: [orders, faults]}
"""


def compiled(flow: str, site: str = SITE) -> Program:
    """The program of a site with one flow, ``main``."""
    texts = {"ivrctl.yaml": site, "main.ivr.yaml": textwrap.dedent(flow)}
    program, findings = compile_site({path: text.encode() for path, text in texts.items()})
    assert program is not None, render_text(findings, texts)
    return program


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that is named as it is written, so that a script reads like the call."""

    name: str
    seconds: float = PROMPT_SECONDS
    path: Path = Path("/nowhere")


@dataclass(slots=True)
class Voice:
    """Makes prompts, and says how long they play."""

    unmade: set[str] = field(default_factory=set)
    """Texts for which no prompt can be made."""
    broken: set[str] = field(default_factory=set)
    """Recordings, by their files, that cannot be played."""
    prepared: list[Utterance] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    """Texts whose file is gone until somebody looks at it."""
    released: list[str] = field(default_factory=list)
    distrusted: list[Path] = field(default_factory=list)

    async def prepare(self, utterance: Utterance, call: str) -> Prompt:
        """A prompt, unless the text is one that cannot be made."""
        self.prepared.append(utterance)
        if any(isinstance(part, Sound) and part.file in self.broken for part in utterance.parts):
            raise BrokenSoundError("cut short")
        if utterance.written in self.unmade:
            raise OSError("no space left on device")
        return Prompt(utterance.written)

    def silence(self, seconds: float) -> Prompt:
        """The shortest silence."""
        return Prompt("silence/0.25", 0.25)

    def release(self, call: str) -> None:
        """Note the call."""
        self.released.append(call)

    def distrust(self, path: Path) -> None:
        """Note the file."""
        self.distrusted.append(path)
        self.removed.clear()

    def length_of(self, name: str) -> float | None:
        """How long Asterisk plays a prompt; None for one that it cannot open."""
        if name.startswith(UNPLAYABLE) or name in self.removed:
            return None
        return 0.25 if name.startswith("silence/") else PROMPT_SECONDS


@dataclass(slots=True)
class Answers:
    """The lookups, in the fake Asterisk's time."""

    clock: Clock
    row: Row | None = None
    fault: str = ""
    after: float = 0.0
    """Seconds until the answer."""
    asked: list[Mapping[str, Value]] = field(default_factory=list)
    given_up: int = 0

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> Row | None:  # noqa: ASYNC109 - the runner's protocol
        """The row, or the fault, after its time."""
        self.asked.append(params)
        try:
            await self.clock.sleep(self.after)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.fault:
            raise LookupFault(self.fault)
        return self.row


@dataclass(slots=True)
class OneVersion:
    """The versions of a site that never changes."""

    current: Program

    def program(self, version: str) -> Program | None:
        """The version, if it is this one."""
        return self.current if version == self.current.version else None


class Controller:
    """A controller that can be lost and replaced, and the fake Asterisk in front of it."""

    def __init__(
        self,
        program: Program,
        folder: Path,
        clock: Clock | None = None,
        numbers: DialplanGlobals | None = None,
        told_within: float = 5.0,
    ) -> None:
        self.program = program
        self.clock = clock or VirtualClock()
        self.voice = Voice()
        self.answers = Answers(self.clock)
        self.lookups: Lookups = self.answers
        """Whom flows ask; what lookups there are in truth, for a test that brings them."""
        self.notices: list[Notice] = []
        """What is announced."""
        self.records: list[CallRecord] = []
        self.faults: list[str] = []
        self.errors: list[Exception] = []
        self.spoilt: Callable[[AgiSession], AgiSession] = lambda session: session
        """What a test puts between the runner and its session."""
        self.journal = Journal(folder)
        self._former: list[Journal] = []
        """Of controllers that have a successor and calls still."""
        self._folder, self._told_within = folder, told_within
        self._stored = asyncio.Event()
        self._bound = socket.create_server(("127.0.0.1", 0))
        self.address = self._bound.getsockname()
        self.asterisk = FakeAsterisk(
            self.address,
            self.voice.length_of,
            clock=self.clock,
            numbers=numbers,
            queues={"sales": QueueSetup("1"), "front-desk": QueueSetup()},
        )
        self.limits = ServerLimits()
        """Of the next controller."""
        self.is_stored_later = False
        """What the next one is told: that nobody closes a leg in the journal but a test."""
        self._server: FastAgiServer | None = None
        self.runner = self._new_runner()

    async def start(self) -> None:
        """Listen."""
        self._server = FastAgiServer(
            self._serve,
            limits=self.limits,
            on_error=lambda _session, error: self.errors.append(error),
            on_refused=self.runner.refuse,
            never_refused=lambda session: session.request.network_script == SCRIPT_ENDED,
        )
        await self._server.start(self._bound.dup())

    @property
    def server(self) -> FastAgiServer:
        """The server that is up."""
        assert self._server is not None
        return self._server

    async def lose(self, *, journal: Journal | None = None, program: Program | None = None) -> None:
        """Kill the controller, and have another one in its place, which knows nothing but the journal.

        Args:
            journal: another journal than the one on disk.
            program: the site as it is by now.
        """
        assert self._server is not None
        await self._server.close()
        self.journal.close()
        self.journal = journal or Journal(self._folder)
        self.program = program or self.program
        self.runner = self._new_runner()
        await self.start()

    def succeed(self) -> CallRunner:
        """Have another controller take whatever comes from now on; the one before, which keeps the calls it has."""
        former = self.runner
        self._former.append(self.journal)
        self.journal = Journal(self._folder)
        self.runner = self._new_runner()
        return former

    async def close(self) -> None:
        """Hang up what still stands, and stop."""
        await self.asterisk.close()
        if self._server is not None:
            await self._server.close()
        self._bound.close()
        for journal in (*self._former, self.journal):
            journal.close()
        assert self.errors == []

    def call(self, number: str = "100", ani: str = "13800138000") -> Caller:
        """A call comes in."""
        return self.asterisk.call(number, ani=ani)

    async def record(self) -> CallRecord:
        """The record of the one call that has ended."""
        async with Deadline(5):
            await self._stored.wait()
        (record,) = self.records
        return record

    async def _serve(self, session: AgiSession) -> None:
        await self.runner(self.spoilt(session))

    def _new_runner(self) -> CallRunner:
        return CallRunner(
            RunnerParts(
                versions=OneVersion(self.program),
                answers=lambda program: Answering(program.site, self.lookups),
                prompts=self.voice,
                journal=self.journal,
                on_record=self._store,
                on_fault=lambda _leg, fault: self.faults.append(fault),
                clock=lambda: BEGAN + timedelta(seconds=self.clock.now()),
                seconds=self.clock.now,
                told_within=self._told_within,
                is_stored_later=self.is_stored_later,
                notices=lambda: self.notices,
            )
        )

    def _store(self, record: CallRecord) -> None:
        self.records.append(record)
        self._stored.set()


def said(record: CallRecord) -> list[str]:
    """What the caller was told, in order."""
    return [entry.detail for entry in record.trace if entry.event == "says"]


Start: TypeAlias = Callable[..., Awaitable[Controller]]
"""Starts a controller for one flow, and perhaps another site than ``SITE``, or another dialplan."""
