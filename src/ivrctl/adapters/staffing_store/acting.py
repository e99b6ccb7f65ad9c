"""Which controller acts: one row, and a term that grows with each that begins to.

Whoever has begun to act later has the higher term, and every write of the one before is refused from then on. A
controller that lives renews the row; one of the same place is its successor and need not wait for its end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.postgresql import is_server
from ivrctl.adapters.site_store.upsert import insert_if_new
from ivrctl.adapters.staffing_store.tables import acting
from ivrctl.adapters.staffing_store.values import Acting
from ivrctl.errors import IvrctlError

LASTS = timedelta(seconds=90)
"""Without a renewal another controller acts then: sooner than the leases end, so that it can take them over."""
_ROW = 1
_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class SupersededError(IvrctlError):
    """Another controller acts: nothing was written."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("another controller decides about backup staff now")


async def acting_now(connection: AsyncConnection) -> Acting | None:
    """Who acts, or has acted last; None where nobody ever has."""
    row = (await connection.execute(sa.select(acting))).mappings().first()
    return None if row is None else _of(row)


async def begin(connection: AsyncConnection, place: str, holder: str, now: datetime, *, is_successor: bool) -> Acting:
    """Act from now on, unless somebody else does.

    Args:
        connection: in a transaction that writes.
        place: ours.
        holder: our process.
        now: by our clock.
        is_successor: a controller of our place does not count as somebody else.

    Returns:
        Who acts.
    """
    nobody = {"id": _ROW, "place": "", "holder": "", "term": 0, "expires_at": _LONG_AGO}
    await connection.execute(insert_if_new(acting, is_server=is_server(connection.engine)), [nobody])
    row = _of((await connection.execute(sa.select(acting).with_for_update())).mappings().one())
    is_ours = row.holder == holder
    if not is_ours and row.expires_at > now and not (is_successor and row.place == place):
        return row
    term = row.term if is_ours else row.term + 1
    begun = Acting(place, holder, term, now + LASTS)
    await connection.execute(
        sa.update(acting).values(place=place, holder=holder, term=term, expires_at=begun.expires_at)
    )
    return begun


async def check(connection: AsyncConnection, term: int) -> None:
    """See that a term is the last, and that nobody begins another one before the transaction ends.

    Raises:
        SupersededError: it is not.
    """
    found = await connection.scalar(sa.select(acting.c.term).with_for_update(read=True))
    if found != term:
        raise SupersededError


async def end(connection: AsyncConnection, term: int) -> None:
    """Act no more, if it was of this term; whoever waits may begin at once, whatever his clock says."""
    await connection.execute(sa.update(acting).where(acting.c.term == term).values(expires_at=_LONG_AGO))


def _of(row: Any) -> Acting:
    return Acting(row["place"], row["holder"], row["term"], row["expires_at"])
