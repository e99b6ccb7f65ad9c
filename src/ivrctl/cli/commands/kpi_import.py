"""``ivrctl kpi import``: the history of a queue_log into the books."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivrctl.adapters.books_store.imports import BooksImport
from ivrctl.adapters.database_url import declared_url, sqlite_path
from ivrctl.adapters.queue_log import LogTable, Raw, log_files
from ivrctl.adapters.queue_log import Source as LogSource
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.kpi import FORMAT_VERSION, Asked, Place
from ivrctl.cli.progress import say
from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import did_you_mean
from ivrctl.service.queue_history import HistoryImport, Outcome, names_of

MOST_SHOWN = 50
"""Lines that cannot be read and are told one by one; of further ones it is told how many."""
AGAIN_AFTER = 0.2
"""Seconds between two lines of progress."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the history lies, as the options say."""

    paths: tuple[Path, ...]
    database: str | None
    table: str
    zone: str | None

    def opened(self, place: Place) -> Sequence[LogSource]:
        """The files, or the table.

        Raises:
            ConfigurationError: there are none, or both are meant.
        """
        if bool(self.paths) == (self.database is not None):
            raise ConfigurationError("nothing to read", advice="name files or folders, or --database and --table")
        return log_files(self.paths) if self.database is None else [self._table(place, self.database)]

    def _table(self, place: Place, name: str) -> LogTable:
        declared = place.site.databases.get(name)
        if declared is None:
            near = did_you_mean(name, place.site.databases) or "one that the site file has under databases"
            raise ConfigurationError(f"the site has no database {name}", advice=near)
        url = declared_url(declared.url, place.folder, os.environ)
        path = sqlite_path(url, place.folder)
        return LogTable(url if path is None else sqlite_url(path), self.table, self._zone(place))

    def _zone(self, place: Place) -> ZoneInfo:
        try:
            return place.site.zone if self.zone is None else ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigurationError(f"there is no time zone {self.zone}", advice="such as UTC") from error


def import_(source: Source, site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """Take the history over; exit code 1 when a line could not be read."""
    place = Asked(site, state).place(is_written=True)
    sources = source.opened(place)
    told = _Told(is_silent=as_json)

    async def work(store: SiteStore) -> Outcome:
        async with AsyncExitStack() as open_tables:
            for one in sources:
                if isinstance(one, LogTable):
                    open_tables.push_async_callback(one.close)
            return await HistoryImport(BooksImport(store), names_of(place.site), _now, told).run(sources)

    outcome = place.run(work)
    told.end(outcome)
    if as_json:
        sys.stdout.write(json.dumps(_body(outcome, told), ensure_ascii=False, indent=1) + "\n")
    if outcome.unreadable:
        raise SystemExit(FINDINGS)


@dataclass(slots=True)
class _Told:
    """How it goes: lines that are wrong on standard output, progress on a terminal."""

    is_silent: bool
    shown: list[dict[str, object]] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)
    _lines: dict[str, int] = field(default_factory=dict)
    _next: float = 0.0

    def unreadable(self, source: str, raw: Raw) -> None:
        """A line cannot be read."""
        if len(self.shown) >= MOST_SHOWN:
            return
        self.shown.append({"source": source, "line": raw.number, "why": raw.why})
        if not self.is_silent:
            sys.stdout.write(f"{source}:{raw.number}: {raw.why}\n")

    def goes_on(self, source: str, line: int) -> None:
        """It was read before, up to here."""
        say(f"{source} is in the books up to line {line}: it goes on from there")

    def progress(self, source: str, lines: int, done: float) -> None:
        """So much is done."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now < self._next:
            return
        self._next = now + AGAIN_AFTER
        share = f" ({100 * done:.0f} %)" if done else ""
        sys.stderr.write(f"\r\x1b[K{source}: {lines:,} lines{share}")
        sys.stderr.flush()

    def end(self, outcome: Outcome) -> None:
        """What became of it."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        if self.is_silent:
            return
        seconds = time.monotonic() - self._began
        hidden = outcome.unreadable - len(self.shown)
        if hidden > 0:
            sys.stdout.write(f"and {hidden} more\n")
        for event, count in sorted(outcome.others.items()):
            sys.stdout.write(f"{count} lines of {event}, which is none of Asterisk's own\n")
        parts = [f"{outcome.stays} stays", f"{outcome.spans} spans of agents"]
        parts += [f"{outcome.known} known better already"] if outcome.known else []
        parts += [f"{outcome.unreadable} lines unreadable"] if outcome.unreadable else []
        parts += [f"{outcome.read_before} of {outcome.sources} read before"] if outcome.read_before else []
        sys.stdout.write(f"{outcome.lines} lines: {', '.join(parts)}\n")
        if outcome.lines:
            say(f"{seconds:.1f} s, {outcome.lines / max(seconds, 0.001):,.0f} lines a second")


def _body(outcome: Outcome, told: _Told) -> dict[str, object]:
    return {
        "format_version": FORMAT_VERSION,
        "sources": outcome.sources,
        "read_before": outcome.read_before,
        "lines": outcome.lines,
        "stays": outcome.stays,
        "spans": outcome.spans,
        "known": outcome.known,
        "unreadable": outcome.unreadable,
        "unreadable_lines": told.shown,
        "other_events": dict(outcome.others),
    }


def _now() -> datetime:
    return datetime.now(UTC)
