"""AMI's words into those of ``acd``: events as they happen, and one full reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from ivrctl.acd import events as acd
from ivrctl.acd.picture import DeviceState, Member, Origin, QueueSettings
from ivrctl.adapters.ami.queue_actions import QueueReading
from ivrctl.ami import events as ami
from ivrctl.ami.events import AmiEvent, MemberState, parse
from ivrctl.ami.packet import Event
from ivrctl.site.agents import backup_device

_EXITS = {
    "TIMEOUT": "timed_out",
    "LEAVEEMPTY": "empty",
    "LEAVEUNAVAIL": "empty",
    "WITHDRAW": "withdrawn",
}
"""What QUEUESTATUS says of callers who had joined (``set_queue_result`` of app_queue.c)."""
_KEY = "KEY_"
"""How IVRCTL_OUTCOME begins in our dialplan's context of queue keys."""
_BACKUP, _AVAILABLE = backup_device(""), "INUSE"
_ORIGINS = {"static": Origin.STATIC, "dynamic": Origin.DYNAMIC, "realtime": Origin.REALTIME}
_MS = 1000.0
SLICE = 200
"""Entries of a reading that are translated at a time: some milliseconds."""
_Entry = TypeVar("_Entry")


def happened(event: AmiEvent, now: datetime) -> acd.Event | None:
    """What an AMI event tells of queues; None when it tells nothing of them.

    Args:
        event: as it was read.
        now: the time at Asterisk, for an event without its own.

    Raises:
        ValueError: a value is none that Asterisk writes.
    """
    at = event.at or now
    match event:
        case ami.MemberEvent():
            return _of_member(event, at)
        case ami.ChannelEvent():
            return _of_channel(event, at)
        case ami.DeviceStateChange() if event.device.startswith(_BACKUP):
            return acd.BackupChanged(at, event.device.removeprefix(_BACKUP), event.state == _AVAILABLE)
        case _:
            return None


def available(custom_devices: Mapping[str, str]) -> frozenset[str]:
    """The numbers of agents who are available for backup, of the states of all ``Custom:`` devices by their names."""
    prefix = _BACKUP.removeprefix("Custom:")
    names = (name for name, state in custom_devices.items() if state == _AVAILABLE and name.startswith(prefix))
    return frozenset(name.removeprefix(prefix) for name in names)


def _of_member(event: ami.MemberEvent, at: datetime) -> acd.Event:
    if isinstance(event, ami.QueueMemberRemoved):
        return acd.MemberRemoved(at, event.queue, event.interface)
    return acd.MemberSeen(at, event.queue, _member(event, event.interface, event.name))


def _of_channel(event: ami.ChannelEvent, at: datetime) -> acd.Event | None:
    match event:
        case ami.QueueCallerJoin():
            number = event.number
            return acd.CallerJoined(
                at, event.queue, event.uniqueid, event.linkedid, event.channel, number, event.position
            )
        case ami.QueueCallerLeave():
            return acd.CallerLeft(at, event.queue, event.uniqueid, event.position)
        case ami.QueueCallerAbandon():
            return acd.CallerAbandoned(at, event.queue, event.uniqueid, float(event.hold_time))
        case ami.AgentEvent():
            return _of_agent(event, at)
        case ami.VarSet():
            return _exit(event, at)
        case ami.Hangup():
            return acd.ChannelEnded(at, event.uniqueid)
        case _:
            return None


def _of_agent(event: ami.AgentEvent, at: datetime) -> acd.Event | None:
    queue, uniqueid, interface = event.queue, event.uniqueid, event.interface
    match event:
        case ami.AgentCalled():
            return acd.MemberRang(at, queue, uniqueid, interface)
        case ami.AgentRingNoAnswer():
            return acd.MemberMissed(at, queue, uniqueid, interface, event.ring_time_ms / _MS)
        case ami.AgentConnect():
            return acd.CallerAnswered(at, queue, uniqueid, interface, float(event.hold_time))
        case ami.AgentComplete():
            return acd.TalkEnded(
                at, queue, uniqueid, interface, float(event.talk_time), event.reason, float(event.hold_time)
            )
        case _:
            return None


def _exit(event: ami.VarSet, at: datetime) -> acd.CallerExited | None:
    """Why a caller has left; what our dialplan clears, and what says that he was answered, is no exit."""
    if event.variable == "QUEUESTATUS":
        outcome = _EXITS.get(event.value)
    else:
        outcome = event.value.lower() if event.value.startswith(_KEY) else None
    return None if outcome is None else acd.CallerExited(at, event.uniqueid, outcome)


def read(reading: QueueReading, at: datetime) -> acd.QueuesRead:
    """A full reading; see ``read_in_slices``."""
    slices = read_in_slices(reading, at)
    while True:
        try:
            next(slices)
        except StopIteration as whole:
            result: acd.QueuesRead = whole.value
            return result


def read_in_slices(reading: QueueReading, at: datetime) -> Generator[None, None, acd.QueuesRead]:
    """A full reading, for whoever lets others have their turn wherever this yields: ten thousand members take long.

    Args:
        reading: as Asterisk listed it.
        at: when it was asked for, by Asterisk's clock: what happened later is told behind it once more.

    Raises:
        UnreadableEventError, ValueError: an entry cannot be read.
    """
    members: dict[str, list[Member]] = defaultdict(list)
    for each in _slices(reading.members):
        for member in _all(each, ami.QueueMember):
            members[member.queue].append(_member(member, member.interface, member.name))
        yield
    callers: dict[str, list[acd.CallerRead]] = defaultdict(list)
    for each in _slices(reading.callers):
        for caller in _all(each, ami.QueueEntry):
            callers[caller.queue].append(_caller(caller))
        yield
    queues = tuple(
        acd.QueueRead(_settings(queue), members[queue.queue], callers[queue.queue])
        for queue in _all(reading.queues, ami.QueueParams)
    )
    return acd.QueuesRead(at, queues)


def _slices(entries: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Slices of a list."""
    return (entries[start : start + SLICE] for start in range(0, len(entries), SLICE))


def _caller(entry: ami.QueueEntry) -> acd.CallerRead:
    return acd.CallerRead(
        entry.uniqueid, entry.channel, entry.number, entry.position, float(entry.wait), entry.priority
    )


def _settings(queue: ami.QueueParams) -> QueueSettings:
    return QueueSettings(queue.queue, queue.strategy, queue.max, queue.weight, timedelta(seconds=queue.service_level))


def _member(state: MemberState, interface: str, name: str) -> Member:
    return Member(
        interface,
        name,
        state.state_interface,
        _ORIGINS.get(state.membership, Origin.DYNAMIC),
        state.penalty,
        state.paused,
        state.paused_reason if state.paused else "",
        DeviceState(state.status),
        state.in_call,
        state.last_call,
        timedelta(seconds=state.wrapup_time),
    )


def _all(entries: Iterable[Event], kind: type[_Entry]) -> Iterable[_Entry]:
    return (event for entry in entries if isinstance(event := parse(entry), kind))
