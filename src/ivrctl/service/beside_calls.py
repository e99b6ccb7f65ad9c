"""What a controller does beside calls: it watches the queues, keeps their books and brings backup staff in.

No call waits for any of it. What it is made of is a quarter of all that a controller loads, so it is loaded when calls
are taken already, and made when somebody asks for it first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ivrctl.adapters.outbox import Outbox
from ivrctl.adapters.process_lock import ProcessLock
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.queue_facts import NOTHING_KNOWN, QueueFactsByName
from ivrctl.service.site_versions import SiteVersions
from ivrctl.site.phones import phone_of_number

if TYPE_CHECKING:
    from ivrctl.service.queues import AmiAccess, QueueWatch
    from ivrctl.service.staffing.staffing import Staffing


@dataclass(frozen=True, slots=True)
class Around:
    """What the controller has that it works with."""

    ami: Callable[[], AmiAccess | None]
    """The Asterisk whose queues are watched; None for none."""
    url: str
    """Of the site's database."""
    versions: SiteVersions
    outbox: Outbox
    state: StateFolder
    log: Any
    """structlog's."""


class BesideCalls:
    """See the module."""

    def __init__(self, around: Around) -> None:
        """Load and make nothing yet."""
        self._around = around

    async def load(self) -> None:
        """Load what it is made of; calls go on meanwhile."""
        await asyncio.to_thread(_load)

    @cached_property
    def queues(self) -> QueueWatch:
        """The queues."""
        from ivrctl.service.queues import QueueWatch  # noqa: PLC0415 - see the module

        around = self._around
        return QueueWatch(
            around.ami(),
            around.url,
            log=lambda sentence: around.log.info("queues", happened=sentence),
            alarm=lambda trouble: around.log.warning("queues", trouble=trouble),
            phone=lambda number: phone_of_number(around.versions.current.site, number),
            lock=ProcessLock(around.state.books_lock),
        )

    @cached_property
    def staffing(self) -> Staffing:
        """Backup staff."""
        from ivrctl.service.staffing.assembly import Surroundings, staffing_of  # noqa: PLC0415 - see the module

        around = self._around
        return staffing_of(
            Surroundings(self.queues, around.versions, around.outbox, around.url, around.state.path, around.log)
        )

    def facts(self) -> QueueFactsByName:
        """What flows are told of queues."""
        return self.queues.facts() if "queues" in vars(self) else NOTHING_KNOWN

    def off_peak(self) -> OffPeak | None:
        """When it will be quiet."""
        return self.staffing.forecaster.off_peak() if "staffing" in vars(self) else None

    def queued(self, uniqueid: str, line: str, tier: str) -> None:
        """A flow hands a caller to a queue."""
        self.queues.queued(uniqueid, line, tier)

    def took_version(self) -> None:
        """The site is another one."""
        if "staffing" in vars(self):
            self.staffing.loop.wake()
            self.staffing.forecaster.wake()

    async def leave(self) -> None:
        """A successor does it from now on."""
        await asyncio.gather(self.queues.leave_books(), self.staffing.leave())

    async def close(self) -> None:
        """Let go of everything."""
        if "staffing" in vars(self):
            await self.staffing.close()
        if "queues" in vars(self):
            await self.queues.close()


def _load() -> None:
    import ivrctl.service.queues  # noqa: PLC0415 - see the module
    import ivrctl.service.staffing.assembly  # noqa: F401, PLC0415
