"""What the tables of the site's database share: one ``MetaData``, and column types that both databases have.

Tables say how they are now; how they came to be is in ``migrations``. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An instant: stored in UTC without an offset, which every database can, and aware again when read."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database.

        Raises:
            ValueError: the time is not aware.
        """
        if value is not None and value.tzinfo is None:
            raise ValueError(f"times in the database are aware: {value}")
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database: SQLite has text, others have moments.

        ``process_result_value`` would be the same, but of a day's books it would take as long as all the rest.
        """
        return _read if dialect.name == "sqlite" else _aware


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


metadata = sa.MetaData()
"""Of every table in the site's database."""
