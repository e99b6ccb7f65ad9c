"""Queues whose members come and go by AMI actions, as app_queue has them: what it answers, and what it says of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ivrctl.testkit.fake_ami.packets import EPOCH, channel, event

SUCCESS = ""
"""The fault of an action that has none."""


@dataclass(slots=True)
class Seat:
    """A member of a queue."""

    interface: str
    name: str = ""
    penalty: int = 0
    state_interface: str = ""
    is_static: bool = False
    status: int = 1
    """Of his phone, as ``AST_DEVICE_``: 1 is free, 2 in use, 5 not there, 6 rings."""
    paused: str | None = None
    """For what; None for one who is not."""
    in_call: bool = False
    last_call: int = 0
    wrap_up: int = 0


@dataclass(slots=True)
class AppQueue:
    """Each deed changes it, and returns what AMI says of it."""

    queues: dict[str, dict[str, Seat]] = field(default_factory=dict)
    """By name, and there by interface."""
    callers: dict[str, list[str]] = field(default_factory=dict)
    """By queue, the uniqueids of those who wait."""
    clock: Callable[[], float] = time.time

    def add(self, queue: str, seat: Seat) -> bytes:
        """He is a member now."""
        self.queues[queue][seat.interface] = seat
        return self.said("QueueMemberAdded", queue, seat)

    def remove(self, queue: str, interface: str) -> bytes:
        """He is none any more."""
        return self.said("QueueMemberRemoved", queue, self.queues[queue].pop(interface))

    def change(self, queue: str, interface: str, **to: object) -> bytes:
        """Something of him is otherwise: such as his status or his penalty."""
        seat = self.queues[queue][interface]
        for name, value in to.items():
            setattr(seat, name, value)
        return self.said("QueueMemberPenalty" if "penalty" in to else "QueueMemberStatus", queue, seat)

    def join(self, queue: str, uniqueid: str) -> bytes:
        """A caller waits."""
        waiting = self.callers.setdefault(queue, [])
        waiting.append(uniqueid)
        headers = channel(f"PJSIP/trunk-{uniqueid}", uniqueid, uniqueid)
        return event(
            "QueueCallerJoin", headers, at=self.clock(), Queue=queue, Position=len(waiting), Count=len(waiting)
        )

    def acted(self, action: Mapping[str, str]) -> tuple[str, bytes]:
        """An action on a member: Asterisk's own sentence, empty where it is carried out, and what it says of it."""
        queue, interface = action["Queue"], action["Interface"]
        seat = self.queues.get(queue, {}).get(interface)
        match action["Action"]:
            case "QueueAdd":
                return self._add(queue, seat, action)
            case "QueueRemove" if queue not in self.queues:
                return "Unable to remove interface from queue: No such queue", b""
            case "QueueRemove" if seat is None:
                return "Unable to remove interface: Not there", b""
            case "QueueRemove" if seat is not None and seat.is_static:
                return "Member not dynamic", b""
            case "QueueRemove":
                return SUCCESS, self.remove(queue, interface)
            case "QueuePenalty" if seat is None:
                return "Invalid interface, queuename or penalty", b""
            case "QueuePenalty":
                return SUCCESS, self.change(queue, interface, penalty=int(action["Penalty"]))
            case other:
                raise ValueError(f"no action on a member: {other}")

    def _add(self, queue: str, seat: Seat | None, action: Mapping[str, str]) -> tuple[str, bytes]:
        if queue not in self.queues:
            return "Unable to add interface to queue: No such queue", b""
        if seat is not None:
            return "Unable to add interface: Already there", b""
        name, penalty = action.get("MemberName", ""), int(action.get("Penalty", 0))
        added = Seat(action["Interface"], name, penalty, action.get("StateInterface", ""))
        return SUCCESS, self.add(queue, added)

    def said(self, kind: str, queue: str, seat: Seat) -> bytes:
        """An event about a member."""
        headers = {"MemberName": seat.name or seat.interface, "Interface": seat.interface, **self._figures(queue, seat)}
        return event(kind, headers, at=self.clock())

    def listed(self, action_id: str) -> Iterator[bytes]:
        """The answer to QueueStatus."""
        tag = f"ActionID: {action_id}\r\n"
        yield f"Response: Success\r\n{tag}EventList: start\r\nMessage: Queue status will follow\r\n\r\n".encode()
        entries = [entry for queue in self.queues for entry in self._list(queue)]
        for entry in entries:
            yield entry.removesuffix(b"\r\n") + f"{tag}\r\n".encode()
        yield f"Event: QueueStatusComplete\r\n{tag}EventList: Complete\r\nListItems: {len(entries)}\r\n\r\n".encode()

    def _list(self, queue: str) -> Iterator[bytes]:
        waiting = self.callers.get(queue, ())
        figures: dict[str, object] = dict.fromkeys(
            ("Holdtime", "TalkTime", "Completed", "Abandoned", "ServiceLevel", "Weight"), 0
        )
        yield event("QueueParams", figures, Queue=queue, Max=0, Strategy="ringall", Calls=len(waiting))
        for seat in self.queues[queue].values():
            headers = {"Name": seat.name or seat.interface, "Location": seat.interface}
            yield event("QueueMember", {**headers, **self._figures(queue, seat)})
        for place, uniqueid in enumerate(waiting, 1):
            more = {"Position": place, "Wait": 5, "Uniqueid": uniqueid, "Channel": f"PJSIP/trunk-{uniqueid}"}
            yield event("QueueEntry", more, Queue=queue, CallerIDNum="13800138000", Priority=0)

    def _figures(self, queue: str, seat: Seat) -> dict[str, object]:
        return {
            "Queue": queue,
            "StateInterface": seat.state_interface or seat.interface,
            "Membership": "static" if seat.is_static else "dynamic",
            "Penalty": seat.penalty,
            "CallsTaken": 0,
            "LastCall": seat.last_call,
            "LastPause": 0,
            "LoginTime": EPOCH,
            "InCall": int(seat.in_call),
            "Status": seat.status,
            "Paused": int(seat.paused is not None),
            "PausedReason": seat.paused or "",
            "Ringinuse": 0,
            "Wrapuptime": seat.wrap_up,
        }
