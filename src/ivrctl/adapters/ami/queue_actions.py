"""What app_queue is asked and told: typed, checked before it is sent, with outcomes as values.

``ALREADY_THERE`` and ``NOT_THERE`` are no errors: whoever wanted that is done, once a reading shows it. A member who is
added a second time keeps his penalty: ``queue_penalty`` sets it.

Each function takes a session or a link to ask, and raises what its ``ask`` raises; ``LocalProtocolError`` also for a
field that app_queue would misunderstand (see ``queue_fields``), and ``QueueActionRefusedError`` for an answer that is
none of the outcomes, such as a missing right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ivrctl.adapters.ami import queue_fields
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.ami.event_fields import moment
from ivrctl.ami.packet import Event
from ivrctl.errors import IvrctlError


class Asking(Protocol):
    """An AmiSession or an ActionLink."""

    async def ask(self, action: Action) -> Answer:
        """Send an action and return its answer."""


class Outcome(StrEnum):
    """What became of an action."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    """He is a member; his penalty and his name are what they were."""
    REMOVED = "removed"
    NOT_THERE = "not there"
    """He is no member. Pausing and setting a penalty say the same when there is no such queue."""
    NOT_DYNAMIC = "not dynamic"
    """He stands in queues.conf and cannot be removed."""
    PAUSED = "paused"
    UNPAUSED = "unpaused"
    SET = "set"
    LOGGED = "logged"
    NO_SUCH_QUEUE = "no such queue"


class QueueActionRefusedError(IvrctlError):
    """Asterisk has refused an action, and not for the state of a queue."""

    def __init__(self, action: str, sentence: str) -> None:
        """Keep both.

        Args:
            action: such as ``QueueAdd``.
            sentence: Asterisk's own.
        """
        super().__init__(
            f"Asterisk refuses {action}: {sentence}", advice="ivrctl doctor compares the rights of the user"
        )
        self.action = action
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class QueueReading:
    """One whole reading of all queues, as Asterisk said it; live events call some of the headers differently."""

    queues: tuple[Event, ...]
    """QueueParams: ``Max`` is capacity, ``Calls`` is waiting now."""
    members: tuple[Event, ...]
    """QueueMember: ``Name`` and ``Location``."""
    callers: tuple[Event, ...]
    """QueueEntry."""


_SENTENCES = {
    "Unable to add interface: Already there": Outcome.ALREADY_THERE,
    "Unable to add interface to queue: No such queue": Outcome.NO_SUCH_QUEUE,
    "Unable to remove interface: Not there": Outcome.NOT_THERE,
    "Unable to remove interface from queue: No such queue": Outcome.NO_SUCH_QUEUE,
    "Member not dynamic": Outcome.NOT_DYNAMIC,
    "Interface not found": Outcome.NOT_THERE,
    "Invalid interface, queuename or penalty": Outcome.NOT_THERE,
}
"""What app_queue.c answers; it has no codes."""


async def queue_status(ami: Asking, queue: str = "") -> QueueReading:
    """Read all queues, or one, with their members and callers; a list that was cut is refused, not returned.

    Args:
        ami: whom to ask.
        queue: only this one; of one that is not there nothing is listed.
    """
    answer = await listed(ami, "QueueStatus", **({"Queue": queue_fields.field("Queue", queue)} if queue else {}))
    return QueueReading(answer.named("QueueParams"), answer.named("QueueMember"), answer.named("QueueEntry"))


async def asterisk_time(ami: Asking) -> datetime | None:
    """The time by Asterisk's clock, as the reply to a ping tells it; None when it does not.

    Raises:
        ValueError: what is told is no time.
    """
    return moment((await ami.ask(Action.of("Ping"))).response.text("Timestamp") or "0")


async def listed(ami: Asking, name: str, **headers: str) -> Answer:
    """The list that an action gives; one that was cut is refused, not returned."""
    answer = await ami.ask(Action.of(name, **headers))
    if not answer.response.is_success:
        raise QueueActionRefusedError(name, answer.response.message)
    if not answer.is_whole:
        raise QueueActionRefusedError(name, f"the list was cut after {len(answer.entries)} entries")
    return answer


async def queue_add(
    ami: Asking, queue: str, interface: str, *, penalty: int = 0, name: str = "", state_interface: str = ""
) -> Outcome:
    """Make somebody a member: added, already there, no such queue.

    Args:
        ami: whom to ask.
        queue: its name.
        interface: how he is rung.
        penalty: members with a lower one are rung first.
        name: his, for logs and readings; empty for the interface.
        state_interface: whose state is his; empty for the interface. A ``Local/`` interface needs one.
    """
    headers = _member(queue, interface) | {"Penalty": queue_fields.penalty(penalty)}
    if name:
        headers["MemberName"] = queue_fields.field("MemberName", name)
    if queue_fields.state_interface(interface, state_interface):
        headers["StateInterface"] = state_interface
    return await _done(ami, Action.of("QueueAdd", **headers), Outcome.ADDED)


async def queue_remove(ami: Asking, queue: str, interface: str) -> Outcome:
    """Make somebody no member: removed, not there, not dynamic, no such queue. A call that he has goes on."""
    return await _done(ami, Action.of("QueueRemove", **_member(queue, interface)), Outcome.REMOVED)


async def queue_pause(ami: Asking, queue: str, interface: str, *, paused: bool, reason: str = "") -> Outcome:
    """Send a member no calls, or send him calls again: paused, unpaused, not there."""
    headers = _member(queue, interface) | {"Paused": "true" if paused else "false"}
    if reason:
        headers["Reason"] = queue_fields.field("Reason", reason)
    return await _done(ami, Action.of("QueuePause", **headers), Outcome.PAUSED if paused else Outcome.UNPAUSED)


async def queue_penalty(ami: Asking, queue: str, interface: str, penalty: int) -> Outcome:
    """Set a member's penalty: set, not there."""
    headers = _member(queue, interface) | {"Penalty": queue_fields.penalty(penalty)}
    return await _done(ami, Action.of("QueuePenalty", **headers), Outcome.SET)


async def queue_log(
    ami: Asking, queue: str, event: str, *, interface: str = "", uniqueid: str = "", data: Sequence[str] = ()
) -> Outcome:
    """Write an entry to queue_log, where other programs read it. Asterisk does not ask whether there is such a queue.

    Args:
        ami: whom to ask.
        queue: the entry's.
        event: its name, in capital letters.
        interface: of the member; empty for none.
        uniqueid: of the caller's channel; empty for none, which is written ``NONE``.
        data: data1 to data5.
    """
    headers = {"Queue": queue_fields.field("Queue", queue), "Event": queue_fields.log_event(event)}
    if interface:
        headers["Interface"] = queue_fields.interface(interface)
    if uniqueid:
        headers["Uniqueid"] = queue_fields.field("Uniqueid", uniqueid)
    if data:
        headers["Message"] = queue_fields.log_data(data)
    return await _done(ami, Action.of("QueueLog", **headers), Outcome.LOGGED)


def _member(queue: str, interface: str) -> dict[str, str]:
    """A queue is always named: without one QueuePause and QueuePenalty mean all of them."""
    return {"Queue": queue_fields.field("Queue", queue), "Interface": queue_fields.interface(interface)}


async def _done(ami: Asking, action: Action, good: Outcome) -> Outcome:
    response = (await ami.ask(action)).response
    if response.is_success:
        return good
    outcome = _SENTENCES.get(response.message)
    if outcome is None:
        raise QueueActionRefusedError(action.name, response.message)
    return outcome
