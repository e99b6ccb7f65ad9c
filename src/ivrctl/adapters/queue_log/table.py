"""A table of a realtime queue_log: ``time, callid, queuename, agent, event`` with ``data1`` to ``data5``, or ``data``.

Asterisk writes its times without an offset: of its own zone, or of GMT (``queue_log_realtime_use_gmt``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ivrctl.acd.queue_log.lines import Line, UnreadableLineError, checked
from ivrctl.adapters.queue_log.files import PIECE
from ivrctl.adapters.queue_log.source import Piece, Raw
from ivrctl.adapters.site_store.engine import brief, close_engine, open_engine, transaction
from ivrctl.errors import ConfigurationError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?\Z")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?\Z")
_COLUMNS = ("time", "callid", "queuename", "agent", "event")


class LogTable:
    """One table, read in the order of its times."""

    def __init__(self, url: str, table: str, zone: ZoneInfo) -> None:
        """Prepare; nothing is connected yet.

        Raises:
            ConfigurationError: the table's name is none, or the URL cannot be used.
        """
        if not _NAME.match(table):
            raise ConfigurationError(
                f'"{table}" is no name of a table', advice="such as queue_log or asterisk.queue_log"
            )
        schema, _, name = table.rpartition(".")
        self._engine = open_engine(url)
        self._table = sa.table(name, schema=schema or None)
        self._name = table
        self._zone = zone
        self._identity = hashlib.sha256(f"{self._engine.url.render_as_string()}|{table}".encode()).hexdigest()

    @property
    def name(self) -> str:
        """The table's."""
        return f"table {self._name}"

    @property
    def head(self) -> int:
        """A table is known by where it is."""
        return 0

    def digest(self, head: int) -> str:  # noqa: ARG002 - a table has no beginning to be known by
        """Of its database and name."""
        return self._identity

    @property
    def first_at(self) -> datetime | None:
        """Not asked: it stands alone."""
        return None

    async def close(self) -> None:
        """Let go of the database."""
        await close_engine(self._engine)

    async def pieces(self, place: str, count: int) -> AsyncIterator[Piece]:
        """The rows behind a time, as it stands in the table; those of one time are never parted.

        Raises:
            ConfigurationError: there is no such table, or it does not answer.
        """
        while rows := await self._rows(place):
            is_last = len(rows) < PIECE
            if not is_last:
                whole = [row for row in rows if row["time"] != rows[-1]["time"]]
                if not whole:
                    raise ConfigurationError(f"{self._name} holds {PIECE} rows and more of one time")
                rows = whole
            place = str(rows[-1]["time"])
            piece = self._piece(rows, place, count)
            count = piece.count
            yield piece
            if is_last:
                return

    async def _rows(self, place: str) -> list[dict[str, Any]]:
        time: sa.ColumnClause[Any] = sa.column("time")
        query = sa.select(sa.text("*")).select_from(self._table).order_by(time).limit(PIECE)
        try:
            async with transaction(self._engine) as connection:
                if place:
                    # As text on SQLite, as what the column is on PostgreSQL.
                    kind = await connection.scalar(sa.select(time).select_from(self._table).limit(1))
                    after = datetime.fromisoformat(place) if isinstance(kind, datetime) else place
                    query = query.where(time > sa.literal(after))
                return [dict(row) for row in (await connection.execute(query)).mappings()]
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise ConfigurationError(
                f"the {self.name} cannot be read: {brief(error)}", advice="--table names it; --database where it is"
            ) from error

    def _piece(self, rows: Sequence[Mapping[str, Any]], place: str, count: int) -> Piece:
        lines: list[tuple[int, Line]] = []
        unreadable: list[Raw] = []
        for number, row in enumerate(rows, count + 1):
            try:
                lines.append((number, self._line(row)))
            except UnreadableLineError as error:
                unreadable.append(Raw(number, str(error)))
        return Piece(lines, unreadable, place, count + len(rows), 0.0)

    def _line(self, row: Mapping[str, Any]) -> Line:
        missing = [name for name in _COLUMNS if name not in row]
        if missing:
            raise ConfigurationError(
                f"the {self.name} has no column {missing[0]}",
                advice=f"it takes {', '.join(_COLUMNS)} and data1 to data5",
            )
        call, queue, agent, event = (str(row[name] or "") for name in _COLUMNS[1:])
        return checked(self._time(row["time"]), call, queue, agent, event, _data(row))

    def _time(self, value: object) -> float:
        """An instant: what has no offset is of the zone that was named."""
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str):
            if _EPOCH.match(value):
                return float(value)
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise UnreadableLineError("its time is none") from None
        if not isinstance(value, datetime):
            raise UnreadableLineError("its time is none")
        return (value if value.tzinfo else value.replace(tzinfo=self._zone)).astimezone(UTC).timestamp()


def _data(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The data as in a file: the fifth column holds whatever was left, and empty ones at the end are none."""
    if "data1" in row:
        text = "|".join(str(row.get(f"data{number}") or "") for number in range(1, 6))
    else:
        text = str(row.get("data") or "")
    parts = text.split("|")
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)
