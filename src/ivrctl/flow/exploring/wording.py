"""Choices and destinations in words, and a way through a call as somebody tells it or plays it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivrctl.flow.commands import (
    Answer,
    Finish,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    Identified,
    IdentityLocked,
    IdentityUnavailable,
    LookUp,
    LookupFound,
    LookupMissing,
    NotIdentified,
    Submit,
    Submitted,
)
from ivrctl.flow.exploring.choice import SILENCE, Answered, CameBack, Choice, HungUp, Keyed
from ivrctl.flow.exploring.crowds import text_of
from ivrctl.flow.exploring.starts import WITHHELD, Start
from ivrctl.flow.exploring.walk import Waiting
from ivrctl.model.queue_facts import QueueFacts
from ivrctl.model.utterance import write
from ivrctl.model.values import RowOrRows, Value

NO_KEY = "-"
"""How ``ivrctl sim --keys`` writes a question at which nothing is pressed."""
HANG_UP = "h"
"""How it writes a caller who hangs up."""

_IN_QUEUE = {
    "answered": "speak to somebody",
    "timed_out": "wait in vain",
    "left": "wait until nobody is left in the queue",
    "empty": "find nobody in the queue",
    "full": "find the queue full",
    "failed": "find no such queue",
}
_AT_EXTENSION = {
    "answered": "speak to somebody",
    "busy": "find the extension busy",
    "no_answer": "wait in vain",
    "unavailable": "find no telephone there",
    "refused": "are not taken",
}
_IN_VOICEMAIL = {
    "recorded": "leave a message",
    "too_short": "leave none",
    "failed": "find that nothing can be recorded",
}


@dataclass(frozen=True, slots=True, order=True)
class Destination:
    """Where callers come to: a queue, an extension, a voicemail box, or the end of the call."""

    kind: str
    """``queue``, ``extension``, ``voicemail``; ``served``, ``unserved``, ``refused``, ``abandoned``, ``fallback``."""
    name: str = ""
    """Of the queue, the extension, the box; the reason of an end, where there is one."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.is_handed_off else ": ".join(filter(None, (self.kind, self.name)))

    @property
    def is_handed_off(self) -> bool:
        """True where the dialplan takes over, so that the call may come back."""
        return self.kind in {"queue", "extension", "voicemail"}

    @property
    def is_person(self) -> bool:
        """True where a person may answer."""
        return self.kind in {"queue", "extension"}

    @property
    def past(self) -> str:
        """What callers did who came here."""
        return f"reached {self}" if self.is_handed_off else f"their call ended {self}"

    @property
    def present(self) -> str:
        """What callers do who come here."""
        return f"they reach {self}" if self.is_handed_off else f"their call ends {self}"


def destination_of(command: Waiting) -> Destination | None:
    """Where a call is that waits so; None where it is still in its flow."""
    match command:
        case HandOffToQueue(queue=queue):
            return Destination("queue", queue)
        case HandOffToDial(extension=extension):
            return Destination("extension", extension)
        case HandOffToVoicemail(box=box):
            return Destination("voicemail", box)
        case Finish(ending=ending, reason=reason):
            return Destination(str(ending), reason)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happened on a way."""

    command: Waiting
    """Where."""
    choice: Choice
    pressed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """One call that shows something: how it begins, and what happens in it."""

    start: Start
    at: datetime | None
    """When it is made, in the site's time; None where it makes no difference."""
    crowd: QueueFacts
    """What is known of the queues; nothing where nothing is, or it makes no difference."""
    turns: tuple[Turn, ...]

    @property
    def keys(self) -> str | None:
        """What ``ivrctl sim --keys`` takes; None when something else decides on the way.

        A lookup, or who calls; or how long a message is that somebody ends by hanging up.
        """
        if self.start.is_from_agents or any(_told_in(turn) or _is_message(turn) for turn in self.turns):
            return None
        return ",".join(group for turn in self.turns for group in _groups(turn))

    @property
    def cost(self) -> tuple[int, int]:
        """How long it is: in keys, and in turns."""
        return sum(max(1, len(group)) for turn in self.turns for group in turn.pressed), len(self.turns)

    def command(self, flow: str) -> str | None:
        """The command that plays it again, as far as there is one.

        Args:
            flow: how the site is named on the command line: a flow or a folder.
        """
        if self.keys is None:
            return None
        at = "" if self.at is None else f' --at "{self.at:%Y-%m-%d %H:%M}"'
        caller = "" if self.start.is_ordinary else f' --from "{self.start.caller}"'
        crowd = text_of(self.crowd)
        queues = f" --queues {crowd}" if crowd else ""
        return f"ivrctl sim {flow} --dial {self.start.number}{caller}{at}{queues} --keys {self.keys or NO_KEY}"

    @property
    def callers(self) -> str:
        """Who fares so: ``Callers of 10010 who press 1, then 0``."""
        told = ", then ".join(_phrases(self.turns))
        crowd = text_of(self.crowd)
        who = _who(self.start, self.at) + (f" while each queue has {crowd}" if crowd else "")
        return f"{who} who {told}" if told else who

    def to_json(self) -> Mapping[str, object]:
        """Its form in reports."""
        return {
            "line": self.start.line,
            "number": self.start.number,
            "caller": self.start.caller,
            "from_agents": self.start.is_from_agents,
            "at": None if self.at is None else self.at.isoformat(),
            "queues": text_of(self.crowd) or None,
            "keys": self.keys,
            "told": self.callers,
        }


def _told_in(turn: Turn) -> Answered | None:
    """What was answered, by itself or of what was keyed."""
    told = turn.choice.then if isinstance(turn.choice, Keyed) else turn.choice
    return told if isinstance(told, Answered) else None


def _is_message(turn: Turn) -> bool:
    """True where somebody hangs up while he is recorded."""
    return isinstance(turn.choice, HungUp) and isinstance(turn.command, HandOffToVoicemail)


def _groups(turn: Turn) -> Iterator[str]:
    match turn.choice:
        case Keyed():
            yield from (group or NO_KEY for group in turn.pressed)
        case CameBack(outcome=outcome):
            yield outcome
        case HungUp():
            yield HANG_UP
        case Answered():
            pass


def _who(start: Start, at: datetime | None) -> str:
    callers = f"Callers whom an agent sends to {start.line}" if start.is_from_agents else f"Callers of {start.line}"
    when = "" if at is None else f" at {at:%a %Y-%m-%d %H:%M}"
    if start.is_ordinary:
        return callers + when
    return callers + when + (" without a number" if start.caller == WITHHELD else f" from {start.caller}")


def _phrases(turns: Sequence[Turn]) -> Iterator[str]:
    """What callers do and what befalls them, as verbs; of keys that follow keys only the keys."""
    presses = False
    for turn in turns:
        if isinstance(turn.choice, Keyed):
            for group, times in _tries(turn.pressed):
                again = "" if times == 1 else f" ({times} times)"
                yield (group if presses and group else _pressing(group)) + again
                presses = True
            if turn.choice.then is not None:
                yield _answered(turn.choice.then.reply, turn.choice.then.telling, turn.command)
                presses = False
        else:
            yield _befalling(turn)
            presses = False


def _tries(pressed: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The keys of one input, each once: with how often, where the same was done at every try."""
    if len(set(pressed)) == 1:
        yield pressed[0], len(pressed)
        return
    yield from ((group, 1) for group in pressed)


def _pressing(group: str) -> str:
    if group == SILENCE:
        return "press nothing"
    return f"press {group}" if len(group) == 1 else f"key in {group}"


def _befalling(turn: Turn) -> str:
    match turn.choice, turn.command:
        case HungUp(), _:
            return "leave a message and hang up" if _is_message(turn) else "hang up"
        case Answered(reply=reply, telling=telling), LookUp(lookup=lookup):
            return _looked_up(reply, telling, lookup)
        case Answered(reply=reply, telling=telling), _:
            return _answered(reply, telling, turn.command)
        case CameBack(outcome=outcome), HandOffToQueue():
            return _IN_QUEUE.get(outcome) or f"press {outcome.removeprefix('key_')} in the queue"
        case CameBack(outcome=outcome), HandOffToDial():
            return _AT_EXTENSION.get(outcome, outcome)
        case CameBack(outcome=outcome), _:
            return _IN_VOICEMAIL.get(outcome, outcome)
        case _:
            return ""


def _looked_up(reply: Answer, telling: tuple[str, ...], lookup: str) -> str:
    if isinstance(reply, LookupFound):
        return f"are found by the lookup {lookup}{_row(reply.row, telling)}"
    found = "are not found by" if isinstance(reply, LookupMissing) else "get no answer from"
    return f"{found} the lookup {lookup}"


def _answered(reply: Answer, telling: tuple[str, ...], command: Waiting) -> str:
    match reply:
        case Identified(customer=customer):
            return f"are known{_row(customer, telling)}"
        case NotIdentified():
            return "are not known"
        case IdentityLocked():
            return "are locked out"
        case IdentityUnavailable():
            return "cannot be looked up"
        case _:
            taken = "is taken" if isinstance(reply, Submitted) else "is not taken"
            about = command.about if isinstance(command, Submit) else "what you say"
            return f"are told that the {about} {taken}"


def _row(found: RowOrRows, telling: tuple[str, ...]) -> str:
    """What of an answer makes a difference."""
    if isinstance(found, tuple):
        return f" ({len(found)} rows)" if len(found) > 1 else " (1 row)"
    told = ", ".join(f"{name}: {_value(found[name])}" for name in telling if name in found)
    return f" ({told})" if told else ""


def _value(value: Value) -> str:
    return "…" if isinstance(value, Mapping | tuple | frozenset) else write(value)
