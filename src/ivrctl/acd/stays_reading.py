"""A full reading against the open stays: who has joined unseen, who has left unseen, whose talk is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ivrctl.acd.events import CallerRead, QueuesRead
from ivrctl.acd.open_stays import OpenStays
from ivrctl.acd.order import MOMENT, ago, is_older, is_same_stay
from ivrctl.acd.picture import Member
from ivrctl.acd.reading import is_talk_over
from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.acd.visits import Visit


def read_stays(stays: OpenStays, event: QueuesRead, *, was_blind: bool) -> None:
    """Who is not there any more has left unseen, who is there and was not known has joined unseen."""
    if is_older(event.at, stays.read_at):
        return
    there: set[int] = set()
    for queue in event.queues:
        for caller in queue.callers:
            visit = _read_caller(stays, queue.settings.name, caller, event.at, was_blind=was_blind)
            there.add(id(visit))
    members = {(each.settings.name, member.interface): member for each in event.queues for member in each.members}
    for visit in list(stays.open.values()):
        if visit.stay.end is StayEnd.ANSWERED:
            _read_talk(stays, visit, members, event.at, was_blind=was_blind)
        elif id(visit) not in there and visit.left_at is None and visit.stay.joined_at <= event.at:
            channel = stays.channel(visit.stay.uniqueid)
            stays.leave(channel, visit, event.at, is_told=False, due=event.at + MOMENT)
    stays.read_at = event.at


def _read_caller(stays: OpenStays, queue: str, caller: CallerRead, at: datetime, *, was_blind: bool) -> Visit | None:
    channel, joined_at = stays.channel(caller.uniqueid), ago(at, caller.waited)
    for visit in channel.visits:
        is_it = visit.stay.queue == queue and is_same_stay(visit.stay.joined_at, joined_at)
        if (is_it and not visit.was_told_gone_by(at)) or (visit.left_at and is_older(at, visit.left_at)):
            _found_again(stays, visit, at)
            return visit
    joined_at = max(
        [joined_at, *(visit.left_at for visit in channel.visits if visit.was_told_gone_by(at) and visit.left_at)]
    )
    visit = stays.begin(channel, _stay_read(caller, queue, joined_at, channel.chain + 1))
    visit.unproven_until = None if was_blind else at + MOMENT
    stays.wake(at + MOMENT, channel)
    stays.tell(visit)
    stays.end_others(channel, visit, joined_at)
    return visit


def _found_again(stays: OpenStays, visit: Visit, at: datetime) -> None:
    """He waits: that he had left was only noticed, and wrongly."""
    is_wrong = visit.left_at is not None and not visit.is_left_told and visit.left_at <= at
    if is_wrong and visit.is_undecided:
        visit.left_at, visit.due = None, None
        stays.change(visit, replace(visit.stay, end=StayEnd.WAITING, left_at=None))


def _read_talk(
    stays: OpenStays, visit: Visit, members: dict[tuple[str, str], Member], at: datetime, *, was_blind: bool
) -> None:
    stay = visit.stay
    member = members.get((stay.queue, stay.interface))
    if stay.left_at is None or not is_talk_over(stay.left_at, member, at, was_blind=was_blind):
        return
    last_call = member.last_call if member else None
    ended_at = last_call if last_call and stay.left_at < last_call < at else at
    stays.change(visit, replace(stay, talk_ended_at=ended_at))


def _stay_read(caller: CallerRead, queue: str, joined_at: datetime, chain: int) -> Stay:
    return Stay(
        queue,
        caller.uniqueid,
        "",
        caller.number,
        "",
        joined_at,
        is_joined_exactly=False,
        position=caller.position,
        chain=chain,
    )
