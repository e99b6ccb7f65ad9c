"""One simulated call: the flow's engine, and a virtual clock that is moved from one event to the next.

::

    call = SimCall(program, "10010", "13900139000", answers, now)
    doing = await call.advance()            # the first command: what is said and asked
    doing = await call.press("1")           # the caller presses a key meanwhile
    doing = await call.advance()            # nobody does anything until the command comes to its own end
    doing = await call.hand_back("answered")   # from a queue or a dial
    finish = call.hang_up()

A command is what the call is doing; it begins at ``elapsed`` and comes to its own end at ``doing.due``: prompts have
been heard, nobody has pressed a key, the queue has given up. ``log`` holds everything so far, for a transcript.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivrctl.errors import ConfigurationError
from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    RECORDED,
    Answer,
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandedBack,
    HandOff,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    Identify,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    PromptEnded,
    Question,
    Reply,
    Say,
    Submit,
)
from ivrctl.flow.coverage import Walk
from ivrctl.flow.engine import Run
from ivrctl.flow.position import Position
from ivrctl.flow.program import Program
from ivrctl.lang.findings import did_you_mean
from ivrctl.model.call import Ending, TraceEntry
from ivrctl.model.notice import Notice
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.promise import promise_of
from ivrctl.model.queue_facts import NOTHING_KNOWN, QueueFactsByName
from ivrctl.model.utterance import Utterance
from ivrctl.service.answering import Asker
from ivrctl.service.numbering import normalised
from ivrctl.service.speaking import ONE_MOMENT_AFTER, by_language
from ivrctl.testkit.engines.lengths import spoken_seconds
from ivrctl.testkit.engines.log import CallLog, LegLog, Stay
from ivrctl.testkit.engines.sim.answers import SimAnswers
from ivrctl.testkit.scenario.script import By

ANSWER_SECONDS = 0.5
"""From the answer to the first audio, as Asterisk 22 takes it."""

ANSWER_TAKES = 0.01
"""Seconds that an answer takes at least: a flow that only asks cannot stand still in time."""


END_OF_MESSAGE = "#"
"""The key that ends a voicemail."""


@dataclass(slots=True)
class Doing:
    """What a call is doing."""

    command: Command
    since: float
    """When it began, in seconds since the call began: later than now while the line is being answered."""
    due: float
    """When it comes to its own end; infinite when somebody else must end it."""
    reply: Reply | None
    """What the flow is told then; None for the end of the call."""
    keys: str = ""
    """Pressed while an answer was awaited."""


class SimCall:
    """One call, from its first command to its end."""

    def __init__(  # noqa: PLR0913 - a call is all of this; most do without the last ones
        self,
        program: Program,
        dial: str,
        caller: str,
        answers: SimAnswers,
        now: datetime,
        *,
        notices: Sequence[Notice] = (),
        queues: QueueFactsByName = NOTHING_KNOWN,
        off_peak: OffPeak | None = None,
        walk: Walk | None = None,
    ) -> None:
        """Dial.

        Args:
            program: the site.
            dial: the number called.
            caller: the calling number as the network gives it; empty when withheld.
            answers: answer what the flow asks.
            now: when the call begins; aware.
            notices: those that stand, in the order in which they are heard.
            queues: what is known of them, all the while.
            off_peak: the next quiet time, by the forecast.
            walk: told what the flow walks; nobody by default.

        Raises:
            ConfigurationError: no line of the site has the number.
        """
        self.program = program
        """On which legs begin."""
        self.elapsed = 0.0
        """Seconds since the call began."""
        self.log = CallLog(walk=walk)
        self.doing: Doing | None = None
        """None before the first ``advance``."""
        self._caller = normalised(caller, program.site.numbers)
        self._answers = answers
        self._notices = notices
        self._queues = queues
        self._off_peak = off_peak
        self._began = now
        self._is_up = False
        self._run = self._entered(dial)

    @property
    def position(self) -> Position:
        """Where the call stands in its flow."""
        return self._run.position

    # what drives it

    async def advance(self) -> Doing:
        """Let what the call is doing come to its own end; what it does then.

        Raises:
            ValueError: the call is over, or only somebody else can end what it is doing.
        """
        if self.doing is None:
            return await self._resume(None)
        if self.doing.reply is None or math.isinf(self.doing.due):
            raise ValueError(f"{type(self.doing.command).__name__} does not end by itself")
        self.elapsed = self.doing.due
        reply = self.doing.reply
        if isinstance(reply, Answer):
            reply = replace(reply, keys=self.doing.keys)
        elif isinstance(reply, HandedBack):
            self._leave_stay(reply.outcome)
        return await self._resume(reply)

    async def press(self, key: str) -> bool:
        """The caller presses a key now, or once the line has been answered; False when it counts for nothing."""
        doing = self.doing
        if doing is not None:
            self.elapsed = max(self.elapsed, doing.since)
        match doing:
            case Doing(command=Say(is_cut_by_keys=True) | Ask() | AwaitKey()):
                self.log.cut(self.elapsed, key)
                await self._resume(KeyPressed(key))
            case Doing(command=LookUp() | Identify() | Submit() as command):
                doing.keys += key
                self._cut_one_moment(command, key)
            case Doing(command=HandOffToQueue(queue=queue)) if self._leads_out(queue, key):
                await self.hand_back(f"key_{key}")
            case Doing(command=HandOffToVoicemail() as command) if key == END_OF_MESSAGE:
                await self.hand_back(self._message(command))
            case _:
                return False
        return True

    async def hand_back(self, outcome: str) -> Doing:
        """A queue or a dial ends with an outcome in the language's words.

        Raises:
            ValueError: the call is in neither.
        """
        if self.doing is None or not isinstance(self.doing.command, HandOff):
            raise ValueError("the call is not handed off")
        self.elapsed = max(self.elapsed, self.doing.since)
        self._leave_stay(outcome)
        return await self._resume(HandedBack(outcome))

    def hang_up(self) -> Finish:
        """The caller hangs up: how the call ended."""
        stay = self.log.stay
        command = None if self.doing is None else self.doing.command
        finish = self._run.hang_up(self._message(command) if isinstance(command, HandOffToVoicemail) else None)
        if stay is not None and stay.is_talking:
            finish = replace(finish, ending=Ending.SERVED)
        self._end_leg("abandoned" if stay is None else stay.outcome_of_leaving, finish.ending)
        self.log.end(By.CALLER, self.elapsed, str(finish.ending), finish.reason)
        self.doing = Doing(finish, self.elapsed, math.inf, None)
        return finish

    async def transfer(self, line: str) -> Doing:
        """The caller is transferred to another line: a new leg.

        Raises:
            ConfigurationError: no line of the site has the number.
        """
        former = self._run.position
        self._end_leg("answered", Ending.SERVED)
        run = self._entered(line, former)
        self._leave_stay("answered")
        self._run = run
        return await self._resume(None)

    # the flow's engine

    def _entered(self, line: str, former: Position | None = None) -> Run:
        """A new leg, perhaps by a transfer out of another."""
        if former is None:
            position = self.program.begin(self._caller, line, self._now)
        else:
            position = self.program.begin_after(former, line, self._now)
        if position is None:
            advice = did_you_mean(line, self.program.lines) or "see lines in the flows"
            raise ConfigurationError(f"no line of the site has the number {line}", advice=advice)
        self.log.legs.append(LegLog(position.path))
        return Run(self.program, position, observer=self.log.walk)

    @property
    def _now(self) -> datetime:
        return self._began + timedelta(seconds=self.elapsed)

    async def _resume(self, reply: Reply | None) -> Doing:
        if isinstance(reply, HandedBack):
            # A new run, as in a runner: nothing but the position outlives a hand-off.
            former = self._run
            held = self._held()
            self._run = Run(
                former.program, former.position, handed_back=reply.outcome, held=held, observer=self.log.walk
            )
            reply = None
        command = self._run.resume(reply, World(self._now, self._notices, self._queues, self._off_peak))
        self._take_note()
        self.doing = await self._begun(command)
        return self.doing

    def _take_note(self) -> None:
        at = round(self.elapsed, 3)
        self.log.trace += [TraceEntry(at, step.place, step.event, step.detail) for step in self._run.take_trace()]
        leg, position = self.log.legs[-1], self._run.position
        leg.path, leg.fields = position.path, position.fields

    def _end_leg(self, outcome: str, ending: Ending) -> None:
        """The leg is over: in a queue, whose outcome this is, or elsewhere."""
        position = self._run.position.out_of_queue(outcome, self._now, self._held())
        tier = self._run.program.site.tiers.get(str(position.customer.get("tier")))
        promise = promise_of(None if tier is None else tier.answer, position.waits, ending)
        self.log.legs[-1].promise = str(promise or "")

    def _held(self) -> float | None:
        """The seconds until he was answered in the newest stay, as app_queue counts them."""
        if not self.log.stays:
            return None
        stay = self.log.stays[-1]
        return float(int(self.elapsed if stay.answered is None else stay.answered) - int(stay.began))

    # what the commands do

    async def _begun(self, command: Command) -> Doing:
        match command:
            case Say(utterances=utterances):
                since = self.elapsed if self._is_answered_late else self._answered()
                return Doing(command, since, self._said(since, utterances), PromptEnded())
            case Ask(utterances=utterances, first_digit=wait):
                since = self._answered()
                return Doing(command, since, self._said(since, utterances) + wait.total_seconds(), KeysTimedOut())
            case AwaitKey(between=between):
                since = self._answered()
                return Doing(command, since, since + between.total_seconds(), KeysTimedOut())
            case LookUp() | Identify() | Submit():
                return await self._asked(command)
            case HandOffToQueue(queue=queue, wait=wait, priority=priority):
                since = self._answered()
                self.log.stays.append(Stay("queue", queue, since, priority=priority))
                due = math.inf if wait is None else since + wait.total_seconds()
                return Doing(command, since, due, HandedBack("timed_out"))
            case HandOffToDial(extension=extension, ring=ring):
                self.log.stays.append(Stay("dial", extension, self.elapsed))
                return Doing(command, self.elapsed, self.elapsed + ring.total_seconds(), HandedBack("no_answer"))
            case HandOffToVoicemail(box=box, longest=longest):
                since = self._answered()
                self.log.stays.append(Stay("voicemail", box, since))
                return Doing(command, since, since + longest.total_seconds(), HandedBack(RECORDED))
            case Finish(ending=ending, reason=reason):
                self._end_leg("", ending)
                by = By.FALLBACK if ending is Ending.FALLBACK else By.FLOW
                self.log.end(by, self.elapsed, str(ending), reason)
                return Doing(command, self.elapsed, math.inf, None)

    @property
    def _is_answered_late(self) -> bool:
        """True on a line with ``answer: false`` until it is answered: what is only said there is heard before."""
        line = None if self._is_up else self.program.line(self._run.position.line)
        return line is not None and not line.answer

    def _answered(self) -> float:
        """When the first sound can be heard: at once, but for the answer that comes before it."""
        wait = 0.0 if self._is_up else ANSWER_SECONDS
        self._is_up = True
        return self.elapsed + wait

    def _said(self, since: float, utterances: tuple[Utterance, ...]) -> float:
        """Say utterances one after the other; when the last one ends."""
        prompts = by_language(utterances)
        return self.log.says(since, ((each, spoken_seconds(each.written)) for each in prompts if each.parts))

    async def _asked(self, command: Question) -> Doing:
        """The caller hears "one moment" after a second, to its end even when the answer comes meanwhile."""
        position = self._run.position
        asker = Asker(f"leg-{len(self.log.legs)}", position.caller, position.line)
        answered = await self._answers.answer(command, asker)
        self.log.answers(command, asker.leg, answered.reply, self._run.program.site)
        due = self.elapsed + max(answered.seconds, ANSWER_TAKES)
        if due - self.elapsed > ONE_MOMENT_AFTER:
            self._is_up = True
            told = command.one_moment
            begins = self.elapsed + ONE_MOMENT_AFTER
            due = max(due, self.log.says(begins, [(told, spoken_seconds(told.written))]))
        return Doing(command, self.elapsed, due, answered.reply)

    def _cut_one_moment(self, command: Question, key: str) -> None:
        heard = self.log.heard[-1] if self.log.heard else None
        if heard is not None and heard.utterance is command.one_moment and heard.began <= self.elapsed < heard.ends:
            self.log.cut(self.elapsed, key)

    def _leads_out(self, queue: str, key: str) -> bool:
        declared = self.program.site.queues.get(queue)
        stay = self.log.stay
        return declared is not None and key in declared.keys and stay is not None and not stay.is_talking

    def _message(self, command: HandOffToVoicemail) -> str:
        """What becomes of the message that ends now."""
        stay = self.log.stay
        length = 0.0 if stay is None else self.elapsed - stay.began
        return RECORDED if length >= command.shortest.total_seconds() else "too_short"

    def _leave_stay(self, outcome: str) -> None:
        stay = self.log.stay
        if stay is not None:
            stay.ended, stay.outcome = self.elapsed, outcome
