"""Whom a queue leaves to queues with more weight, by ``compare_weight`` of app_queue.c.

A queue with more weight, in which at least as many wait as members of it are free, has all of them. Callers who are
rung for count among those who wait, so it can keep a member more than it needs: as the real one does.
"""

from __future__ import annotations

from collections.abc import Iterable

from ivrctl.simulation import strategies
from ivrctl.simulation.people import DeskMember, DeskQueue


def whom_to_spare(queue: DeskQueue, queues: Iterable[DeskQueue]) -> strategies.May:
    """Who of the members of a queue may be rung by it now.

    Args:
        queue: which.
        queues: all of them.
    """
    if not queue.is_weighed:
        return _anybody
    first = [other.model.name for other in queues if other.model.weight > queue.model.weight and _needs_all(other)]
    if not first:
        return _anybody
    return lambda member: not any(name in member.agent.members for name in first)


def _needs_all(queue: DeskQueue) -> bool:
    return bool(queue.callers) and len(queue.callers) >= strategies.turns(queue)


def _anybody(_member: DeskMember) -> bool:
    return True
