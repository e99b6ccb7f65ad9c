"""What a run did, step by step: commands and replies as a reader of the record finds them, without their times."""

from __future__ import annotations

from typing import NamedTuple

from ivrctl.flow.commands import (
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
    Identified,
    Identify,
    IdentityLocked,
    IdentityUnavailable,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    NotIdentified,
    PromptEnded,
    Question,
    Reply,
    Say,
    Submit,
    SubmitFailed,
    Submitted,
)

HIDDEN_KEY = "(secret)"
"""Stands in the trace for a key of a secret."""


class TraceStep(NamedTuple):
    """One thing that a run did, without its time: whoever drives the run knows that."""

    place: str
    event: str
    detail: str = ""


class Trace:
    """The steps since they were taken last."""

    def __init__(self) -> None:
        self._steps: list[TraceStep] = []
        self._is_secret = False
        """True while the key that is waited for belongs to a secret; or may, being pressed behind one."""
        self.writes_keys = True
        """False while keys count for nothing and may be those of a secret, typed early: the trace has none of them."""

    def take(self) -> list[TraceStep]:
        """What happened since the last time this was asked."""
        steps, self._steps = self._steps, []
        return steps

    def note(self, place: str, event: str, detail: str) -> None:
        """Something happened."""
        self._steps.append(TraceStep(place, event, detail))

    def note_command(self, place: str, command: Command) -> None:
        """A command is given."""
        is_guess = isinstance(command, Identify) and command.account is not None
        self._is_secret = is_guess or (isinstance(command, Ask | AwaitKey) and command.is_secret)
        if isinstance(command, Say) and command.notice:
            self.note(place, "notice", command.notice)
        match command:
            case Say(utterances=utterances) | Ask(utterances=utterances):
                for utterance in utterances:
                    self.note(place, "says", utterance.written)
            case Finish(ending=ending, reason=reason):
                self.note(place, "ends", f"{ending}: {reason}" if reason else str(ending))
            case AwaitKey():
                pass
            case _:
                self.note(place, *_named(command))

    def note_reply(self, place: str, reply: Reply) -> bool:
        """A reply has come; whether it is the sign of a person."""
        is_sign = isinstance(reply, Answer) and self._note_keys(place, reply.keys)
        match reply:
            case KeyPressed(key=key):
                is_sign = self._note_keys(place, key) or is_sign
            case LookupFound() | Identified():
                self.note(place, "found", "")
            case LookupMissing() | NotIdentified():
                self.note(place, "missing", "")
            case IdentityLocked(sort=sort):
                self.note(place, "locked", sort)
            case Submitted():
                self.note(place, "submitted", "")
            case LookupFailed(reason=reason) | IdentityUnavailable(reason=reason) | SubmitFailed(reason=reason):
                self.note(place, "failed", reason)
            case HandedBack(outcome=outcome):
                self.note(place, "comes-back", outcome)
                is_sign = True
            case PromptEnded() | KeysTimedOut():
                pass
        return is_sign

    def _note_keys(self, place: str, keys: str) -> bool:
        if self.writes_keys:
            for key in keys:
                self.note(place, "key", HIDDEN_KEY if self._is_secret else key)
        return bool(keys)


def _named(command: Question | HandOff) -> tuple[str, str]:
    """What a trace says of a command that goes to somebody who has a name: the event, and the name."""
    match command:
        case LookUp(lookup=lookup):
            return "looks-up", lookup
        case Identify(method=method):
            return "verifies", method
        case Submit(submission=submission):
            return "submits", submission
        case HandOffToQueue(queue=queue):
            return "queues", queue
        case HandOffToDial(extension=extension):
            return "dials", extension
        case HandOffToVoicemail(box=box):
            return "records", box
