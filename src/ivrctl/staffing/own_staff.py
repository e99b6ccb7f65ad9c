"""The staff of a policy's queues who are there by themselves: what a forecast's need is compared with."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.staffing.plan import Owned, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.scene import ABSENT, Scene


def own_staff(policy: Policy, scene: Scene, owned: Mapping[SeatKey, Owned]) -> int | None:
    """How many people are there for the policy's queues, each once: signed on, not paused, the phone at hand.

    Whom the policy's tiers have brought is left out: they come since somebody is missing, and do not end that. Who was
    asked to end his pause, and has, is there again by himself.

    Args:
        policy: whose queues are meant.
        scene: of now.
        owned: memberships that we have begun.

    Returns:
        None while the queues are not seen as they are.
    """
    queues = [scene.picture.queues.get(name) for name in policy.queues]
    if not scene.picture.is_known or any(queue is None for queue in queues):
        return None
    brought = {seat for seat, mine in owned.items() if mine.policy == policy.name}
    there = {
        member.interface
        for queue in queues
        if queue is not None
        for member in queue.members.values()
        if not member.is_paused and member.device not in ABSENT and (queue.name, member.interface) not in brought
    }
    return len(there)
