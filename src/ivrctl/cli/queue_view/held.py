"""The last answer of the controller, and for how long there has been no other one: what is on the screen is this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivrctl.cli.queue_view.centre import Centre, Known
from ivrctl.cli.queue_view.wording import clock, doubt
from ivrctl.errors import IvrctlError


@dataclass(frozen=True, slots=True)
class Held:
    """It never changes: an answer, or none, makes the next one."""

    centre: Centre
    at: float
    """When it was answered, on a steady clock."""
    trouble: str = ""
    """Why there has been no answer since; empty while there are answers."""

    def next(self, look: Callable[[], Centre], clock: Callable[[], float]) -> Held:
        """Ask once more; no answer is a kind of answer."""
        try:
            return Held(look(), clock())
        except IvrctlError as error:
            return replace(self, trouble=str(error))

    def doubt(self, known: Known, at: float) -> str:
        """Since when and why this is not what is the case now, and how old it is by now; empty while it is."""
        sight, since_answer = self.centre.sight, timedelta(seconds=max(at - self.at, 0.0))
        if self.trouble and sight.is_known:
            age = clock(since_answer.total_seconds())
            return f"stale since {_time(sight.now, known)} ({age}): {self.trouble}"
        if sight.stale_since is None:
            return doubt(sight, "", "")
        age = clock((sight.now - sight.stale_since + since_answer).total_seconds())
        told = doubt(sight, _time(sight.stale_since, known), age)
        return f"{told}; and {self.trouble}" if self.trouble else told


def _time(moment: datetime, known: Known) -> str:
    return f"{moment.astimezone(known.zone):%H:%M:%S}"
