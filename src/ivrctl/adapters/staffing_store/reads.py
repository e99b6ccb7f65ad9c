"""What is kept of backup staff, as values again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.staffing_store.tables import changes, decisions, leases, memories, orders
from ivrctl.adapters.staffing_store.values import Inherited, KeptDecision, KeptOrder, Sent
from ivrctl.staffing.decision import Cause, Memory
from ivrctl.staffing.json_reading import Recovered, memory_from_json, reasons_from_json
from ivrctl.staffing.plan import Change, ChangeKind, Owned
from ivrctl.staffing.view import Order, OrderKind

CEILING_OVER = timedelta(hours=1)
"""What was sent within this is counted by the ceiling."""


async def inherited(connection: AsyncConnection, now: datetime) -> Inherited:
    """What a controller goes on with that begins to act.

    Args:
        connection: to the database.
        now: by Asterisk's clock.
    """
    remembered = await _remembered(connection)
    return Inherited(
        await owned(connection),
        {policy: found.value for policy, found in remembered.items()},
        await orders_given(connection, now),
        await counted_since(connection, now - CEILING_OVER),
        tuple(f"{policy}: {sentence}" for policy, found in remembered.items() for sentence in found.lost),
    )


async def owned(connection: AsyncConnection) -> tuple[Owned, ...]:
    """All memberships that were begun and have not ended."""
    rows = await connection.execute(sa.select(leases).order_by(leases.c.since, leases.c.queue, leases.c.interface))
    return tuple(Owned(**row) for row in rows.mappings())


async def orders_given(connection: AsyncConnection, now: datetime) -> tuple[KeptOrder, ...]:
    """Orders that have not expired."""
    query = sa.select(orders).where(orders.c.expires_at > now).order_by(orders.c.given_at, orders.c.id)
    return tuple(_order_in(row) for row in (await connection.execute(query)).mappings())


async def counted_since(connection: AsyncConnection, since: datetime) -> Mapping[str, tuple[datetime, ...]]:
    """By policy, when actions were sent that the ceiling counts."""
    query = sa.select(changes.c.policy, changes.c.sent_at).where(changes.c.sent_at > since, changes.c.is_counted)
    found = defaultdict[str, list[datetime]](list)
    for policy, at in await connection.execute(query.order_by(changes.c.sent_at)):
        found[policy].append(at)
    return {policy: tuple(times) for policy, times in found.items()}


async def sent_between(connection: AsyncConnection, begin: datetime, end: datetime) -> tuple[Sent, ...]:
    """The actions that were sent in a time, the first first."""
    query = sa.select(changes).where(changes.c.sent_at >= begin, changes.c.sent_at < end)
    rows = (await connection.execute(query.order_by(changes.c.sent_at, changes.c.id))).mappings()
    return tuple(_sent_in(row) for row in rows)


async def decision(connection: AsyncConnection, identity: str) -> KeptDecision | None:
    """The decision of this id, with what was done by it; None where there is none."""
    query = sa.select(decisions).where(decisions.c.id == identity)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        return None
    sent = await _sent_by(connection, [identity])
    return _decision_in(row, sent.get(identity, ()))


async def decided(
    connection: AsyncConnection, *, policy: str | None = None, before: datetime | None = None, most: int = 50
) -> tuple[KeptDecision, ...]:
    """Decisions, the last first, with what was done by them.

    Args:
        connection: to the database.
        policy: only of this one.
        before: only those before it.
        most: so many at most.
    """
    query = sa.select(decisions).order_by(decisions.c.at.desc(), decisions.c.id.desc()).limit(most)
    if policy is not None:
        query = query.where(decisions.c.policy == policy)
    if before is not None:
        query = query.where(decisions.c.at < before)
    rows = (await connection.execute(query)).mappings().all()
    sent = await _sent_by(connection, [row["id"] for row in rows])
    return tuple(_decision_in(row, sent.get(row["id"], ())) for row in rows)


async def _remembered(connection: AsyncConnection) -> Mapping[str, Recovered[Memory]]:
    rows = (await connection.execute(sa.select(memories))).mappings()
    return {str(row["policy"]): memory_from_json(row["memory"]) for row in rows}


async def _sent_by(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, tuple[Sent, ...]]:
    query = sa.select(changes).where(changes.c.decision.in_(ids)).order_by(changes.c.sent_at, changes.c.id)
    found = defaultdict[str, list[Sent]](list)
    for row in (await connection.execute(query)).mappings():
        found[row["decision"]].append(_sent_in(row))
    return {decision: tuple(each) for decision, each in found.items()}


def _sent_in(row: Any) -> Sent:
    change = Change(
        ChangeKind(row["kind"]),
        row["queue"],
        row["interface"],
        row["tier"],
        row["penalty"],
        cause=Cause(row["cause"]),
        sentence=row["sentence"],
    )
    return Sent(
        row["id"],
        row["policy"],
        row["decision"],
        change,
        row["sent_at"],
        row["is_counted"],
        row["settled_at"],
        row["outcome"],
    )


def _decision_in(row: Any, sent: tuple[Sent, ...]) -> KeptDecision:
    said, reasons = tuple(row["sentences"]), reasons_from_json(row["reasons"])
    return KeptDecision(row["id"], row["policy"], row["at"], row["digest"], said, reasons, row["plan"], sent)


def _order_in(row: Any) -> KeptOrder:
    order = Order(
        row["id"],
        OrderKind(row["kind"]),
        row["tier"],
        row["given_at"],
        row["expires_at"],
        row["given_by"],
        row["reason"],
    )
    return KeptOrder(row["policy"], order)
