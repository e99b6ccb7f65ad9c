"""What callers are promised, while they wait: how much of it is used up, and whose is about to break or broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.staffing.scene import Scene

NEAR = 0.8
"""The share of a promise from which on it is about to break."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller who waits and is promised an answer."""

    uniqueid: str
    queue: str
    tier: str
    """His own, of customers."""
    waited: timedelta
    """In all queues of this call, up to now."""
    promised: timedelta

    @property
    def used(self) -> float:
        """Share of the promise, 0 upwards."""
        return self.waited / self.promised

    @property
    def is_near(self) -> bool:
        """True when the promise is about to break, or has."""
        return self.used >= NEAR

    @property
    def is_broken(self) -> bool:
        """True when he has waited longer than promised."""
        return self.waited > self.promised

    @property
    def sentence(self) -> str:
        """What is to be told of him."""
        waited, promised = self.waited.total_seconds(), self.promised.total_seconds()
        promise = "was promised" if self.is_broken else "is promised"
        return (
            f"a caller of the tier {self.tier} has waited {waited:.0f} s, now in {self.queue}, "
            f"and {promise} an answer within {promised:.0f} s"
        )


def waiting_on_promise(scene: Scene, queue: str, uniqueid: str, joined_at: datetime) -> Waiting | None:
    """Somebody who waits; None for one who is promised nothing, or was answered before in this call."""
    caller = scene.recent.caller(uniqueid)
    promised = None if caller is None or caller.is_answered else scene.promises.get(caller.tier)
    if caller is None or not promised:
        return None
    waited = scene.now - joined_at + timedelta(seconds=caller.waited)
    return Waiting(uniqueid, queue, caller.tier, waited, promised)


def alarms(scene: Scene, told: Mapping[str, bool]) -> Iterator[Waiting]:
    """Of whom is to be told now: first that his promise is near its end, then that it is broken; each once.

    Args:
        scene: of now.
        told: of whom was told already, by uniqueid: True when it was that it is broken.
    """
    if not scene.promises or not scene.picture.is_known:
        return
    for name, queue in scene.picture.queues.items():
        for uniqueid, caller in queue.callers.items():
            waiting = waiting_on_promise(scene, name, uniqueid, caller.joined_at)
            if waiting is not None and waiting.is_near and _is_new(waiting, told):
                yield waiting


def _is_new(waiting: Waiting, told: Mapping[str, bool]) -> bool:
    before = told.get(waiting.uniqueid)
    return before is None or (waiting.is_broken and not before)
