"""The real runner, watched: what the engines ``agi`` and ``live`` share.

It serves FastAGI sessions with the service's own ``CallRunner``. Around it stands what a scenario gives (lookups, the
time) and what takes note of the call: a journal in memory, a session that sees prompts begin and be cut, prompts that
are known by the file that Asterisk is told to play.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ivrctl.adapters.fastagi_server import AgiSession, HungUp
from ivrctl.adapters.site_databases import LookupFault
from ivrctl.agi.commands import Command, GetOption, SetVariable, StreamFile
from ivrctl.agi.replies import Reply, Result
from ivrctl.flow.commands import LookupFailed, LookupFound
from ivrctl.flow.program import Program
from ivrctl.model.call import CallRecord, TraceEntry
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import Row, Value, from_json
from ivrctl.service.call_runner import CallRunner, RunnerParts
from ivrctl.service.prompting import Prepared, Prompts
from ivrctl.testkit.engines.log import CallLog, LegLog
from ivrctl.testkit.engines.lookups import given_answer
from ivrctl.testkit.scenario import Scenario

NEXT = "IVRCTL_NEXT"
"""The channel variable that tells the dialplan what to do next."""


Application: TypeAlias = Literal["queue", "dial"]
_APPLICATIONS: Mapping[str, Application] = {"queue": "queue", "dial": "dial"}


@dataclass(frozen=True, slots=True)
class Time:
    """Whose time a scenario plays in."""

    seconds: Callable[[], float]
    """Since the call began."""
    sleep: Callable[[float], Any]
    """A coroutine function that waits so many of those seconds."""


@dataclass(slots=True)
class Handed:
    """One hand-off, as the controller's side saw it."""

    application: Application
    target: str
    """The queue, or the dial string."""
    priority: int
    leg: str
    at: float
    """When the controller left the call to the dialplan."""
    outcome: str | None = None
    """In the language's words, once the call came back."""
    back_at: float = 0.0


class WatchedRunner:
    """The handler of FastAGI sessions for one scenario."""

    def __init__(self, scenario: Scenario, program: Program, prompts: Prompts, time: Time) -> None:
        """Make it ready for one call.

        Args:
            scenario: gives the lookups and when the call begins.
            program: the site.
            prompts: where prompts come from.
            time: the caller's.
        """
        self.program = program
        self.log = CallLog()
        self.on_change: list[Callable[[], None]] = []
        """Called after everything that is noted."""
        self.records: dict[str, CallRecord] = {}
        """By leg, of those that have ended."""
        self.newest_leg = ""
        self.uniqueid = ""
        """Of the channel; all legs of a call have the same."""
        self.handed: list[Handed] = []
        """Every hand-off so far."""
        self.is_given_up = False
        """True once the controller has left the call to the dialplan's fallback."""
        self._variables: dict[str, str] = {}
        self._time = time
        self._heard_of = _KnownPrompts(prompts)
        self._journal = _Journal(self)
        self._recorded = asyncio.Event()
        self.runner = CallRunner(
            RunnerParts(
                versions=_OneVersion(program),
                lookups=lambda _: _GivenLookups(scenario, time, self.log.faults.append),
                prompts=self._heard_of,
                journal=self._journal,
                on_record=self._record,
                on_fault=self._fault,
                clock=self._clock(scenario.at),
                seconds=time.seconds,
                on_trace=self._trace,
            )
        )

    async def serve(self, session: AgiSession) -> None:
        """Serve one session."""
        self.uniqueid = session.request.uniqueid
        await self.runner(_WatchedSession(session, self._heard_of, self))

    def failed(self, _session: AgiSession, error: Exception) -> None:
        """A handler raised: the dialplan will try again, and the scenario has failed."""
        self.log.faults.append(f"the controller failed: {error!r}")

    async def until_recorded(self, within: float) -> CallRecord | None:
        """The record of the newest leg; None when there is none within so many real seconds."""
        try:
            async with asyncio.timeout(within):
                while self.newest_leg not in self.records:
                    self._recorded.clear()
                    await self._recorded.wait()
        except TimeoutError:
            return None
        return self.records[self.newest_leg]

    @property
    def record(self) -> CallRecord | None:
        """The record of the newest leg, if it has ended."""
        return self.records.get(self.newest_leg)

    # what is noted

    def note_position(self, leg: str, position: Mapping[str, Any]) -> None:
        """A leg stands at a new position."""
        if leg != self.newest_leg:
            self.newest_leg = leg
            self.log.legs.append(LegLog())
        fields = from_json(position["fields"])
        self.log.legs[-1].path = tuple(position["path"])
        self.log.legs[-1].fields = fields if isinstance(fields, Mapping) else {}
        self._changed()

    def note_said(self, known: KnownPrompt) -> None:
        """A prompt begins; a controller that has not been told of the hang-up yet may go on speaking to nobody."""
        if self.log.ended is not None:
            return
        self.log.says(self._time.seconds(), [(known.utterance, known.seconds)])
        self._changed()

    def note_ended(self, known: KnownPrompt, key: str | None, *, is_prompt_only: bool) -> None:
        """The command that said a prompt has ended, by itself or by a key.

        Args:
            known: the prompt.
            key: what ended it.
            is_prompt_only: False for a command that waits for a key after the prompt.
        """
        now = self._time.seconds()
        if key is not None:
            self.log.cut(now, key)
        elif is_prompt_only and self.log.heard and self.log.heard[-1].utterance is known.utterance:
            self.log.heard[-1].ends = now
        self._changed()

    def note_variable(self, name: str, value: str) -> None:
        """The controller has set a channel variable: IVRCTL_NEXT is its last word."""
        self._variables[name] = value
        if name != NEXT:
            return
        self.is_given_up = value == "fallback"
        application = _APPLICATIONS.get(value)
        if application is not None:
            target = self._variables.get("IVRCTL_ARGS", "").partition(",")[0]
            priority = int(self._variables.get("QUEUE_PRIO", "0")) if application == "queue" else 0
            self.handed.append(Handed(application, target, priority, self.newest_leg, self._time.seconds()))
        self._changed()

    def note_left(self) -> None:
        """The leg is over: what was being said was cut."""
        self.log.cut(self._time.seconds(), "hang-up")
        self._changed()

    def _changed(self) -> None:
        for callback in self.on_change:
            callback()

    def _record(self, record: CallRecord) -> None:
        self.records[record.leg] = record
        if record.leg == self.newest_leg:
            self.log.legs[-1] = LegLog(record.path, record.fields)
        self._recorded.set()
        self._changed()

    def _trace(self, _leg: str, entries: Sequence[TraceEntry]) -> None:
        if self.log.ended is not None:
            # GET OPTION answers a hang-up as it answers silence: the flow may take a step before it is told.
            return
        at = round(self._time.seconds(), 3)
        self.log.trace.extend(replace(entry, at=at) for entry in entries)
        if self.handed and self.handed[-1].outcome is None:
            outcomes = [entry.detail for entry in entries if entry.event == "outcome"]
            self.handed[-1].outcome, self.handed[-1].back_at = (outcomes[0] if outcomes else None), at
        self._changed()

    def _fault(self, _leg: str, fault: str) -> None:
        # A lookup that fails is the scenario's own wish, or has been noted where nothing was given for it.
        if not fault.startswith("lookup "):
            self.log.faults.append(fault)

    def _clock(self, began: datetime) -> Callable[[], datetime]:
        return lambda: began + timedelta(seconds=self._time.seconds())


@dataclass(frozen=True, slots=True)
class KnownPrompt:
    """A prompt by what it says."""

    utterance: Utterance
    seconds: float


class _KnownPrompts:
    """Prompts, remembered by the name that Asterisk is told."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._known: dict[str, KnownPrompt] = {}

    async def prepare(self, utterance: Utterance, call: str) -> Prepared:
        prepared = await self._prompts.prepare(utterance, call)
        self._known[prepared.name] = KnownPrompt(utterance, prepared.seconds)
        return prepared

    def silence(self, seconds: float) -> Prepared:
        return self._prompts.silence(seconds)

    def release(self, call: str) -> None:
        self._prompts.release(call)

    def distrust(self, path: Path) -> None:
        self._prompts.distrust(path)

    def known(self, name: str) -> KnownPrompt | None:
        """What a prompt says; None for a silence."""
        return self._known.get(name)


class _WatchedSession(AgiSession):
    """A session that tells which prompts begin and end."""

    __slots__ = ("_inner", "_prompts", "_watch")

    def __init__(
        self, inner: AgiSession, prompts: _KnownPrompts, watch: WatchedRunner
    ) -> None:  # the inner one is set up
        self.request = inner.request
        self.end = None
        self._inner = inner
        self._prompts = prompts
        self._watch = watch

    @property
    def peer(self) -> str:
        return self._inner.peer

    @property
    def is_hung_up(self) -> bool:
        return self._inner.is_hung_up

    async def send(self, command: Command, *, longest: timedelta | None = None) -> Reply:
        if isinstance(command, SetVariable):
            reply = await self._inner.send(command, longest=longest)
            self._watch.note_variable(command.name, command.value)
            return reply
        known = self._prompts.known(command.file) if isinstance(command, GetOption | StreamFile) else None
        if known is not None:
            self._watch.note_said(known)
        try:
            reply = await self._inner.send(command, longest=longest)
        except HungUp:
            self._watch.note_left()
            raise
        if known is not None:
            key = reply.key if isinstance(reply, Result) else None
            self._watch.note_ended(known, key, is_prompt_only=isinstance(command, StreamFile))
        return reply

    def on_hangup(self, callback: Callable[[], None]) -> None:
        self._inner.on_hangup(callback)

    def close(self) -> None:
        self._inner.close()


class _OneVersion:
    """The one version of the site that a scenario plays on."""

    def __init__(self, program: Program) -> None:
        self.current = program

    def program(self, version: str) -> Program | None:
        return self.current if version == self.current.version else None


class _Journal:
    """A journal in memory, which shows each position to the watcher."""

    def __init__(self, watch: WatchedRunner) -> None:
        self._watch = watch
        self._open: dict[str, dict[str, Any]] = {}

    def record(self, leg: str, position: Mapping[str, Any]) -> None:
        self._open[leg] = dict(position)
        self._watch.note_position(leg, position)

    def close_leg(self, leg: str) -> None:
        self._open.pop(leg, None)

    def find(self, leg: str) -> dict[str, Any] | None:
        return self._open.get(leg)


class _GivenLookups:
    """What the scenario gives, when it gives it."""

    def __init__(self, scenario: Scenario, time: Time, on_fault: Callable[[str], None]) -> None:
        self._given = scenario.given
        self._time = time
        self._on_fault = on_fault

    async def ask(self, name: str, _params: Mapping[str, Value], timeout: timedelta) -> Row | None:  # noqa: ASYNC109 - the deadline is part of the question
        answered = given_answer(self._given, name, timeout, self._on_fault)
        if answered.seconds:
            await self._time.sleep(answered.seconds)
        if isinstance(answered.reply, LookupFailed):
            raise LookupFault(answered.reply.reason)
        return answered.reply.row if isinstance(answered.reply, LookupFound) else None
