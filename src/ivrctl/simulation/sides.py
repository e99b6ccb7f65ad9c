"""On which side of each threshold the figures of a policy are.

So long as that is the same, and nothing else has changed, another round would decide the same once more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TypeAlias

from ivrctl.acd.picture import Queue
from ivrctl.staffing.measuring import measure
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
        self._of = tuple((trigger.measure, _values(trigger)) for trigger in policy.triggers)

    def sides(self, scene: Scene, queues: tuple[Queue, ...], shortfall: Reading | None) -> Sides:
        """Where the figures are.

        Args:
            scene: of now.
            queues: of the policy.
            shortfall: what is forecast; None where nothing is.
        """
        window = self._policy.window
        return tuple(
            _side(shortfall if of is Measure.FORECAST_SHORTFALL else measure(of, scene, queues, window), values)
            for of, values in self._of
        )


def _values(trigger: Trigger) -> tuple[float, ...]:
    return tuple(sorted({trigger.release, *(value for value in trigger.engage if value is not None)}))


def _side(reading: Reading | None, values: tuple[float, ...]) -> Side:
    if reading is None or reading.value is None:
        return None
    value = reading.value
    return bisect_left(values, value), bisect_right(values, value), bool(reading.why_unknown)
