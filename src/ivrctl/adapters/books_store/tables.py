"""The tables of the books, and an entry as a row of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeAlias

import sqlalchemy as sa

from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd
from ivrctl.adapters.site_store.schema import UtcDateTime, metadata

Entry: TypeAlias = Stay | AgentSpan | Gap
"""What the books hold."""
Key: TypeAlias = tuple[str, str, str | datetime, datetime]
"""What an entry is known by: one that is written again takes the place of the one before."""

LIVE = "live"
"""The source of what the ledger saw."""
LOG = "queue_log"
"""The source of what was imported; the ledger knows better."""

stays = sa.Table(
    "stays",
    metadata,
    sa.Column("queue", sa.Text, primary_key=True),
    sa.Column("uniqueid", sa.Text, primary_key=True, index=True),
    sa.Column("joined_at", UtcDateTime, primary_key=True, index=True),
    sa.Column("linkedid", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("is_joined_exactly", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("chain", sa.Integer, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False, index=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("left_at", UtcDateTime, nullable=True),
    sa.Column("interface", sa.Text, nullable=False),
    sa.Column("talk_ended_at", UtcDateTime, nullable=True),
    sa.Column("talk_ended_by", sa.Text, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)
"""A row for each stay; its end is ``outcome``, since ``end`` is a word of SQL."""

agent_spans = sa.Table(
    "agent_spans",
    metadata,
    sa.Column("interface", sa.Text, primary_key=True),
    sa.Column("began_at", UtcDateTime, primary_key=True, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("ended_at", UtcDateTime, nullable=True, index=True),
    sa.Column("source", sa.Text, nullable=False),
)

gaps = sa.Table(
    "gaps",
    metadata,
    sa.Column("began_at", UtcDateTime, primary_key=True),
    sa.Column("queue", sa.Text, primary_key=True),
    sa.Column("ended_at", UtcDateTime, nullable=True),
    sa.Column("why", sa.Text, nullable=False),
)

queue_log_imports = sa.Table(
    "queue_log_imports",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
"""A row for each file, known by the digest of its first ``head`` bytes, whatever it is called by now; and for each
table. ``place`` is how far it was read, ``state`` the calls and agents that were under way there."""

TABLES = (stays, agent_spans, gaps, queue_log_imports)


def table_of(entry: Entry) -> sa.Table:
    """Where an entry is kept."""
    match entry:
        case Stay():
            return stays
        case AgentSpan():
            return agent_spans
        case Gap():
            return gaps


def key_of(entry: Entry) -> Key:
    """What an entry is known by."""
    match entry:
        case Stay():
            return ("stay", entry.queue, entry.uniqueid, entry.joined_at)
        case AgentSpan():
            return ("span", entry.interface, "", entry.began_at)
        case Gap():
            return ("gap", entry.queue, "", entry.began_at)


def began(entry: Entry) -> datetime:
    """When it began."""
    return entry.joined_at if isinstance(entry, Stay) else entry.began_at


def row_of(entry: Entry, source: str = LIVE) -> dict[str, Any]:
    """The row that holds an entry."""
    match entry:
        case Stay():
            values = dict(zip(_STAY, _of_stay(entry), strict=True))
            return {**values, "outcome": entry.end.value, "source": source}
        case AgentSpan():
            values = dict(zip(_SPAN, _of_span(entry), strict=True))
            return {**values, "state": entry.state.value, "source": source}
        case Gap():
            return asdict(entry)


_SPAN = ("interface", "reason", "began_at", "ended_at")
_of_span = attrgetter(*_SPAN)
_STAY = tuple(column.name for column in stays.columns if column.name not in {"outcome", "source"})
_of_stay = attrgetter(*_STAY)

_STAY_ENDS: Mapping[str, StayEnd] = MappingProxyType({end.value: end for end in StayEnd})
_AGENT_STATES: Mapping[str, AgentState] = MappingProxyType({state.value: state for state in AgentState})
_END = [field.name for field in fields(Stay)].index("end")

STAY = tuple(stays.c["outcome" if field.name == "end" else field.name] for field in fields(Stay))
"""What is selected of a stay, for ``stay_in``: rows by place take half the time of rows by name, and a day has
thousands."""
SPAN = tuple(agent_spans.c[field.name] for field in fields(AgentSpan))
"""The same of a span."""
GAP = tuple(gaps.c[field.name] for field in fields(Gap))
"""The same of a gap."""


def stay_in(row: Sequence[Any]) -> Stay:
    """The stay that a row of ``STAY`` holds."""
    values = list(row)
    values[_END] = _STAY_ENDS[values[_END]]
    return Stay(*values)


def span_in(row: Sequence[Any]) -> AgentSpan:
    """The span that a row of ``SPAN`` holds."""
    interface, state, reason, began_at, ended_at = row
    return AgentSpan(interface, _AGENT_STATES[state], reason, began_at, ended_at)


def gap_in(row: Sequence[Any]) -> Gap:
    """The gap that a row of ``GAP`` holds."""
    return Gap(*row)
