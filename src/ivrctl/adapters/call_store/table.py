"""The table of call records, and a record as a row of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ivrctl.adapters.site_store.schema import UtcDateTime, metadata
from ivrctl.model.call import CallRecord, Ending, TraceEntry, wait_from_json, wait_to_json
from ivrctl.model.values import from_json, to_json

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("leg", sa.Text, primary_key=True),
    sa.Column("uniqueid", sa.Text, nullable=False),
    sa.Column("ani", sa.Text, nullable=False),
    sa.Column("dnis", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("began_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime, nullable=False, index=True),
    sa.Column("ending", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("path", sa.JSON, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("trace", sa.JSON, nullable=False),
    sa.Column("regions", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("waits", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("notices", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("tier", sa.Text, nullable=False, server_default=""),
    sa.Column("promise", sa.Text, nullable=False, server_default=""),
    sa.Column("callback_due", UtcDateTime, nullable=True),
)
"""One row for each record; the columns are the fields of ``CallRecord``. Texts have no length: PostgreSQL would refuse
a record whose caller sends a longer number, and SQLite never looks."""


def row_of(record: CallRecord) -> dict[str, Any]:
    """The row that holds a record."""
    return {
        "leg": record.leg,
        "uniqueid": record.uniqueid,
        "ani": record.ani,
        "dnis": record.dnis,
        "version": record.version,
        "began_at": record.began_at,
        "ended_at": record.ended_at,
        "ending": record.ending.value,
        "reason": record.reason,
        "path": list(record.path),
        "fields": {name: to_json(value) for name, value in record.fields.items()},
        "trace": [entry._asdict() for entry in record.trace],
        "regions": list(record.regions),
        "waits": [wait_to_json(wait) for wait in record.waits],
        "notices": list(record.notices),
        "tier": record.tier,
        "promise": record.promise,
        "callback_due": record.callback_due,
    }


def record_in(row: sa.RowMapping) -> CallRecord:
    """The record that a row holds."""
    return CallRecord(
        leg=row["leg"],
        uniqueid=row["uniqueid"],
        ani=row["ani"],
        dnis=row["dnis"],
        version=row["version"],
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        ending=Ending(row["ending"]),
        reason=row["reason"],
        path=tuple(row["path"]),
        fields={name: from_json(value) for name, value in row["fields"].items()},
        trace=tuple(TraceEntry(**entry) for entry in row["trace"]),
        regions=tuple(row["regions"]),
        tier=row["tier"],
        waits=tuple(wait_from_json(wait) for wait in row["waits"]),
        notices=tuple(row["notices"]),
        promise=row["promise"],
        callback_due=row["callback_due"],
    )
