"""A decision that changed something, as it is kept: enough to say why, long after policy and picture are others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from ivrctl.adapters.staffing_store import KeptDecision, Sent
from ivrctl.service.queues.views import iso
from ivrctl.service.staffing.shown import change_shown, comparison_shown, measure_shown, plan_shown
from ivrctl.staffing.rounds import Round
from ivrctl.staffing.sentences import sentence
from ivrctl.staffing.view import View

DIGEST_DIGITS = 16
"""Hexadecimal: two views of one site do not have the same by chance."""


def kept(done: Round) -> KeptDecision:
    """What is kept of a round that has an id."""
    decision, policy, readings = done.decision, done.policy, done.view.readings
    told = {
        **plan_shown(done.plan),
        "measures": [measure_shown(policy, trigger, readings.get(trigger.measure)) for trigger in policy.triggers],
        "queues": _queues(done.view),
        "asked": list(decision.asked),
        "called_in": list(decision.called_in),
    }
    said = tuple(sentence(reason, decision) for reason in decision.reasons)
    return KeptDecision(done.id, policy.name, decision.at, digest(done.view), said, decision.reasons, told)


def decision_shown(decision: KeptDecision) -> dict[str, Any]:
    """A decision that was kept, as the API shows it; its changes with what became of them."""
    plan = dict(decision.plan)
    return {
        "id": decision.id,
        "at": iso(decision.at),
        "policy": decision.policy,
        "digest": decision.digest,
        "tiers": [
            {
                "tier": reason.tier,
                "in": reason.is_in,
                "changed": reason.is_change,
                "cause": str(reason.cause),
                "order": reason.order,
                "why": said,
                "compared": [comparison_shown(each) for each in reason.comparisons],
            }
            for reason, said in zip(decision.reasons, decision.sentences, strict=True)
        ],
        **plan,
        "sent": [_sent(each) for each in decision.sent],
    }


def digest(view: View) -> str:
    """Tells one view from another: of the same figures and members it is the same."""
    hashed = sha256()
    for line in _lines(view):
        hashed.update(line.encode())
    return hashed.hexdigest()[:DIGEST_DIGITS]


def _lines(view: View) -> Iterator[str]:
    yield f"{view.at} {view.is_known} {view.sight}\n"
    yield from (f"{measure} {reading}\n" for measure, reading in sorted(view.readings.items()))
    yield from (f"{key} {view.seats[key]}\n" for key in sorted(view.seats))
    yield from (f"{queue} {waiting}\n" for queue, waiting in sorted(view.waiting.items()))
    yield from (f"{interface} {presence}\n" for interface, presence in sorted(view.presence.items()))


def _sent(sent: Sent) -> dict[str, Any]:
    state = {"at": iso(sent.at), "settled_at": iso(sent.settled_at), "outcome": sent.outcome}
    return {**change_shown(sent.change), **state}


def _queues(view: View) -> dict[str, dict[str, Any]]:
    """By queue, how many wait, and who is there for them."""
    staff, available = Counter[str](), Counter[str]()
    for seat in view.seats.values():
        staff[seat.queue] += 1
        available[seat.queue] += seat.is_available
    return {
        name: {"waiting": waiting, "staff": staff[name], "available": available[name]}
        for name, waiting in sorted(view.waiting.items())
    }
