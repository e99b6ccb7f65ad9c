"""What waits for the site's database, by key and in its order, and goes there in batches.

What is handed in anew under a key before it is written takes the place of the one before. What the database refuses for
what it holds is found one by one, so that it does not hold up the others for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from ivrctl.adapters.site_store.engine import FAULTS, Fault, brief, fault_of
from ivrctl.adapters.site_store.write_loop import Sleep, Words, WriteLoop

Key = TypeVar("Key")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Destination(Generic[Item]):
    """Where things go, and who is told."""

    prepare: Callable[[], Awaitable[None]]
    """Makes the tables; before the first things, and behind each failure, since a database may come back empty."""
    write: Callable[[Sequence[Item]], Awaitable[None]]
    """All or none."""
    written: Callable[[Sequence[Item]], None] = lambda _items: None
    refused: Callable[[Item, Exception], None] = lambda _item, _error: None
    """Told of what can never be stored."""
    is_owing: Callable[[], bool] = lambda: False
    """True while ``write`` has something of its own to add, also to nothing."""


class BufferedWriter(Generic[Key, Item]):
    """See the module. Use it from one event loop; ``waiting`` is to be looked at, and changed only by ``put``."""

    def __init__(
        self,
        to: Destination[Item],
        words: Words,
        *,
        batch: int,
        report: Callable[[str], None],
        sleep: Sleep = asyncio.sleep,
        gather: float = 0.0,
    ) -> None:
        """Begin with nothing.

        Args:
            to: where things go.
            words: for ``report``.
            batch: things in one transaction.
            report: told in a sentence when the database is away, and when it answers again.
            sleep: waits between tries, in seconds.
            gather: seconds in which things gather.
        """
        self._to = to
        self._batch = batch
        self.waiting: dict[Key, Item] = {}
        self._is_prepared = False
        self.loop = WriteLoop(self._turn, self._is_done, words, report=report, sleep=sleep, gather=gather)

    async def prepare(self) -> None:
        """Make the tables now; a database that is away is waited for later."""
        try:
            await self._prepare()
        except FAULTS as error:
            self._failed(error)

    def put(self, key: Key, item: Item) -> None:
        """Have it written soon, in the place of what waits under its key."""
        self.waiting[key] = item
        self.loop.wake(is_urgent=len(self.waiting) >= self._batch)

    def take_back(self, key: Key) -> Item | None:
        """It is not to be written any more."""
        return self.waiting.pop(key, None)

    async def close(self, within: float) -> list[Item]:
        """Write what waits, for at most so many seconds; what is left."""
        await self.loop.stop(within)
        left, self.waiting = list(self.waiting.values()), {}
        return left

    def _is_done(self) -> bool:
        return not self.waiting and not self._to.is_owing()

    async def _turn(self) -> bool:
        batch = dict(islice(self.waiting.items(), self._batch))
        try:
            await self._write(list(batch.values()))
        except FAULTS as error:
            if fault_of(error) is not Fault.DATABASE:
                return await self._is_written_singly(batch)
            self._failed(error)
            return False
        self._written(batch)
        return True

    async def _is_written_singly(self, batch: Mapping[Key, Item]) -> bool:
        """Find what cannot be stored; False when the database is to blame.

        A fault that the driver does not name clearly is a thing's own only if another one goes in before it.
        """
        try:
            refused = await self._refused(batch)
            unclear = {key: batch[key] for key, error in refused.items() if fault_of(error) is Fault.UNCLEAR}
            if unclear and len(refused) == len(batch):
                self._failed(next(iter(refused.values())))
                return False
            # Others went in: perhaps only after somebody had repaired what refused these.
            own = {key: error for key, error in refused.items() if key not in unclear}
            own |= await self._refused(unclear)
        except FAULTS as error:
            self._failed(error)
            return False
        self._written(batch)
        for key, why in own.items():
            self._to.refused(batch[key], why)
        return True

    async def _refused(self, items: Mapping[Key, Item]) -> dict[Key, Exception]:
        """Write things one by one; those that were refused, and why.

        Raises:
            Exception: one of ``FAULTS`` that is the database's.
        """
        refused: dict[Key, Exception] = {}
        for key, item in items.items():
            try:
                await self._write([item])
            except FAULTS as error:
                if fault_of(error) is Fault.DATABASE:
                    raise
                refused[key] = error
        return refused

    async def _write(self, items: Sequence[Item]) -> None:
        await self._prepare()
        await self._to.write(items)

    async def _prepare(self) -> None:
        if not self._is_prepared:
            await self._to.prepare()
            self._is_prepared = True

    def _written(self, batch: Mapping[Key, Item]) -> None:
        for key, item in batch.items():
            # What was handed in anew meanwhile waits for the next batch.
            if self.waiting.get(key) is item:
                del self.waiting[key]
        self.loop.answered()
        self._to.written(list(batch.values()))

    def _failed(self, error: Exception) -> None:
        self._is_prepared = False
        self.loop.failed(brief(error))
