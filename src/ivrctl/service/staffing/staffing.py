"""Backup staff of one controller: what the API asks of it, and what comes of a round besides the changes themselves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store import KeptDecision, KeptOrder
from ivrctl.errors import IvrctlError
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.report import render_text
from ivrctl.service.forecasting.forecaster import Forecaster
from ivrctl.service.forecasting.shown import ahead_shown, forecast_shown
from ivrctl.service.staffing.by_hand import Asked, Refusal, ended, ordered
from ivrctl.service.staffing.errands import Errands
from ivrctl.service.staffing.keeping import StoreKeeper
from ivrctl.service.staffing.loop import StaffingLoop
from ivrctl.service.staffing.ports import Carrying, Pending
from ivrctl.service.staffing.promise_watch import PromiseWatch
from ivrctl.service.staffing.shown import change_shown, plan_shown, policy_shown
from ivrctl.staffing.plan import Change, Plan
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.rounds import Round

APPLIED_WITHIN = 20.0
"""Seconds that ``apply`` waits until everything is observed."""
LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class StaffingParts:
    """What it works with."""

    loop: StaffingLoop
    keeper: StoreKeeper
    actuator: Carrying
    errands: Errands
    promises: PromiseWatch
    forecaster: Forecaster
    zone: Callable[[], ZoneInfo]
    """Of the site."""
    store: SiteStore
    """The site's database; closed with it."""
    policies: Callable[[], Mapping[str, Policy]]
    read_policy: Callable[[str, bytes], tuple[Policy | None, Findings]]
    """Reads a policy that is not served, by its file's name and content."""
    now: Callable[[], datetime]
    """The time at Asterisk."""
    new_id: Callable[[], str]
    pause: Callable[[float], Awaitable[None]]
    """Waits for some seconds."""


class Staffing:
    """See the module."""

    def __init__(self, parts: StaffingParts) -> None:
        """Put it together.

        Args:
            parts: what it works with.
        """
        self._parts = parts

    async def run(self) -> None:
        """Go round, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._parts.loop.run())
            tasks.create_task(self._parts.errands.run())
            tasks.create_task(self._parts.promises.run())
            tasks.create_task(self._parts.forecaster.run())
            tasks.create_task(self._parts.actuator.run())

    async def leave(self) -> None:
        """A successor acts from now on; where the database does not take that, it waits for a while."""
        with contextlib.suppress(IvrctlError):
            await self._parts.loop.leave()

    async def close(self) -> None:
        """Let go of everything."""
        await self.leave()
        await self._parts.store.close()

    @property
    def loop(self) -> StaffingLoop:
        """Its rounds."""
        return self._parts.loop

    @property
    def pending(self) -> Collection[Pending]:
        """Changes that were begun and are not observed yet."""
        return self._parts.actuator.pending

    @property
    def promises(self) -> PromiseWatch:
        """What callers are promised."""
        return self._parts.promises

    @property
    def forecaster(self) -> Forecaster:
        """What is forecast."""
        return self._parts.forecaster

    @property
    def faults(self) -> list[str]:
        """What has failed and is not well yet."""
        fault = self._parts.forecaster.fault
        return [*self._parts.loop.faults.values(), *([f"nothing is forecast anew: {fault}"] if fault else [])]

    def now(self) -> datetime:
        """The time at Asterisk."""
        return self._parts.now()

    def summary(self) -> dict[str, Any]:
        """How it stands, in short: whether this controller acts, and the tiers of each policy that are in."""
        rounds = self._parts.loop.rounds
        return {
            "acting": self._parts.loop.is_acting,
            "why_not": self._parts.loop.why_not,
            "tiers_in": {
                name: [reason.tier for reason in rounds[name].decision.reasons if reason.is_in]
                for name in self._parts.policies()
                if name in rounds
            },
        }

    def status(self) -> dict[str, Any]:
        """How every policy stands."""
        parts, loop = self._parts, self._parts.loop
        known = {name: loop.rounds[name] for name in (*parts.policies(), *loop.rounds) if name in loop.rounds}
        return {
            "acting": loop.is_acting,
            "why_not": loop.why_not,
            "faults": self.faults,
            "policies": [self._shown(done) for done in known.values()],
        }

    def plan(self, policy: str = "") -> list[dict[str, Any]] | Refusal:
        """What would be done now, by each policy, or by one of them."""
        meant = self._meant(policy)
        if isinstance(meant, Refusal):
            return meant
        return [self.preview(each) for each in meant]

    def read(self, name: str, content: bytes) -> Policy | str:
        """A policy that is not served, by its file's name and content; or what is wrong with it."""
        policy, findings = self._parts.read_policy(name, content)
        return render_text(findings, {name: content.decode(errors="replace")}) if policy is None else policy

    def preview(self, policy: Policy) -> dict[str, Any]:
        """What would be done now by a policy; nothing is kept, and nothing done."""
        return self._shown(self._parts.loop.preview(policy))

    def forecast(self, policy: str = "") -> list[dict[str, Any]] | Refusal:
        """What was forecast last for each policy's queues, or for those of one."""
        meant = self._meant(policy)
        if isinstance(meant, Refusal):
            return meant
        return [forecast_shown(self._parts.forecaster, each, self._parts.zone()) for each in meant]

    async def apply(self, policy: str = "") -> list[dict[str, Any]] | Refusal:
        """Carry the plans out now, and see that it is so; each change with what became of it.

        Raises:
            UnreachableError: this controller does not act.
        """
        meant = self._meant(policy)
        if isinstance(meant, Refusal):
            return meant
        done = [await self._parts.loop.apply(each) for each in meant]
        await self._until_observed(done)
        return [self._applied(each, self._parts.loop.preview(each.policy).plan) for each in done]

    async def order(self, asked: Asked) -> list[KeptOrder] | Refusal:
        """Somebody orders something by hand."""
        ids = [self._parts.new_id() for _ in self._parts.policies()]
        given = ordered(asked, self._parts.policies(), ids, self._parts.now())
        if not isinstance(given, Refusal):
            for each in given:
                await self._parts.loop.order(each)
        return given

    async def cancel(self, id_: str) -> KeptOrder | None:
        """An order counts no more; None where no order of this id is in force."""
        given = next((each for each in self._parts.loop.orders if each.order.id == id_), None)
        if given is not None:
            await self._parts.loop.order(ended(given, self._parts.now()))
        return given

    async def history(self, limit: int, policy: str = "") -> Sequence[KeptDecision]:
        """The last decisions that changed something, the newest first."""
        return await self._parts.keeper.history(limit, policy)

    async def decision(self, id_: str) -> KeptDecision | None:
        """One of them."""
        return await self._parts.keeper.decision(id_)

    def _shown(self, done: Round) -> dict[str, Any]:
        parts = self._parts
        needed = ahead_shown(parts.forecaster, done.policy, done.decision.at, parts.zone())
        return {**policy_shown(done, parts.loop.orders, parts.actuator.pending), "forecast": needed}

    def _meant(self, policy: str) -> list[Policy] | Refusal:
        policies = self._parts.policies()
        if policy and policy not in policies:
            advice = did_you_mean(policy, policies) or "ivrctl staffing status"
            return Refusal(f'the site has no staffing policy "{policy[:80]}"', advice)
        return [policies[policy]] if policy else list(policies.values())

    async def _until_observed(self, done: Sequence[Round]) -> None:
        """Wait until nothing of it is pending any more, but not for long."""
        waited = 0.0
        while waited < APPLIED_WITHIN and any(
            self._pending(each, change) for each in done for change in each.plan.changes
        ):
            await self._parts.pause(LOOK_EVERY)
            waited += LOOK_EVERY

    def _pending(self, done: Round, change: Change) -> Pending | None:
        pending = self._parts.actuator.pending
        mine = (each for each in pending if each.policy == done.policy.name)
        return next((each for each in mine if (each.change.seat, each.change.kind) == (change.seat, change.kind)), None)

    def _applied(self, done: Round, left: Plan) -> dict[str, Any]:
        """Each change with what became of it; what a plan of now would do again was not done."""
        still = {(change.seat, change.kind) for change in (*left.changes, *(held.change for held in left.held))}
        changes = []
        for change in done.plan.changes:
            pending, is_done = self._pending(done, change), (change.seat, change.kind) not in still
            error = "" if is_done else "it is not seen yet" if pending is None else pending.error or "no answer yet"
            changes.append({**change_shown(change), "done": is_done, "error": error})
        return {**plan_shown(done.plan), "policy": done.policy.name, "changes": changes}
