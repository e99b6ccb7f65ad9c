"""Writes in batches, under the term of whoever acts: what several ask for in one moment is one transaction.

What must be there before something else happens is waited for (``write``), and fails when the database does. What only
tells what has happened is handed in (``write_soon``): it waits for a database that is away, and what is handed in anew
under the same key takes its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ivrctl.adapters.site_store import SiteStore, SiteStoreError
from ivrctl.adapters.site_store.write_loop import Sleep, Words, WriteLoop
from ivrctl.adapters.staffing_store.acting import SupersededError, check
from ivrctl.adapters.staffing_store.writes import Write
from ivrctl.errors import IvrctlError

BATCH = 200
"""Writes in one transaction: some ten milliseconds."""
MOST_WAITING = 20_000
"""Writes that wait for a database that is away; beyond that the oldest are dropped."""
CLOSE_SECONDS = 5.0
"""For the last writes of a controller that leaves."""
_WORDS = Words(
    away="the database of backup staff is away",
    back="the database of backup staff answers again",
    ended="backup staff is no longer written of",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is to be written."""

    writes: Sequence[Write]
    done: asyncio.Future[None] | None
    """Of who waits for it; None for what is only handed in."""
    key: object = None


class StaffingWriter:
    """See the module. Use it from one event loop, between ``begin`` and ``end`` of a term."""

    def __init__(
        self,
        store: SiteStore,
        *,
        on_trouble: Callable[[str], None] = lambda _sentence: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Begin without a term: nothing is written.

        Args:
            store: the site's database.
            on_trouble: told in a sentence when it is away, and when it answers again.
            sleep: waits between tries, in seconds.
        """
        self._store = store
        self._report = on_trouble
        self._waiting: list[_Asked] = []
        self._loop = WriteLoop(
            self._turn, lambda: not self._waiting, _WORDS, report=on_trouble, sleep=sleep, hurries=True
        )
        self.term: int | None = None
        """None while another controller acts."""

    @property
    def waiting(self) -> int:
        """How many writes are not in the database yet."""
        return len(self._waiting)

    def begin(self, term: int) -> None:
        """Write from now on."""
        self.term = term
        self._loop.start("staffing writes")

    async def write(self, *writes: Write) -> None:
        """Have it written, all or none, and return when it is.

        Raises:
            SupersededError: another controller acts.
            SiteStoreError: the database did not take it.
        """
        if self.term is None:
            raise SupersededError
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._add(_Asked(writes, done), is_urgent=True)
        await done

    def write_soon(self, key: object, *writes: Write) -> None:
        """Have it written when that can be done; it takes the place of what waits under the same key."""
        if self.term is None:
            return
        self._waiting = [asked for asked in self._waiting if asked.key != key or asked.done is not None]
        self._add(_Asked(writes, None, key))
        if len(self._waiting) > MOST_WAITING:
            self._report("what was done about backup staff is not kept any more: the database was away for too long")
            del self._waiting[: len(self._waiting) - MOST_WAITING]

    async def flushed(self) -> None:
        """Return when everything that was handed in is written, or dropped."""
        await self._loop.flushed()

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        """Write what waits, for at most so many seconds; what is left then is not kept."""
        await self._loop.stop(within)
        self._drop(SupersededError())

    def _add(self, asked: _Asked, *, is_urgent: bool = False) -> None:
        self._waiting.append(asked)
        self._loop.wake(is_urgent=is_urgent)

    async def _turn(self) -> bool:
        batch = self._waiting[:BATCH]
        try:
            await self._write(batch)
        except SupersededError as error:
            self._drop(error)
        except IvrctlError as error:
            self._failed(batch, error)
            return False
        else:
            self._written(batch)
        return True

    async def _write(self, batch: Sequence[_Asked]) -> None:
        if self.term is None:
            raise SupersededError
        async with self._store.writing() as connection:
            await check(connection, self.term)
            for asked in batch:
                for write in asked.writes:
                    await write(connection)

    def _written(self, batch: Sequence[_Asked]) -> None:
        for asked in batch:
            if asked in self._waiting:
                self._waiting.remove(asked)
            if asked.done is not None and not asked.done.done():
                asked.done.set_result(None)
        self._loop.answered()

    def _failed(self, batch: Sequence[_Asked], error: IvrctlError) -> None:
        """Who waits is told; what was only handed in is tried again."""
        for asked in batch:
            if asked.done is not None:
                self._waiting.remove(asked)
                _refuse(asked.done, SiteStoreError(str(error)))
        self._loop.failed(str(error))

    def _drop(self, error: SupersededError) -> None:
        """Another controller acts: what it finds in the queues is what counts."""
        self.term = None
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            if asked.done is not None:
                _refuse(asked.done, error)


def _refuse(done: asyncio.Future[None], error: IvrctlError) -> None:
    if not done.done():
        done.set_exception(error)
        done.exception()  # whoever waits is told; nobody need
