"""The engine: walks a program from a position, one command at a time.

``Run.resume`` is told the reply to the last command and answers with the next one. Between two actions the run holds
a new ``position``; whoever drives it journals that. Nothing else outlives an action, so a run that is cut at any reply
and begun anew from its last position ends as the uncut run does.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

from ivrctl.flow.action import Action, Assign, Came, Done, Enter, Leave, Outcome
from ivrctl.flow.call import Call, World
from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandedBack,
    HandOffToDial,
    HandOffToQueue,
    KeyPressed,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    Reply,
    Say,
)
from ivrctl.flow.position import Position
from ivrctl.flow.program import Program
from ivrctl.flow.targets import GoTo, HangUp, Next, Return, Target
from ivrctl.model.call import Ending
from ivrctl.model.values import Value

MAX_SILENT_ACTIONS = 1000
"""Actions in a row without a command: more is a loop that would hold the process for ever."""

MAX_FRAMES = 10
"""Sub-flows within sub-flows."""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One thing that a run did, without its time: whoever drives the run knows that."""

    place: str
    event: str
    detail: str = ""


class Run:
    """One stay of a call in its flow, from a position to a hand-off or an end."""

    def __init__(self, program: Program, position: Position, *, handed_back: str | None = None) -> None:
        """Begin at a position.

        Args:
            program: the version that the position names.
            position: where the call stands; a new call's is ``Program.begin``.
            handed_back: the outcome of the hand-off that the position awaits, when the dialplan brought it; None
                when the call comes without one, so that a hand-off which never happened is asked for again.
        """
        self.program = program
        self.position = position if handed_back is not None else replace(position, awaited=None)
        self._handed_back = handed_back
        self._trace: list[TraceStep] = []
        self._world: World | None = None
        self._last: Command | None = None
        self._commands = self._walk()

    def resume(self, reply: Reply | None, world: World) -> Command:
        """Tell the reply to the last command (None at first) and get the next one.

        After ``Finish`` there is no next one; after a hand-off the next one comes from a new run.

        Raises:
            ValueError: the run has ended.
        """
        self._world = world
        if reply is not None:
            self._note_reply(reply)
        try:
            command = next(self._commands) if reply is None else self._commands.send(reply)
        except StopIteration:
            raise ValueError("the run has ended") from None
        self._note_command(command)
        self._last = command
        return command

    def hang_up(self) -> Finish:
        """How the call ended, when the caller has hung up."""
        return Finish(Ending.SERVED if self.position.is_answered else Ending.ABANDONED, "the caller hung up")

    def take_trace(self) -> list[TraceStep]:
        """What happened since the last time this was asked."""
        trace, self._trace = self._trace, []
        return trace

    # the walk

    def _walk(self) -> Generator[Command, Reply, None]:
        silent = 0
        self._note("step", self.position.path[-1] if self.position.path else "")
        while silent < MAX_SILENT_ACTIONS:
            action = self.program.action(self.position.frame)
            silent += 1
            if action.when is not None and action.when.evaluate(self._call(action)) is not True:
                self._go(Next(action.span))
                continue
            finish, asked = yield from self._carry_out(action)
            if finish is not None:
                yield finish
                return
            silent = 0 if asked else silent
        yield Finish(Ending.FALLBACK, f"{MAX_SILENT_ACTIONS} actions without a word at {self.position.frame.place}")

    def _call(self, action: Action) -> Call:
        if self._world is None:
            raise ValueError("a run is resumed with a world")
        return Call(self.program.site, self.position, self._world, action.barges, frozenset(action.then or ()))

    def _carry_out(self, action: Action) -> Generator[Command, Reply, tuple[Finish | None, bool]]:
        """Run one action; whether the call ends with it, and whether it asked anything."""
        call = self._call(action)
        running = action.kind.run(call)
        asked = False
        reply: Reply | None = None
        while True:
            try:
                command = next(running) if reply is None else running.send(reply)
            except StopIteration as ended:
                outcome: Outcome = ended.value
                return self._settle(action, call, outcome), asked
            asked = True
            if isinstance(command, HandOffToQueue | HandOffToDial):
                reply = yield from self._hand_off(command)
            else:
                reply = yield command

    def _hand_off(self, command: HandOffToQueue | HandOffToDial) -> Generator[Command, Reply, Reply]:
        if self._handed_back is not None:
            outcome, self._handed_back = self._handed_back, None
            self._note("outcome", outcome)
            return HandedBack(outcome)
        number = self.position.handoffs + 1
        kind = "queue" if isinstance(command, HandOffToQueue) else "dial"
        self.position = replace(self.position, handoffs=number, awaited=f"{kind}-{number}", typed="")
        reply = yield command
        if isinstance(reply, HandedBack):
            self._note("outcome", reply.outcome)
        return reply

    # what an outcome does to the position

    def _settle(self, action: Action, call: Call, outcome: Outcome) -> Finish | None:
        answered = self.position.is_answered or (isinstance(outcome, Came) and outcome.outcome == "answered")
        self.position = replace(
            self.position, typed=call.typed, language=call.language, awaited=None, is_answered=answered
        )
        match outcome:
            case Done(value=value):
                return self._save_and_go(action, value, Next(action.span))
            case Leave(target=target, value=value):
                return self._save_and_go(action, value, target)
            case Assign(values=values):
                for name, value in values.items():
                    self._set(name, value)
                return self._go(Next(action.span))
            case Enter(flow=flow, params=params):
                return self._enter(flow, params)
            case Came(outcome=name):
                return self._came(action, name)

    def _came(self, action: Action, name: str) -> Finish | None:
        target = action.target_of(name)
        self._note("outcome", name)
        if target is None:
            return Finish(Ending.FALLBACK, f"{self.position.frame.place} does not say where {name} leads")
        return self._go(target)

    def _save_and_go(self, action: Action, value: Value, target: Target) -> Finish | None:
        if action.save is not None:
            self._set(str(action.save), value)
        return self._go(target)

    def _set(self, name: str, value: Value) -> None:
        self.position = self.position.with_name(name, value)

    def _enter(self, flow: str, params: Mapping[str, Value]) -> Finish | None:
        if len(self.position.frames) >= MAX_FRAMES:
            return Finish(Ending.FALLBACK, f"more than {MAX_FRAMES} flows within flows at {self.position.frame.place}")
        self.position = self.position.pushing(flow, params)
        self._note("step", self.position.path[-1])
        return None

    def _go(self, target: Target) -> Finish | None:
        match target:
            case Next():
                frame = self.position.frame
                self.position = self.position.at(frame.step, frame.index + 1)
                return None
            case GoTo(step=step):
                self.position = self.position.entering(str(step))
                self._note("step", self.position.path[-1])
                return None
            case HangUp(ending=ending, reason=reason):
                return Finish(ending, reason)
            case Return(outcome=outcome):
                return self._return(str(outcome))

    def _return(self, outcome: str) -> Finish | None:
        leaving = self.position.frame
        self._note("return", outcome)
        if len(self.position.frames) == 1:
            return Finish(Ending.SERVED if outcome == Return.GOOD else Ending.UNSERVED, outcome)
        self.position = self.position.popping()
        action = self.program.action(self.position.frame)
        if outcome != Return.GOOD:
            return self._came(action, outcome)
        returned = {str(name): leaving.names.get(name) for name in self.program.flows[leaving.flow].returns}
        return self._save_and_go(action, returned, Next(action.span))

    # the trace

    def _note(self, event: str, detail: str) -> None:
        self._trace.append(TraceStep(self.position.frame.place, event, detail))

    def _note_command(self, command: Command) -> None:
        match command:
            case Say(utterances=utterances) | Ask(utterances=utterances):
                for utterance in utterances:
                    self._note("says", utterance.written)
            case LookUp(lookup=lookup):
                self._note("looks-up", lookup)
            case HandOffToQueue(queue=queue):
                self._note("queues", queue)
            case HandOffToDial(extension=extension):
                self._note("dials", extension)
            case Finish(ending=ending, reason=reason):
                self._note("ends", f"{ending}: {reason}" if reason else str(ending))
            case AwaitKey():
                pass

    def _note_reply(self, reply: Reply) -> None:
        match reply:
            case KeyPressed(key=key):
                self._note("key", key)
            case LookupFound():
                self._note("found", "")
            case LookupMissing():
                self._note("missing", "")
            case LookupFailed(reason=reason):
                self._note("failed", reason)
            case _:
                pass
