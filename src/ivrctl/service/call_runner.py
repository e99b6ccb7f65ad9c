"""Runs the legs of calls: between a FastAGI session and the engine.

One entry of a leg: find where the call stands (the journal, or a new position), resume the engine, carry out each
command on the session, journal each new position, until the call is handed off or ends. Whatever is lost on the way,
the dialplan comes again with the same leg, and the journal says where it stood.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, HungUp
from ivrctl.agi.commands import GetVariable, SetVariable
from ivrctl.agi.replies import Result
from ivrctl.flow.commands import RECORDED, Finish, HandOff, HandOffToDial, HandOffToQueue, HandOffToVoicemail
from ivrctl.flow.engine import Run
from ivrctl.flow.position import Position, position_from_json, position_to_json
from ivrctl.flow.program import Program
from ivrctl.model.call import Ending
from ivrctl.service.answering import Asker
from ivrctl.service.endings import ENDED, End, end_in, ended_to_json, record_of
from ivrctl.service.executor import Executor
from ivrctl.service.leg_traces import LegTraces
from ivrctl.service.legs import (
    PROGRESS,
    START,
    LegEntry,
    application_arguments,
    handoff_kind,
    least_bytes,
    message_file,
    outcome_of,
)
from ivrctl.service.numbering import normalised
from ivrctl.service.present import Present
from ivrctl.service.refusals import Refusals, Told, nothing
from ivrctl.service.runner_parts import RunnerParts

TOLD = "told"
"""IVRCTL_NEXT in the h extension: the end of the leg is in the journal, nobody needs to be told again."""

HELD = "QEHOLDTIME"
"""app_queue's own, of a queue with ``setqueueentryvar = yes``: the seconds that he waited until he was answered."""

CONNECTS_WITHIN = 3.0
"""Seconds: the dialplan's limit runs from before it connects, and Asterisk takes two at most for that."""

AT_THE_LIMIT = Finish(Ending.FALLBACK, "the limit of a leg was reached (IVRCTL_LEG_LIMIT)")
"""A caller who was so long in a flow that the dialplan brought him to a person."""

LEFT_UNTOLD = "left the flow, and the dialplan did not say where to"
"""Of a caller who neither hung up, as far as is known, nor came in again: most likely somebody has redirected him to a
place that is no line of the site."""

_NUMBER = re.compile(r"[0-9]{1,9}\Z")

Kept: TypeAlias = dict[str, Any]
"""What the journal says of a leg."""


@dataclass(slots=True)
class LiveLeg:
    """A leg that is in a flow at this moment. Small, since there are thousands: an event each would be a tenth."""

    run: Run
    executor: Executor
    entry: int
    """How often it had come back from a hand-off when this entry began; the run counts the next one while it leaves."""
    began: float
    """When this entry began, on the steady clock."""
    limit: float | None
    """Of the entry, in seconds; None where the dialplan does not say."""
    is_over: bool = False
    """True when it is known how the leg ended, and written down."""
    _told: asyncio.Future[None] | None = None

    def end(self) -> None:
        """Its end is written down."""
        self.is_over = True
        if self._told is not None and not self._told.done():
            self._told.set_result(None)

    async def until_over(self) -> None:
        """Wait for it; by one task."""
        if not self.is_over:
            self._told = asyncio.get_running_loop().create_future()
            await self._told


class CallRunner:
    """The handler of FastAGI sessions."""

    def __init__(self, parts: RunnerParts) -> None:
        self._parts = parts
        self._traces = LegTraces(parts)
        self._refusals = Refusals(parts)
        self.live: dict[str, LiveLeg] = {}
        """The legs that are in a flow at this moment."""

    def refuse(self, session: AgiSession, reason: str) -> Told:
        """Write down that a session is refused, before the dialplan is told.

        Returns:
            What to call when it has taken note: the record is made then.
        """
        entry = LegEntry.of(session.request)
        if entry is None:
            return nothing
        self._transferred(entry, None)
        return self._refusals.refuse(entry, reason)

    async def __call__(self, session: AgiSession) -> None:
        """Serve one entry of a leg into AGI."""
        entry = LegEntry.of(session.request)
        if entry is None:
            self._parts.on_fault("", f"a session from {session.peer} that is not of our dialplan")
            session.close()
            return
        if entry.is_over:
            await self._left_while_handed_off(session, entry)
            return
        kept = self._parts.journal.find(entry.leg)
        end = self._ended_before(entry, kept)
        if end is not None:
            # The controller that heard the flow out was killed before the dialplan knew.
            await _leave(session, _label_of(end.finish))
            return
        run = await self._begin(session, entry, kept)
        if run is None:
            await _leave(session, "fallback")
            return
        is_answered_late = _is_answered_late(run)
        if is_answered_late and entry.after == START:
            self._keep(entry.leg, run.position)
            await _leave(session, PROGRESS)
            return
        executor = self._executor(session, entry.leg, run, is_answered_late=is_answered_late)
        began = self._parts.seconds()
        live = self.live[entry.leg] = LiveLeg(run, executor, run.position.handoffs, began, entry.limit)
        try:
            await self._carry(entry, live)
        except HungUp:
            session.close()
            await self._out_of_the_flow(entry, live)
        finally:
            run.close()
            if self.live.get(entry.leg) is live:
                # Else a later entry of the leg has taken over from one whose end came late.
                del self.live[entry.leg]
            self._parts.prompts.release(entry.leg)

    def _executor(self, session: AgiSession, leg: str, run: Run, *, is_answered_late: bool) -> Executor:
        parts, position = self._parts, run.position
        return Executor(
            session,
            Asker(leg, position.caller, position.line),
            parts.prompts,
            parts.answers(run.program),
            parts.on_fault,
            seconds=parts.seconds,
            is_answered_late=is_answered_late,
        )

    # where a call stands

    async def _begin(self, session: AgiSession, entry: LegEntry, kept: Kept | None) -> Run | None:
        """The run of this entry; None when nothing can be done but to reach a person."""
        found = self._standing(entry.leg, kept)
        if found is not None:
            return await self._resumed(session, entry, *found)
        if entry.after != START:
            self._parts.on_fault(entry.leg, f"comes back from {entry.after}, and nothing is known of it")
            return None
        former = self._transferred(entry, await _number(session, HELD) if entry.former else None)
        program, now = self._parts.versions.current, self._parts.clock()
        if former is not None:
            position = program.begin_after(former, entry.number, now, is_from_agents=entry.is_from_agents)
        else:
            caller = normalised(entry.caller, program.site.numbers)
            position = program.begin(caller, entry.number, now, is_from_agents=entry.is_from_agents)
        if position is None:
            self._parts.on_fault(entry.leg, f"no line of the site has the number {entry.number}")
            return None
        return Run(program, position, observer=self._parts.observer)

    def _transferred(self, entry: LegEntry, held: int | None) -> Position | None:
        """Where the leg stood that a transfer has left for this one; its record is closed here, as nobody else would.

        The same channel enters anew, perhaps by a line of another flow.

        Args:
            entry: of the new leg.
            held: how many seconds the caller waited until he was answered; None where nobody knows.
        """
        if entry.former is None:
            return None
        # One who was taken out of a flow comes before his first position is written, too.
        live = self._in_flow(entry.former)
        found = self._known(entry.former) if live is None else (live.run.position, live.run.program)
        if found is None:
            return None
        if live is not None:
            live.end()
        position, program = found
        former = replace(entry, leg=entry.former)
        position = position.out_of_queue("answered", None, held)
        ending = Ending.SERVED if position.is_answered or position.awaited else Ending.UNSERVED
        self._end(former, Run(program, position), Finish(ending, f"transferred to {entry.number}"))
        return position

    async def _resumed(self, session: AgiSession, entry: LegEntry, position: Position, program: Program) -> Run:
        observer = self._parts.observer
        if position.awaited is None or entry.after != position.awaited:
            return Run(program, position, observer=observer)
        outcome = outcome_of(position.awaited, await _variable(session, "IVRCTL_OUTCOME"))
        if handoff_kind(position.awaited) != "queue":
            return Run(program, position, handed_back=outcome, observer=observer)
        place, held = await _number(session, "QUEUEPOSITION"), await _number(session, HELD)
        return Run(program, position, handed_back=outcome, place=place, held=held, observer=observer)

    # the conversation of engine and session

    async def _carry(self, entry: LegEntry, live: LiveLeg) -> None:
        run, executor = live.run, live.executor
        # That of a new call is written before its first command: until then it has heard nothing, and begins anew.
        journaled, reply = run.position if entry.after != START else None, None
        while True:
            command = run.resume(reply, Present(self._parts))
            self._traces.note(entry.leg, run)
            if run.position is not journaled and not isinstance(command, Finish):
                self._keep(entry.leg, run.position)
                journaled = run.position
            match command:
                case HandOffToQueue() | HandOffToDial() | HandOffToVoicemail():
                    await self._hand_off(executor, entry.leg, run, command)
                    return
                case Finish():
                    if executor.is_unheard:
                        # The line may have promised him nothing but words: silence is not how he was served.
                        command = Finish(Ending.FALLBACK, "nothing of what was to be said could be played")
                    end = self._note_end(entry, run, command)
                    live.end()
                    # A caller who hangs up in this very moment has heard the flow to its end.
                    with contextlib.suppress(HungUp):
                        await _leave(executor.session, _label_of(command))
                    self._hand_in(entry.leg, run, end)
                    return
                case _:
                    reply = await executor.carry_out(command)

    async def _hand_off(self, executor: Executor, leg: str, run: Run, command: HandOff) -> None:
        """Leave the call to the dialplan. IVRCTL_NEXT comes last: it alone tells a hand-off from a loss."""
        session, awaited = executor.session, str(run.position.awaited)
        if isinstance(command, HandOffToQueue):
            await executor.answer()
            await session.send(SetVariable("QUEUE_PRIO", str(command.priority)))
            self._parts.on_queue(
                session.request.uniqueid, run.position.line, str(run.position.customer.get("tier") or "")
            )
        elif isinstance(command, HandOffToVoicemail):
            await executor.answer()
            await session.send(SetVariable("IVRCTL_LEAST", str(least_bytes(command.shortest))))
        arguments = application_arguments(command, message_file(leg, awaited))
        await session.send(SetVariable("IVRCTL_ARGS", arguments))
        await session.send(SetVariable("IVRCTL_HANDOFF", awaited))
        await _leave(session, handoff_kind(awaited))

    # the end

    async def _out_of_the_flow(self, entry: LegEntry, live: LiveLeg) -> None:
        """AGI said HANGUP: of one who hung up, whom the limit of his leg took out, or who was redirected elsewhere.

        Which of them, the dialplan tells at once: its h extension of who hung up, a new leg of who comes in by another
        line. Until then the leg stands in the journal as it is, so that whoever is told can end it, this controller or
        the next.

        Args:
            entry: of the leg.
            live: what it ran on.
        """
        lasted = self._parts.seconds() - live.began
        if not live.is_over and self._parts.journal.find(entry.leg) is None:
            # He has heard nothing yet.
            self._keep(entry.leg, live.run.position)
        try:
            async with Deadline(self._parts.told_within):
                await live.until_over()
        except TimeoutError:
            live.end()
            if self._has_end(entry.leg):
                # Another controller was told of it, or this one while he was being handed off.
                self._traces.take(entry.leg)
                return
            is_limit = live.limit is not None and lasted >= live.limit - CONNECTS_WITHIN
            untold = Finish(live.run.position.ending_of_leaving, LEFT_UNTOLD)
            self._end(entry, live.run, AT_THE_LIMIT if is_limit else untold)

    async def _left_the_flow(self, session: AgiSession, entry: LegEntry, live: LiveLeg) -> None:
        """The dialplan tells of one of whom AGI said that he was gone, or will say so in a moment."""
        is_in_fallback = await _variable(session, "IVRCTL_NEXT") == "fallback"
        if not live.is_over:
            live.end()
            self._end(entry, live.run, self._why_in_fallback(entry, live) if is_in_fallback else live.run.hang_up())
        await _leave(session, TOLD)

    def _why_in_fallback(self, entry: LegEntry, live: LiveLeg) -> Finish:
        """Of one who was in a flow here: the limit, or a network through which we were not reached any more."""
        if live.limit is None or self._parts.seconds() - live.began >= live.limit - CONNECTS_WITHIN:
            return AT_THE_LIMIT
        return Finish(Ending.FALLBACK, self._refusals.reason_of(entry.leg))

    async def _left_while_handed_off(self, session: AgiSession, entry: LegEntry) -> None:
        """The caller hung up in a queue or a talk: the leg is over, and its record says how.

        Or he was in the fallback, where the dialplan brought him while no controller was there.
        """
        live = self._in_flow(entry.leg)
        if live is not None:
            await self._left_the_flow(session, entry, live)
            return
        found = self._known(entry.leg)
        if found is None:
            await self._left_unknown(session, entry)
            return
        position, program = found
        status = await _variable(session, "IVRCTL_OUTCOME")
        went_on = await _variable(session, "IVRCTL_NEXT")
        left = outcome_of(position.awaited, status) if position.awaited and status else None
        if position.is_waiting:
            # The fallback has had him since he left the queue, for nobody knows how long.
            now = None if went_on == "fallback" else self._parts.clock()
            position = position.out_of_queue(left or "abandoned", now, await _number(session, HELD))
        run = Run(program, position, handed_back=left)
        if status and (position.is_answered or left == "answered") and left != RECORDED:
            finish = Finish(Ending.SERVED, "the caller hung up")
        elif went_on == "fallback":
            finish = Finish(Ending.FALLBACK, self._refusals.reason_of(entry.leg))
        else:
            finish = run.hang_up(left)
        self._end(entry, run, finish)
        await _leave(session, TOLD)

    async def _left_unknown(self, session: AgiSession, entry: LegEntry) -> None:
        """The end of a leg that has its record, or that met no controller at all."""
        journal = self._parts.journal
        # Whom the limit of his leg took out of a flow has his record.
        is_in_journal = journal.has_ended(entry.leg) or journal.find(entry.leg) is not None
        if not is_in_journal and await _variable(session, "IVRCTL_NEXT") == "fallback":
            self._refusals.never_taken(entry, await _variable(session, "IVRCTL_LINE"))
        await _leave(session, TOLD)

    def _in_flow(self, leg: str) -> LiveLeg | None:
        """The leg, if it is in a flow here and neither handed off nor over."""
        live = self.live.get(leg)
        return None if live is None or live.is_over or live.run.position.awaited is not None else live

    def _known(self, leg: str) -> tuple[Position, Program] | None:
        """The position of a leg that is not over, and its version."""
        return self._standing(leg, self._parts.journal.find(leg))

    def _standing(self, leg: str, kept: Kept | None) -> tuple[Position, Program] | None:
        """The same, of what the journal says of it."""
        if kept is None or ENDED in kept:
            return None
        try:
            position = position_from_json(kept)
        except (KeyError, ValueError, TypeError) as error:
            self._parts.on_fault(leg, f"its journaled position cannot be read: {error!r}")
            return None
        program = self._parts.versions.program(position.version)
        if program is None:
            self._parts.on_fault(leg, f"began on version {position.version}, whose sources are gone")
            return None
        return position, program

    def _end(self, entry: LegEntry, run: Run, finish: Finish) -> None:
        self._traces.note(entry.leg, run)
        self._hand_in(entry.leg, run, self._note_end(entry, run, finish))

    def _note_end(self, entry: LegEntry, run: Run, finish: Finish) -> End:
        """Write down how the leg ended, before anybody else can know it: it is not served again, whatever dies now."""
        run.position = run.position.out_of_queue("abandoned", self._parts.clock(), None)
        end = End(entry.uniqueid, self._parts.clock(), finish)
        if self._parts.is_stored_later:
            self._parts.journal.record(entry.leg, ended_to_json(run.position, end))
        return end

    def _hand_in(self, leg: str, run: Run, end: End) -> None:
        if not self._parts.is_stored_later:
            self._parts.journal.close_leg(leg)
        entries = self._traces.take(leg)
        if end.finish.ending is Ending.FALLBACK:
            self._refusals.has_record(leg)
        self._parts.on_record(record_of(leg, run.position, end, entries, tiers=run.program.site.tiers))

    def _has_end(self, leg: str) -> bool:
        """Whether the end of a leg is written down, whoever did so."""
        journal = self._parts.journal
        return journal.has_ended(leg) or ENDED in (journal.find(leg) or {})

    def _ended_before(self, entry: LegEntry, kept: Kept | None) -> End | None:
        """How the leg ended that comes in once more; None when it goes on."""
        try:
            return None if kept is None else end_in(kept)
        except (KeyError, ValueError, TypeError) as error:
            self._parts.on_fault(entry.leg, f"its journaled end cannot be read: {error!r}")
            return None

    def _keep(self, leg: str, position: Position) -> None:
        self._parts.journal.record(leg, position_to_json(position))


def _is_answered_late(run: Run) -> bool:
    """True for a call to a line with ``answer: false``."""
    line = run.program.line(run.position.line)
    return line is not None and not line.answer


def _label_of(finish: Finish) -> str:
    """Where the dialplan goes on after the end of a flow."""
    return "fallback" if finish.ending is Ending.FALLBACK else "end"


async def _leave(session: AgiSession, label: str) -> None:
    """Send the dialplan on to a label, and close."""
    await session.send(SetVariable("IVRCTL_NEXT", label))
    session.close()


async def _number(session: AgiSession, name: str) -> int | None:
    """A whole number that an application has left; None where it has not."""
    text = await _variable(session, name)
    return int(text) if _NUMBER.match(text) else None


async def _variable(session: AgiSession, name: str) -> str:
    reply = await session.send(GetVariable(name))
    return (reply.text or "") if isinstance(reply, Result) and reply.result == "1" else ""
