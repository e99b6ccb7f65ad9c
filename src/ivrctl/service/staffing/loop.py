"""Rounds on the clock: whenever the picture changes, an order comes, or time alone may change a decision.

A round that fails is told, and the policy's next one begins anew from what it remembers; nothing of it ends the
controller. Of several controllers one acts: the others wait for their turn, and decide nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ivrctl.adapters.staffing_store import Inherited, KeptOrder
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.service.queues.changes import Changes
from ivrctl.service.staffing.former import former_policies
from ivrctl.service.staffing.ports import Carrying, Keeper
from ivrctl.staffing.decision import Cause, Memory
from ivrctl.staffing.look import look
from ivrctl.staffing.plan import Owned, SeatKey
from ivrctl.staffing.policy import Mode, Policy
from ivrctl.staffing.rounds import Round, go_round
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Reading

AT_MOST_EVERY = 0.25
"""Seconds between two rounds: a busy centre changes many times in that."""
LONGEST_SLEEP = 60.0
WHILE_SOMEBODY_WAITS = timedelta(seconds=1)
"""Between two rounds of a policy in whose queues callers wait: a wait grows without anything that tells of it."""
LEAD_EVERY = 5.0
"""Seconds between two attempts to act while another controller does; the same where the database is away."""
KEEP_EVERY = timedelta(seconds=10)
"""What has not changed in a memory but for the times since when figures hold is kept so often."""


class Told(Protocol):
    """Whoever is told of rounds; it holds none up."""

    def __call__(self, done: Round, *, is_applied: bool) -> None:
        """A round was made; ``is_applied`` where a person had it carried out."""


@dataclass(frozen=True, slots=True)
class LoopParts:
    """What the loop works with."""

    changes: Changes
    """Of the picture."""
    scene: Callable[[], Scene]
    """What is seen now."""
    policies: Callable[[], Mapping[str, Policy]]
    """Of the site as it is served now, by name."""
    keeper: Keeper
    actuator: Carrying
    shortfall: Callable[[Policy, Scene, Mapping[SeatKey, Owned]], Reading | None]
    """What is forecast for a policy, where memberships are ours; None where nothing ever is."""
    on_round: Told
    """Told of each round: who is called in is told by it."""
    on_fault: Callable[[str], None]
    """Told in a sentence what failed."""
    now: Callable[[], datetime]
    """The time at Asterisk."""
    pause: Callable[[asyncio.Event, float], Awaitable[None]]
    """Waits for an event, but no more than some seconds."""


class StaffingLoop:
    """See the module. ``run`` never returns."""

    def __init__(self, parts: LoopParts) -> None:
        """Begin with nothing remembered.

        Args:
            parts: what it works with.
        """
        self._parts = parts
        self._due = asyncio.Event()
        self._never = asyncio.Event()
        self._memories: dict[str, Memory] = {}
        self._kept: dict[str, Memory] = {}
        self._orders: dict[str, KeptOrder] = {}
        self._faults: dict[str, str] = {}
        self._one_at_a_time = asyncio.Lock()
        self._has_begun = self._is_leaving = False
        self.is_acting = False
        self.why_not = "this controller has just begun"
        """Why it does not act; empty while it does."""
        self.rounds: dict[str, Round] = {}
        """The last of each policy."""

    @property
    def faults(self) -> Mapping[str, str]:
        """What has failed last and is not well yet, by policy; of all of them by the empty name."""
        return self._faults

    @property
    def orders(self) -> tuple[KeptOrder, ...]:
        """Those that have not expired."""
        now = self._parts.now()
        return tuple(given for given in self._orders.values() if given.order.expires_at > now)

    @property
    def memories(self) -> Mapping[str, Memory]:
        """By policy."""
        return self._memories

    def wake(self) -> None:
        """Something has changed that no picture tells of."""
        self._due.set()

    async def order(self, given: KeptOrder) -> None:
        """Somebody orders something; an order with the same id is replaced.

        Raises:
            UnreachableError: this controller does not act.
            IvrctlError: it cannot be kept.
        """
        if not self.is_acting:
            raise UnreachableError(f"nothing is ordered here: {self.why_not}", advice="ivrctl staffing status")
        await self._parts.keeper.keep_order(given)
        self._orders[given.order.id] = given
        self.wake()

    def preview(self, policy: Policy) -> Round:
        """The round that would follow now, by a policy that may not be served; nothing is kept, and nothing done."""
        return self._next(policy, self._parts.scene())

    async def apply(self, policy: Policy) -> Round:
        """Go round with a policy now, and carry out all of its plan, whatever its mode.

        Raises:
            UnreachableError: this controller does not act.
            IvrctlError: it cannot be kept.
        """
        if not self.is_acting:
            raise UnreachableError(f"nothing is applied: {self.why_not}", advice="ivrctl staffing status")
        return await self._round(policy, self._parts.scene(), is_applied=True)

    async def run(self) -> None:
        """Go round, for ever."""
        with self._parts.changes.listen() as self._due:
            while True:
                wait = await self._turn_safely()
                await self._parts.pause(self._never, AT_MOST_EVERY)
                await self._parts.pause(self._due, wait)
                self._due.clear()

    async def leave(self) -> None:
        """Act no more: another controller does from now on.

        Raises:
            IvrctlError: that cannot be said; another one acts when this one was silent for a while.
        """
        self._is_leaving, self.is_acting, self.why_not = True, False, "this controller is leaving"
        await self._parts.keeper.give_up()

    async def _turn_safely(self) -> float:
        try:
            return await self._turn()
        except Exception as error:  # noqa: BLE001 - whatever it is, calls go on
            self._failed("", f"backup staff is not decided about, and it is tried again: {error!r}")
            return LEAD_EVERY

    async def _turn(self) -> float:
        """Go round with every policy once; the seconds until that is due again by time alone."""
        policies = self._parts.policies()
        if not policies and self._has_begun and not self._parts.actuator.owned:
            return LONGEST_SLEEP
        if not await self._acts():
            return LEAD_EVERY
        gone = former_policies(policies, self._parts.actuator.owned)
        scene = self._parts.scene()
        wake_at = [await self._go(policy, scene) for policy in (*policies.values(), *gone)]
        for name in self.rounds.keys() - policies.keys() - {policy.name for policy in gone}:
            del self.rounds[name]
        now = self._parts.now()
        return min([LONGEST_SLEEP, *((at - now).total_seconds() for at in wake_at)])

    async def _acts(self) -> bool:
        """Whether this controller is the one that acts; one that begins to knows what was known before it."""
        was_acting = self.is_acting
        if self._is_leaving:
            return False
        try:
            self.is_acting = await self._parts.keeper.lead()
            self.why_not = "" if self.is_acting else "another controller acts"
            if self.is_acting and not was_acting:
                self._begin(await self._parts.keeper.inherit())
        except IvrctlError as error:
            self.is_acting, self.why_not = False, str(error)
            self._failed("", f"backup staff is not decided about: {error}")
        else:
            self._faults.pop("", None)
        return self.is_acting

    def _begin(self, inherited: Inherited) -> None:
        self._memories, self._kept = dict(inherited.memories), {}
        self._orders = {given.order.id: given for given in inherited.orders}
        self._parts.actuator.begin(inherited)
        self._has_begun = True

    async def _go(self, policy: Policy, scene: Scene) -> datetime:
        """One round of a policy; when the next one is due."""
        try:
            done = await self._round(policy, scene)
        except Exception as error:  # noqa: BLE001 - whatever it is, calls and the other policies go on
            self._failed(policy.name, f"a round of {policy.name} failed, and begins anew: {error!r}")
            return scene.now + timedelta(seconds=LEAD_EVERY)
        self._faults.pop(policy.name, None)
        held_until = (one.until for one in done.plan.held if one.until is not None and one.until > scene.now)
        wake_at = min((done.decision.wake_at, *held_until))
        return min(wake_at, scene.now + WHILE_SOMEBODY_WAITS) if any(done.view.waiting.values()) else wake_at

    async def _round(self, policy: Policy, scene: Scene, *, is_applied: bool = False) -> Round:
        async with self._one_at_a_time:
            done = await self._keep(self._next(policy, scene))
            self._memories[policy.name], self.rounds[policy.name] = done.decision.memory, done
            self._parts.actuator.carry_out(done if is_applied else _by_itself(done))
        self._parts.on_round(done, is_applied=is_applied)
        return done

    def _next(self, policy: Policy, scene: Scene) -> Round:
        parts, name = self._parts, policy.name
        memory = self._memories.get(name, Memory())
        orders = tuple(given.order for given in self.orders if given.policy == name)
        owned = parts.actuator.owned
        left_in = [mine.queue for mine in owned.values() if mine.policy == name]
        view = look(policy, scene, orders, parts.shortfall(policy, scene, owned), left_in)
        said = self.rounds[name].said if name in self.rounds else {}
        # The actuator knows them best: of its predecessors too, and what was sent and has changed nothing.
        memory = replace(memory, changes=parts.actuator.sent(name))
        return go_round(policy, view, memory, owned, said, parts.actuator.leaving)

    async def _keep(self, done: Round) -> Round:
        """Before anything of it is done: a successor must not decide it once more."""
        name, memory = done.policy.name, done.decision.memory
        if done.changed or done.decision.asked:
            done = replace(done, id=self._parts.keeper.new_id())
        if done.id or _is_to_be_kept(self._kept.get(name), memory):
            await self._parts.keeper.keep(done)
            self._kept[name] = memory
        return done

    def _failed(self, of: str, sentence: str) -> None:
        """Told once, until it is well again or fails otherwise."""
        if self._faults.get(of) != sentence:
            self._faults[of] = sentence
            self._parts.on_fault(sentence)


def _by_itself(done: Round) -> Round:
    """What of a round is carried out though nobody says so: where people do that, only what Asterisk has lost."""
    if done.policy.mode is Mode.ACT:
        return done
    kept = tuple(change for change in done.plan.changes if change.cause is Cause.RESTORED)
    return replace(done, plan=replace(done.plan, changes=kept))


def _is_to_be_kept(before: Memory | None, now: Memory) -> bool:
    if before is None or before.decided_at is None or now.decided_at is None:
        return True
    if abs(now.decided_at - before.decided_at) >= KEEP_EVERY:
        return True
    return _lasting(before) != _lasting(now)


def _lasting(memory: Memory) -> tuple[object, ...]:
    """What of a memory does not change with every figure."""
    tiers = {name: replace(tier, met_since={}) for name, tier in memory.tiers.items()}
    return tiers, memory.people, memory.changes, memory.warned
