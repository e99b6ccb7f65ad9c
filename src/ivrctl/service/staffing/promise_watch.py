"""Watches what waiting callers are promised: an alarm before a promise breaks, and when it is broken."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ivrctl.service.staffing.errands import Errands
from ivrctl.service.staffing.heads_up import HeadsUp, News
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.promises import Waiting, alarms
from ivrctl.staffing.scene import Scene

LOOK_EVERY = 1.0
"""Seconds between two looks at who waits."""
TEXT_EVERY = timedelta(minutes=1)
"""About the same queue and tier nobody is sent a text more often; the log has every caller."""

Alarm = tuple[str, str]
"""A tier of customers, and ``near`` or ``broken``."""


@dataclass(frozen=True, slots=True)
class PromiseParts:
    """What it works with."""

    scene: Callable[[], Scene]
    policies: Callable[[], Mapping[str, Policy]]
    heads_up: HeadsUp
    errands: Errands
    log: Any
    """structlog's."""
    pause: Callable[[asyncio.Event, float], Awaitable[None]]
    """Waits for an event, but no more than some seconds."""
    on_fault: Callable[[str], None]


class PromiseWatch:
    """See the module. ``run`` never returns."""

    def __init__(self, parts: PromiseParts) -> None:
        """Begin with nobody told of.

        Args:
            parts: what it works with.
        """
        self._parts = parts
        self._told: dict[str, bool] = {}
        self._texted: dict[tuple[str, str, bool], datetime] = {}
        self._never = asyncio.Event()
        self._has_failed = False
        self.counts = Counter[Alarm]()
        """Alarms so far."""

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            try:
                self.look()
                self._has_failed = False
            except Exception as error:  # noqa: BLE001 - whatever it is, calls go on
                if not self._has_failed:
                    self._parts.on_fault(f"promises are not watched: {error!r}")
                self._has_failed = True
            await self._parts.pause(self._never, LOOK_EVERY)

    def look(self) -> None:
        """Tell of those who are new."""
        scene = self._parts.scene()
        for waiting in list(alarms(scene, self._told)):
            self._told[waiting.uniqueid] = waiting.is_broken
            self.counts[waiting.tier, "broken" if waiting.is_broken else "near"] += 1
            self._parts.log.warning("promise", caller=waiting.uniqueid, queue=waiting.queue, alarm=waiting.sentence)
            self._text(waiting, scene.now)
        if scene.picture.is_known:
            there = {uniqueid for queue in scene.picture.queues.values() for uniqueid in queue.callers}
            self._told = {uniqueid: broken for uniqueid, broken in self._told.items() if uniqueid in there}

    def _text(self, waiting: Waiting, now: datetime) -> None:
        about = waiting.queue, waiting.tier, waiting.is_broken
        before = self._texted.get(about)
        if before is not None and timedelta(0) <= now - before < TEXT_EVERY:
            return
        self._texted[about] = now
        text = f"{waiting.sentence[0].upper()}{waiting.sentence[1:]}."
        for policy in self._parts.policies().values():
            if policy.warn is not None and waiting.queue in policy.queues:
                key = f"{policy.name}/promise/{waiting.uniqueid}/{waiting.is_broken}"
                news = News(key, policy.name, waiting.tier, text, now)
                self._parts.errands.add("an alarm", partial(self._parts.heads_up.to_target, policy.warn.to, news))
