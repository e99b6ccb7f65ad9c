"""On which side of each threshold the figures of a policy are.

So long as that is the same, and nothing else has changed, another round would decide the same once more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TypeAlias

from ivrctl.acd.picture import Queue
from ivrctl.staffing.measuring import TAKEN, measure
from ivrctl.staffing.policy import Measure, Policy, Trigger
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Reading

Side: TypeAlias = tuple[int, int, bool] | None
"""Of one figure: how many thresholds are below it, how many are not above it, and whether it is known of every queue;
None when it is not known at all. That tells below, at and above for each of them."""
Sides: TypeAlias = tuple[Side, ...]


class Thresholds:
    """Those of one policy."""

    def __init__(self, policy: Policy) -> None:
        """Put them in order.

        Args:
            policy: with its triggers.
        """
        self._policy = policy
        self._of = tuple(
            (TAKEN.get(trigger.measure), _values(trigger), min if trigger.measure.is_low_bad else max)
            for trigger in policy.triggers
        )

    def sides(self, scene: Scene, queues: tuple[Queue, ...], shortfall: Reading | None) -> Sides:
        """Where the figures are: those of ``measure``, without what it says beside them.

        Args:
            scene: of now.
            queues: of the policy.
            shortfall: what is forecast; None where nothing is.
        """
        sides: list[Side] = []
        window = self._policy.window
        for take, values, worst in self._of:
            taken = (
                [take(scene, queue, window) for queue in queues]
                if take is not None
                else [None if shortfall is None else shortfall.value]
            )
            found = [value for value in taken if value is not None]
            is_whole = len(found) == len(taken)
            sides.append(_side(worst(found), values, is_whole=is_whole) if found else None)
        return tuple(sides)

    def readings(self, scene: Scene, queues: tuple[Queue, ...], shortfall: Reading | None) -> dict[Measure, Reading]:
        """The same figures, as a view has them."""
        found: dict[Measure, Reading] = {}
        for trigger in self._policy.triggers:
            if trigger.measure is not Measure.FORECAST_SHORTFALL:
                found[trigger.measure] = measure(trigger.measure, scene, queues, self._policy.window)
            elif shortfall is not None:
                found[trigger.measure] = shortfall
        return found


def _values(trigger: Trigger) -> tuple[float, ...]:
    return tuple(sorted({trigger.release, *(value for value in trigger.engage if value is not None)}))


def _side(value: float, values: tuple[float, ...], *, is_whole: bool) -> Side:
    return bisect_left(values, value), bisect_right(values, value), is_whole
