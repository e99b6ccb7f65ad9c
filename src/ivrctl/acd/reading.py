"""A full reading against what is believed: the reading is the truth, but for what it cannot tell.

It does not tell when somebody joined to better than a second, his linkedid, which phones ring for him, or who talks to
whom: that is kept. And what is believed of a moment behind the reading is younger than it, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from ivrctl.acd.backup import backup_read
from ivrctl.acd.events import CallerRead, QueueRead, QueuesRead
from ivrctl.acd.members import as_told, is_as_told, is_doing_same
from ivrctl.acd.order import ago, is_older, is_same_stay
from ivrctl.acd.picture import DeviceState, Frozen, Member, Picture, Queue, Talk, WaitingCaller
from ivrctl.acd.places import Places

JUST_ANSWERED = timedelta(seconds=2)
"""Whether a member talks is told a moment behind the answer."""
LONGEST_TALK = timedelta(hours=24)
"""A talk whose end nobody can tell, since its member has signed off, counts as over."""
_MAY_RING = {DeviceState.RINGING, DeviceState.RINGINUSE, DeviceState.UNKNOWN, DeviceState.BUSY}
"""A phone that takes one call at a time is busy while it rings, by ``device_state_busy_at`` of chan_pjsip."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a reading says of all queues together."""

    at: datetime
    was_blind: bool
    waiting: frozenset[str]
    """Everybody who waits anywhere."""


def read(picture: Picture, event: QueuesRead) -> Picture:
    """The picture after a reading."""
    if is_older(event.at, picture.read_at):
        return picture
    now = _Reading(
        event.at,
        picture.read_at is None or picture.stale_since is not None,
        frozenset(caller.uniqueid for queue in event.queues for caller in queue.callers),
    )
    queues: dict[str, Queue] = {}
    for each in event.queues:
        believed = picture.queues.get(each.settings.name) or Queue(each.settings)
        queues[each.settings.name] = _queue(believed, each, now)
    sight = max(picture.sight + 1, int(event.at.timestamp())) if now.was_blind else picture.sight
    staff = backup_read(picture.staff, event, was_blind=now.was_blind)
    return Picture(MappingProxyType(queues), event.at, event.at, sight=sight, places=_places(queues), staff=staff)


def _places(queues: dict[str, Queue]) -> Places:
    talking = [(uniqueid, name) for name, queue in queues.items() for uniqueid in queue.talks]
    waiting = [(uniqueid, name) for name, queue in queues.items() for uniqueid in queue.callers]
    return Places.of(talking + waiting)


def _queue(believed: Queue, told: QueueRead, now: _Reading) -> Queue:
    members = _members(believed, told, now.at)
    callers = _callers(believed, told, members, now)
    talks = _talks(believed, callers, members, now)
    queue = Queue(told.settings, callers, members, talks, believed.departures)
    return believed if queue == believed else queue


def _members(believed: Queue, told: QueueRead, at: datetime) -> Frozen[Member]:
    members: dict[str, Member] = {}
    for member in told.members:
        known, gone = believed.members.get(member.interface), believed.departures.get(member.interface)
        if known is not None and is_older(at, known.told_at):
            members[member.interface] = known
        elif gone is None or not is_older(at, gone.at):
            members[member.interface] = _member(member, known, at)
    for interface, known in believed.members.items():
        if interface not in members and is_older(at, known.told_at):
            members[interface] = known
    return MappingProxyType(members)


def _member(told: Member, known: Member | None, at: datetime) -> Member:
    """Since when he does what he was not seen to begin is not known, unless Asterisk tells."""
    if known is None:
        return as_told(told, told.since, at)
    if is_as_told(known, told):
        return known
    return as_told(told, known.since if is_doing_same(known, told) else told.since, at)


def _callers(believed: Queue, told: QueueRead, members: Frozen[Member], now: _Reading) -> Frozen[WaitingCaller]:
    line: dict[str, WaitingCaller] = {}
    for each in sorted(told.callers, key=lambda caller: caller.position):
        gone = believed.departures.get(each.uniqueid)
        talk = believed.talks.get(each.uniqueid)
        is_gone = (gone and is_older(now.at, gone.at)) or (talk and is_older(now.at, talk.answered_at))
        if not is_gone:
            line[each.uniqueid] = _caller(each, believed.callers.get(each.uniqueid), members, now)
    is_as_told = len(line) == len(told.callers)
    for uniqueid, known in believed.callers.items():
        if uniqueid not in line and is_older(now.at, known.joined_at):
            line[uniqueid], is_as_told = known, False
    return MappingProxyType(line if is_as_told else _numbered(line))


def _numbered(line: dict[str, WaitingCaller]) -> dict[str, WaitingCaller]:
    return {
        uniqueid: caller if caller.position == position else replace(caller, position=position)
        for position, (uniqueid, caller) in enumerate(line.items(), 1)
    }


def _caller(told: CallerRead, known: WaitingCaller | None, members: Frozen[Member], now: _Reading) -> WaitingCaller:
    joined_at = ago(now.at, told.waited)
    if known is None:
        return WaitingCaller(told.uniqueid, "", told.channel, told.number, told.position, joined_at, told.priority)
    is_same = is_same_stay(joined_at, known.joined_at)
    caller = WaitingCaller(
        told.uniqueid,
        known.linkedid,
        told.channel,
        told.number or known.number,
        told.position,
        known.joined_at if is_same else joined_at,
        told.priority,
        tuple(each for each in known.ringing if _may_ring(members.get(each))) if is_same else (),
    )
    return known if caller == known else caller


def _may_ring(member: Member | None) -> bool:
    return member is not None and member.device in _MAY_RING and not member.in_call


def _talks(believed: Queue, callers: Frozen[WaitingCaller], members: Frozen[Member], now: _Reading) -> Frozen[Talk]:
    return MappingProxyType(
        {
            uniqueid: talk
            for uniqueid, talk in believed.talks.items()
            if uniqueid not in callers
            and not (uniqueid in now.waiting and talk.answered_at <= now.at)
            and not is_talk_over(talk.answered_at, members.get(talk.interface), now.at, was_blind=now.was_blind)
        }
    )


def is_talk_over(answered_at: datetime, member: Member | None, at: datetime, *, was_blind: bool) -> bool:
    """Whether a reading shows that a talk that began then is over, by its member in that queue.

    Of a member who is not there the reading tells nothing: he may have signed off in mid-talk, or, while nothing was
    seen, after it.
    """
    if is_older(at - JUST_ANSWERED, answered_at):
        return False
    if member is None:
        return was_blind or answered_at < at - LONGEST_TALK
    return not member.in_call or (member.last_call is not None and member.last_call > answered_at)
