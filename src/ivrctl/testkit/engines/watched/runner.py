"""The handler of FastAGI sessions for one scenario: the service's own runner, and notes of what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession
from ivrctl.flow.coverage import Walk
from ivrctl.flow.position import Frame
from ivrctl.flow.program import Program
from ivrctl.model.call import CallRecord, TraceEntry
from ivrctl.model.values import from_json
from ivrctl.service.call_runner import CallRunner
from ivrctl.service.prompting import Prompts
from ivrctl.service.runner_parts import RunnerParts
from ivrctl.testkit.engines.log import CallLog, Heard, LegLog
from ivrctl.testkit.engines.watched.session import KnownPrompt, KnownPrompts, WatchedSession
from ivrctl.testkit.engines.watched.surroundings import GivenVersions, MemoryJournal, RunnerAnswers, Time
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.notices import standing_notices
from ivrctl.testkit.scenario.settings import with_settings

NEXT = "IVRCTL_NEXT"
"""The channel variable that tells the dialplan what to do next."""

Application: TypeAlias = Literal["queue", "dial", "voicemail"]
_APPLICATIONS: Mapping[str, Application] = {"queue": "queue", "dial": "dial", "voicemail": "voicemail"}


@dataclass(slots=True)
class Handed:
    """One hand-off, as the controller's side saw it."""

    application: Application
    target: str
    """The queue, the dial string, or the file of the message."""
    priority: int
    leg: str
    at: float
    """When the controller left the call to the dialplan."""
    outcome: str | None = None
    """In the language's words, once the call came back."""
    back_at: float = 0.0


class WatchedRunner:
    """The handler of FastAGI sessions for one scenario."""

    def __init__(
        self, scenario: Scenario, program: Program, prompts: Prompts, time: Time, *, is_observed: bool = False
    ) -> None:
        """Make it ready for one call.

        Args:
            scenario: gives the lookups and when the call begins.
            program: the site.
            prompts: where prompts come from.
            time: the caller's.
            is_observed: the log keeps what is walked.
        """
        self.program = program = with_settings(program, scenario.given.settings, program.version)
        self.log = CallLog(walk=Walk() if is_observed else None)
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
        self._said: Heard | None = None
        """What was begun to be said last."""
        self._time = time
        notices = standing_notices(scenario.given.notices, program, scenario.at)
        queues = scenario.given.queue_facts
        self._heard_of = KnownPrompts(prompts)
        self._journal = MemoryJournal(self.note_position)
        self._recorded = asyncio.Event()
        self.versions = GivenVersions(program)
        self.runner = CallRunner(
            RunnerParts(
                versions=self.versions,
                answers=lambda program: RunnerAnswers(scenario, program.site, time, self.log),
                prompts=self._heard_of,
                journal=self._journal,
                on_record=self._record,
                on_fault=self._fault,
                clock=self._clock(scenario.at),
                seconds=time.seconds,
                on_trace=self._trace,
                notices=lambda: notices,
                queues=lambda: queues,
                off_peak=lambda: scenario.given.quiet,
                observer=self._observe if is_observed else None,
            )
        )

    async def serve(self, session: AgiSession) -> None:
        """Serve one session."""
        self.uniqueid = session.request.uniqueid
        await self.runner(WatchedSession(session, self._heard_of, self))

    def failed(self, _session: AgiSession, error: Exception) -> None:
        """A handler raised: the dialplan will try again, and the scenario has failed."""
        self.log.faults.append(f"the controller failed: {error!r}")

    async def until_recorded(self, within: float) -> CallRecord | None:
        """The record of the newest leg; None when there is none within so many real seconds."""
        try:
            async with Deadline(within):
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

    def note_said(self, known: KnownPrompt, *, is_prompt_only: bool) -> None:
        """A prompt begins; a controller that has not been told of the hang-up yet may go on speaking to nobody."""
        if self.log.ended is not None:
            return
        self.log.says(self._time.seconds(), [(known.utterance, known.seconds)])
        self._said = self.log.heard[-1]
        self._said.is_running = is_prompt_only
        self._changed()

    def note_ended(self, key: str | None, *, is_prompt_only: bool) -> None:
        """The command that said the prompt which began last has ended, by itself or by a key."""
        now = self._time.seconds()
        if key is not None:
            self.log.cut(now, key)
        elif self._said is not None and is_prompt_only:
            self._said.ends, self._said.is_running = now, False
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
            self.log.legs[-1] = LegLog(record.path, record.fields, record.promise)
        self._recorded.set()
        self._changed()

    def _trace(self, _leg: str, entries: Sequence[TraceEntry]) -> None:
        if self.log.ended is not None:
            # GET OPTION answers a hang-up as it answers silence: the flow may take a step before it is told.
            return
        at = round(self._time.seconds(), 3)
        self.log.trace.extend(entry._replace(at=at) for entry in entries)
        if self.handed and self.handed[-1].outcome is None:
            outcomes = [entry.detail for entry in entries if entry.event == "outcome"]
            self.handed[-1].outcome, self.handed[-1].back_at = (outcomes[0] if outcomes else None), at
        self._changed()

    def _observe(self, frame: Frame, end: str) -> None:
        if self.log.ended is None and self.log.walk is not None:
            self.log.walk(frame, end)

    def _fault(self, _leg: str, fault: str) -> None:
        # One that fails is the scenario's own wish, or has been noted where nothing was given for it.
        if not fault.startswith(("lookup ", "submission ", "identity ")):
            self.log.faults.append(fault)

    def _clock(self, began: datetime) -> Callable[[], datetime]:
        return lambda: began + timedelta(seconds=self._time.seconds())
