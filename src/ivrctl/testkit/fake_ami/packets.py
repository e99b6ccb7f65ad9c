"""Packets as Asterisk 22 writes them, and the traffic that a busy one makes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

EPOCH = 1_795_918_757
"""Where the clock of the traffic begins."""

WANTED = (
    "QueueCallerJoin",
    "AgentCalled",
    "QueueMemberStatus",
    "AgentConnect",
    "QueueCallerLeave",
    "AgentComplete",
    "Hangup",
)
"""The events of one call of the traffic that queues need; there are others between them."""


def event(
    name: str,
    *groups: Mapping[str, object],
    at: float | None = None,
    privilege: str = "agent,all",
    **more: object,
) -> bytes:
    """One packet: the groups of headers in their order, then more."""
    lines = [f"Event: {name}", f"Privilege: {privilege}"]
    if at is not None:
        lines.append(f"Timestamp: {at:.6f}")
    for headers in (*groups, more):
        lines += [f"{header}: {value}" for header, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def custom_devices(devices: Mapping[str, str], action_id: str) -> Iterator[bytes]:
    """The answer to DBGetTree for the family of ``Custom:`` devices, of all devices and their states."""
    tag, prefix = f"ActionID: {action_id}\r\n", "Custom:"
    yield f"Response: Success\r\n{tag}EventList: start\r\nMessage: Result will follow\r\n\r\n".encode()
    kept = {name.removeprefix(prefix): state for name, state in devices.items() if name.startswith(prefix)}
    for name, state in kept.items():
        yield f"Event: DBGetTreeResponse\r\nKey: /CustomDevstate/{name}\r\nVal: {state}\r\n{tag}\r\n".encode()
    closing = f"EventList: Complete\r\nListItems: {len(kept)}\r\n\r\n"
    yield f"Event: DBGetTreeComplete\r\n{tag}{closing}".encode()


def channel(name: str, uniqueid: str, linkedid: str, prefix: str = "") -> dict[str, object]:
    """The headers of a channel, in every event that names one."""
    headers = {
        "Channel": name,
        "ChannelState": 6,
        "ChannelStateDesc": "Up",
        "CallerIDNum": "13800138000",
        "CallerIDName": "王小明",
        "ConnectedLineNum": "<unknown>",
        "ConnectedLineName": "<unknown>",
        "Language": "en",
        "AccountCode": "",
        "Context": "ivrctl-queue",
        "Exten": "s",
        "Priority": 7,
        "Uniqueid": uniqueid,
        "Linkedid": linkedid,
    }
    return {prefix + header: value for header, value in headers.items()}


def member(queue: str, interface: str, status: int) -> dict[str, object]:
    """The headers of a member, in every event that tells of one."""
    return {
        "Queue": queue,
        "MemberName": f"坐席 {interface[-4:]}",
        "Interface": interface,
        "StateInterface": interface,
        "Membership": "dynamic",
        "Penalty": 0,
        "CallsTaken": 12,
        "LastCall": EPOCH - 600,
        "LastPause": 0,
        "LoginTime": EPOCH - 7200,
        "InCall": 0,
        "Status": status,
        "Paused": 0,
        "PausedReason": "",
        "Ringinuse": 0,
        "Wrapuptime": 10,
    }


def call(number: int, queue: str, interface: str, at: float) -> Iterator[bytes]:
    """The events of one call that is answered: those of ``WANTED``, in their order."""
    uniqueid = f"pbx-{EPOCH}.{number}"
    caller = channel(f"PJSIP/trunk-{number:08x}", uniqueid, uniqueid)
    phone = channel(f"{interface}-{number:08x}", f"{uniqueid}1", uniqueid, "Dest")
    both = {**caller, **phone, "Queue": queue, "Interface": interface, "MemberName": "坐席"}
    yield event("QueueCallerJoin", caller, at=at, Queue=queue, Position=1, Count=1)
    yield event("AgentCalled", both, at=at)
    yield event("QueueMemberStatus", member(queue, interface, 2), at=at)
    yield event("QueueCallerLeave", caller, at=at, Queue=queue, Position=1, Count=0)
    yield event("AgentConnect", both, at=at, HoldTime=7, RingTime=3)
    yield event("AgentComplete", both, at=at, HoldTime=7, TalkTime=180, Reason="caller")
    yield event("Hangup", caller, at=at, privilege="call,all", Cause=16)


def noise(number: int, at: float) -> bytes:
    """An event that no queue needs."""
    uniqueid = f"pbx-{EPOCH}.{number}"
    caller = channel(f"PJSIP/trunk-{number:08x}", uniqueid, uniqueid)
    if number % 2:
        return event("VarSet", caller, at=at, privilege="dialplan,all", Variable=f"MEMBERCALLS{number % 7}", Value=3)
    more = {"Extension": "s", "Application": "Set", "AppData": "A=1"}
    return event("Newexten", caller, at=at, privilege="dialplan,all", **more)


def traffic(wanted_share: float = 0.2, *, queues: int = 200, members: int = 10_000) -> Iterator[bytes]:
    """Calls without end, with the given share of events that queues need: the same ones each time."""
    between = round(1 / wanted_share) - 1
    numbers = count(1)
    for number in numbers:
        at = EPOCH + number / 100
        for packet in call(number, f"q{number % queues:03}", f"PJSIP/{number % members:05}", at):
            yield packet
            yield from (noise(number + each, at) for each in range(between))


def doubled(packets: Sequence[bytes]) -> list[bytes]:
    """Every packet twice."""
    return [packet for packet in packets for _ in range(2)]


def reordered(packets: Sequence[bytes], seed: int) -> list[bytes]:
    """The packets in another order, the same one for the same seed."""
    return random.Random(seed).sample(packets, len(packets))  # noqa: S311 - repeatable, and no secret
