"""What tests that run in real time know of the machine."""

from __future__ import annotations

import asyncio
import time


class Lateness:
    """For how long this process was not let run, while it watches: on a busy machine a tenth of a second is little."""

    STEP = 0.01

    def __init__(self) -> None:
        """Nothing yet."""
        self.seconds = 0.0
        """All in all."""
        self.worst = 0.0
        """At a time."""

    async def watch(self) -> None:
        """Sleep in small steps, and see by how much they are late."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(self.STEP)
            late = time.monotonic() - began - self.STEP
            self.seconds += late
            self.worst = max(self.worst, late)
