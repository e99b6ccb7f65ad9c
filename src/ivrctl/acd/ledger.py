"""Events into the entries of the books: stays of callers, spans of agents, and gaps where something went unseen.

::

    ledger = Ledger()
    for event in events:
        store.put(ledger.take(event))       # entries that have begun, changed or ended
    store.put(ledger.settle(now))           # and, now and then, what is overdue

An entry is told anew when it changes: a stay by ``uniqueid`` and ``chain``, a span by ``interface`` and ``began_at``, a
gap by ``queue`` and ``began_at``; the last telling counts. Everything is known by the clock of the events; nothing
raises. The ledger changes in place, and holds what is open, and channels for as long as something of theirs may come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from ivrctl.acd.agents import Agents
from ivrctl.acd.events import (
    BackupChanged,
    CallerAbandoned,
    CallerAnswered,
    CallerExited,
    CallerJoined,
    CallerLeft,
    ChannelEnded,
    DevicesRead,
    Event,
    MemberMissed,
    MemberRang,
    MemberRemoved,
    MemberSeen,
    Overlooked,
    QueuesRead,
    SightLost,
    TalkEnded,
)
from ivrctl.acd.open_stays import BLINK, OVERDUE, OpenStays
from ivrctl.acd.order import MOMENT, SLACK
from ivrctl.acd.stay import AgentSpan, Gap, Stay
from ivrctl.acd.stays import Stays
from ivrctl.acd.stays_reading import read_stays

Entry: TypeAlias = Stay | AgentSpan | Gap


class Ledger:
    """What is open in the books."""

    def __init__(self) -> None:
        self._open = OpenStays()
        self._stays = Stays(self._open)
        self._agents = Agents()
        self._gap: Gap | None = None
        self._seen_at: datetime | None = None
        self._read_at: datetime | None = None
        self._gaps: list[Gap] = []

    @classmethod
    def restored(
        cls, entries: Iterable[Entry], seen_at: datetime | None = None, *, is_handed_over: bool = False
    ) -> Ledger:
        """Go on after a restart of the controller.

        Args:
            entries: the open ones; and stays of the last hour that are over, by which the chains of their channels
                go on.
            seen_at: when something was seen for the last time; the gap until the first reading begins there.
            is_handed_over: nothing went unseen. What is told first is a reading from before ``seen_at``, and all that
                has happened behind that reading, much of which is in the entries already.
        """
        ledger, known = cls(), list(entries)
        stays, known_until = [entry for entry in known if isinstance(entry, Stay)], seen_at if is_handed_over else None
        ledger._open.restore(stays, known_until)
        gaps = [entry for entry in known if isinstance(entry, Gap) and entry.ended_at is None]
        if gaps:
            ledger._gap = gaps[0]
        elif is_handed_over:
            ledger._read_at = seen_at
        elif seen_at is not None:
            ledger._gap = Gap(seen_at, None, "ivrctl was not running")
            ledger._gaps.append(ledger._gap)
        spans = (entry for entry in known if isinstance(entry, AgentSpan))
        ledger._agents.restore(spans, ledger._gap, known_until)
        for stay in stays:
            if stay.left_at is not None and not stay.is_over:
                ledger._agents.follow(stay, stay.left_at)  # he talks
        return ledger

    @property
    def open_stays(self) -> tuple[Stay, ...]:
        """Who waits, has left a moment ago, or talks."""
        return tuple(visit.stay for visit in self._open.open.values())

    @property
    def open_spans(self) -> tuple[AgentSpan, ...]:
        """What everybody does who is signed on."""
        return tuple(self._agents.open_spans)

    @property
    def seen_at(self) -> datetime | None:
        """The last event that was taken."""
        return self._seen_at

    @property
    def open_gap(self) -> Gap | None:
        """Since when nothing is seen; None while something is."""
        return self._gap

    def take(self, event: Event) -> tuple[Entry, ...]:
        """What follows from an event."""
        self._clock(event.at)
        match event:
            case MemberSeen():
                self._agents.seen(event)
            case MemberRang():
                self._agents.rang(event)
            case MemberMissed():
                self._stays.missed(event)
                self._agents.missed(event)
            case MemberRemoved():
                self._agents.removed(event)
            case QueuesRead():
                self._read(event)
            case SightLost():
                self._lost(event)
            case Overlooked():
                self._gaps.append(Gap(event.since, event.at, event.why))
            case BackupChanged() | DevicesRead():
                pass  # the books are of queues: who could come in is in none
            case _:
                self._take_of_caller(event)
        return self._told(event.at)

    def settle(self, now: datetime) -> tuple[Entry, ...]:
        """What is overdue by now: ends that nobody told, wrap-up times that are over."""
        self._open.settle(now)
        self._agents.settle(now)
        return self._told(now)

    def _take_of_caller(
        self,
        event: CallerJoined | CallerLeft | CallerAbandoned | CallerExited | CallerAnswered | TalkEnded | ChannelEnded,
    ) -> None:
        match event:
            case CallerJoined():
                self._stays.joined(event)
            case CallerLeft():
                self._stays.left(event)
            case CallerAbandoned():
                self._stays.abandoned(event)
            case CallerExited():
                self._stays.exited(event)
            case CallerAnswered():
                self._stays.answered(event)
            case TalkEnded():
                self._stays.talk_ended(event)
            case ChannelEnded():
                self._stays.channel_ended(event)

    def _clock(self, at: datetime) -> None:
        """What is due before an event is so before it; a clock that is set back makes a time that is there twice."""
        seen_at = self._seen_at
        if seen_at is not None and at < seen_at - SLACK:
            self._open.settle(seen_at + OVERDUE + MOMENT)
            self._gaps.append(Gap(at, seen_at, "the clock was set back"))
            self._seen_at = at
        elif seen_at is None or at > seen_at:
            self._seen_at = at
        self._open.settle(at)
        self._agents.settle(at)

    def _lost(self, event: SightLost) -> None:
        if self._gap is None:
            self._gap = Gap(event.at, None, event.why)
            self._gaps.append(self._gap)
            self._agents.lost(event.at)

    def _read(self, event: QueuesRead) -> None:
        was_blind = self._gap is not None or self._read_at is None
        if self._gap is None and self._read_at is None:
            self._gap = Gap(event.at - BLINK, None, "nothing was seen before")
        if self._gap is not None:
            self._gaps.append(replace(self._gap, ended_at=max(event.at, self._gap.began_at + BLINK)))
            self._gap = None
        self._read_at = event.at
        read_stays(self._open, event, was_blind=was_blind)
        for stay in self._open.told:
            if isinstance(stay, Stay):
                self._agents.follow(stay, event.at)
        self._agents.read(event)

    def _told(self, at: datetime) -> tuple[Entry, ...]:
        stays, agents, gaps = self._open, self._agents, self._gaps
        if not (stays.told or agents.told or gaps):
            return ()
        for stay in stays.told:
            if isinstance(stay, Stay):
                agents.follow(stay, at)
        told = (*gaps, *stays.told, *agents.told)
        stays.told, agents.told, self._gaps = [], [], []
        return told
