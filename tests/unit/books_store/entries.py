"""Entries of the books for the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ivrctl.acd.intervals import Interval
from ivrctl.acd.stay import AgentSpan, AgentState, Stay, StayEnd

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = Interval(TEN - timedelta(hours=10), TEN + timedelta(hours=14))


def stay(number: int, *, queue: str = "vip", end: StayEnd = StayEnd.WAITING, minute: float = 0) -> Stay:
    """A caller who joined so many minutes after ten; an answered one talks still."""
    joined = TEN + timedelta(minutes=minute, microseconds=number)
    return Stay(
        queue=queue,
        uniqueid=f"1795000000.{number}",
        linkedid=f"1795000000.{number}",
        number="+8613800138000",
        line="7000",
        joined_at=joined,
        is_joined_exactly=True,
        position=1,
        tier="gold",
        end=end,
        left_at=None if end is StayEnd.WAITING else joined + timedelta(seconds=12.5),
        interface="PJSIP/8101" if end is StayEnd.ANSWERED else "",
    )


def span(minute: float, lasts: float | None, *, agent: str = "PJSIP/8101") -> AgentSpan:
    """A pause that began so many minutes after ten."""
    began = TEN + timedelta(minutes=minute)
    ended = None if lasts is None else began + timedelta(minutes=lasts)
    return AgentSpan(agent, AgentState.PAUSED, "午餐", began, ended)
