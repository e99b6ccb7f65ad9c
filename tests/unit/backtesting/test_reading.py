"""The books of a day that was, and whom policies had called in on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from numpy.random import default_rng

from ivrctl.acd.intervals import day_of
from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd
from ivrctl.adapters.books_store import BooksWriter
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store import Sent, StaffingStore
from ivrctl.adapters.staffing_store.writes import sent_kept
from ivrctl.service.backtesting.reading import books_of, called_in_by, recorded_day
from ivrctl.simulation.days.recorded import Settings
from ivrctl.simulation.days.recorded_people import CalledIn
from ivrctl.staffing.decision import Cause
from ivrctl.staffing.plan import Change, ChangeKind
from ivrctl.staffing.policy import Measure, Policy, Timing, Trigger

from ..simulation.day_examples import site  # noqa: TID252 - test folders are no packages to import from

DAY = day_of(date(2026, 11, 20), ZoneInfo("Asia/Shanghai"))
MINUTE = timedelta(minutes=1)
NOW = DAY.end + timedelta(hours=1)


def sent(kind: ChangeKind, at: datetime, outcome: str, interface: str = "PJSIP/8103", queue: str = "sales") -> Sent:
    """What was done to a membership then."""
    change = Change(kind, queue, interface, "leaders", cause=Cause.TRIGGER)
    return Sent(f"{kind}{interface}{queue}{at}", "main", "", change, at, True, at + MINUTE, outcome)


TEN = DAY.begin + timedelta(hours=10)
ADDED = sent(ChangeKind.ADD, TEN, "added")
REMOVED = sent(ChangeKind.REMOVE, TEN + 30 * MINUTE, "removed")


def test_membership_lasts_from_being_added_to_being_removed() -> None:
    """In each queue by itself."""
    other = sent(ChangeKind.ADD, TEN, "added", queue="support")
    assert list(called_in_by([ADDED, other, REMOVED])) == [
        CalledIn("PJSIP/8103", "sales", TEN, TEN + 31 * MINUTE),
        CalledIn("PJSIP/8103", "support", TEN, None),
    ]


def test_what_asterisk_refused_was_no_membership() -> None:
    """Nor was one that somebody else had begun before."""
    refused = sent(ChangeKind.ADD, TEN, "already there")
    assert list(called_in_by([refused, REMOVED])) == []


@pytest.fixture
async def store(grown_file_url: str) -> AsyncIterator[SiteStore]:
    opened = SiteStore(grown_file_url)
    yield opened
    await opened.close()


async def test_books_of_a_day_hold_what_touches_it(store: SiteStore, grown_file_url: str) -> None:
    """Stays that joined in it, spans and gaps that touch it, and who was called in the evening before."""
    stay = Stay("sales", "1.1", "1.1", "", "", TEN, is_joined_exactly=True, position=1)
    span = AgentSpan("PJSIP/8101", AgentState.IDLE, "", DAY.begin - MINUTE, TEN)
    gap = Gap(DAY.end - MINUTE, None, "the connection was lost")
    evening = DAY.begin - timedelta(hours=2)
    late, over = sent(ChangeKind.ADD, evening, "added"), sent(ChangeKind.ADD, evening, "added", "PJSIP/8104")
    writer = BooksWriter(grown_file_url)
    await writer.open()
    for entry in (stay, replace(stay, joined_at=DAY.end, uniqueid="1.2"), span, gap):
        writer.add(entry)
    await writer.close()
    controller = StaffingStore(store, place="here", holder="one", clock=lambda: NOW)
    await controller.lead()
    back = sent(ChangeKind.REMOVE, evening + MINUTE, "removed", "PJSIP/8104")
    await controller.write(*map(sent_kept, (late, over, back, ADDED)))
    books = await books_of(DAY, store, NOW)
    assert [each.uniqueid for each in books.stays] == ["1.1"]
    assert (books.spans, books.gaps) == ([span], [gap])
    assert books.called_in == (CalledIn("PJSIP/8103", "sales", evening.astimezone(UTC), None),)


def asking(measure: Measure) -> Policy:
    """A policy that looks at one figure."""
    minute = timedelta(minutes=1)
    timing = Timing(minute, minute, minute, minute, 40)
    return Policy("main", ("sales",), 5 * minute, (), (Trigger(measure, (), 0.0),), timing)


async def test_what_was_forecast_is_there_for_policies_that_look_at_it(store: SiteStore, grown_file_url: str) -> None:
    """Sixty calls came between ten and eleven on each of eight Fridays; nobody was signed on this one."""
    writer = BooksWriter(grown_file_url)
    await writer.open()
    for week in range(9):
        for number in range(60):
            joined = TEN - timedelta(weeks=week) + number * MINUTE
            left, ended = joined + timedelta(seconds=5), joined + timedelta(seconds=185)
            writer.add(
                Stay(
                    "sales",
                    f"{week}.{number}",
                    "",
                    "",
                    "",
                    joined,
                    is_joined_exactly=True,
                    position=1,
                    end=StayEnd.ANSWERED,
                    left_at=left,
                    interface="PJSIP/8101",
                    talk_ended_at=ended,
                )
            )
    await writer.close()
    day, chance = date(2026, 11, 20), default_rng(1)
    looking = asking(Measure.FORECAST_SHORTFALL)
    found = (await recorded_day(day, site(), [looking], Settings(), store, NOW)).day(chance)
    missing = dict(found.shortfall)
    assert missing[9.75 * 3600] >= 4
    assert "forecast_shortfall is by what was forecast before the day" in found.assumed
    plain = (await recorded_day(day, site(), [asking(Measure.LONGEST_WAIT)], Settings(), store, NOW)).day(chance)
    assert plain.shortfall == ()
    first = (await recorded_day(day - timedelta(weeks=8), site(), [looking], Settings(), store, NOW)).day(chance)
    assert first.shortfall == ()
    assert any(sentence.startswith("nothing is forecast: for ") for sentence in first.assumed)
