"""Changes: whoever goes by the picture is woken when there is another one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class Changes:
    """Sets the event of each listener.

    A picture changes with every event, thousands of times a second at worst: a listener clears its event, looks, and
    leaves some time to others before it waits again.
    """

    def __init__(self) -> None:
        self._listeners: list[asyncio.Event] = []

    @contextlib.contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """An event that is set at each change; also at first, since there is a picture to look at."""
        changed = asyncio.Event()
        changed.set()
        self._listeners.append(changed)
        try:
            yield changed
        finally:
            self._listeners.remove(changed)

    def tell(self) -> None:
        """There is another picture."""
        for changed in self._listeners:
            changed.set()
