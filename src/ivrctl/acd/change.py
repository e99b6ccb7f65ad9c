"""What becomes of one queue by one event: the next queue, and how many doubts.

A doubt is an event that does not fit what is believed: something went unseen. An event that comes twice, or late, is
none: it gives the same queue again. ``fold`` finds the queue, and knows of the others.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from ivrctl.acd.events import (
    CallerAbandoned,
    CallerAnswered,
    CallerJoined,
    CallerLeft,
    MemberMissed,
    MemberRang,
    MemberRemoved,
    MemberSeen,
    TalkEnded,
)
from ivrctl.acd.line import closed_up, in_line, moved_up, rung_by, with_entry, without_entry
from ivrctl.acd.members import member_removed, member_seen, remembered, with_call
from ivrctl.acd.order import ago, is_near, is_older, is_same_stay, is_told
from ivrctl.acd.picture import Departure, Frozen, Queue, Talk, WaitingCaller

QueueEvent: TypeAlias = (
    CallerJoined
    | CallerLeft
    | CallerAbandoned
    | MemberRang
    | MemberMissed
    | CallerAnswered
    | TalkEnded
    | MemberSeen
    | MemberRemoved
)
"""What names its queue."""
Change: TypeAlias = tuple[Queue, int]


def changed(queue: Queue, event: QueueEvent, read_at: datetime | None) -> Change:
    """The queue after an event, and the doubts about it."""
    match event:
        case MemberSeen():
            return member_seen(queue, event, read_at), 0
        case MemberRang():
            return _rang(queue, event, read_at)
        case MemberMissed():
            return _missed(queue, event, read_at)
        case CallerJoined():
            return _joined(queue, event, read_at)
        case CallerLeft() | CallerAbandoned():
            return _left(queue, event, read_at)
        case CallerAnswered():
            return _answered(queue, event, read_at)
        case TalkEnded():
            return _talk_ended(queue, event, read_at)
        case MemberRemoved():
            return member_removed(queue, event, read_at)


def without_caller(queue: Queue, uniqueid: str, at: datetime) -> Queue:
    """Whoever waits or talks here does so no longer."""
    caller, talk = queue.callers.get(uniqueid), queue.talks.get(uniqueid)
    if caller is None and talk is None:
        return queue
    members = with_call(queue.members, talk.interface, at, is_in_call=False) if talk else queue.members
    return Queue(
        queue.settings,
        closed_up(queue.callers, caller) if caller else queue.callers,
        members,
        without_entry(queue.talks, uniqueid),
        remembered(queue.departures, uniqueid, _departure(caller, talk, at)),
    )


def _departure(caller: WaitingCaller | None, talk: Talk | None, at: datetime) -> Departure:
    known = caller or talk
    return Departure(at, known.joined_at, known.number) if known else Departure(at)


def _with_callers(queue: Queue, callers: Frozen[WaitingCaller]) -> Queue:
    return Queue(queue.settings, callers, queue.members, queue.talks, queue.departures)


def _joined(queue: Queue, event: CallerJoined, read_at: datetime | None) -> Change:
    known, gone = queue.callers.get(event.uniqueid), queue.departures.get(event.uniqueid)
    if known is not None:
        return _joined_again(queue, event, known)
    if is_older(event.at, read_at) or (gone and is_told(event.at, gone.at)):
        return queue, 0
    return _with_caller(queue, event), int(not 1 <= event.position <= len(queue.callers) + 1)


def _joined_again(queue: Queue, event: CallerJoined, known: WaitingCaller) -> Change:
    """It is told twice, or only a reading had shown him; or he had left unseen, and is here again."""
    if is_same_stay(event.at, known.joined_at):
        if known.linkedid:
            return queue, 0
        exact = replace(known, joined_at=event.at, linkedid=event.linkedid, number=event.number)
        return _with_callers(queue, with_entry(queue.callers, event.uniqueid, exact)), 0
    if is_older(event.at, known.joined_at):
        return queue, 0
    return _with_caller(without_caller(queue, event.uniqueid, event.at), event), 1


def _with_caller(queue: Queue, event: CallerJoined) -> Queue:
    position = max(event.position, 1)
    caller = WaitingCaller(event.uniqueid, event.linkedid, event.channel, event.number, position, event.at)
    talks, departures = without_entry(queue.talks, event.uniqueid), without_entry(queue.departures, event.uniqueid)
    return Queue(queue.settings, in_line(queue.callers, caller), queue.members, talks, departures)


def _left(queue: Queue, event: CallerLeft | CallerAbandoned, read_at: datetime | None) -> Change:
    caller = queue.callers.get(event.uniqueid)
    if is_older(event.at, read_at):
        return queue, 0
    if caller is None:
        return _nobody_left(queue, event)
    if is_older(event.at, caller.joined_at):
        return queue, 0
    is_over = isinstance(event, CallerAbandoned)
    gone = Departure(event.at, caller.joined_at, caller.number, is_over)
    departures = remembered(queue.departures, event.uniqueid, gone)
    callers = closed_up(queue.callers, caller)
    doubts = int(isinstance(event, CallerLeft) and event.position != caller.position)
    return Queue(queue.settings, callers, queue.members, queue.talks, departures), doubts


def _nobody_left(queue: Queue, event: CallerLeft | CallerAbandoned) -> Change:
    """He was gone already; or his joining went unseen, and those behind him move up all the same."""
    gone = queue.departures.get(event.uniqueid)
    if event.uniqueid in queue.talks or (gone and is_near(event.at, gone.at)):
        return queue, 0
    is_over = isinstance(event, CallerAbandoned)
    departures = remembered(queue.departures, event.uniqueid, Departure(event.at, is_over=is_over))
    callers = moved_up(queue.callers, event.position) if isinstance(event, CallerLeft) else queue.callers
    return Queue(queue.settings, callers, queue.members, queue.talks, departures), 1


def _answered(queue: Queue, event: CallerAnswered, read_at: datetime | None) -> Change:
    caller, gone = queue.callers.get(event.uniqueid), queue.departures.get(event.uniqueid)
    if _was_answered(queue, event, caller, gone):
        return queue, 0
    is_past = is_older(event.at, read_at)
    member = queue.members.get(event.interface)
    if is_past and (caller or not (member and member.in_call)):
        return queue, 0
    known = caller or (None if gone is None or gone.is_over else gone)
    joined_at, number = (known.joined_at, known.number) if known else (None, "")
    talk = Talk(event.uniqueid, number, event.interface, event.at, joined_at)
    answered = Queue(
        queue.settings,
        closed_up(queue.callers, caller) if caller else queue.callers,
        with_call(queue.members, event.interface, event.at, is_in_call=True),
        with_entry(queue.talks, event.uniqueid, talk),
        without_entry(queue.departures, event.uniqueid),
    )
    return answered, int(known is None and not is_past)


def _was_answered(queue: Queue, event: CallerAnswered, caller: WaitingCaller | None, gone: Departure | None) -> bool:
    """True for an answer that is told twice, or when what followed on it is known already."""
    talk = queue.talks.get(event.uniqueid)
    return bool(
        (talk and is_told(event.at, talk.answered_at))
        or (caller and is_older(event.at, caller.joined_at))
        or (gone and gone.is_over and is_told(event.at, gone.at))
    )


def _talk_ended(queue: Queue, event: TalkEnded, read_at: datetime | None) -> Change:
    if not event.uniqueid:
        talk = _talk_of(queue, event.interface, ago(event.at, event.talk))
        # Who ended it unseen has hung up, and that is told of his channel.
        return (queue, 0) if talk is None else _talk_ended(queue, replace(event, uniqueid=talk.uniqueid), read_at)
    caller, talk = queue.callers.get(event.uniqueid), queue.talks.get(event.uniqueid)
    gone = queue.departures.get(event.uniqueid)
    if talk is None and (is_older(event.at, read_at) or (gone and gone.is_over and is_near(event.at, gone.at))):
        return queue, 0
    if (talk and is_older(event.at, talk.answered_at)) or (caller and is_older(event.at, caller.joined_at)):
        return queue, 0
    ended = Queue(
        queue.settings,
        closed_up(queue.callers, caller) if caller else queue.callers,
        with_call(queue.members, event.interface, event.at, is_in_call=False),
        without_entry(queue.talks, event.uniqueid),
        remembered(queue.departures, event.uniqueid, _departure(caller, talk, event.at)),
    )
    return ended, int(talk is None)


def _talk_of(queue: Queue, interface: str, began_at: datetime) -> Talk | None:
    """The talk of a member that began then."""
    talks = (talk for talk in queue.talks.values() if talk.interface == interface)
    return next((talk for talk in talks if is_same_stay(talk.answered_at, began_at)), None)


def _rang(queue: Queue, event: MemberRang, read_at: datetime | None) -> Change:
    caller = queue.callers.get(event.uniqueid)
    if caller is None:
        return queue, _doubts_of_nobody(queue, event, read_at)
    if is_older(event.at, caller.joined_at) or event.interface in caller.ringing:
        return queue, 0
    rung = rung_by(caller, (*caller.ringing, event.interface))
    doubts = int(event.interface not in queue.members and not is_older(event.at, read_at))
    return _with_callers(queue, with_entry(queue.callers, event.uniqueid, rung)), doubts


def _missed(queue: Queue, event: MemberMissed, read_at: datetime | None) -> Change:
    caller = queue.callers.get(event.uniqueid)
    if caller is None:
        return queue, _doubts_of_nobody(queue, event, read_at)
    if event.interface not in caller.ringing:
        return queue, 0
    quiet = rung_by(caller, tuple(each for each in caller.ringing if each != event.interface))
    return _with_callers(queue, with_entry(queue.callers, event.uniqueid, quiet)), 0


def _doubts_of_nobody(queue: Queue, event: MemberRang | MemberMissed, read_at: datetime | None) -> int:
    """A phone that rings for nobody is a doubt, unless he has just gone."""
    gone = queue.departures.get(event.uniqueid)
    is_gone = event.uniqueid in queue.talks or (gone is not None and is_near(event.at, gone.at))
    return int(not is_gone and not is_older(event.at, read_at))
