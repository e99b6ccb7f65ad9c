"""StoreKeeper: what the loop knows, in the site's database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ivrctl.adapters.staffing_store import Inherited, KeptDecision, KeptOrder, StaffingStore, SupersededError
from ivrctl.adapters.staffing_store.writes import decision_kept, memory_kept
from ivrctl.service.staffing.recording import kept
from ivrctl.staffing.rounds import Round


class StoreKeeper:
    """See ``ports.Keeper``."""

    def __init__(self, store: StaffingStore, now: Callable[[], datetime]) -> None:
        """Keep in this store.

        Args:
            store: of the site.
            now: the time at Asterisk.
        """
        self._store = store
        self._now = now

    async def lead(self) -> bool:
        """Be the controller that acts, or stay it, which is said now and then; False while another one is."""
        if not await self._store.lead():
            return False
        try:
            await self._store.renew()
        except SupersededError:
            return False
        return True

    async def give_up(self) -> None:
        """Be it no more."""
        await self._store.give_up()

    async def inherit(self) -> Inherited:
        """What is known by now."""
        return await self._store.inherit(self._now())

    def new_id(self) -> str:
        """Of a decision."""
        return self._store.new_id()

    async def keep(self, done: Round) -> None:
        """The memory, and a decision that has an id; both or none."""
        memory = memory_kept(done.policy.name, done.decision.memory, done.decision.at)
        await self._store.write(memory, *([decision_kept(kept(done))] if done.id else []))

    async def keep_order(self, order: KeptOrder) -> None:
        """An order by hand."""
        await self._store.keep_order(order)

    async def history(self, limit: int, policy: str = "") -> tuple[KeptDecision, ...]:
        """The last decisions that changed something, the newest first; of one policy, or of all."""
        return await self._store.decided(policy=policy or None, most=limit)

    async def decision(self, id_: str) -> KeptDecision | None:
        """The decision of this id."""
        return await self._store.decision(id_)
