"""Events into stays: each caller's, from joining to what became of him.

What is told late still counts: a stay whose end is not told waits a moment for it, and one that is unknown becomes
known when it is told within the life of its channel. ``agents`` has its counterpart for members; ``ledger`` joins them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ivrctl.acd.events import (
    CallerAbandoned,
    CallerAnswered,
    CallerExited,
    CallerJoined,
    CallerLeft,
    ChannelEnded,
    MemberMissed,
    TalkEnded,
)
from ivrctl.acd.open_stays import OVERDUE, OpenStays
from ivrctl.acd.order import MOMENT, SLACK, TOGETHER, ago, is_older, is_same_stay, is_told
from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.acd.visits import Channel, Visit, exited


class Stays:
    """What becomes of the open stays by events."""

    def __init__(self, stays: OpenStays) -> None:
        self._open = stays

    def joined(self, event: CallerJoined) -> None:
        """A stay begins; where an earlier one is open in this channel, its end went unseen."""
        channel = self._open.channel(event.uniqueid)
        if self._is_joined_again(channel, event):
            return
        visit = self._open.begin(channel, _stay(event, channel.chain + 1))
        left_at = channel.orphans.pop(event.queue, None)
        next_at = channel.next_after(visit)
        if left_at is not None and left_at >= event.at:
            self._open.leave(channel, visit, left_at, is_told=True, due=event.at + MOMENT)
        elif next_at is not None or channel.ended_at is not None:
            self._open.leave(
                channel, visit, next_at or channel.ended_at or event.at, is_told=False, due=event.at + MOMENT
            )
        self._open.tell(visit)
        self._open.end_others(channel, visit, event.at)
        match channel.early:
            case CallerExited(at=at) as early if at >= event.at:
                self.exited(early)
            case CallerAbandoned(at=at) as early if at >= event.at:
                self.abandoned(early)

    def left(self, event: CallerLeft) -> None:
        """He waits no longer; why, another event tells."""
        channel = self._open.channel(event.uniqueid)
        visit = channel.newest(event.at, event.queue)
        if visit is not None and visit.left_at is None:
            due = event.at + (OVERDUE if channel.ended_at is None else MOMENT)
            self._open.leave(channel, visit, visit.not_before(event.at), is_told=True, due=due)
        elif visit is None or visit.left_at is None or event.at > visit.left_at + TOGETHER:
            self._open.orphan(channel, event.queue, event.at)
        elif not visit.is_left_told and visit.is_undecided:
            visit.left_at, visit.is_left_told = visit.not_before(event.at), True

    def abandoned(self, event: CallerAbandoned) -> None:
        """He hung up while he waited."""
        visit = self._visit(event.uniqueid, event.queue, event.at, event.hold)
        channel = self._open.channel(event.uniqueid)
        # What comes behind it may have been told before it.
        reason = channel.early if isinstance(channel.early, CallerExited) and channel.early.at >= event.at else None
        if visit is None:
            channel.early = reason or event
        elif visit.is_undecided:
            left_at = visit.left_at if visit.left_at and visit.is_left_told else visit.not_before(event.at)
            self._open.change(visit, replace(visit.stay, end=StayEnd.ABANDONED, left_at=left_at))
            if reason is not None:
                self.exited(reason)

    def exited(self, event: CallerExited) -> None:
        """Why he left, as the dialplan or the controller was told; who hung up has no reason, so this counts more."""
        channel = self._open.channel(event.uniqueid)
        visit = channel.newest(event.at)
        if visit is not None and visit.may_have_left_at(event.at) and not channel.is_orphaned_after(visit):
            left_at = visit.left_at if visit.left_at and visit.is_left_told else visit.not_before(event.at)
            stay = exited(visit.stay, event.outcome, left_at)
            if stay is not None:
                self._open.change(visit, stay)
        elif visit is None or (visit.left_at is not None and event.at > visit.left_at):
            channel.early = event
            self._open.forget_later(channel, event.at + SLACK)

    def answered(self, event: CallerAnswered) -> None:
        """He talks to a member."""
        visit = self._visit(event.uniqueid, event.queue, event.at, event.hold)
        if visit is None:
            return
        stay = visit.stay
        is_reckoned = stay.end is StayEnd.ANSWERED and stay.left_at is not None and event.at < stay.left_at
        if is_reckoned and stay.talk_ended_at is not None:
            self._open.change(visit, replace(stay, left_at=visit.not_before(event.at)))
        if not visit.is_undecided:
            return
        channel = self._open.channel(event.uniqueid)
        left_at = visit.not_before(event.at)
        over_at = channel.next_after(visit) or channel.ended_at
        talk_ended_at = None if over_at is None else max(over_at, left_at)
        stay = replace(visit.stay, end=StayEnd.ANSWERED, left_at=left_at, interface=event.interface)
        self._open.change(visit, replace(stay, talk_ended_at=talk_ended_at))

    def talk_ended(self, event: TalkEnded) -> None:
        """The talk is over; where its beginning was not told, it is reckoned from its length."""
        if not event.uniqueid:
            uniqueid = self._open.talker(event.queue, event.interface, ago(event.at, event.talk))
            if uniqueid:
                self.talk_ended(replace(event, uniqueid=uniqueid))
            return
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
        self._open.change(visit, replace(stay, talk_ended_at=event.at, talk_ended_by=event.by))

    def missed(self, event: MemberMissed) -> None:
        """A phone rang for him in vain; the entry tells it with its next change."""
        channel = self._open.channels.get(event.uniqueid)
        visit = channel.newest(event.at, event.queue) if channel else None
        if visit is None or is_told(event.at, visit.known_until):
            return
        before = visit.missed.get(event.interface)
        if visit.stay.end is StayEnd.WAITING and (before is None or event.at > before):
            visit.missed[event.interface] = event.at
            visit.stay = replace(visit.stay, missed=visit.stay.missed + 1)

    def channel_ended(self, event: ChannelEnded) -> None:
        """Whatever of it is open has ended by now."""
        channel = self._open.channels.get(event.uniqueid)
        if channel is None or channel.ended_at is not None:
            return
        channel.ended_at = event.at
        for visit in channel.visits:
            self._open.end(channel, visit, event.at)
        self._open.forget_later(channel, event.at + SLACK)

    def _is_joined_again(self, channel: Channel, event: CallerJoined) -> bool:
        """Told twice; or a stay that was reckoned has its exact beginning now."""
        for visit in channel.visits:
            stay = visit.stay
            if stay.queue != event.queue or not is_same_stay(stay.joined_at, event.at):
                continue
            if stay.is_joined_exactly and stay.joined_at == event.at:
                return True
            # Nobody joins behind his own leaving: that is the beginning of another stay, told before that of this one.
            if not stay.is_joined_exactly and (stay.left_at is None or event.at <= stay.left_at):
                visit.unproven_until = None
                self._open.change(visit, _made_exact(stay, event))
                return True
        return False

    def _visit(
        self, uniqueid: str, queue: str, at: datetime, hold: float | None, *, is_talk: bool = False
    ) -> Visit | None:
        """The stay that an end is of; where its joining was lost, it is reckoned from the seconds that he was there."""
        channel = self._open.channel(uniqueid)
        visit = channel.newest(at, queue)
        if visit is not None and not (hold is not None and _is_over_by(visit, at, ago(at, hold), is_talk=is_talk)):
            return visit
        if hold is None:
            self._open.orphan(channel, queue, at)
            return None
        stay = Stay(
            queue, uniqueid, "", "", "", ago(at, hold), is_joined_exactly=False, position=0, chain=channel.chain + 1
        )
        channel.orphans.pop(queue, None)
        visit = self._open.begin(channel, stay)
        visit.unproven_until = at + MOMENT
        self._open.wake(at + MOMENT, channel)
        self._open.end_others(channel, visit, stay.joined_at)
        return visit


def _is_over_by(visit: Visit, at: datetime, joined_at: datetime, *, is_talk: bool) -> bool:
    """True where somebody who ended now, and joined then, did not do so in that stay: it was over."""
    stay = visit.stay
    over_at = stay.talk_ended_at if is_talk and stay.end is StayEnd.ANSWERED else visit.left_at
    if over_at is None or (stay.end is StayEnd.WAITING and at <= over_at + OVERDUE):
        return False
    return joined_at > over_at + TOGETHER


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
