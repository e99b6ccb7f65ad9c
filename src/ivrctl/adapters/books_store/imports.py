"""The books as an import of a queue_log sees them: how far it has come, and what was there before it.

What is taken over and how far it goes are one transaction: an import that is killed loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.acd.stay import AgentSpan, Stay, StayEnd
from ivrctl.adapters.books_store.tables import LIVE, LOG, STAY, agent_spans, queue_log_imports, row_of, stay_in, stays
from ivrctl.adapters.books_store.writer import SAME_JOINING
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.site_store.upsert import upsert

WITHIN = timedelta(seconds=60)
"""For a piece of some ten thousand entries, beside a controller that writes."""
MOST_NAMED = 500
"""Values in one question: SQLite takes some thousands."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file or a table was read."""

    digest: str
    head: int
    name: str
    place: str
    lines: int
    last_at: datetime
    """The time of the latest line."""
    state: Mapping[str, Any]
    """What was under way there."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of entries."""

    stays: int
    spans: int
    known: int
    """Those that the ledger saw itself, which stay as they are."""


class BooksImport:
    """The books of one site, for one import."""

    def __init__(self, store: SiteStore) -> None:
        """Write to this database."""
        self._store = store
        self._live_from: datetime | None = None
        self._has_looked = False

    async def progress(self) -> list[Progress]:
        """Everything that was ever read, the latest last."""

        async def ask(connection: AsyncConnection) -> list[Progress]:
            query = sa.select(queue_log_imports).order_by(queue_log_imports.c.last_at)
            rows = (await connection.execute(query)).mappings()
            return [Progress(**{name: row[name] for name in _PROGRESS}) for row in rows]

        return await self._store.read(ask, within=WITHIN)

    async def take(self, taken: Sequence[Stay], spans: Sequence[AgentSpan], progress: Progress, now: datetime) -> Taken:
        """Write entries and how far they go, all or none."""
        async with self._store.writing(within=WITHIN) as connection:
            await self._look(connection)
            own_stays = await self._merged(connection, taken)
            own_spans = await self._unseen(connection, spans)
            for table, rows in (
                (stays, [row_of(stay, LOG) for stay in own_stays]),
                (agent_spans, [row_of(span, LOG) for span in own_spans]),
                (queue_log_imports, [_row(progress, now)]),
            ):
                if rows:
                    await connection.execute(upsert(table, is_server=self._store.is_server), rows)
        known = len(taken) - len(own_stays) + len(spans) - len(own_spans)
        return Taken(len(own_stays), len(own_spans), known)

    async def _look(self, connection: AsyncConnection) -> None:
        """Since when the ledger sees agents: history before is not compared span by span."""
        if not self._has_looked:
            query = sa.select(sa.func.min(agent_spans.c.began_at)).where(agent_spans.c.source == LIVE)
            self._live_from = await connection.scalar(query)
            self._has_looked = True

    async def _merged(self, connection: AsyncConnection, taken: Sequence[Stay]) -> list[Stay]:
        """The stays that the ledger did not see; one that was imported before takes the same place again."""
        known = await _known(connection, {stay.uniqueid for stay in taken})
        if not known:
            return _once(taken)
        merged = []
        for stay in taken:
            others = known[stay.queue, stay.uniqueid]
            if seen := _nearest(stay, others.seen):
                others.seen.remove(seen)
            else:
                merged += _beside(_in_place(stay, others.imported), others.imported)
        return _once(merged)

    async def _unseen(self, connection: AsyncConnection, spans: Sequence[AgentSpan]) -> list[AgentSpan]:
        """The spans of times in which the ledger did not see their agents."""
        ends = [span.ended_at for span in spans if span.ended_at is not None]
        if self._live_from is None or not ends or max(ends) <= self._live_from:
            return _once(spans)
        touching = sa.and_(
            agent_spans.c.source == LIVE,
            agent_spans.c.began_at < max(ends),
            sa.or_(agent_spans.c.ended_at.is_(None), agent_spans.c.ended_at > min(span.began_at for span in spans)),
        )
        seen: defaultdict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        query = sa.select(agent_spans.c.interface, agent_spans.c.began_at, agent_spans.c.ended_at).where(touching)
        for interface, began, ended in await connection.execute(query):
            seen[interface].append((began, ended))
        return _once([span for span in spans if not _overlaps(span, seen.get(span.interface, ()))])


_PROGRESS = ("digest", "head", "name", "place", "lines", "last_at", "state")


def _row(progress: Progress, now: datetime) -> dict[str, Any]:
    return {**{name: getattr(progress, name) for name in _PROGRESS}, "updated_at": now}


@dataclass(frozen=True, slots=True)
class _Known:
    """The stays of one channel in one queue that the books hold."""

    seen: list[Stay] = field(default_factory=list)
    """By the ledger."""
    imported: list[Stay] = field(default_factory=list)


async def _known(connection: AsyncConnection, calls: set[str]) -> defaultdict[tuple[str, str], _Known]:
    """What the books hold of some channels, by queue and channel."""
    known: defaultdict[tuple[str, str], _Known] = defaultdict(_Known)
    ordered = sorted(calls)
    for first in range(0, len(ordered), MOST_NAMED):
        named = stays.c.uniqueid.in_(ordered[first : first + MOST_NAMED])
        query = sa.select(stays.c.source, *STAY).where(named)
        for source, *row in await connection.execute(query):
            stay = stay_in(row)
            own = known[stay.queue, stay.uniqueid]
            (own.seen if source == LIVE else own.imported).append(stay)
    return known


def _nearest(stay: Stay, others: Sequence[Stay]) -> Stay | None:
    """The one that joined when this one did, by two clocks."""
    near = [one for one in others if abs(one.joined_at - stay.joined_at) <= SAME_JOINING]
    return min(near, key=lambda one: abs(one.joined_at - stay.joined_at), default=None)


def _in_place(stay: Stay, others: Sequence[Stay]) -> Stay:
    """The stay with the time of joining under which it was imported before.

    Of two whose joining the log has, both have its time; of one that was reckoned back, the other one's is better.
    """
    if any(one.joined_at == stay.joined_at for one in others):
        return stay
    before = _nearest(stay, [one for one in others if not (one.is_joined_exactly and stay.is_joined_exactly)])
    if before is None:
        return stay
    if stay.is_joined_exactly or not before.is_joined_exactly:
        return replace(stay, joined_at=before.joined_at)
    return replace(
        stay,
        joined_at=before.joined_at,
        is_joined_exactly=True,
        number=before.number,
        position=before.position,
    )


def _beside(stay: Stay, others: Sequence[Stay]) -> list[Stay]:
    """The stay beside what another log told of it; a log that ends too soon does not take back what became of him."""
    before = next((one for one in others if one.joined_at == stay.joined_at), None)
    if before is None or _tells(stay) >= _tells(before):
        return [stay]
    if stay.is_joined_exactly and not before.is_joined_exactly:
        return [replace(before, number=stay.number, position=stay.position, is_joined_exactly=True)]
    return []


def _tells(stay: Stay) -> int:
    """How much of what became of him is known: nothing, that he was answered, all of it."""
    return 0 if stay.end is StayEnd.UNKNOWN else 1 + stay.is_over


def _once(entries: Iterable[Any]) -> list[Any]:
    """Entries with the last one of each key: a statement can write a row once only."""
    return list({_key(entry): entry for entry in entries}.values())


def _key(entry: Stay | AgentSpan) -> tuple[object, ...]:
    if isinstance(entry, Stay):
        return (entry.queue, entry.uniqueid, entry.joined_at)
    return (entry.interface, entry.began_at)


def _overlaps(span: AgentSpan, others: Iterable[tuple[datetime, datetime | None]]) -> bool:
    return any(
        (ended is None or span.began_at < ended) and (span.ended_at is None or began < span.ended_at)
        for began, ended in others
    )
