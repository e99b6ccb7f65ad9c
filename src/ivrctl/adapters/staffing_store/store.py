"""All that one controller keeps and reads of backup staff."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.site_store.write_loop import Sleep
from ivrctl.adapters.staffing_store import acting, reads, writes
from ivrctl.adapters.staffing_store.values import Acting, Inherited, KeptDecision, KeptOrder
from ivrctl.adapters.staffing_store.writer import StaffingWriter
from ivrctl.adapters.staffing_store.writes import Write
from ivrctl.staffing.plan import Owned

LEASE = timedelta(minutes=2)
"""A membership whose controller has not renewed it for so long may be ended by anybody."""
RENEW_EVERY = timedelta(seconds=30)
FORGET_EVERY = timedelta(hours=1)


class StaffingStore:
    """See the package. Use it from one event loop."""

    def __init__(
        self,
        store: SiteStore,
        *,
        place: str,
        holder: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_trouble: Callable[[str], None] = lambda _sentence: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Begin as one that does not act.

        Args:
            store: the site's database; whoever made it closes it.
            place: host and state folder: the controller that was here before need not be waited for.
            holder: the process; no other one has the same.
            clock: ours; those of several hosts are at most some seconds apart.
            on_trouble: told in a sentence when the database is away, and when it answers again.
            sleep: waits between tries, in seconds.
        """
        self._store = store
        self._place = place
        self._holder = holder
        self._clock = clock
        self._writer = StaffingWriter(store, on_trouble=on_trouble, sleep=sleep)
        self._has_acted = False
        self._renewed_at = self._forgot_at = datetime.min.replace(tzinfo=UTC)
        self._given = 0

    @property
    def is_acting(self) -> bool:
        """True from ``lead`` on, until another controller is seen to act."""
        return self._writer.term is not None

    @property
    def term(self) -> int:
        """The one in which this controller acts; 0 while it does not."""
        return self._writer.term or 0

    async def lead(self) -> bool:
        """Act, or go on acting; False while another controller does.

        Raises:
            SiteStoreError: nobody can say.
        """
        if self.is_acting:
            return True
        now = self._clock()
        async with self._store.writing() as connection:
            found = await acting.begin(connection, self._place, self._holder, now, is_successor=not self._has_acted)
        if found.holder != self._holder:
            return False
        self._has_acted = True
        self._renewed_at = self._forgot_at = datetime.min.replace(tzinfo=UTC)
        self._writer.begin(found.term)
        return True

    async def give_up(self) -> None:
        """Act no more: what waits is written, and another controller may begin at once.

        Raises:
            SiteStoreError: that could not be said; another one begins when the term has run out.
        """
        term = self._writer.term
        await self._writer.close()
        if term is not None:
            async with self._store.writing() as connection:
                await acting.end(connection, term)

    async def renew(self) -> bool:
        """Say that we live, where that is due; all leases go on. False where it was not due.

        Raises:
            SupersededError: another controller acts.
            SiteStoreError: the database did not take it.
        """
        now = self._clock()
        if timedelta(0) <= now - self._renewed_at < RENEW_EVERY:
            return False
        await self._writer.write(writes.renewed(now + LEASE, now + acting.LASTS))
        self._renewed_at = now
        if not timedelta(0) <= now - self._forgot_at < FORGET_EVERY:
            self._forgot_at = now
            self._writer.write_soon("forget", writes.old_forgotten(now))
        return True

    def new_id(self) -> str:
        """An id that no decision and no action of this site has had."""
        self._given += 1
        return f"{self.term}.{self._given}"

    def expiry(self) -> datetime:
        """Of a lease that is begun or renewed now."""
        return self._clock() + LEASE

    async def write(self, *what: Write) -> None:
        """Have it written, all or none, and return when it is; see ``StaffingWriter``."""
        await self._writer.write(*what)

    def write_soon(self, key: object, *what: Write) -> None:
        """Have it written when that can be done; see ``StaffingWriter``."""
        self._writer.write_soon(key, *what)

    async def flushed(self) -> None:
        """Return when everything that was handed in is written, or dropped."""
        await self._writer.flushed()

    async def keep_order(self, order: KeptOrder) -> None:
        """Keep an order by hand; whoever acts.

        Raises:
            SiteStoreError: the database did not take it.
        """
        async with self._store.writing() as connection:
            await writes.order_kept(order)(connection)

    async def inherit(self, now: datetime) -> Inherited:
        """What a controller goes on with that begins to act.

        Args:
            now: by Asterisk's clock.
        """
        return await self._store.read(lambda connection: reads.inherited(connection, now))

    async def owned(self) -> tuple[Owned, ...]:
        """All memberships that were begun and have not ended."""
        return await self._store.read(reads.owned)

    async def acting(self) -> Acting | None:
        """Which controller acts, or has acted last."""
        return await self._store.read(acting.acting_now)

    async def decision(self, identity: str) -> KeptDecision | None:
        """The decision of this id, with what was done by it; None where there is none."""
        return await self._store.read(lambda connection: reads.decision(connection, identity))

    async def decided(
        self, *, policy: str | None = None, before: datetime | None = None, most: int = 50
    ) -> tuple[KeptDecision, ...]:
        """Decisions, the last first, with what was done by them."""
        return await self._store.read(
            lambda connection: reads.decided(connection, policy=policy, before=before, most=most)
        )
