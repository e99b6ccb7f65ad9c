"""One round of one policy, as a value: what was seen, what was decided, and what is to be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ivrctl.staffing.decide import decide
from ivrctl.staffing.decision import Decision, Memory
from ivrctl.staffing.diff import diff
from ivrctl.staffing.guard import guard
from ivrctl.staffing.plan import Owned, Plan, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.sentences import sentence
from ivrctl.staffing.view import View


@dataclass(frozen=True, slots=True)
class Round:
    """See the module."""

    policy: Policy
    view: View
    decision: Decision
    plan: Plan
    """Guarded: what waits stands beside what may be done now."""
    said: Mapping[str, str]
    """By tier, in words, why it came or went when it last did; of one that never did, why it is as it is."""
    id: str = ""
    """Of the decision where it is kept: it changed something."""

    @property
    def changed(self) -> tuple[str, ...]:
        """The tiers that came or went in it."""
        return tuple(reason.tier for reason in self.decision.reasons if reason.is_change)

    @property
    def asking(self) -> Mapping[str, tuple[str, ...]]:
        """By tier, the interfaces of those whom it asks now: of two that could, by the one that has just come in."""
        first = sorted((reason for reason in self.decision.reasons if reason.is_in), key=lambda one: not one.is_change)
        found: dict[str, tuple[str, ...]] = {}
        left = list(self.decision.asked)
        for reason in first:
            mine = self.decision.memory.tiers[reason.tier].asked
            if asked := tuple(each for each in left if each in mine):
                found[reason.tier] = asked
                left = [each for each in left if each not in mine]
        return found


def go_round(
    policy: Policy,
    view: View,
    memory: Memory,
    owned: Mapping[SeatKey, Owned],
    said: Mapping[str, str],
    leaving: Collection[SeatKey] = (),
) -> Round:
    """Decide, compare, and hold back what must wait. Nothing is done.

    Args:
        policy: with its triggers, tiers and timing.
        view: what is seen.
        memory: of the round before; empty for the first.
        owned: memberships that we have begun, of any policy.
        said: of the round before.
        leaving: seats whose removal was sent and is not observed yet.
    """
    decision = decide(policy, view, memory, view.at)
    words = {
        reason.tier: sentence(reason, decision) if reason.is_change else said.get(reason.tier, "")
        for reason in decision.reasons
    }
    words = {reason.tier: words[reason.tier] or sentence(reason, decision) for reason in decision.reasons}
    plan = diff(policy, decision, view, owned, words)
    return Round(policy, view, decision, guard(plan, view, decision.memory, policy, view.at, leaving), words)
