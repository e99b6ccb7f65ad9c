"""The stays that are open or were lately, and when those are given up that nobody tells the end of.

``stays`` says what becomes of them by events and ``stays_reading`` by readings.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ivrctl.acd.order import MOMENT, SLACK, is_near, is_same_stay
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.acd.visits import Channel, Visit

OVERDUE = timedelta(seconds=60)
"""So long after leaving a living channel may tell why: the controller may be starting again."""
FORGET_AFTER = timedelta(hours=1)
"""A channel without an open stay is remembered so long, unless it ends before, for the chain and for what is late."""
SWEEP_EVERY = timedelta(seconds=30)
"""So often is looked for what can be forgotten."""
BLINK = timedelta(seconds=1)
"""The length of a gap that is a moment."""


class OpenStays:
    """Channels with their stays; what has changed is put into ``told``."""

    def __init__(self) -> None:
        self.told: list[Stay | Gap] = []
        self.open: dict[tuple[str, int], Visit] = {}
        """By uniqueid and chain: who waits, has left a moment ago, or talks."""
        self.channels: dict[str, Channel] = {}
        self.read_at: datetime | None = None
        self._wakes: list[tuple[datetime, str]] = []
        self._settled_at: datetime | None = None
        self._swept_at: datetime | None = None

    def __len__(self) -> int:
        return len(self.channels)

    def restore(self, stays: Iterable[Stay], known_until: datetime | None = None) -> None:
        """Go on with stays from a store: the open ones, and of those that are over whatever the store still gives.

        Args:
            stays: these.
            known_until: all that is told from before that stands in them already; None where nothing is told again.
        """
        for stay in sorted(stays, key=lambda stay: stay.chain):
            channel = self.channel(stay.uniqueid)
            channel.chain = max(channel.chain, stay.chain)
            visit = Visit(stay, stay.left_at, is_left_told=stay.left_at is not None, known_until=known_until)
            channel.add(visit)
            if stay.is_over:
                self.forget_later(channel, (stay.talk_ended_at or stay.left_at or stay.joined_at) + FORGET_AFTER)
            else:
                self.open[stay.uniqueid, stay.chain] = visit

    def settle(self, now: datetime) -> None:
        """Whatever is overdue by then is unknown for good."""
        self._settled_at = now
        while self._wakes and self._wakes[0][0] <= now:
            _, uniqueid = heapq.heappop(self._wakes)
            channel = self.channels.get(uniqueid)
            if channel is not None:
                self._tend(channel, now)
        if self._swept_at is None or not self._swept_at <= now < self._swept_at + SWEEP_EVERY:
            self._swept_at = now
            self._sweep(now)

    def channel(self, uniqueid: str) -> Channel:
        """A channel, known or new."""
        channel = self.channels.get(uniqueid)
        if channel is None:
            channel = self.channels[uniqueid] = Channel(uniqueid)
        return channel

    def talker(self, queue: str, interface: str, began_at: datetime) -> str:
        """Who talked to a member, of whose talk nobody has told the end; empty where nobody did. All are looked at."""
        near = [
            (abs(visit.stay.left_at - began_at), uniqueid)
            for uniqueid, channel in self.channels.items()
            for visit in channel.visits
            if visit.stay.queue == queue and visit.stay.interface == interface and not visit.stay.talk_ended_by
            if visit.stay.left_at is not None and is_same_stay(visit.stay.left_at, began_at)
        ]
        return min(near)[1] if near else ""

    def begin(self, channel: Channel, stay: Stay) -> Visit:
        """One more stay of a channel; it is told when all is known of it."""
        visit = Visit(stay)
        channel.chain += 1
        channel.add(visit)
        return visit

    def end_others(self, channel: Channel, visit: Visit, at: datetime) -> None:
        """He is in that stay now: those before it are over."""
        for other in channel.visits:
            if other is not visit and other.stay.joined_at < visit.stay.joined_at:
                self.end(channel, other, at)

    def end(self, channel: Channel, visit: Visit, at: datetime) -> None:
        """He is elsewhere, or his channel is no more: the talk is over; and why he left, if not told now, never is."""
        due = max(at, self._settled_at or at) + MOMENT
        if visit.stay.end is StayEnd.ANSWERED and visit.stay.talk_ended_at is None:
            self.change(visit, replace(visit.stay, talk_ended_at=max(at, visit.stay.left_at or at)))
        elif visit.stay.end is StayEnd.WAITING and visit.left_at is None:
            self.leave(channel, visit, visit.not_before(at), is_told=False, due=due)
        elif visit.stay.end is StayEnd.WAITING and visit.left_at is not None:
            self.leave(channel, visit, visit.left_at, is_told=visit.is_left_told, due=due)

    def leave(self, channel: Channel, visit: Visit, at: datetime, *, is_told: bool, due: datetime) -> None:
        """He waits no longer; why may be told until it is due."""
        visit.left_at, visit.is_left_told, visit.due = at, is_told, due
        self.wake(due, channel)

    def orphan(self, channel: Channel, queue: str, at: datetime) -> None:
        """Somebody has left who had not been there: his joining comes within a moment, or never."""
        before = channel.orphans.get(queue)
        if before is None or not is_near(at, before):
            channel.orphans[queue] = at
            self.wake(at + MOMENT, channel)
            self.forget_later(channel, at + SLACK)

    def change(self, visit: Visit, stay: Stay) -> None:
        """What a stay is from now on."""
        visit.stay = stay
        if stay.end not in {StayEnd.WAITING, StayEnd.UNKNOWN}:
            visit.left_at, visit.is_left_told, visit.due = stay.left_at, True, None
        self.tell(visit)

    def tell(self, visit: Visit) -> None:
        """An entry for the store."""
        stay = visit.stay
        self.told.append(stay)
        if not stay.is_over:
            self.open[stay.uniqueid, stay.chain] = visit
            return
        self.open.pop((stay.uniqueid, stay.chain), None)
        over_at = stay.talk_ended_at or stay.left_at or stay.joined_at
        self.forget_later(self.channel(stay.uniqueid), over_at + FORGET_AFTER)

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

    def _give_up(self, visit: Visit) -> None:
        visit.due = None
        if visit.stay.end is not StayEnd.WAITING or visit.left_at is None:
            return
        left_at = visit.left_at
        self.change(visit, replace(visit.stay, end=StayEnd.UNKNOWN, left_at=left_at))
        if visit.is_left_told:
            self._gap(visit.stay.queue, left_at, left_at + BLINK, "why a caller left went unseen")
        else:
            began_at = max(self._sure_at(left_at), visit.stay.joined_at)
            self._gap(visit.stay.queue, began_at, left_at, "a caller left unseen")

    def _sure_at(self, at: datetime) -> datetime:
        """The last reading before a moment."""
        return self.read_at if self.read_at is not None and self.read_at < at else at - BLINK

    def _gap(self, queue: str, began_at: datetime, ended_at: datetime, why: str) -> None:
        self.told.append(Gap(began_at, max(ended_at, began_at + BLINK), why, queue))

    def _sweep(self, now: datetime) -> None:
        """Forget the channels of which nothing more can come."""
        gone = [uniqueid for uniqueid, each in self.channels.items() if each.forget_at and each.forget_at <= now]
        for uniqueid in gone:
            if all(visit.stay.is_over for visit in self.channels[uniqueid].visits):
                del self.channels[uniqueid]

    def forget_later(self, channel: Channel, at: datetime) -> None:
        """At the latest that anything of it has asked for; or soon behind the end of the channel."""
        if channel.ended_at is not None:
            at = channel.ended_at + SLACK
        if channel.forget_at is None or at > channel.forget_at or channel.ended_at is not None:
            channel.forget_at = at

    def wake(self, at: datetime, channel: Channel) -> None:
        """Look at a channel again then."""
        heapq.heappush(self._wakes, (at, channel.uniqueid))
