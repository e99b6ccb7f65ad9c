"""The outbox of a controller with all that belongs to it: who takes from calls, and who delivers.

Keeps what a call owes at its end, too. ``adapters.outbox`` knows the disk, ``service.delivering`` the rest of the way.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivrctl.adapters.interfaces.site_interfaces import SiteInterfaces
from ivrctl.adapters.outbox import Figure, Outbox, OutboxFault, Put, State, TooLargeFault
from ivrctl.adapters.process_lock import ProcessLock
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.submission_databases import SubmissionDatabases
from ivrctl.service.answering import Submissions
from ivrctl.service.delivering import Deliverer, DelivererParts, Destinations, SiteDestinations
from ivrctl.service.delivering.posts import InterfacePosts
from ivrctl.service.submissions import OutboxSubmissions
from ivrctl.site.site_file import Site


class PostRoom:
    """What a controller has of the outbox."""

    def __init__(
        self,
        state: StateFolder,
        *,
        site: Callable[[], Site],
        folder: Path,
        environ: Mapping[str, str],
        tell: Callable[[str], None],
    ) -> None:
        """Put it together; nothing is opened yet.

        Args:
            state: the folder that holds the outbox.
            site: as it is now.
            folder: the site's, for files that are named relative to it.
            environ: for ``{env: NAME}``.
            tell: told in a sentence of what people must know.
        """
        self._folder = folder
        self._environ = environ
        self._tell = tell
        self._keeping: set[asyncio.Task[None]] = set()
        self._is_refusing = False
        self.notices: Submissions | None = None
        """Who makes the announcements that flows submit; None where nobody does."""
        self.outbox = Outbox(state.outbox, clock=_now)
        self.deliverer = Deliverer(
            DelivererParts(
                outbox=self.outbox,
                lock=ProcessLock(state.outbox_lock),
                site=site,
                destinations=self._destinations,
                tell=tell,
                clock=_now,
                seconds=time.monotonic,
                chance=random.random,
            )
        )
        self.outbox.on_put = self.deliverer.wake

    def submissions(self, site: Site) -> Submissions:
        """Who takes what the flows of one version of the site submit."""
        return OutboxSubmissions(site, self.outbox, _now, self.notices)

    def keep(self, put: Put, on_over: Callable[[bool], None]) -> None:
        """Keep something that no caller waits for; ``on_over`` is told whether it is kept, or never can be."""
        task = asyncio.get_running_loop().create_task(self._kept(put, on_over), name=f"keep {put.key}")
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def deliver(self) -> None:
        """Deliver what is kept. Runs until cancelled."""
        await self.deliverer.run()

    async def close(self) -> None:
        """Keep what is to be kept, and close the outbox."""
        while self._keeping:
            await asyncio.wait(self._keeping)
        await self.deliverer.close()
        await self.outbox.close()

    def status(self) -> dict[str, Any]:
        """How the outbox stood at the last look."""
        standing = self.deliverer.standing
        waiting = [figure for figure in standing.figures if figure.state is State.WAITING]
        late = [figure for figure in waiting if figure.submission in standing.late]
        return {
            "waiting": standing.count(State.WAITING),
            "refused": standing.count(State.REFUSED),
            "given_up": standing.count(State.GIVEN_UP),
            "oldest": _oldest(waiting),
            "late": list(standing.late),
            "late_since": _oldest(late),
        }

    async def _kept(self, put: Put, on_over: Callable[[bool], None]) -> None:
        is_kept = False
        try:
            await self.outbox.put(put)
            is_kept, self._is_refusing = True, False
        except TooLargeFault as fault:
            # The journal would hand it in for a day, and never get rid of it.
            is_kept = True
            self._tell(f"what a call submits at its end is lost, {put.key}: {fault}")
        except OutboxFault as fault:
            if not self._is_refusing:
                # The journal has it still, and it is put again: of a disk that is full one sentence is enough.
                self._is_refusing = True
                self._tell(f"what calls submit at their end is not kept for now: {fault}")
        finally:
            on_over(is_kept)

    def _destinations(self, site: Site) -> Destinations:
        databases = SubmissionDatabases(site, self._folder, self._environ)
        interfaces = SiteInterfaces(site, self._folder, self._environ)
        return SiteDestinations(site, databases, InterfacePosts(interfaces))


def _oldest(figures: Iterable[Figure]) -> str | None:
    """When the oldest of them was handed over; None where there is none."""
    oldest = min((figure.oldest for figure in figures), default=None)
    return None if oldest is None else oldest.isoformat(timespec="seconds")


def _now() -> datetime:
    return datetime.now(UTC)
