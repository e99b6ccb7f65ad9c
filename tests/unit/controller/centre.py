"""A call centre as a controller sees it: a picture that is folded from events, at a noon that stands still."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from ivrctl.acd.events import (
    CallerAnswered,
    CallerJoined,
    Event,
    MemberRang,
    MemberSeen,
    QueueRead,
    QueuesRead,
    SightLost,
)
from ivrctl.acd.picture import BackupStaff, DeviceState, Member, Origin, QueueSettings
from ivrctl.adapters.ami import Login
from ivrctl.service.controller import Controller
from ivrctl.service.queues import AmiAccess, QueueObserver
from ivrctl.service.queues.observer import Link, ObserverParts, Stream

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Seen:
    """What a controller sees: it is told, and asked."""

    def __init__(self, controller: Controller) -> None:
        self.now = NOON
        parts = ObserverParts(
            stream=cast("Stream", None),
            link=cast("Link", None),
            books=controller.queues.books,
            clock=lambda: self.now,
            seconds=lambda: 0.0,
            pause=_never,
        )
        self.observer = QueueObserver(parts)
        controller.queues._access = AmiAccess(("127.0.0.1", 1), Login("ivrctl", "secret"))
        controller.queues.observer = self.observer

    def tell(self, *events: Event) -> None:
        """So much happens."""
        for event in events:
            self.observer._fold(event)

    def an_afternoon(self) -> None:
        """Three queues: in sales two wait and one talks; one is in billing; nobody is in night. 8103 could come in."""
        queues = [_read("sales"), _read("billing"), _read("night")]
        self.tell(QueuesRead(NOON - 600 * SECOND, queues, frozenset({"8103"})))
        for queue, member in (
            ("sales", _member("8101", "Li Na")),
            ("sales", _member("8105", "Kim", device=DeviceState.RINGING, since=NOON - 3 * SECOND)),
            ("sales", _member("8102", "Wang Wei", penalty=5, is_paused=True, pause_reason="lunch")),
            ("billing", _member("8102", "Wang Wei", is_paused=True, pause_reason="lunch")),
            ("billing", _member("8103", "Zhao Lei")),
            ("billing", _member("8104", "陈静", device=DeviceState.UNAVAILABLE)),
        ):
            self.tell(MemberSeen(NOON - 300 * SECOND, queue, member))
        self.tell(
            CallerJoined(NOON - 125 * SECOND, "sales", "1.1", "1.1", "PJSIP/trunk-1", "+8613800138001", 1),
            CallerJoined(NOON - 65 * SECOND, "sales", "1.2", "1.2", "PJSIP/trunk-2", "+8613800138002", 2),
            CallerJoined(NOON - 8 * SECOND, "sales", "1.3", "1.3", "PJSIP/trunk-3", "", 3),
            CallerAnswered(NOON - 84 * SECOND, "sales", "1.1", "PJSIP/8101", 41.0),
            MemberSeen(NOON - 84 * SECOND, "sales", _member("8101", "Li Na", device=DeviceState.INUSE, in_call=True)),
            MemberRang(NOON - 3 * SECOND, "sales", "1.2", "PJSIP/8105"),
        )

    def hostile_caller(self) -> None:
        """Somebody sends escape sequences as his number, and an agent is named so."""
        self.tell(
            CallerJoined(NOON, "night", "2.1", "2.1", "PJSIP/trunk-4", "+861380013\x1b[2J", 1),
            MemberSeen(NOON, "night", _member("8109", "evil\x1b[2J")),
        )

    def does_not_say_who_is_available(self) -> None:
        """For want of a right."""
        self.observer.picture = replace(self.observer.picture, staff=BackupStaff())

    def lose_sight(self, ago: float, why: str = "the connection to Asterisk is lost") -> None:
        """Nothing is seen since so many seconds."""
        self.tell(SightLost(NOON - ago * SECOND, why))


async def _never(_due: asyncio.Event, _seconds: float) -> None:
    raise AssertionError("this observer does not run")


def _read(name: str) -> QueueRead:
    return QueueRead(QueueSettings(name, "rrmemory", limit=0, weight=0, service_level=60 * SECOND), (), ())


def _member(number: str, name: str, **changes: object) -> Member:
    free = Member(
        interface=f"PJSIP/{number}",
        name=name,
        state_interface=f"PJSIP/{number}",
        origin=Origin.DYNAMIC,
        penalty=0,
        is_paused=False,
        pause_reason="",
        device=DeviceState.NOT_INUSE,
        in_call=False,
        last_call=None,
        wrap_up=timedelta(0),
        since=NOON - 300 * SECOND,
    )
    return replace(free, **changes)  # type: ignore[arg-type]
