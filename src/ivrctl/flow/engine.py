"""The engine: walks a program from a position, one command at a time.

``Run.resume`` is told the reply to the last command and answers with the next one. Between two actions the run holds
a new ``position``; whoever drives it journals that. Nothing else outlives an action, so a run that is cut at any reply
and begun anew from its last position ends as the uncut run does.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from ivrctl.flow.action import GOOD, Action, Assign, Came, Done, Enter, Leave, Outcome, Running, TurnedAway
from ivrctl.flow.announcing import announce, reason_of
from ivrctl.flow.call import Call, Facts
from ivrctl.flow.commands import (
    RECORDED,
    Command,
    Finish,
    HandedBack,
    HandOff,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    Reply,
    Say,
)
from ivrctl.flow.flow_file import START
from ivrctl.flow.graph import PASSED_OVER
from ivrctl.flow.position import Frame, Position
from ivrctl.flow.program import Program
from ivrctl.flow.targets import GoTo, HangUp, Next, Return, Target
from ivrctl.flow.trace import Trace, TraceStep
from ivrctl.model.call import Ending
from ivrctl.model.values import Value

MAX_ACTIONS = 1000
"""Actions in a row without a key from the caller or a hand-off: more is a loop that would go on for ever.

Actions that ask a lookup or play count too: a flow that asks the same database for ever is as lost as a silent one.
"""

MAX_HANDOFFS = 500
"""Hand-offs of one call: a flow that goes from a full queue to the same full queue would call the dialplan for ever."""

MAX_FRAMES = 10
"""Sub-flows within sub-flows."""


BEGUN = "begun"
"""What an observer is told of an action before it is told how it ended: a caller may leave in it."""

Observer: TypeAlias = Callable[[Frame, str], None]
"""Told of every action that is walked: its place, and first ``BEGUN``, then how it ended (``graph.ends_of``)."""

_KINDS = {HandOffToQueue: "queue", HandOffToDial: "dial", HandOffToVoicemail: "voicemail"}
"""What the id of a hand-off begins with, and the label where the dialplan carries it out."""


class Run:
    """One stay of a call in its flow, from a position to a hand-off or an end."""

    def __init__(
        self,
        program: Program,
        position: Position,
        *,
        handed_back: str | None = None,
        place: int | None = None,
        held: float | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Begin at a position.

        Args:
            program: the version that the position names.
            position: where the call stands; a new call's is ``Program.begin``.
            handed_back: the outcome of the hand-off that the position awaits, when the dialplan brought it; None
                when the call comes without one, so that a hand-off which never happened is asked for again.
            place: where the caller stood in the queue that he comes back from, counted from 1; None when nobody knows.
            held: how many seconds he waited in it until he was answered; None when he was not, or nobody knows.
            observer: told what is walked; nobody by default.
        """
        self.program = program
        is_lost = handed_back is None and position.awaited is not None
        self.position = replace(position.never_in_queue(), awaited=None) if is_lost else position
        self._handed_back = handed_back
        self._place = place
        self._held = held
        self._observer = observer
        self.actions = 0
        """Begun in this run, those that their guard passed over too."""
        self._before_sign = 0
        """How many of them had begun when a person last gave a sign."""
        self._trace = Trace()
        self._world: Facts | None = None
        self._commands: Generator[Command, Reply, None] | None = None
        """The walk, from its first command to ``close``: a generator refers to the run whose method it is."""
        self._is_over = False

    def resume(self, reply: Reply | None, world: Facts) -> Command:
        """Tell the reply to the last command (None at first) and get the next one.

        After ``Finish`` there is no next one; after a hand-off the next one comes from a new run.

        Raises:
            ValueError: the run has ended.
        """
        if self._is_over:
            raise ValueError("the run has ended")
        self._world = world
        if reply is not None:
            self._note_reply(reply)
        if self._commands is None:
            self._commands = self._walk()
        try:
            command = next(self._commands) if reply is None else self._commands.send(reply)
        except Exception:
            self.close()
            raise
        self._trace.note_command(self.position.frame.place, command)
        if isinstance(command, Finish):
            self.close()
        return command

    def close(self) -> None:
        """Walk no further, though there is a next command: the caller has left, or is handed off.

        Run and walk refer to each other; of a run that is not closed all is kept until somebody looks for garbage.
        """
        self._is_over = True
        if self._commands is not None:
            self._commands.close()
            self._commands = None

    def hang_up(self, left: str | None = None) -> Finish:
        """How the call ended, when the caller has hung up.

        Args:
            left: the outcome of the hand-off in which he did; None when he was in his flow, or nobody knows.
        """
        if left == RECORDED and self.position.awaited is not None:
            self._keep_message()
        ending = self.position.ending_of_leaving
        return Finish(ending, "the caller left a message" if ending is Ending.UNSERVED else "the caller hung up")

    def take_trace(self) -> list[TraceStep]:
        """What happened since the last time this was asked."""
        return self._trace.take()

    # the walk

    def _walk(self) -> Generator[Command, Reply, None]:
        self._note_entry()
        finish: Finish | None = None
        if self.position.is_turned_away:
            yield from self._turn_away()
            finish = Finish(Ending.REFUSED, f"the line {self.position.line} is for agents")
        elif not self.position.is_welcomed:
            finish = yield from self._welcome()
        while finish is None and (finish := self._given_up()) is None:
            action = self.program.action(self.position.frame)
            call = self._call_of(action)
            self._trace.writes_keys = action.barges or action.kind.asks() or not self.program.takes_secrets
            if self._is_passed_over(action, call):
                self._observe(PASSED_OVER)
                self._go_on()
            else:
                self._observe(BEGUN)
                outcome = yield from self._carry_out(action.kind.run(call), call)
                finish = self._settle(action, call, outcome)
        yield finish

    def _given_up(self) -> Finish | None:
        """The end of a call that would go on for ever; None for one that has another action."""
        self.actions += 1
        if self.actions - self._before_sign > MAX_ACTIONS:
            return self._lost(f"{MAX_ACTIONS} actions without a key or a hand-off")
        if self.position.handoffs >= MAX_HANDOFFS and self.position.awaited is None:
            return self._lost(f"{MAX_HANDOFFS} hand-offs")
        return None

    def _turn_away(self) -> Generator[Command, Reply, None]:
        """Tell a caller from outside that the line is for agents: nobody is refused in silence."""
        text = self.program.site.prompts.agents_only
        if text is not None:
            yield Say((text.said(self.position.language),), is_cut_by_keys=False)

    def _welcome(self) -> Generator[Command, Reply, Finish | None]:
        """Say the notices at the entry of the line; the end of the call, where one of them ends it."""
        call = Call(self.program.site, self.position, self._told_world, barges=False)
        last = yield from announce(call)
        self.position = self.position.welcomed(call.heard)
        return None if last is None else Finish(Ending.REFUSED, reason_of(last))

    def _call_of(self, action: Action) -> Call:
        """What an action sees of the call."""
        program = self.program
        return Call(program.site, self.position, self._told_world, action.barges, action.then or (), program.signatures)

    def _is_passed_over(self, action: Action, call: Call) -> bool:
        """Whether the action's guard says no."""
        # What was handed off had passed its guard, and the guard may depend on the time.
        return action.when is not None and self._handed_back is None and action.when.evaluate(call) is not True

    def _observe(self, end: str) -> None:
        if self._observer is not None:
            self._observer(self.position.frame, end)

    def _carry_out(self, running: Running, call: Call) -> Generator[Command, Reply, Outcome]:
        """Pass an action's commands on and the replies back, until it has its outcome."""
        reply: Reply | None = None
        while True:
            try:
                command = next(running) if reply is None else running.send(reply)
            except StopIteration as ended:
                outcome: Outcome = ended.value
                return outcome
            if isinstance(command, HandOff):
                reply = yield from self._hand_off(command, call)
            else:
                reply = yield command

    def _hand_off(self, command: HandOff, call: Call) -> Generator[Command, Reply, Reply]:
        if self._handed_back is not None:
            back, self._handed_back = HandedBack(self._handed_back, self.position.awaited or ""), None
            self._note_reply(back)
            if back.outcome == RECORDED and self.position.awaited is not None:
                self._keep_message()
            elif isinstance(command, HandOffToQueue):
                self._keep_place(command.queue, back.outcome)
                self.position = self.position.out_of_queue(back.outcome, self._now, self._held)
            return back
        number = self.position.handoffs + 1
        kind = _KINDS[type(command)]
        # What he has heard before it is kept now: the action that comes back does not say it again.
        self.position = replace(self.position, handoffs=number, awaited=f"{kind}-{number}", typed="", heard=call.heard)
        if isinstance(command, HandOffToQueue):
            self.position = self.position.into_queue(command.queue, command.priority, self._now)
        return (yield command)

    @property
    def _now(self) -> datetime:
        return self._told_world.now

    @property
    def _told_world(self) -> Facts:
        if self._world is None:
            raise ValueError("a run is resumed with a world")
        return self._world

    def _keep_place(self, queue: str, outcome: str) -> None:
        """Remember the place that he left, for a queue that lets him have it again; an answered caller has none."""
        places = {name: place for name, place in self.position.places.items() if name != queue}
        if self._place is not None and outcome != "answered":
            places[queue] = self._place
        if places != self.position.places:
            self.position = replace(self.position, places=places)

    def _keep_message(self) -> None:
        message = str(self.position.awaited)
        self.position = replace(self.position, messages=(*self.position.messages, message))
        self._note("recorded", message)

    def _lost(self, reason: str) -> Finish:
        """The end of a flow that would go on for ever: the dialplan brings the caller to a person."""
        return Finish(Ending.FALLBACK, f"{reason} at {self.position.frame.place}")

    # what an outcome does to the position

    def _settle(self, action: Action, call: Call, outcome: Outcome) -> Finish | None:
        self._keep(call, is_answered=isinstance(outcome, Came) and outcome.outcome == "answered")
        match outcome:
            case Done(value=value, exit=taken):
                self._observe(taken)
                self._save(action, value)
                self._go_on()
                return None
            case Leave(target=target, value=value, outcome=name, exit=taken):
                self._observe(taken)
                if name:
                    self._note("outcome", name)
                self._save(action, value)
                return self._go(target)
            case Assign(values=values):
                self._observe(GOOD)
                for name, value in values.items():
                    self._set(name, value)
                self._go_on()
                return None
            case Enter(flow=flow, params=params):
                return self._enter(flow, params)
            case Came(outcome=name):
                return self._came(action, name)
            case TurnedAway(reason=reason):
                return Finish(Ending.REFUSED, reason)

    def _keep(self, call: Call, *, is_answered: bool) -> None:
        """Take over what the action did to the call."""
        self.position = self.position.after_action(
            typed=call.typed,
            language=call.language,
            is_language_known=call.is_language_known,
            customer=call.customer,
            regions=call.regions,
            heard=call.heard,
            is_answered=self.position.is_answered or is_answered,
        )

    def _came(self, action: Action, name: str) -> Finish | None:
        target = action.target_of(name)
        self._observe(name)
        self._note("outcome", name)
        if target is None:
            return self._lost(f"nothing says where {name} leads")
        return self._go(target)

    def _save(self, action: Action, value: Value) -> None:
        if action.save is not None:
            self._set(str(action.save), value)

    def _set(self, name: str, value: Value) -> None:
        self.position = self.position.with_name(name, value)

    def _enter(self, flow: str, params: Mapping[str, Value]) -> Finish | None:
        if len(self.position.frames) >= MAX_FRAMES:
            return self._lost(f"more than {MAX_FRAMES} flows within flows")
        self.position = self.position.pushing(flow, START, params)
        self._note("step", self.position.path[-1])
        return None

    def _go_on(self) -> None:
        """To the next action of the step."""
        frame = self.position.frame
        self.position = self.position.at(frame.step, frame.index + 1)

    def _go(self, target: Target) -> Finish | None:
        match target:
            case Next():
                self._go_on()
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
        self._observe(GOOD)
        returned = {str(name): leaving.names.get(name) for name in self.program.flows[leaving.flow].returns}
        self._save(action, returned)
        self._go_on()
        return None

    # the trace

    def _note(self, event: str, detail: str) -> None:
        self._trace.note(self.position.frame.place, event, detail)

    def _note_reply(self, reply: Reply) -> None:
        if self._trace.note_reply(self.position.frame.place, reply):
            self._before_sign = self.actions

    def _note_entry(self) -> None:
        """A new call enters its first step; one that comes back says so with its reply; any other was lost."""
        position = self.position
        is_new = position.handoffs == 0 and position.frame.index == 0 and len(position.path) == 1
        if self._handed_back is None:
            self._note("step" if is_new else "resumes", position.path[-1] if position.path else "")
