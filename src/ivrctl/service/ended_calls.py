"""The ends of calls: each record goes into the log, the store and what the site submits.

Also that of a call whose controller is gone: the journal keeps a leg until all of that is done (``settling``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from ivrctl.adapters.call_store import CallStore
from ivrctl.adapters.journal import Journal
from ivrctl.model.call import CallRecord
from ivrctl.service.at_end import put_at_end
from ivrctl.service.endings import record_left_behind
from ivrctl.service.post_room import PostRoom
from ivrctl.service.settling import Settling
from ivrctl.service.site_versions import SiteVersions
from ivrctl.site.tiers import Tier

SETTLE_EVERY = 10.0
"""Seconds between looks for legs whose end a controller that is gone could not hand in."""

_STORED, _SUBMITTED = "stored", "submitted"
"""What the end of a leg owes: its record in the store, and what the site submits at the end of calls."""


class EndedCalls:
    """See the module."""

    def __init__(self, url: str, *, versions: SiteVersions, journal: Journal, post_room: PostRoom, log: Any) -> None:
        """Put it together; nothing is opened yet.

        Args:
            url: of the store of records.
            versions: of the site.
            journal: of open legs.
            post_room: who takes what is submitted.
            log: structlog's.
        """
        self._versions = versions
        self._journal = journal
        self._post_room = post_room
        self._log = log
        self._unreadable: set[str] = set()
        """Legs whose position no code of this release can read: said once, and left to the release that wrote it."""
        self._logged: set[str] = set()
        """Open legs whose end stands in the log: one that is handed in again is no other call."""
        self._settling = Settling(journal.close_leg)
        """Legs whose record waits in our store: while the database is away it is not handed in again."""
        self.store = CallStore(
            url,
            on_trouble=lambda trouble: log.warning("call store", trouble=trouble),
            on_settled=lambda leg: self._settling.kept(leg, _STORED),
        )

    def take(self, record: CallRecord) -> None:
        """A call has ended."""
        put = put_at_end(record, self._versions.current.site)
        if self.store.add(record):
            self._settling.owes(record.leg, _STORED, *(() if put is None else (_SUBMITTED,)))
            if put is not None:
                self._post_room.keep(put, lambda is_kept: self._settling.over(record.leg, _SUBMITTED, is_kept=is_kept))
        if record.leg in self._logged:
            return
        self._logged.add(record.leg)
        self._log.info(
            "call",
            leg=record.leg,
            caller=record.ani,
            line=record.dnis,
            ending=str(record.ending),
            reason=record.reason,
            seconds=round((record.ended_at - record.began_at).total_seconds(), 1),
            path=" ".join(record.path),
            version=record.version,
        )

    async def settle(self, live: Collection[str]) -> None:
        """Hand in the records that a controller which is gone has left behind. Runs until cancelled.

        Args:
            live: the legs that this controller has in a flow, as they are at each look.
        """
        while True:
            await asyncio.sleep(SETTLE_EVERY)
            self.hand_in_left_behind(live)

    def hand_in_left_behind(self, live: Collection[str]) -> None:
        """Hand in the record of every leg that has ended, or was never heard of again, and that nobody else will.

        A store that is full, because its database has been away for long, is left alone: the journal keeps them.

        Args:
            live: the legs that this controller has in a flow.
        """
        now, open_legs = datetime.now(UTC), self._journal.open_legs()
        self._logged &= {open_leg.leg for open_leg in open_legs}
        for open_leg in open_legs:
            if self.store.is_full:
                return
            if open_leg.leg in live or open_leg.leg in self._settling or open_leg.leg in self._unreadable:
                continue
            try:
                record = record_left_behind(open_leg.leg, open_leg.position, open_leg.age, now, self._tiers)
            except (KeyError, ValueError, TypeError) as error:
                self._unreadable.add(open_leg.leg)
                self._log.warning("fault", leg=open_leg.leg, fault=f"its journaled position cannot be read: {error!r}")
                continue
            if record is not None:
                self.take(record)

    def _tiers(self, version: str) -> Mapping[str, Tier]:
        program = self._versions.program(version)
        return {} if program is None else program.site.tiers
