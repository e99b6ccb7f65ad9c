"""The picture after an event: frozen, and it shares with the one before whatever has not changed.

Nothing raises. Events may be lost, come twice, or late: an event that was told already changes nothing, one that is
older than what is known changes nothing of it, one that does not fit is a doubt. Doubts ask for a reading, and after a
reading the picture is right again, whatever was lost before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from ivrctl.acd.backup import backup_changed, devices_read, without_device
from ivrctl.acd.change import QueueEvent, changed, without_caller
from ivrctl.acd.events import (
    BackupChanged,
    CallerAnswered,
    CallerExited,
    CallerJoined,
    ChannelEnded,
    DevicesRead,
    Event,
    MemberRemoved,
    MemberSeen,
    Overlooked,
    QueuesRead,
    SightLost,
)
from ivrctl.acd.order import is_older
from ivrctl.acd.picture import BackupStaff, Picture, Queue
from ivrctl.acd.places import Places
from ivrctl.acd.reading import read


def fold(picture: Picture, event: Event) -> Picture:
    """The picture after an event."""
    match event:
        case QueuesRead():
            return read(picture, event)
        case SightLost():
            return _lost(picture, event)
        case Overlooked():
            return picture
        case ChannelEnded() | CallerExited():
            return _gone(picture, event)
        case BackupChanged():
            return _of_staff(picture, event.at, backup_changed(picture.staff, event, picture.read_at))
        case DevicesRead():
            return _of_staff(picture, event.at, devices_read(picture.staff, event))
        case _:
            return _in_queue(picture, event)


def _in_queue(picture: Picture, event: QueueEvent) -> Picture:
    queue = picture.queues.get(event.queue)
    if queue is None:
        return _next(picture, event.at, doubts=int(not is_older(event.at, picture.read_at)))
    if isinstance(event, CallerJoined | CallerAnswered):
        return _found(picture, queue, event)
    new, doubts = changed(queue, event, picture.read_at)
    if new is queue:
        return _next(picture, event.at, doubts=doubts)
    if isinstance(event, MemberSeen | MemberRemoved):
        picture = _next(picture, event.at, _with(picture, new), doubts=doubts)
        if isinstance(event, MemberRemoved) and event.interface in picture.staff.devices:
            return replace(picture, staff=without_device(picture.staff, event.interface))
        return picture
    places = _placed(picture.places, event.uniqueid, new)
    return _next(picture, event.at, _with(picture, new), places, doubts)


def _found(picture: Picture, queue: Queue, event: CallerJoined | CallerAnswered) -> Picture:
    """He waits or talks here, and so in no other queue: where he was seen last, his leaving went unseen."""
    place = picture.places.find(event.uniqueid)
    elsewhere = picture.queues.get(place) if place and place != event.queue else None
    waits = elsewhere.callers.get(event.uniqueid) if elsewhere else None
    talks = elsewhere.talks.get(event.uniqueid) if elsewhere else None
    since = waits.joined_at if waits else talks.answered_at if talks else None
    if is_older(event.at, since):
        return _next(picture, event.at)
    new, doubts = changed(queue, event, picture.read_at)
    if new is queue:
        return _next(picture, event.at, doubts=doubts)
    if elsewhere is not None:
        picture = _next(picture, event.at, _with(picture, without_caller(elsewhere, event.uniqueid, event.at)))
    places = _placed(picture.places, event.uniqueid, new)
    return _next(picture, event.at, _with(picture, new), places, doubts + int(waits is not None))


def _gone(picture: Picture, event: ChannelEnded | CallerExited) -> Picture:
    """A channel that is no more, or a caller who is out of his queue; that he was there still is a doubt."""
    place = picture.places.find(event.uniqueid)
    queue = picture.queues.get(place) if place else None
    if queue is None:
        return _next(picture, event.at)
    caller, talk = queue.callers.get(event.uniqueid), queue.talks.get(event.uniqueid)
    if caller and (is_older(event.at, picture.read_at) or is_older(event.at, caller.joined_at)):
        return _next(picture, event.at)
    if talk and (isinstance(event, CallerExited) or is_older(event.at, talk.answered_at)):
        return _next(picture, event.at)
    new = without_caller(queue, event.uniqueid, event.at)
    places = picture.places.put(event.uniqueid, None)
    return _next(picture, event.at, _with(picture, new), places, int(caller is not None))


def _lost(picture: Picture, event: SightLost) -> Picture:
    """The first loss says since when, the last one why."""
    if is_older(event.at, picture.read_at):
        return picture
    return replace(picture, stale_since=picture.stale_since or event.at, stale_because=event.why)


def _of_staff(picture: Picture, at: datetime, staff: BackupStaff) -> Picture:
    picture = _next(picture, at)
    return picture if staff is picture.staff else replace(picture, staff=staff)


def _placed(places: Places, uniqueid: str, queue: Queue) -> Places:
    is_here = uniqueid in queue.callers or uniqueid in queue.talks
    found = places.find(uniqueid)
    if is_here and found != queue.name:
        return places.put(uniqueid, queue.name)
    return places.put(uniqueid, None) if not is_here and found == queue.name else places


def _with(picture: Picture, queue: Queue) -> MappingProxyType[str, Queue]:
    queues = picture.queues.copy()
    queues[queue.name] = queue
    return MappingProxyType(queues)


def _next(
    picture: Picture,
    at: datetime,
    queues: MappingProxyType[str, Queue] | None = None,
    places: Places | None = None,
    doubts: int = 0,
) -> Picture:
    seen_at = picture.seen_at if is_older(at, picture.seen_at) else at
    if queues is None and not doubts and seen_at == picture.seen_at:
        return picture
    return Picture(
        picture.queues if queues is None else queues,
        picture.read_at,
        seen_at,
        picture.stale_since,
        picture.stale_because,
        picture.doubts + doubts,
        picture.sight,
        picture.places if places is None else places,
        picture.staff,
    )
