"""What is written about backup staff: each is a function of a connection, and several make one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.postgresql import is_server
from ivrctl.adapters.site_store.upsert import upsert
from ivrctl.adapters.staffing_store.tables import acting, changes, decisions, leases, memories, orders
from ivrctl.adapters.staffing_store.values import KeptDecision, KeptOrder, Sent
from ivrctl.staffing.decision import Memory
from ivrctl.staffing.json_form import memory_to_json, reasons_to_json
from ivrctl.staffing.plan import Owned, SeatKey

Write = Callable[[AsyncConnection], Awaitable[None]]

KEEP = timedelta(days=90)
"""For so long decisions, actions and orders are kept: a quarter, and what an auditor asks of the one before."""


def lease_kept(lease: Owned) -> Write:
    """A membership is begun, or goes on with other terms."""
    return _upsert(leases, asdict(lease))


def lease_ended(seat: SeatKey) -> Write:
    """A membership has ended."""
    queue, interface = seat
    return _execute(sa.delete(leases).where(leases.c.queue == queue, leases.c.interface == interface))


def renewed(until: datetime, acting_until: datetime) -> Write:
    """Whoever acts lives: all leases go on."""

    async def write(connection: AsyncConnection) -> None:
        await connection.execute(sa.update(leases).values(expires_at=until))
        await connection.execute(sa.update(acting).values(expires_at=acting_until))

    return write


def sent_kept(sent: Sent) -> Write:
    """An action is about to be sent, or has had its outcome."""
    change = sent.change
    row = {
        "id": sent.id,
        "policy": sent.policy,
        "decision": sent.decision,
        "kind": change.kind.value,
        "queue": change.queue,
        "interface": change.interface,
        "tier": change.tier,
        "penalty": change.penalty,
        "cause": change.cause.value,
        "sentence": change.sentence,
        "is_counted": sent.is_counted,
        "sent_at": sent.at,
        "settled_at": sent.settled_at,
        "outcome": sent.outcome,
    }
    return _upsert(changes, row)


def left_open_closed(at: datetime) -> Write:
    """Of actions whose controller has ended before their outcome was known, nobody will know it."""
    is_open = changes.c.outcome == ""
    return _execute(sa.update(changes).where(is_open).values(outcome="not known", settled_at=at))


def memory_kept(policy: str, memory: Memory, at: datetime) -> Write:
    """What the next decision must remember."""
    return _upsert(memories, {"policy": policy, "memory": memory_to_json(memory), "kept_at": at})


def decision_kept(decision: KeptDecision) -> Write:
    """A decision that has changed something."""
    row = {
        "id": decision.id,
        "policy": decision.policy,
        "at": decision.at,
        "digest": decision.digest,
        "sentences": list(decision.sentences),
        "reasons": reasons_to_json(decision.reasons),
        "plan": decision.plan,
    }
    return _upsert(decisions, row)


def order_kept(kept: KeptOrder) -> Write:
    """Somebody has ordered something; an order with the same id is replaced."""
    order = kept.order
    row = {
        "id": order.id,
        "policy": kept.policy,
        "kind": order.kind.value,
        "tier": order.tier,
        "given_at": order.given_at,
        "expires_at": order.expires_at,
        "given_by": order.by,
        "reason": order.reason,
    }
    return _upsert(orders, row)


def old_forgotten(now: datetime) -> Write:
    """What is older than ``KEEP`` goes."""
    before = now - KEEP
    too_old = (
        sa.delete(decisions).where(decisions.c.at < before),
        sa.delete(changes).where(changes.c.sent_at < before),
        sa.delete(orders).where(orders.c.expires_at < before),
        sa.delete(memories).where(memories.c.kept_at < before),
    )

    async def write(connection: AsyncConnection) -> None:
        for statement in too_old:
            await connection.execute(statement)

    return write


def _upsert(table: sa.Table, row: dict[str, Any]) -> Write:
    async def write(connection: AsyncConnection) -> None:
        await connection.execute(upsert(table, is_server=is_server(connection.engine)), [row])

    return write


def _execute(statement: sa.Executable) -> Write:
    async def write(connection: AsyncConnection) -> None:
        await connection.execute(statement)

    return write
