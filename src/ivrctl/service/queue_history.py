"""History into the books: the queue_logs of a site, read once, whatever becomes of the import meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ivrctl.acd.queue_log.lines import Line, UnreadableLineError
from ivrctl.acd.queue_log.recount import Recount
from ivrctl.adapters.books_store.imports import BooksImport, Progress, Taken
from ivrctl.adapters.queue_log import Piece, Raw, Source
from ivrctl.site.phones import phone_of
from ivrctl.site.site_file import Site

CLOCKS_APART = timedelta(days=1)
"""By so much another machine's clock may be ahead: a line of a later time would have agents signed on until then."""


@dataclass(slots=True)
class Outcome:
    """What became of an import."""

    sources: int = 0
    """Files or tables."""
    read_before: int = 0
    """Those of which nothing was new."""
    lines: int = 0
    """That were read now."""
    unreadable: int = 0
    stays: int = 0
    spans: int = 0
    known: int = 0
    """Stays and spans of which the books knew as much or more: the controller saw them itself, or another log told."""
    others: Counter[str] = field(default_factory=Counter)
    """Lines by their events that are none of Asterisk's own."""


class Telling(Protocol):
    """Who is told how it goes."""

    def unreadable(self, source: str, raw: Raw) -> None:
        """A line cannot be read."""

    def goes_on(self, source: str, line: int) -> None:
        """Of a source some is in the books; it goes on behind this line."""

    def progress(self, source: str, lines: int, done: float) -> None:
        """So many lines of a source are done, and how much of it that is; 0 where nobody knows."""


class HistoryImport:
    """One import of several sources, the oldest first."""

    def __init__(
        self, books: BooksImport, names: Mapping[str, str], now: Callable[[], datetime], telling: Telling
    ) -> None:
        """Prepare it.

        Args:
            books: what to take it over into.
            names: interfaces by the names of agents, for members that have names of their own.
            now: the clock.
            telling: is told how it goes.
        """
        self._books = books
        self._names = names
        self._now = now
        self._tell = telling
        self._outcome = Outcome()

    async def run(self, sources: Sequence[Source]) -> Outcome:
        """Read what is new in them.

        Raises:
            SiteStoreError: the site's database did not take it; what was taken before stays.
            ConfigurationError: a source can be read no further.
        """
        last: tuple[Recount, Progress] | None = None
        for source in sources:
            self._outcome.sources += 1
            last = await self._source(source) or last
        if last is not None:
            recount, progress = last
            stays, spans = recount.under_way()
            self._count(await self._books.take(stays, spans, progress, self._now()))
        return self._outcome

    async def _source(self, source: Source) -> tuple[Recount, Progress] | None:
        """Read one; None when nothing is new in it."""
        before = await self._books.progress()
        known = _known(source, before)
        recount = Recount(self._names, _state(source, known, before))
        begun = Progress(source.digest(source.head), source.head, source.name, "", 0, self._now(), {})
        progress = begun if known is None else replace(known, name=source.name)
        first = progress.lines
        async for piece in source.pieces(progress.place, progress.lines):
            if known is not None and progress.lines == first:
                self._tell.goes_on(source.name, first)
            progress = await self._piece(piece, recount, progress)
            self._tell.progress(source.name, progress.lines, piece.done)
        self._outcome.others += recount.others
        if progress.lines == first:
            self._outcome.read_before += known is not None
            return None
        return recount, progress

    async def _piece(self, piece: Piece, recount: Recount, progress: Progress) -> Progress:
        """Take some lines over: whole, or not at all."""
        unreadable = list(piece.unreadable)
        latest = (self._now() + CLOCKS_APART).timestamp()
        for number, line in piece.lines:
            try:
                _not_behind(line, latest)
                recount.feed(line)
            except UnreadableLineError as error:
                unreadable.append(Raw(number, str(error)))
        for raw in sorted(unreadable, key=lambda raw: raw.number):
            self._tell.unreadable(progress.name, raw)
        self._outcome.unreadable += len(unreadable)
        self._outcome.lines += piece.count - progress.lines
        stays, spans = recount.take()
        later = replace(
            progress,
            place=piece.place,
            lines=piece.count,
            last_at=datetime.fromtimestamp(recount.last_at, UTC),
            state=recount.state(),
        )
        self._count(await self._books.take(stays, spans, later, self._now()))
        return later

    def _count(self, taken: Taken) -> None:
        self._outcome.stays += taken.stays
        self._outcome.spans += taken.spans
        self._outcome.known += taken.known


def names_of(site: Site) -> dict[str, str]:
    """The interfaces of a site's agents, by the names that the queue_log has for them."""
    phones = {str(agent.name): phone_of(site, number, agent) for number, agent in site.agents.items()}
    return {name: phone.interface for name, phone in phones.items() if phone is not None}


def _not_behind(line: Line, latest: float) -> None:
    """Refuse a line of a time to come.

    Raises:
        UnreadableLineError: it is one.
    """
    if line.at > latest:
        raise UnreadableLineError("its time is still to come")


def _known(source: Source, before: Sequence[Progress]) -> Progress | None:
    """How far this source was read, under whatever name; one that has grown since is known by its beginning."""
    mine = [one for one in before if one.head <= source.head and source.digest(one.head) == one.digest]
    return max(mine, key=lambda one: one.head, default=None)


def _state(source: Source, known: Progress | None, before: Sequence[Progress]) -> Mapping[str, object] | None:
    """What is under way where the source begins, or goes on: the end of what was written right before it."""
    if known is not None:
        return known.state
    latest = before[-1] if before else None
    if latest is None or source.first_at is None or latest.last_at > source.first_at:
        return None
    return latest.state
