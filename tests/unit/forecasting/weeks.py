"""The books of past weeks, made up: each day has its calls at fixed times, and everybody is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from ivrctl.acd.stay import AgentSpan, AgentState, Stay, StayEnd
from ivrctl.adapters.books_store.tables import Entry, row_of, table_of
from ivrctl.adapters.site_store import SiteStore
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load_one
from ivrctl.site.check import bind_site
from ivrctl.site.site_file import Site

MONDAY = date(2026, 3, 2)
SATURDAY = 5
HALF = timedelta(minutes=30)
TALK, WRAP_UP = timedelta(seconds=160), timedelta(seconds=20)

PEAK: Mapping[int, int] = {17: 2, 18: 2, 19: 2, 20: 2, 21: 40, 22: 40, 23: 2, 24: 2}
"""Calls by half hour of the day: none but from half past eight to half past twelve, and a peak from half past ten."""


def site(more: str = "", zone: str = "UTC", off_peak: str = "At noon.") -> Site:
    """A site, whose numbers' country has no holiday in these weeks."""
    findings = Findings()
    text = f"""
site: test
time_zone: {zone}
languages: [en]
currency: EUR
numbers: {{country: DE}}
prompts:
  no_input: No key.
  no_match: No choice.
  one_moment: One moment.
  fallback: Please hold.
  off_peak: "{off_peak}"
queues: {{broadband: {{}}, mobile-data: {{}}, sales: {{}}}}
{more}
"""
    node = load_one(text.encode(), "ivrctl.yaml", findings)
    bound = None if node is None else bind_site(node, findings)
    assert bound is not None, findings.items
    assert not findings.has_errors, findings.items
    return bound


def day_of_calls(day: date, by_half: Mapping[int, int] = PEAK, queue: str = "broadband") -> Iterator[Entry]:
    """A day's stays, evenly over each half hour, and the wrap-up behind each talk."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for half, calls in by_half.items():
        for number in range(calls):
            joined = midnight + half * HALF + HALF * number / calls
            yield from call(joined, f"{queue}.{day:%m%d}.{half}.{number}", queue)


def call(joined: datetime, uniqueid: str, queue: str = "broadband", waited: float = 5.0) -> tuple[Entry, ...]:
    """Somebody is answered, and his agent wraps up."""
    left = joined + timedelta(seconds=waited)
    ended = left + TALK
    agent = f"PJSIP/{uniqueid}"
    stay = Stay(queue, uniqueid, uniqueid, "0123", "7000", joined, True, 1)
    stay = replace(stay, end=StayEnd.ANSWERED, left_at=left, interface=agent, talk_ended_at=ended)
    return (stay, AgentSpan(agent, AgentState.WRAP_UP, "", ended, ended + WRAP_UP))


def abandoned(joined: datetime, uniqueid: str, waited: float, queue: str = "broadband") -> Stay:
    """Somebody hangs up."""
    stay = Stay(queue, uniqueid, uniqueid, "0123", "7000", joined, True, 1)
    return replace(stay, end=StayEnd.ABANDONED, left_at=joined + timedelta(seconds=waited))


def weeks_before(
    day: date,
    weeks: int = 4,
    by_half: Mapping[int, int] = PEAK,
    levels: Sequence[float] = (1.0,),
    queue: str = "broadband",
) -> Iterator[Entry]:
    """The working days of so many weeks, alike but for their levels, one after the other; nobody calls at weekends."""
    for back in range(1, 7 * weeks + 1):
        one, level = day - timedelta(days=back), levels[back % len(levels)]
        if one.weekday() < SATURDAY:
            yield from day_of_calls(one, {half: round(level * calls) for half, calls in by_half.items()}, queue)


async def write(store: SiteStore, entries: Iterable[Entry]) -> None:
    """Into the books."""
    rows: dict[sa.Table, list[dict[str, object]]] = {}
    for entry in entries:
        rows.setdefault(table_of(entry), []).append(row_of(entry))
    async with store.writing() as connection:
        for table, of in rows.items():
            await connection.execute(sa.insert(table), of)
