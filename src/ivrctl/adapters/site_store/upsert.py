"""Statements that both databases have and SQLAlchemy has twice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def upsert(table: sa.Table, *, is_server: bool) -> Any:
    """The statement that writes rows of a table, in the place of those with the same keys."""
    insert = (postgresql if is_server else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


def insert_if_new(table: sa.Table, *, is_server: bool) -> Any:
    """The statement that writes rows of a table whose keys are not there yet, and leaves the others alone."""
    return (postgresql if is_server else sqlite).insert(table).on_conflict_do_nothing()
