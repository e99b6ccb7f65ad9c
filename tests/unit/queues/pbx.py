"""A small Asterisk that is true: what is done there as AMI says it, and what QueueStatus lists of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ivrctl.acd.picture import Picture
from ivrctl.testkit.fake_ami import event

NOON = 1_772_452_800.0
"""Where its clock begins."""
Truth = dict[str, tuple[tuple[str, ...], frozenset[str], frozenset[str]]]
"""Of each queue: who waits, in their order; members; who talks."""


@dataclass
class Desk:
    """A queue."""

    members: dict[str, str] = field(default_factory=dict)
    """Names by interface."""
    callers: dict[str, float] = field(default_factory=dict)
    """Since when, by uniqueid."""
    talks: dict[str, str] = field(default_factory=dict)
    """Interfaces by uniqueid."""


class Pbx:
    """Each deed changes it, and returns what AMI says of it."""

    def __init__(self, *queues: str) -> None:
        self.now = NOON
        self.devices: dict[str, str] = {}
        """Phones of backup staff, and the devices that say who is available."""
        self.desks = {name: Desk({"PJSIP/8101": "Li Na"}) for name in queues or ("sales",)}

    def truth(self) -> Truth:
        """What is the case."""
        return {
            name: (tuple(desk.callers), frozenset(desk.members), frozenset(desk.talks))
            for name, desk in self.desks.items()
        }

    def join(self, uniqueid: str, queue: str = "sales", number: str = "13800138000") -> bytes:
        """A caller waits."""
        callers = self.desks[queue].callers
        callers[uniqueid] = self.now
        place = len(callers)
        more = {"Channel": f"PJSIP/{uniqueid}", "CallerIDNum": number, "Exten": "s", "Linkedid": f"L{uniqueid}"}
        return self._say("QueueCallerJoin", queue, Uniqueid=uniqueid, Position=place, Count=place, **more)

    def leave(self, uniqueid: str, queue: str = "sales", status: str = "") -> bytes:
        """A caller waits no longer."""
        callers = self.desks[queue].callers
        place = list(callers).index(uniqueid) + 1
        del callers[uniqueid]
        said = self._say("QueueCallerLeave", queue, Uniqueid=uniqueid, Position=place, Count=len(callers))
        if status:
            # app_queue's record_abandoned() is for whoever leaves unanswered.
            waited = {"HoldTime": 0, "Position": place, "OriginalPosition": place}
            said = self._say("QueueCallerAbandon", queue, Uniqueid=uniqueid, **waited) + said
            more = {"Uniqueid": uniqueid, "Variable": "QUEUESTATUS", "Value": status}
            said += event("VarSet", at=self.now, privilege="dialplan,all", **more)
        return said

    def answer(self, uniqueid: str, interface: str = "PJSIP/8101", queue: str = "sales") -> bytes:
        """A member answers."""
        hold = int(self.now - self.desks[queue].callers[uniqueid])
        said = self.leave(uniqueid, queue)
        self.desks[queue].talks[uniqueid] = interface
        both = {"Uniqueid": uniqueid, "Interface": interface}
        said += self._say("AgentConnect", queue, **both, HoldTime=hold, RingTime=1)
        return said + self._member("QueueMemberStatus", queue, interface)

    def finish(self, uniqueid: str, queue: str = "sales") -> bytes:
        """A talk ends."""
        interface = self.desks[queue].talks.pop(uniqueid)
        both = {"Uniqueid": uniqueid, "Interface": interface}
        said = self._say("AgentComplete", queue, **both, HoldTime=1, TalkTime=9, Reason="caller")
        said += event("Hangup", at=self.now, privilege="call,all", Uniqueid=uniqueid, Cause=16)
        return said + self._member("QueueMemberStatus", queue, interface)

    def sign_on(self, interface: str, queue: str = "sales", name: str = "Wang Wei") -> bytes:
        """A member comes."""
        self.desks[queue].members[interface] = name
        return self._member("QueueMemberAdded", queue, interface)

    def sign_off(self, interface: str, queue: str = "sales") -> bytes:
        """A member goes."""
        said = self._member("QueueMemberRemoved", queue, interface)
        del self.desks[queue].members[interface]
        return said

    def backup(self, number: str, *, is_available: bool) -> bytes:
        """An agent becomes available for backup, or is so no more."""
        self.now += 0.001
        state = "INUSE" if is_available else "NOT_INUSE"
        self.devices[f"Custom:ivrctl-backup-{number}"] = state
        headers = {"Device": f"Custom:ivrctl-backup-{number}", "State": state}
        return event("DeviceStateChange", headers, at=self.now, privilege="call,all")

    def available(self) -> frozenset[str]:
        """Who is available for backup."""
        prefix = "Custom:ivrctl-backup-"
        available = [device for device, state in self.devices.items() if state == "INUSE" and device.startswith(prefix)]
        return frozenset(device.removeprefix(prefix) for device in available)

    def listed(self, action_id: str) -> Iterator[bytes]:
        """The answer to QueueStatus."""
        tag = f"ActionID: {action_id}\r\n"
        yield f"Response: Success\r\n{tag}EventList: start\r\n\r\n".encode()
        entries = [entry for name, desk in self.desks.items() for entry in self._list(name, desk)]
        for entry in entries:
            yield entry.removesuffix(b"\r\n") + f"{tag}\r\n".encode()
        yield f"Event: QueueStatusComplete\r\n{tag}EventList: Complete\r\nListItems: {len(entries)}\r\n\r\n".encode()

    def _list(self, queue: str, desk: Desk) -> Iterator[bytes]:
        figures = dict.fromkeys(("Holdtime", "TalkTime", "Completed", "Abandoned", "ServiceLevel", "Weight"), 0)
        yield _entry("QueueParams", Queue=queue, Max=0, Strategy="ringall", Calls=len(desk.callers), **figures)
        for interface, name in desk.members.items():
            yield _entry("QueueMember", **self._figures(queue, interface), Name=name, Location=interface)
        for place, (uniqueid, since) in enumerate(desk.callers.items(), 1):
            yield _entry(
                "QueueEntry",
                Queue=queue,
                Position=place,
                Channel=f"PJSIP/{uniqueid}",
                Uniqueid=uniqueid,
                CallerIDNum="13800138000",
                Wait=int(self.now - since),
                Priority=0,
            )

    def _member(self, kind: str, queue: str, interface: str) -> bytes:
        name = self.desks[queue].members.get(interface, "")
        figures = self._figures(queue, interface)
        del figures["Queue"]
        return self._say(kind, queue, **figures, MemberName=name, Interface=interface)

    def _figures(self, queue: str, interface: str) -> dict[str, object]:
        talks = interface in self.desks[queue].talks.values()
        return {
            "Queue": queue,
            "StateInterface": interface,
            "Membership": "dynamic",
            "Penalty": 0,
            "CallsTaken": 0,
            "LastCall": 0,
            "LastPause": 0,
            "LoginTime": int(NOON),
            "InCall": int(talks),
            "Status": 2 if talks else 1,
            "Paused": 0,
            "PausedReason": "",
            "Ringinuse": 0,
            "Wrapuptime": 0,
        }

    def _say(self, kind: str, queue: str, **headers: object) -> bytes:
        self.now += 0.001
        return event(kind, {"Queue": queue}, headers, at=self.now)


class LivePbx(Pbx):
    """One whose clock goes; it can be put forward."""

    _ahead = 0.0

    @property
    def now(self) -> float:
        """Its time."""
        return time.time() + self._ahead

    @now.setter
    def now(self, to: float) -> None:
        self._ahead = max(to - time.time(), 0.0)


def _entry(kind: str, **headers: object) -> bytes:
    return event(kind, headers)


def seen(picture: Picture) -> Truth:
    """What is believed."""
    return {
        name: (tuple(queue.callers), frozenset(queue.members), frozenset(queue.talks))
        for name, queue in picture.queues.items()
    }
