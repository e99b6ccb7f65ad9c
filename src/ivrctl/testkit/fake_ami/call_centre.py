"""Queues and members of a call centre, and the list that QueueStatus makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivrctl.testkit.fake_ami.packets import EPOCH


@dataclass(frozen=True, slots=True)
class CallCentre:
    """How large it is."""

    queues: int = 2
    members: int = 4
    """Of all queues together, shared out among them."""
    callers: int = 0
    """Who wait in each queue."""

    def listed(self, action_id: str) -> Iterator[bytes]:
        """The answer to QueueStatus: the response, then entry after entry, then the end."""
        tag = f"ActionID: {action_id}\r\n"
        yield f"Response: Success\r\n{tag}EventList: start\r\nMessage: Queue status will follow\r\n\r\n".encode()
        items = 0
        for number in range(self.queues):
            for text in self._queue(number):
                items += 1
                yield f"{text}{tag}\r\n".encode()
        yield f"Event: QueueStatusComplete\r\n{tag}EventList: Complete\r\nListItems: {items}\r\n\r\n".encode()

    def _queue(self, number: int) -> Iterator[str]:
        queue = f"q{number:03}"
        yield (
            f"Event: QueueParams\r\nQueue: {queue}\r\nMax: 0\r\nStrategy: rrmemory\r\nCalls: {self.callers}\r\n"
            "Holdtime: 0\r\nTalkTime: 0\r\nCompleted: 0\r\nAbandoned: 0\r\nServiceLevel: 20\r\n"
            "ServicelevelPerf: 0.0\r\nServicelevelPerf2: 0.0\r\nWeight: 0\r\n"
        )
        for member in range(number, self.members, self.queues):
            yield (
                f"Event: QueueMember\r\nQueue: {queue}\r\nName: 坐席 {member:05}\r\nLocation: PJSIP/{member:05}\r\n"
                f"StateInterface: PJSIP/{member:05}\r\nMembership: dynamic\r\nPenalty: 0\r\nCallsTaken: 0\r\n"
                f"LastCall: 0\r\nLastPause: 0\r\nLoginTime: {EPOCH}\r\nInCall: 0\r\nStatus: 1\r\nPaused: 0\r\n"
                "PausedReason: \r\nWrapuptime: 10\r\n"
            )
        for caller in range(self.callers):
            yield (
                f"Event: QueueEntry\r\nQueue: {queue}\r\nPosition: {caller + 1}\r\n"
                f"Channel: PJSIP/trunk-{caller:08x}\r\nUniqueid: pbx-{number}.{caller}\r\n"
                "CallerIDNum: 13800138000\r\nCallerIDName: unknown\r\n"
                "ConnectedLineNum: unknown\r\nConnectedLineName: unknown\r\nWait: 5\r\nPriority: 0\r\n"
            )
