"""The measures of triggers: each over the queues of a policy, of which the worst counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from math import inf
from types import MappingProxyType
from typing import TypeAlias

from ivrctl.acd.picture import Queue
from ivrctl.staffing.policy import Measure
from ivrctl.staffing.promises import waiting_on_promise
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Reading


def measure(measured: Measure, scene: Scene, queues: Sequence[Queue], window: timedelta) -> Reading:
    """A measure of the queues' own; a forecast is none of theirs.

    Args:
        measured: which.
        scene: of now.
        queues: those that are judged together.
        window: of service level and abandon share.
    """
    take = TAKEN.get(measured)
    if take is None:
        return Reading(None, why_unknown="nobody has forecast anything")
    return _worst(measured, ((queue, take(scene, queue, window)) for queue in queues))


def _worst(measured: Measure, found: Iterable[tuple[Queue, float | None]]) -> Reading:
    """The worst of those that are known; of several alike the first."""
    worst: float | None = None
    where, unknown = "", []
    for queue, value in found:
        if value is None:
            unknown.append(queue.name)
        elif worst is None or (value < worst if measured.is_low_bad else value > worst):
            worst, where = value, queue.name
    why = f"too little was seen of {', '.join(unknown)} so far" if unknown else ""
    return Reading(worst, where, why)


def _longest_wait(scene: Scene, queue: Queue, _window: timedelta) -> float:
    return scene.longest_wait(queue)


def _per_available(scene: Scene, queue: Queue, _window: timedelta) -> float:
    waiting = len(queue.callers)
    if not waiting:
        return 0.0
    staffed = scene.staffed(queue)
    return waiting / staffed if staffed else inf


def _expected_wait(scene: Scene, queue: Queue, _window: timedelta) -> float:
    """Where too few were answered to tell, as long as the first caller has waited: what happened to him may go on.

    That is the head-of-line estimator of the field (Ibrahim and Whitt, Real-time delay estimation, 2009).
    """
    waits = scene.longest_wait(queue)
    first = scene.now - timedelta(seconds=waits) if queue.callers else None
    expected = scene.expected.expect(queue.name, len(queue.callers), scene.now, first) if queue.members else None
    return waits if expected is None else expected.p50.total_seconds()


def _promise_used(scene: Scene, queue: Queue, _window: timedelta) -> float:
    """Of callers whose tier is promised something, and whom nobody has answered yet."""
    used = 0.0
    for uniqueid, caller in queue.callers.items() if scene.promises else ():
        waiting = waiting_on_promise(scene, queue.name, uniqueid, caller.joined_at)
        used = used if waiting is None else max(used, waiting.used)
    return used


def _service_level(scene: Scene, queue: Queue, window: timedelta) -> float | None:
    """Where nobody's fate was known in the window, all is well as long as nobody waits for too long."""
    shares = scene.recent.shares(queue.name, scene.now - window, scene.now)
    if shares.whole:
        return shares.in_time / shares.whole
    if scene.longest_wait(queue) > scene.recent.rule.answer_in.total_seconds():
        return 0.0
    return 1.0 if _is_whole(scene, window) else None


def _abandon_share(scene: Scene, queue: Queue, window: timedelta) -> float | None:
    shares = scene.recent.shares(queue.name, scene.now - window, scene.now)
    if shares.whole:
        return shares.abandoned / shares.whole
    return 0.0 if _is_whole(scene, window) else None


def _is_whole(scene: Scene, window: timedelta) -> bool:
    """True when nothing of the window went unseen."""
    since = scene.recent.seen_since
    return since is not None and since <= scene.now - window


Taking: TypeAlias = Callable[[Scene, Queue, timedelta], float | None]
"""Of one queue: is told the window, too. None: not known."""
TAKEN: Mapping[Measure, Taking] = MappingProxyType(
    {
        Measure.LONGEST_WAIT: _longest_wait,
        Measure.WAITING_PER_AVAILABLE: _per_available,
        Measure.EXPECTED_WAIT: _expected_wait,
        Measure.PROMISE_USED: _promise_used,
        Measure.SERVICE_LEVEL: _service_level,
        Measure.ABANDON_SHARE: _abandon_share,
    }
)
"""How each measure is taken of a queue; a forecast is of none."""
