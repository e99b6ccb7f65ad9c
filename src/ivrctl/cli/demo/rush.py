"""The rush of the demonstration: callers come faster than agents answer, and backup staff comes and goes."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ivrctl.acd.intervals import Interval
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.pbx import Pbx, credentials
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.progress import say
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.testkit.rush import LINE, QUEUE, TIERS, Ended, Rush, faults_of
from ivrctl.testkit.rush.people import AT_HOME, AT_WORK, CALLERS, EVERY, ON_BREAK
from ivrctl.testkit.rush.story import balance
from ivrctl.testkit.signal_phone import SignalPhones
from ivrctl.web.client import ask

LOOK_EVERY = 0.25
READY_WITHIN, HOME_WITHIN, WRITTEN_WITHIN = 30.0, 60.0, 15.0
"""Seconds until the controller knows who is available, until everybody is home again, and until the books have it."""

Commands = Callable[..., None]
"""Runs a command of ivrctl, which prints what it has to say."""


@dataclass(slots=True)
class RushShown:
    """One rush, and what is printed of it."""

    pbx: Pbx
    state: StateFolder
    ivrctl: Commands
    began: float = field(default_factory=time.monotonic)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    calls: int = 0
    """How many callers there were."""
    _shown: set[str] = field(default_factory=set)
    _is_peak_shown: bool = False

    async def run(self) -> list[str]:
        """Have it happen; what was not as it should be."""
        async with SignalPhones.opened(self.pbx) as phones:
            rush = Rush(phones, credentials(self.pbx).agents, on_text=self._text)
            try:
                await rush.open()
                await self._until(self._is_ready, READY_WITHIN, "the backup staff is seen")
                return await self._rush(rush)
            finally:
                await rush.close()

    async def _rush(self, rush: Rush) -> list[str]:
        self.began, self.began_at = time.monotonic(), datetime.now(UTC)
        say(f"{CALLERS} callers dial {LINE}, one each {EVERY:g} s; one agent serves, one pauses, four are at home")
        watching = asyncio.ensure_future(self._watch())
        try:
            await rush.calls()
            await self._until(self._is_home, HOME_WITHIN, "everybody is home again")
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        await asyncio.to_thread(self._tell)
        await self._until(self._is_written, WRITTEN_WITHIN, "the books are written")
        ended = await self._ended()
        self.ivrctl("staffing", "history")
        self.ivrctl("staffing", "why", self._ask("/staffing/history?limit=1")["decisions"][0]["id"])
        self.ivrctl("kpi", "show", "--queue", QUEUE)
        self.calls = len(rush.callers)
        print_(f"the books: {balance(ended.stays)}; {len(rush.talks)} talks by the phones")
        daily = (f"PJSIP/{AT_WORK}", f"PJSIP/{ON_BREAK}")
        return [*faults_of(rush, ended, daily=daily)]

    # what is shown while it happens

    async def _watch(self) -> None:
        while True:
            with suppress(UnreachableError):
                await asyncio.to_thread(self._tell)
            await asyncio.sleep(LOOK_EVERY)

    def _tell(self) -> None:
        """Each decision as soon as it is made; how it stands when all are in."""
        for decision in reversed(self._ask("/staffing/history?limit=50")["decisions"]):
            if decision["id"] not in self._shown:
                self._shown.add(decision["id"])
                for tier in decision["tiers"]:
                    if tier["changed"]:
                        print_(f"{self._clock(datetime.fromisoformat(decision['at']))}  {tier['why']}")
        if not self._is_peak_shown and self._tiers_in() == list(TIERS):
            self._is_peak_shown = True
            self.ivrctl("staffing", "status")
            self.ivrctl("staffing", "why")

    def _text(self, agent: str, text: str) -> None:
        print_(f"{self._clock(datetime.now(UTC))}  text to {agent}: {text}")

    def _clock(self, at: datetime) -> str:
        return f"{(at - self.began_at).total_seconds():6.1f} s"

    # what is asked

    def _ask(self, path: str) -> dict[str, Any]:
        return ask(self.state.api_socket, path)

    def _policy(self) -> Mapping[str, Any]:
        policies = self._ask("/staffing")["policies"]
        return policies[0] if policies else {"tiers": [], "hold": "no policy", "pending": []}

    def _tiers_in(self) -> list[str]:
        return [tier["tier"] for tier in self._policy()["tiers"] if tier["in"]]

    def _is_ready(self) -> bool:
        policy = self._policy()
        known = {person["number"]: person["presence"] for tier in policy["tiers"] for person in tier["people"]}
        return not policy["hold"] and all(known.get(number) == "ready" for number in AT_HOME)

    def _is_home(self) -> bool:
        return not self._tiers_in() and self._members() == {f"PJSIP/{AT_WORK}", f"PJSIP/{ON_BREAK}"}

    def _is_written(self) -> bool:
        """Nobody waits or talks any more, and everything is in the database."""
        queue = self._ask(f"/queues/{QUEUE}")["queue"]
        waiting = self._ask("/status")["status"]["queues"]["entries_waiting"]
        return not queue["waiting"] and not queue["talking"] and waiting == 0

    def _members(self) -> frozenset[str]:
        return frozenset(member["interface"] for member in self._ask(f"/queues/{QUEUE}")["queue"]["members"])

    async def _ended(self) -> Ended:
        decisions = self._ask("/staffing/history?limit=100")["decisions"][::-1]
        store = SiteStore(sqlite_url(self.state.call_database))
        try:
            period = Interval(self.began_at - timedelta(seconds=1), datetime.now(UTC) + timedelta(minutes=1))
            stays = await BooksReader(store).stays(period, QUEUE)
        finally:
            await store.close()
        return Ended(decisions, stays, self._members())

    async def _until(self, holds: Callable[[], bool], within: float, what: str) -> None:
        deadline = time.monotonic() + within
        while True:
            with suppress(IvrctlError):
                if await asyncio.to_thread(holds):
                    return
            if time.monotonic() > deadline:
                raise UnreachableError(f"{what}: not within {within:g} s", advice="ivrctl staffing status")
            await asyncio.sleep(LOOK_EVERY)


def print_(line: str) -> None:
    """To standard output, as it happens."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
