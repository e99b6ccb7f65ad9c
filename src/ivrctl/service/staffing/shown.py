"""How backup staff stands, as the API shows it: plain values, times in ISO 8601."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import isinf
from typing import Any

from ivrctl.adapters.staffing_store import KeptOrder
from ivrctl.service.queues.views import iso
from ivrctl.service.staffing.ports import Pending
from ivrctl.staffing.decision import Comparison, Memory, PersonMemory, Reason, TierMemory
from ivrctl.staffing.guard import HOUR
from ivrctl.staffing.plan import Change, Held, Plan
from ivrctl.staffing.policy import Policy, Tier, Trigger
from ivrctl.staffing.rounds import Round
from ivrctl.staffing.sentences import figure, person_sentence, sentence
from ivrctl.staffing.view import Order, Reading


def policy_shown(done: Round, orders: Iterable[KeptOrder], pending: Iterable[Pending]) -> dict[str, Any]:
    """One policy after its last round."""
    policy, decision, memory = done.policy, done.decision, done.decision.memory
    return {
        "policy": policy.name,
        "mode": str(policy.mode),
        "queues": list(policy.queues),
        "at": iso(decision.at),
        "hold": decision.hold,
        "tiers": [tier_shown(done, tier, reason) for tier, reason in zip(policy.tiers, decision.reasons, strict=True)],
        "measures": [
            measure_shown(policy, trigger, done.view.readings.get(trigger.measure)) for trigger in policy.triggers
        ],
        "calm_since": iso(memory.calm_since),
        **plan_shown(done.plan),
        "pending": [pending_shown(each) for each in pending if each.policy == policy.name],
        "orders": [order_shown(given) for given in orders if given.policy == policy.name],
        "changes_in_the_last_hour": _in_the_last_hour(memory, decision.at),
        "changes_per_hour": policy.timing.changes_per_hour,
    }


def tier_shown(done: Round, tier: Tier, reason: Reason) -> dict[str, Any]:
    """One tier: in or out, since when, and why."""
    memory = done.decision.memory
    known = memory.tiers.get(tier.name, TierMemory())
    return {
        "tier": tier.name,
        "bring": str(tier.bring),
        "in": reason.is_in,
        "since": iso(known.changed_at),
        "cause": str(reason.cause),
        "until": iso(reason.until),
        "why": sentence(reason, done.decision),
        "changed_because": done.said.get(tier.name, ""),
        "penalty": tier.penalty,
        "keep_back": tier.keep_back,
        "asked": sorted(known.asked),
        "answered_at": iso(known.answered_at),
        "people": [
            {
                "number": person.number,
                "name": person.name,
                "interface": person.interface,
                "presence": str(done.view.presence.get(person.interface, "unknown")),
                **_person(memory.people.get(person.interface, PersonMemory())),
            }
            for person in tier.people
        ],
    }


def measure_shown(policy: Policy, trigger: Trigger, reading: Reading | None) -> dict[str, Any]:
    """One row of the table with its figure; a measure that nobody takes has none."""
    value = None if reading is None else reading.value
    engaged = (
        [] if value is None else [tier.name for index, tier in enumerate(policy.tiers) if trigger.engages(index, value)]
    )
    return {
        "measure": str(trigger.measure),
        "value": _number(value),
        "said": figure(trigger.measure, value),
        "queue": "" if reading is None else reading.queue,
        "taken": reading is not None and reading.is_taken,
        "why_unknown": "nobody takes it here" if reading is None else reading.why_unknown,
        "engage": {
            tier.name: None if at is None else {"value": at, "said": figure(trigger.measure, at)}
            for tier, at in zip(policy.tiers, trigger.engage, strict=True)
        },
        "release": {"value": trigger.release, "said": figure(trigger.measure, trigger.release)},
        "calls_for": engaged,
        "calm": value is not None and not (reading and reading.why_unknown) and trigger.is_calm(value),
    }


def plan_shown(plan: Plan) -> dict[str, Any]:
    """What would be done, and what waits."""
    return {
        "changes": [change_shown(change) for change in plan.changes],
        "held": [held_shown(held) for held in plan.held],
        "unmanaged": [
            {"queue": queue, "interface": interface, "why": why}
            for (queue, interface), why in sorted(plan.unmanaged.items())
        ],
    }


def change_shown(change: Change) -> dict[str, Any]:
    """One action on one membership."""
    return {
        "kind": str(change.kind),
        "queue": change.queue,
        "interface": change.interface,
        "name": change.name,
        "tier": change.tier,
        "penalty": change.penalty,
        "cause": str(change.cause),
        "why": change.sentence,
    }


def held_shown(held: Held) -> dict[str, Any]:
    """A change that waits."""
    return {**change_shown(held.change), "held_because": str(held.because), "until": iso(held.until)}


def pending_shown(pending: Pending) -> dict[str, Any]:
    """A change that was begun and is not observed yet."""
    return {
        **change_shown(pending.change),
        "since": iso(pending.since),
        "attempts": pending.attempts,
        "error": pending.error,
        "retry_at": iso(pending.retry_at),
    }


def order_shown(given: KeptOrder) -> dict[str, Any]:
    """An order by hand."""
    order: Order = given.order
    return {
        "id": order.id,
        "policy": given.policy,
        "kind": str(order.kind),
        "tier": order.tier,
        "given_at": iso(order.given_at),
        "expires_at": iso(order.expires_at),
        "by": order.by,
        "reason": order.reason,
    }


def comparison_shown(each: Comparison) -> dict[str, Any]:
    """A figure against a threshold."""
    return {
        "measure": str(each.measure),
        "value": _number(each.value),
        "said": figure(each.measure, each.value),
        "threshold": each.threshold,
        "threshold_said": figure(each.measure, each.threshold),
        "queue": each.queue,
        "met": each.is_met,
        "since": iso(each.since),
    }


def _person(memory: PersonMemory) -> Mapping[str, Any]:
    return {
        "in": memory.is_in,
        "came_at": iso(memory.came_at),
        "left_at": iso(memory.left_at),
        "why_out": person_sentence(memory),
    }


def _in_the_last_hour(memory: Memory, now: datetime) -> int:
    return sum(1 for at in memory.changes if now - at < HOUR)


def _number(value: float | None) -> float | None:
    """JSON has no infinity: callers who wait for nobody."""
    return None if value is None or isinf(value) else value
