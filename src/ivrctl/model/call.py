"""How a call ended, what happened on the way, and its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ivrctl.model.values import Value


class Ending(StrEnum):
    """How a call ended, seen from the caller's wish: the self-service share and the refusals are counted from it."""

    SERVED = "served"
    """The caller got what he called for: the flow says so, or he hung up after a talk."""
    UNSERVED = "unserved"
    """The flow says that he did not."""
    REFUSED = "refused"
    """The flow refused him, and says why."""
    ABANDONED = "abandoned"
    """The caller hung up before the flow had come to an end, or left it in a way of which nothing is known."""
    FALLBACK = "fallback"
    """The controller refused the call, or an action could not be carried out: the dialplan's fallback leg took over."""


class TraceEntry(NamedTuple):
    """One thing that happened in a call, for the transcript, the path and the coverage."""

    at: float
    """Seconds since the call began."""
    place: str
    """``flow/step[index]`` of the action, such as ``account/balance[1]``."""
    event: str
    """What it was, as one word, with what ``detail`` then holds:

    ``step`` (entered: ``flow/step``), ``resumes`` (went on after a loss of the controller), ``notice`` (begun: its id),
    ``says`` (the written text), ``key``, ``looks-up`` (the query), ``verifies`` (the method), ``submits`` (the
    submission), ``found``, ``missing``, ``locked``, ``submitted``, ``failed`` (the reason), ``queues``, ``dials`` and
    ``records`` (the queue, the extension, the voicemail box), ``comes-back`` (from these, with what they said),
    ``recorded`` (the message's file), ``outcome`` (other than the good one), ``return`` (from a flow), ``ends`` (how,
    and why).
    """
    detail: str = ""
    """Never a secret."""


ANSWERED = "answered"
"""The outcome of a stay in a queue in which a person came."""

CALLER_LEFT = "abandoned"
"""The outcome of a stay in a queue that the caller ended by hanging up."""

EXIT_KEY = "key_"
"""What the outcome of a stay begins with that the caller ended by a key."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One stay of a caller in a queue, until he was answered or left it."""

    queue: str
    priority: int
    began_at: datetime
    """When the flow handed him to the queue; aware."""
    seconds: float | None = None
    """How long he waited for a person; None while he does, and where nobody knows."""
    outcome: str = ""
    """In the language's words: ``answered``, ``timed_out`` …; ``abandoned`` where he hung up, empty while he waits."""

    def over(self, outcome: str, now: datetime | None, held: float | None) -> Wait:
        """This stay when it has ended.

        Args:
            outcome: in the language's words, or ``abandoned``.
            now: aware; None when nobody knows how long ago it ended.
            held: how many seconds he waited until he was answered; None when he was not, or nobody knows.
        """
        waited = None if now is None else max(0.0, round((now - self.began_at).total_seconds(), 3))
        # Who was answered has talked, too, from the hand-off until now.
        return replace(self, outcome=outcome, seconds=held if outcome == ANSWERED else waited)


def wait_to_json(wait: Wait) -> dict[str, Any]:
    """The form of a wait in the journal and in the store; ``wait_from_json`` is its inverse."""
    return {**asdict(wait), "began_at": wait.began_at.isoformat()}


def wait_from_json(data: Mapping[str, Any]) -> Wait:
    """Read what ``wait_to_json`` wrote.

    Raises:
        KeyError, ValueError, TypeError: it is none of this release.
    """
    return Wait(**{**data, "began_at": datetime.fromisoformat(data["began_at"])})


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is kept of a call when it has ended."""

    leg: str
    """Its id, which the dialplan made."""
    uniqueid: str
    """Asterisk's id of the caller's channel."""
    ani: str
    """The calling number; empty when it was withheld."""
    dnis: str
    """The number that was dialled."""
    version: str
    """The content hash of the site that the call ran on."""
    began_at: datetime
    ended_at: datetime
    ending: Ending
    reason: str
    """Why it ended so, such as of a refusal, a transfer or the fallback; empty where the flow says it without."""
    path: tuple[str, ...]
    """The steps in the order walked, ``flow/step``."""
    fields: Mapping[str, Value]
    """The call fields that have a value."""
    trace: tuple[TraceEntry, ...]
    """Everything that happened, in its order."""
    regions: tuple[str, ...] = ()
    """Those of the calling number, sorted."""
    tier: str = ""
    """The customer's, whose promise ``waits`` are measured by; empty for a caller whom nobody knows."""
    waits: tuple[Wait, ...] = ()
    """His stays in queues."""
    notices: tuple[str, ...] = ()
    """The notices that he heard, by their ids."""
    promise: str = ""
    """``kept``, ``broken`` or ``unknown``: whether he was answered within what his tier is promised; empty for a call
    that is not counted."""
    callback_due: datetime | None = None
    """Until when he is to be called back: he left a message, and his tier is promised that; else None."""
