"""A time that a block of code may take, which ends as ``TimeoutError`` wherever the block stands.

::

    with contextlib.suppress(TimeoutError):
        async with Deadline(5.0):
            await writer.flushed()

``asyncio.timeout`` is that but for Python 3.11.0 to 3.11.2, which Debian 12 ships: where the task was being cancelled
already, as in all that closes behind a cancellation, it lets its own ``CancelledError`` through (CPython's gh-102780),
and whoever expects ``TimeoutError`` gives up closing halfway.
"""

from __future__ import annotations

import asyncio
from types import TracebackType


class Deadline:
    """See the module. For one ``async with``, in a task.

    Raises:
        TimeoutError: the time is over; what the block awaited was cancelled. A cancellation of the task by somebody
            else that comes within the block stays one.
    """

    __slots__ = ("_cancelled_before", "_timeout")

    def __init__(self, seconds: float) -> None:
        """Prepare it: so many seconds from now on; of none, or less, the block ends as soon as it waits."""
        self._timeout = asyncio.timeout(seconds)  # noqa: TID251 - here it is put right
        self._cancelled_before = 0

    async def __aenter__(self) -> None:
        """Know who has cancelled the task before."""
        task = asyncio.current_task()
        if task is not None:
            self._cancelled_before = task.cancelling()
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """It is over; see the class."""
        await self._timeout.__aexit__(kind, raised, traceback)
        if kind is asyncio.CancelledError and self._timeout.expired() and self._is_cancelled_by_nobody_else():
            raise TimeoutError from raised

    def _is_cancelled_by_nobody_else(self) -> bool:
        """Behind ``__aexit__`` of a timeout, which has taken its own cancellation back."""
        task = asyncio.current_task()
        return task is not None and task.cancelling() <= self._cancelled_before
