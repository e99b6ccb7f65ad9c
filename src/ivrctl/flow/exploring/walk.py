"""One stretch of a call: from a stop to the next, on the flow's own engine.

A stop is where somebody else decides how it goes on. A call that stands at one is a value: its position and the command
that waits. Counterpart of ``choice``, which says what can happen there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    RECORDED,
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandOff,
    HandOffToVoicemail,
    Identify,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    NotIdentified,
    PromptEnded,
    Question,
    Reply,
    Say,
    Submit,
)
from ivrctl.flow.engine import Run
from ivrctl.flow.exploring.choice import Answered, CameBack, Choice, HungUp, Keyed
from ivrctl.flow.position import Position
from ivrctl.flow.program import Program
from ivrctl.model.utterance import Utterance

Waiting: TypeAlias = Ask | Question | HandOff | Finish
"""What a call can be doing at a stop; a ``Finish`` is the last one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a caller has heard."""

    place: str
    """Where the flow says it: ``flow/step[index]``."""
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a call waits."""

    position: Position
    """From here the call goes on; of the path so far, which nothing depends on, it holds nothing."""
    command: Waiting

    @property
    def place(self) -> str:
        """``flow/step[index]``."""
        return self.position.frame.place


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a caller meets between two stops."""

    stop: Stop
    """The one that he comes to."""
    heard: tuple[Heard, ...]
    pressed: tuple[str, ...]
    """The keys of each question that he was asked, ``SILENCE`` for none: more than one where it was asked again."""
    steps: tuple[str, ...]
    """The steps entered, ``flow/step``."""


def begin(program: Program, position: Position, world: World) -> Stretch:
    """A new call, to its first stop."""
    return _Walk(Run(program, position), world, None).go()


def take(program: Program, stop: Stop, choice: Choice, world: World) -> Stretch:
    """What follows when something happens at a stop that is not the last.

    The answer to a question and the keys of an input count for the action that waits; with all others a choice has
    nothing to do.
    """
    if isinstance(choice, HungUp):
        return _left(program, stop)
    outcome = choice.outcome if isinstance(choice, CameBack) else None
    return _Walk(Run(program, stop.position, handed_back=outcome), world, choice).go()


def _left(program: Program, stop: Stop) -> Stretch:
    """The caller hangs up; in a voicemail his message is kept."""
    left = RECORDED if isinstance(stop.command, HandOffToVoicemail) else None
    run = Run(program, stop.position, handed_back=left)
    return Stretch(Stop(stop.position, run.hang_up(left)), (), (), ())


@dataclass(slots=True)
class _Walk:
    run: Run
    world: World
    choice: Choice | None
    start: Position | None = None
    """Of the action at which the choice is made; None when there is nothing to choose."""
    is_taken: bool = False
    """True once the choice has had its effect: what comes before was heard on the way to the stop."""
    heard: list[Heard] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    questions: dict[Utterance, int] = field(default_factory=dict)
    rest: Iterator[str] = field(default_factory=lambda: iter(""))
    """Keys of the group that are still to be pressed."""

    def go(self) -> Stretch:
        """Run until somebody else has to decide."""
        self.is_taken = not isinstance(self.choice, Keyed | Answered)
        command = self.run.resume(None, self.world)
        self.start = None if self.is_taken else self.run.position
        while (reply := self._reply(command)) is not None:
            command = self.run.resume(reply, self.world)
        return self._arrived(command)

    def _reply(self, command: Command) -> Reply | None:
        """What follows by itself, or by the choice; None where somebody else decides."""
        match command, self.choice:
            case Say(utterances=utterances), _:
                self._hear(utterances)
                return PromptEnded()
            case _ if self.start is not self.run.position:
                return None
            case Ask(), Keyed():
                return self._first_key(command, self.choice.groups)
            case AwaitKey(), Keyed():
                return self._next_key()
            case Identify(), Keyed(then=told):
                # What was keyed at another question of another site belongs to nobody.
                return NotIdentified() if told is None else told.reply
            case LookUp() | Identify() | Submit(), Answered():
                self.is_taken = True
                return self.choice.reply
            case _:
                return None

    def _first_key(self, ask: Ask, groups: tuple[str, ...]) -> Reply:
        self._hear(ask.utterances)
        self.is_taken = True
        question = self.questions.setdefault(ask.utterances[-1], len(self.questions))
        self.rest = iter(groups[min(question, len(groups) - 1)])
        self.pressed.append("")
        return self._next_key()

    def _next_key(self) -> Reply:
        key = next(self.rest, None)
        if key is None:
            return KeysTimedOut()
        self.pressed[-1] += key
        return KeyPressed(key)

    def _hear(self, utterances: tuple[Utterance, ...]) -> None:
        if self.is_taken:
            place = self.run.position.frame.place
            self.heard += [Heard(place, utterance) for utterance in utterances]

    def _arrived(self, command: Command) -> Stretch:
        self.is_taken = True
        if isinstance(command, Ask):
            self._hear(command.utterances)
        if isinstance(command, Say | AwaitKey):
            raise TypeError(f"{type(command).__name__} is no stop")
        steps = tuple(entry.detail for entry in self.run.take_trace() if entry.event == "step")
        position = replace(self.run.position, path=(), handoffs=0, places={}, waits=())
        return Stretch(Stop(position, command), tuple(self.heard), tuple(self.pressed), steps)
