"""``ivrctl kpi``: reads the books in the site's database itself, beside a controller or without one."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from ivrctl.acd.books import Dimension
from ivrctl.acd.figure import Figure
from ivrctl.acd.intervals import DAY, LENGTHS, Interval, Intervals, day_of
from ivrctl.acd.kpi import StayFigures
from ivrctl.acd.promises import PromiseRow
from ivrctl.acd.service_level import Rule
from ivrctl.acd.stay import AgentState, StayEnd
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.call_store.reader import CallReader
from ivrctl.adapters.database_url import sqlite_path
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.cli.commands.kpi_text import told
from ivrctl.cli.sites import load_program, seen_state, site_folder, state_folder
from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.scalars import read_duration
from ivrctl.service.agents.listing import agents_of
from ivrctl.service.figures import Question, Report, report
from ivrctl.service.figures.cells import name_of
from ivrctl.service.figures.report import AgentRow, ReportRow
from ivrctl.service.store_place import store_url
from ivrctl.site.site_file import Site

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""
LONGEST_PERIOD = timedelta(days=3660)
FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2999, 12, 31)
NAMED_DAYS = {"yesterday": timedelta(days=-1), "today": timedelta(0), "tomorrow": timedelta(days=1)}

_Result = TypeVar("_Result")
_BY = {
    "queue": Dimension.QUEUE,
    "tier": Dimension.TIER,
    "agent": Dimension.AGENT,
    "interval": Dimension.INTERVAL,
    "hour": Dimension.INTERVAL,
    "day": Dimension.INTERVAL,
}
_LENGTH_OF = {"hour": timedelta(hours=1), "day": DAY}


@dataclass(frozen=True, slots=True)
class Asked:
    """A site and a time, as the options say."""

    site_option: Path | None
    state_option: Path | None
    day: str | None = None
    first: str | None = None
    last: str | None = None
    queue: str | None = None
    interval: str | None = None
    threshold: str | None = None

    def place(self, *, is_written: bool = False) -> Place:
        """The site that is meant.

        Args:
            is_written: something is to be kept in its store, which is made where it is missing.

        Raises:
            ConfigurationError: there is none, it does not compile, or its store cannot be used.
        """
        folder = site_folder(self.site_option)
        return self.place_of(load_program(folder).site, folder, is_written=is_written)

    def place_of(self, site: Site, folder: Path, *, is_written: bool = False) -> Place:
        """The same of a site that is compiled already."""
        state = (state_folder if is_written else seen_state)(folder, self.state_option)
        return Place(site, folder, store_url(site.store, folder, state, os.environ), is_written)

    def length(self, site: Site) -> timedelta:
        """The length of intervals.

        Raises:
            ConfigurationError: it is none of those there are.
        """
        length = site.kpi.interval if self.interval is None else _duration(self.interval, "--interval")
        if length not in LENGTHS:
            raise ConfigurationError(f"no interval is {self.interval}", advice="--interval 15m, 30m, 1h or 1d")
        return length

    def rule(self, site: Site) -> Rule:
        """By what stays are judged."""
        given = site.kpi.answer_in if self.threshold is None else _duration(self.threshold, "--threshold")
        return Rule(given, site.kpi.short_abandon)

    def period(self, site: Site, now: datetime) -> Interval:
        """The days that are meant, by the site's clock.

        Raises:
            ConfigurationError: they are none, or too many.
        """
        if self.day is not None and (self.first or self.last):
            raise ConfigurationError("a day and several days", advice="--day alone, or --from and --to")
        today = now.astimezone(site.zone).date()
        last = day_named(self.day or self.last, today)
        first = day_named(self.day or self.first, today, last)
        if not first <= last:
            raise ConfigurationError(f"from {first} to {last} is no time", advice="--from the earlier day")
        if last - first > LONGEST_PERIOD:
            raise ConfigurationError(f"from {first} to {last} is more than ten years", advice="--from a later day")
        return Interval(day_of(first, site.zone).begin, day_of(last, site.zone).end)


@dataclass(frozen=True, slots=True)
class Place:
    """A site, and where its own database is."""

    site: Site
    folder: Path
    url: str
    is_written: bool = False
    """Something is to be kept: the database is made where it is missing."""

    def run(self, work: Callable[[SiteStore], Awaitable[_Result]]) -> _Result:
        """Do something with the database; who only reads where there is none reads an empty one, and leaves none."""

        async def done(url: str) -> _Result:
            store = SiteStore(url)
            try:
                return await work(store)
            finally:
                await store.close()

        file = sqlite_path(self.url, self.folder)
        if self.is_written or file is None or file.exists():
            return asyncio.run(done(self.url))
        with TemporaryDirectory(prefix="ivrctl-") as place:
            return asyncio.run(done(sqlite_url(Path(place) / "calls.sqlite")))


async def check_queue(name: str | None, site: Site, books: BooksReader) -> None:
    """Refuse a queue of which nobody knows, where nothing is found: it is a slip, and no quiet day.

    Raises:
        ConfigurationError: neither the site file has it nor the books.
        SiteStoreError: the database does not answer.
    """
    if name is None or name in site.queues:
        return
    known = sorted({*map(str, site.queues), *await books.queues()})
    if name not in known:
        advice = did_you_mean(name, known) or "ivrctl kpi show --by queue"
        raise ConfigurationError(f'neither the site file nor the books have a queue "{name}"', advice=advice)


def show(asked: Asked, by: Sequence[str], *, as_json: bool, as_csv: bool) -> None:
    """Print the figures of a time."""
    if as_json and as_csv:
        raise ConfigurationError("JSON and CSV", advice="one of --json and --csv")
    place, now = asked.place(), datetime.now(UTC)
    dimensions, length = _dimensions(by, asked.length(place.site))
    site = place.site
    question = Question(
        asked.period(site, now), Intervals(site.zone, length), dimensions, asked.rule(site), asked.queue
    )

    async def work(store: SiteStore) -> Report:
        books = BooksReader(store)
        found = await report(question, site, books, CallReader(store), now)
        if not found.total.row.offered:
            await check_queue(asked.queue, site, books)
        return found

    found = place.run(work)
    if as_json:
        print_json(as_json_body(found))
    elif as_csv:
        _print_csv(found)
    else:
        sys.stdout.write(told(found, {agent.interface: agent.name for agent in agents_of(site)}))


def _dimensions(by: Sequence[str], length: timedelta) -> tuple[frozenset[Dimension], timedelta]:
    words = [word.strip() for part in by for word in part.split(",") if word.strip()]
    for word in words:
        if word not in _BY:
            raise ConfigurationError(f'rows are not apart by "{word}"', advice=f"--by {', '.join(_BY)}")
    lengths = {_LENGTH_OF.get(word, length) for word in words if _BY[word] is Dimension.INTERVAL}
    if len(lengths) > 1:
        raise ConfigurationError("intervals of several lengths", advice="one of interval, hour and day")
    return frozenset(_BY[word] for word in words), next(iter(lengths), length)


def as_json_body(found: Report) -> dict[str, Any]:
    """The form for programs."""
    zone, period = found.question.intervals.zone, found.question.period
    calls = found.calls
    return {
        "from": period.begin.astimezone(zone).isoformat(),
        "to": period.end.astimezone(zone).isoformat(),
        "threshold": found.question.rule.answer_in.total_seconds(),
        "short_abandon": found.question.rule.short_abandon.total_seconds(),
        "rows": [row_json(row, found) for row in found.rows],
        "total": row_json(found.total, found),
        "service_levels": {str(one.variant): _figure(one.figure) for one in found.levels},
        "expected_wait": {name.name: _figure(getattr(found.estimates, name.name)) for name in fields(found.estimates)},
        "agents": [_agent_json(row, found) for row in found.agents],
        "agents_total": _agent_json(found.agents_total, found),
        "calls": {
            "calls": calls.calls,
            "self_service": _figure(calls.self_service),
            "first_call_resolution": _figure(calls.repeats.first_call_resolution),
            "repeats": calls.repeats.repeats,
            "repeats_by_reason": dict(calls.repeats.by_reason),
            "calls_without_number": calls.repeats.withheld,
            "satisfaction": None
            if calls.satisfaction is None
            else {
                **_figure(calls.satisfaction.figure),
                "offered": calls.satisfaction.offered,
                "responses": calls.satisfaction.responses,
            },
            "promises": [_promise_json(row, found) for row in calls.promises],
        },
    }


def _promise_json(row: PromiseRow, found: Report) -> dict[str, Any]:
    cell, question = row.cell, found.question
    zone = question.intervals.zone
    return {
        "cell": name_of(cell, question.period, zone),
        "interval": None if cell.interval is None else cell.interval.begin.astimezone(zone).isoformat(),
        "queue": cell.queue,
        "tier": cell.tier,
        "promised": row.promised,
        "kept": row.kept,
        "broken": row.broken,
        "promise_unknown": row.unknown,
        "share": _figure(row.share),
    }


def row_json(one: ReportRow, found: Report) -> dict[str, Any]:
    """A row for programs."""
    row, figures = one.row, one.figures
    return {
        **_of_cell(one, found),
        "offered": row.offered,
        **{end.value: row.of(end) for end in StayEnd},
        "short_abandons": row.short_abandons,
        "is_complete": row.is_complete,
        "gap": row.gap,
        "lacks": [
            {"kind": lack.kind, "count": lack.count, "why": lack.why, "seconds": lack.seconds} for lack in row.lacks
        ],
        "service_level": _figure(one.level.figure),
        **{name.name: _figure(getattr(figures, name.name)) for name in fields(StayFigures) if name.name not in _SHARES},
        **{f"{name}_share": _figure(getattr(figures, name)) for name in _SHARES},
    }


_SHARES = ("answered", "abandoned", "answered_soon")
"""Figures whose names are those of counts, too."""


def _of_cell(one: ReportRow, found: Report) -> dict[str, Any]:
    cell, zone = found.question.cell(one.row), found.question.intervals.zone
    begin = None if cell.interval is None else cell.interval.begin.astimezone(zone).isoformat()
    return {
        "cell": found.question.name_of(one.row),
        "interval": begin,
        "queue": cell.queue,
        "tier": cell.tier,
        "agent": cell.agent,
    }


def _agent_json(row: AgentRow, found: Report) -> dict[str, Any]:
    time, zone = row.time, found.question.intervals.zone
    return {
        "agent": time.agent,
        "interval": None if time.interval is None else time.interval.begin.astimezone(zone).isoformat(),
        **{state.value: time.of(state).total_seconds() for state in AgentState},
        "paused_by_reason": {reason: length.total_seconds() for reason, length in time.paused.items()},
        "signed_on": time.signed_on.total_seconds(),
        "occupancy": _figure(row.occupancy),
        "talk_share": _figure(row.talk_share),
        "working_share": _figure(row.working_share),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    if figure.value is None:
        return {"value": None, "because": figure.because}
    return {"value": round(figure.value, 6), "of": figure.of}


def _print_csv(found: Report) -> None:
    rows = [_flat(row_json(row, found)) for row in found.rows]
    writer = csv.DictWriter(sys.stdout, list(_flat(row_json(found.total, found))), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose values are plain; a figure that is none is empty."""
    flat = {name: value["value"] if isinstance(value, dict) else value for name, value in row.items()}
    return {**flat, "lacks": "; ".join(lack["why"] for lack in row["lacks"])}


def print_json(body: dict[str, Any]) -> None:
    """Print what programs read."""
    sys.stdout.write(json.dumps({"format_version": FORMAT_VERSION, **body}, ensure_ascii=False, indent=1) + "\n")


def day_named(text: str | None, today: date, otherwise: date | None = None) -> date:
    """A day as options name it: ``2026-11-20``, ``today``, ``yesterday``, ``tomorrow``.

    Args:
        text: as it was written.
        today: by the site's clock; also what is meant where nothing is written.
        otherwise: what is meant then instead.

    Raises:
        ConfigurationError: it is none.
    """
    if text is None:
        return today if otherwise is None else otherwise
    try:
        day = today + NAMED_DAYS[text] if text in NAMED_DAYS else date.fromisoformat(text)
    except (ValueError, OverflowError):
        day = date.max
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ConfigurationError(f'"{text}" is no day', advice="such as 2026-11-20, today or yesterday")
    return day


def _duration(text: str, option: str) -> timedelta:
    try:
        return read_duration(text)
    except ValueError as error:
        raise ConfigurationError(f"{option}: {error}", advice="such as 20s or 30m") from None
