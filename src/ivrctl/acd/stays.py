"""Events into stays: each caller's, from joining to what became of him, and the gaps where that went unseen.

What is told late still counts: a stay whose end is not told waits a moment for it, and one that is unknown becomes
known when it is told within the life of its channel. ``agents`` has its counterpart for members; ``ledger`` joins them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from ivrctl.acd.events import (
    CallerAbandoned,
    CallerAnswered,
    CallerExited,
    CallerJoined,
    CallerLeft,
    CallerRead,
    ChannelEnded,
    MemberMissed,
    QueuesRead,
    TalkEnded,
)
from ivrctl.acd.order import MOMENT, SLACK, ago, is_near, is_older, is_same_stay
from ivrctl.acd.picture import Member
from ivrctl.acd.reading import is_talk_over
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.acd.visits import Channel, Visit, exited

OVERDUE = timedelta(seconds=60)
"""So long after leaving a living channel may tell why: the controller may be starting again."""
FORGET_AFTER = timedelta(hours=1)
"""A channel without an open stay is remembered so long, unless it ends before, for the chain and for what is late."""
BLINK = timedelta(seconds=1)
"""The length of a gap that is a moment."""


class Stays:
    """The stays that are open or were lately; what has changed is put into ``told``."""

    def __init__(self) -> None:
        self.told: list[Stay | Gap] = []
        self.open: dict[tuple[str, int], Visit] = {}
        """By uniqueid and chain: who waits, has left a moment ago, or talks."""
        self._channels: dict[str, Channel] = {}
        self._wakes: list[tuple[datetime, str]] = []
        self._read_at: datetime | None = None

    def __len__(self) -> int:
        return len(self._channels)

    def restore(self, stays: Iterable[Stay]) -> None:
        """Go on with stays from a store: the open ones, and of those that are over whatever the store still gives."""
        for stay in sorted(stays, key=lambda stay: stay.chain):
            channel = self._channel(stay.uniqueid)
            channel.chain = max(channel.chain, stay.chain)
            visit = Visit(stay, stay.left_at, is_left_told=stay.left_at is not None)
            channel.add(visit)
            if stay.is_over:
                self._forget_later(channel, (stay.talk_ended_at or stay.left_at or stay.joined_at) + FORGET_AFTER)
            else:
                self.open[stay.uniqueid, stay.chain] = visit

    def settle(self, now: datetime) -> None:
        """Whatever is overdue by then is unknown for good."""
        while self._wakes and self._wakes[0][0] <= now:
            _, uniqueid = heapq.heappop(self._wakes)
            channel = self._channels.get(uniqueid)
            if channel is not None:
                self._tend(channel, now)

    def joined(self, event: CallerJoined) -> None:
        """A stay begins; where an earlier one is open in this channel, its end went unseen."""
        channel = self._channel(event.uniqueid)
        if self._is_joined_again(channel, event):
            return
        visit = self._begin(channel, _stay(event, channel.chain + 1))
        left_at = channel.orphans.pop(event.queue, None)
        next_at = channel.next_after(visit)
        if left_at is not None and left_at >= event.at:
            self._leave(channel, visit, left_at, is_told=True, due=event.at + MOMENT)
        elif next_at is not None or channel.ended_at is not None:
            self._leave(channel, visit, next_at or channel.ended_at or event.at, is_told=False, due=event.at + MOMENT)
        self._tell(visit)
        self._end_others(channel, visit, event.at)
        match channel.early:
            case CallerExited(at=at) as early if at >= event.at:
                self.exited(early)
            case CallerAbandoned(at=at) as early if at >= event.at:
                self.abandoned(early)

    def left(self, event: CallerLeft) -> None:
        """He waits no longer; why, another event tells."""
        channel = self._channel(event.uniqueid)
        visit = channel.newest(event.at, event.queue)
        if visit is not None and visit.left_at is None:
            due = event.at + (OVERDUE if channel.ended_at is None else MOMENT)
            self._leave(channel, visit, visit.not_before(event.at), is_told=True, due=due)
        elif visit is None or not (visit.left_at and is_near(event.at, visit.left_at)):
            self._orphan(channel, event.queue, event.at)
        elif not visit.is_left_told and visit.is_undecided:
            visit.left_at, visit.is_left_told = visit.not_before(event.at), True

    def abandoned(self, event: CallerAbandoned) -> None:
        """He hung up while he waited."""
        visit = self._visit(event.uniqueid, event.queue, event.at, event.hold)
        if visit is None:
            self._channel(event.uniqueid).early = event
        elif visit.is_undecided:
            left_at = visit.left_at if visit.left_at and visit.is_left_told else visit.not_before(event.at)
            self._change(visit, replace(visit.stay, end=StayEnd.ABANDONED, left_at=left_at))

    def exited(self, event: CallerExited) -> None:
        """Why he left, as the dialplan or the controller was told."""
        channel = self._channel(event.uniqueid)
        visit = channel.newest(event.at)
        if visit is not None and visit.is_undecided and not channel.is_orphaned_after(visit):
            left_at = visit.left_at if visit.left_at and visit.is_left_told else visit.not_before(event.at)
            stay = exited(visit.stay, event.outcome, left_at)
            if stay is not None:
                self._change(visit, stay)
        elif visit is None or (visit.left_at is not None and event.at > visit.left_at):
            channel.early = event
            self._forget_later(channel, event.at + SLACK)

    def answered(self, event: CallerAnswered) -> None:
        """He talks to a member."""
        visit = self._visit(event.uniqueid, event.queue, event.at, event.hold)
        if visit is None or not visit.is_undecided:
            return
        channel = self._channel(event.uniqueid)
        left_at = visit.not_before(event.at)
        over_at = channel.next_after(visit) or channel.ended_at
        talk_ended_at = None if over_at is None else max(over_at, left_at)
        stay = replace(visit.stay, end=StayEnd.ANSWERED, left_at=left_at, interface=event.interface)
        self._change(visit, replace(stay, talk_ended_at=talk_ended_at))

    def talk_ended(self, event: TalkEnded) -> None:
        """The talk is over; where its beginning was not told, it is reckoned from its length."""
        hold = None if event.hold is None else event.hold + event.talk
        visit = self._visit(event.uniqueid, event.queue, event.at, hold, is_talk=True)
        if visit is None:
            return
        stay = visit.stay
        if visit.is_undecided:
            left_at = visit.not_before(max(ago(event.at, event.talk), stay.joined_at))
            stay = replace(stay, end=StayEnd.ANSWERED, left_at=left_at, interface=event.interface)
        elif stay.end is not StayEnd.ANSWERED or stay.talk_ended_by or is_older(event.at, stay.left_at):
            return
        self._change(visit, replace(stay, talk_ended_at=event.at, talk_ended_by=event.by))

    def missed(self, event: MemberMissed) -> None:
        """A phone rang for him in vain; the entry tells it with its next change."""
        channel = self._channels.get(event.uniqueid)
        visit = channel.newest(event.at, event.queue) if channel else None
        if visit is None:
            return
        before = visit.missed.get(event.interface)
        if visit.stay.end is StayEnd.WAITING and (before is None or event.at > before):
            visit.missed[event.interface] = event.at
            visit.stay = replace(visit.stay, missed=visit.stay.missed + 1)

    def channel_ended(self, event: ChannelEnded) -> None:
        """Whatever of it is open has ended by now."""
        channel = self._channels.get(event.uniqueid)
        if channel is None or channel.ended_at is not None:
            return
        channel.ended_at = event.at
        for visit in channel.visits:
            self._end(channel, visit, event.at)
        self._forget_later(channel, event.at + SLACK)

    def read(self, event: QueuesRead, *, was_blind: bool) -> None:
        """Who is not there any more has left unseen, who is there and was not known has joined unseen."""
        if is_older(event.at, self._read_at):
            return
        there: set[int] = set()
        for queue in event.queues:
            for caller in queue.callers:
                visit = self._read_caller(queue.settings.name, caller, event.at, was_blind=was_blind)
                there.add(id(visit))
        members = {(each.settings.name, member.interface): member for each in event.queues for member in each.members}
        for visit in list(self.open.values()):
            if visit.stay.end is StayEnd.ANSWERED:
                self._read_talk(visit, members, event.at, was_blind=was_blind)
            elif id(visit) not in there and visit.left_at is None and visit.stay.joined_at <= event.at:
                channel = self._channel(visit.stay.uniqueid)
                self._leave(channel, visit, event.at, is_told=False, due=event.at + MOMENT)
        self._read_at = event.at

    def _read_caller(self, queue: str, caller: CallerRead, at: datetime, *, was_blind: bool) -> Visit | None:
        channel, joined_at = self._channel(caller.uniqueid), ago(at, caller.waited)
        for visit in channel.visits:
            is_it = visit.stay.queue == queue and is_same_stay(visit.stay.joined_at, joined_at)
            if (is_it and not visit.was_told_gone_by(at)) or (visit.left_at and is_older(at, visit.left_at)):
                self._found_again(visit, at)
                return visit
        joined_at = max(
            [joined_at, *(visit.left_at for visit in channel.visits if visit.was_told_gone_by(at) and visit.left_at)]
        )
        visit = self._begin(channel, _stay_read(caller, queue, joined_at, channel.chain + 1))
        visit.unproven_until = None if was_blind else at + MOMENT
        self._wake(at + MOMENT, channel)
        self._tell(visit)
        self._end_others(channel, visit, joined_at)
        return visit

    def _found_again(self, visit: Visit, at: datetime) -> None:
        """He waits: that he had left was only noticed, and wrongly."""
        is_wrong = visit.left_at is not None and not visit.is_left_told and visit.left_at <= at
        if is_wrong and visit.is_undecided:
            visit.left_at, visit.due = None, None
            self._change(visit, replace(visit.stay, end=StayEnd.WAITING, left_at=None))

    def _read_talk(
        self, visit: Visit, members: dict[tuple[str, str], Member], at: datetime, *, was_blind: bool
    ) -> None:
        stay = visit.stay
        member = members.get((stay.queue, stay.interface))
        if stay.left_at is None or not is_talk_over(stay.left_at, member, at, was_blind=was_blind):
            return
        last_call = member.last_call if member else None
        ended_at = last_call if last_call and stay.left_at < last_call < at else at
        self._change(visit, replace(stay, talk_ended_at=ended_at))

    def _is_joined_again(self, channel: Channel, event: CallerJoined) -> bool:
        """Told twice; or a stay that was reckoned has its exact beginning now."""
        for visit in channel.visits:
            stay = visit.stay
            if stay.queue != event.queue or not is_same_stay(stay.joined_at, event.at):
                continue
            if stay.is_joined_exactly and stay.joined_at == event.at:
                return True
            if not stay.is_joined_exactly:
                visit.unproven_until = None
                self._change(visit, _made_exact(stay, event))
                return True
        return False

    def _visit(
        self, uniqueid: str, queue: str, at: datetime, hold: float | None, *, is_talk: bool = False
    ) -> Visit | None:
        """The stay that an end is of; where its joining was lost, it is reckoned from the seconds that he was there."""
        channel = self._channel(uniqueid)
        visit = channel.newest(at, queue)
        if visit is not None:
            is_of_another = visit.left_at is not None and hold is not None and ago(at, hold) > visit.left_at + MOMENT
            if not is_of_another or (
                is_talk and visit.stay.end is StayEnd.ANSWERED and visit.stay.talk_ended_at is None
            ):
                return visit
        if hold is None:
            self._orphan(channel, queue, at)
            return None
        stay = Stay(
            queue, uniqueid, "", "", "", ago(at, hold), is_joined_exactly=False, position=0, chain=channel.chain + 1
        )
        channel.orphans.pop(queue, None)
        visit = self._begin(channel, stay)
        visit.unproven_until = at + MOMENT
        self._wake(at + MOMENT, channel)
        self._end_others(channel, visit, stay.joined_at)
        return visit

    def _channel(self, uniqueid: str) -> Channel:
        channel = self._channels.get(uniqueid)
        if channel is None:
            channel = self._channels[uniqueid] = Channel(uniqueid)
        return channel

    def _begin(self, channel: Channel, stay: Stay) -> Visit:
        visit = Visit(stay)
        channel.chain += 1
        channel.add(visit)
        return visit

    def _end_others(self, channel: Channel, visit: Visit, at: datetime) -> None:
        for other in channel.visits:
            if other is not visit and other.stay.joined_at < visit.stay.joined_at:
                self._end(channel, other, at)

    def _end(self, channel: Channel, visit: Visit, at: datetime) -> None:
        """He is elsewhere, or his channel is no more: the talk is over; and why he left, if not told now, never is."""
        if visit.stay.end is StayEnd.ANSWERED and visit.stay.talk_ended_at is None:
            self._change(visit, replace(visit.stay, talk_ended_at=max(at, visit.stay.left_at or at)))
        elif visit.stay.end is StayEnd.WAITING and visit.left_at is None:
            self._leave(channel, visit, visit.not_before(at), is_told=False, due=at + MOMENT)
        elif visit.stay.end is StayEnd.WAITING and visit.left_at is not None:
            self._leave(channel, visit, visit.left_at, is_told=visit.is_left_told, due=at + MOMENT)

    def _leave(self, channel: Channel, visit: Visit, at: datetime, *, is_told: bool, due: datetime) -> None:
        visit.left_at, visit.is_left_told, visit.due = at, is_told, due
        self._wake(due, channel)

    def _orphan(self, channel: Channel, queue: str, at: datetime) -> None:
        """Somebody has left who had not been there: his joining comes within a moment, or never."""
        before = channel.orphans.get(queue)
        if before is None or not is_near(at, before):
            channel.orphans[queue] = at
            self._wake(at + MOMENT, channel)
            self._forget_later(channel, at + SLACK)

    def _change(self, visit: Visit, stay: Stay) -> None:
        visit.stay = stay
        if stay.end not in {StayEnd.WAITING, StayEnd.UNKNOWN}:
            visit.left_at, visit.is_left_told, visit.due = stay.left_at, True, None
        self._tell(visit)

    def _tell(self, visit: Visit) -> None:
        stay = visit.stay
        self.told.append(stay)
        if not stay.is_over:
            self.open[stay.uniqueid, stay.chain] = visit
            return
        self.open.pop((stay.uniqueid, stay.chain), None)
        over_at = stay.talk_ended_at or stay.left_at or stay.joined_at
        self._forget_later(self._channel(stay.uniqueid), over_at + FORGET_AFTER)

    def _tend(self, channel: Channel, now: datetime) -> None:
        for visit in channel.visits:
            if visit.due is not None and visit.due <= now:
                self._give_up(visit)
            if visit.unproven_until is not None and visit.unproven_until <= now:
                visit.unproven_until = None
                joined_at = visit.stay.joined_at
                self._gap(visit.stay.queue, joined_at - BLINK, joined_at + BLINK, "a caller joined unseen")
        for queue, at in [*channel.orphans.items()]:
            if at + MOMENT <= now:
                del channel.orphans[queue]
                self._gap(queue, self._sure_at(at), at, "a caller left whose joining went unseen")
        if channel.forget_at is not None and channel.forget_at <= now and not any(self._is_open(channel)):
            self._channels.pop(channel.uniqueid, None)

    def _give_up(self, visit: Visit) -> None:
        visit.due = None
        if visit.stay.end is not StayEnd.WAITING or visit.left_at is None:
            return
        left_at = visit.left_at
        self._change(visit, replace(visit.stay, end=StayEnd.UNKNOWN, left_at=left_at))
        if visit.is_left_told:
            self._gap(visit.stay.queue, left_at, left_at + BLINK, "why a caller left went unseen")
        else:
            began_at = max(self._sure_at(left_at), visit.stay.joined_at)
            self._gap(visit.stay.queue, began_at, left_at, "a caller left unseen")

    def _sure_at(self, at: datetime) -> datetime:
        """The last reading before a moment."""
        return self._read_at if self._read_at is not None and self._read_at < at else at - BLINK

    def _gap(self, queue: str, began_at: datetime, ended_at: datetime, why: str) -> None:
        self.told.append(Gap(began_at, max(ended_at, began_at + BLINK), why, queue))

    def _is_open(self, channel: Channel) -> Iterator[bool]:
        return ((channel.uniqueid, visit.stay.chain) in self.open for visit in channel.visits)

    def _forget_later(self, channel: Channel, at: datetime) -> None:
        """At the latest that anything of it has asked for; or soon behind the end of the channel."""
        if channel.ended_at is not None:
            at = channel.ended_at + SLACK
        if channel.forget_at is None or at > channel.forget_at or channel.ended_at is not None:
            channel.forget_at = at
            self._wake(at, channel)

    def _wake(self, at: datetime, channel: Channel) -> None:
        heapq.heappush(self._wakes, (at, channel.uniqueid))


def _stay(event: CallerJoined, chain: int) -> Stay:
    return Stay(
        event.queue,
        event.uniqueid,
        event.linkedid,
        event.number,
        event.line,
        event.at,
        is_joined_exactly=True,
        position=event.position,
        chain=chain,
    )


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


def _made_exact(stay: Stay, event: CallerJoined) -> Stay:
    return replace(
        stay,
        linkedid=event.linkedid,
        number=event.number,
        line=event.line,
        joined_at=event.at,
        is_joined_exactly=True,
        position=event.position,
    )
