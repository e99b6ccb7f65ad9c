"""A decision that changed something, as it is kept: enough to say why, long after policy and picture are others."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ivrctl.service.staffing.ports import Recorded
from ivrctl.service.staffing.rounds import Round
from ivrctl.service.staffing.shown import comparison_shown, measure_shown, plan_shown
from ivrctl.staffing.sentences import sentence
from ivrctl.staffing.view import View


def recorded(done: Round, id_: str) -> Recorded:
    """What is kept of a round.

    Args:
        done: with its decision.
        id_: a new one.
    """
    decision, policy = done.decision, done.policy
    told = {
        "changed": list(done.changed),
        "tiers": [
            {
                "tier": reason.tier,
                "in": reason.is_in,
                "changed": reason.is_change,
                "cause": str(reason.cause),
                "order": reason.order,
                "why": sentence(reason, decision),
                "compared": [comparison_shown(each) for each in reason.comparisons],
            }
            for reason in decision.reasons
        ],
        "measures": [
            measure_shown(policy, trigger, done.view.readings.get(trigger.measure)) for trigger in policy.triggers
        ],
        "queues": _queues(done.view),
        "asked": list(decision.asked),
        "called_in": list(decision.called_in),
        **plan_shown(done.plan),
    }
    return Recorded(id_, decision.at, policy.name, told)


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
