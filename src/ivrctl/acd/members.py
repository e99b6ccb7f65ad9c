"""What becomes of the members of a queue by an event; ``change`` has its counterpart for callers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from ivrctl.acd.events import MemberRemoved, MemberSeen
from ivrctl.acd.line import with_entry, without_entry
from ivrctl.acd.order import is_older, is_told
from ivrctl.acd.picture import Departure, Frozen, Member, Queue

DEPARTURES = 32
"""So many of the last who have gone from a queue are remembered: what comes late comes within a moment."""


def member_seen(queue: Queue, event: MemberSeen, read_at: datetime | None) -> Queue:
    """He is new, or as he was, or has changed."""
    told, at = event.member, event.at
    known = queue.members.get(told.interface)
    if is_older(at, read_at):
        return queue
    if known is None:
        gone = queue.departures.get(told.interface)
        if gone and is_told(at, gone.at):
            return queue
    elif is_older(at, known.told_at) or (at == known.told_at and is_doing_same(known, told)):
        return queue
    members = with_entry(queue.members, told.interface, seen(told, known, at))
    return Queue(queue.settings, queue.callers, members, queue.talks, queue.departures)


def member_removed(queue: Queue, event: MemberRemoved, read_at: datetime | None) -> tuple[Queue, int]:
    """He is gone; a doubt where nobody knew him."""
    known, gone = queue.members.get(event.interface), queue.departures.get(event.interface)
    if is_older(event.at, read_at) or (known and is_older(event.at, known.told_at)):
        return queue, 0
    if known is None:
        return queue, int(not (gone and is_told(event.at, gone.at)))
    departures = remembered(queue.departures, event.interface, Departure(event.at))
    members = without_entry(queue.members, event.interface)
    return Queue(queue.settings, queue.callers, members, queue.talks, departures), 0


def with_call(members: Frozen[Member], interface: str, at: datetime, *, is_in_call: bool) -> Frozen[Member]:
    """A talk of his begins, or ends."""
    member = members.get(interface)
    if member is None or is_older(at, member.told_at):
        return members
    last_call = member.last_call if is_in_call else at
    told = replace(member, in_call=is_in_call, last_call=last_call, since=None)
    return with_entry(members, interface, seen(told, member, at))


def seen(told: Member, known: Member | None, at: datetime) -> Member:
    """A member as he is told; ``since`` stays while what he does is the same."""
    since = known.since if known is not None and is_doing_same(known, told) else told.since or at
    return as_told(told, since, at)


def as_told(told: Member, since: datetime | None, at: datetime) -> Member:
    """A member as he is told at a moment, and since when."""
    return Member(
        told.interface,
        told.name,
        told.state_interface,
        told.origin,
        told.penalty,
        told.is_paused,
        told.pause_reason,
        told.device,
        told.in_call,
        told.last_call,
        told.wrap_up,
        since,
        at,
    )


def is_doing_same(one: Member, other: Member) -> bool:
    """True where device, pause and call are the same."""
    return (
        one.device == other.device
        and one.in_call == other.in_call
        and one.is_paused == other.is_paused
        and one.pause_reason == other.pause_reason
    )


def is_as_told(known: Member, told: Member) -> bool:
    """True where nothing of him is new; since when he does what he does is asked of nobody."""
    return (
        is_doing_same(known, told)
        and known.penalty == told.penalty
        and known.last_call == told.last_call
        and known.name == told.name
        and known.wrap_up == told.wrap_up
        and known.origin == told.origin
        and known.state_interface == told.state_interface
    )


def remembered(departures: Frozen[Departure], who: str, gone: Departure) -> Frozen[Departure]:
    """The departures with one more, and without the eldest when they are many."""
    entries = departures.copy()
    entries.pop(who, None)
    if len(entries) >= DEPARTURES:
        del entries[next(iter(entries))]
    entries[who] = gone
    return MappingProxyType(entries)
