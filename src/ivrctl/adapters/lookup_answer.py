"""What a lookup answers, whoever was asked: foreign rows into rows as the site declares them.

Counterpart of ``site_databases`` and ``interfaces``, which ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ivrctl.lang.types import EXTENSION, QUEUE, Type, conform, without_none
from ivrctl.model.values import Row, RowOrRows, Value, to_json
from ivrctl.site.lookups import Lookup
from ivrctl.site.site_file import Site

MAX_ROWS_BYTES = 16_000
"""Of all rows of one answer together: they stand in the journal at each step until the flow ends, and what a caller can
listen to is less."""


class LookupFault(Exception):  # noqa: N818 - a fault of the peer, named in the field's words
    """The lookup gave no usable answer: it timed out, who is asked is away, or the row is not as declared."""


def conforming(found: Iterable[Mapping[str, Any]], lookup: Lookup, site: Site) -> RowOrRows | None:
    """The row, or the rows where the lookup is declared with ``rows``; None when there is none.

    Raises:
        LookupFault: something is not as declared; the message names the field, and never quotes its value.
    """
    rows = tuple(_row(each, lookup, site) for each in found)
    if not rows:
        return None
    if lookup.rows is None:
        return rows[0]
    if len(json.dumps(to_json(rows))) > MAX_ROWS_BYTES:
        raise LookupFault(f"its {len(rows)} rows have more than {MAX_ROWS_BYTES // 1000} kB")
    return rows


def too_late(timeout: timedelta) -> LookupFault:
    """The fault of one who has not answered."""
    return LookupFault(f"no answer within {timeout.total_seconds():g} s")


def _row(found: Mapping[str, Any], lookup: Lookup, site: Site) -> Row:
    zone = ZoneInfo(site.time_zone)
    row: dict[str, Value] = {}
    for name, kind in lookup.returns.items():
        if name not in found:
            raise LookupFault(f'the answer has no "{name}"')
        try:
            row[str(name)] = in_zone(conform(in_zone(found[name], zone), kind, zone=zone), zone)
        except (ValueError, OverflowError) as error:
            raise LookupFault(f'"{name}" is not as declared: {error}') from error
        _check_routing(str(name), without_none(kind), row[str(name)], site)
    return row


def _check_routing(name: str, kind: Type, value: Value, site: Site) -> None:
    """A queue or an extension that an answer names must be the site's: it is where the call may go."""
    if kind == QUEUE and value is not None and value not in site.queues:
        raise LookupFault(f'"{name}" is no queue of the site')
    if kind == EXTENSION and value is not None and site.dial_string(str(value)) is None:
        raise LookupFault(f'"{name}" is no extension of the site')


def in_zone(value: Any, zone: tzinfo) -> Any:
    """A moment on the site's clock, whichever zone a driver gives it; an identifier as text; others as they are.

    Raises:
        OverflowError: the moment is at the very end of what Python counts, such as PostgreSQL's infinity.
    """
    match value:
        case datetime() if value.tzinfo is not None:
            return value.astimezone(zone)
        case UUID():
            return str(value)
        case _:
            return value
