"""The queues of one Asterisk for one controller: sessions, observer and books, put together and taken apart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ivrctl.acd.events import SightLost
from ivrctl.acd.ledger import Entry, Ledger
from ivrctl.acd.picture import Picture
from ivrctl.adapters.ami import AmiUnreachableError, Login
from ivrctl.adapters.ami.action_link import ActionLink, Pace
from ivrctl.adapters.ami.event_stream import EventStream
from ivrctl.adapters.books_store import BooksReader, BooksWriter
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.process_lock import ProcessLock
from ivrctl.adapters.site_store import SiteStore
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.errors import ConfigurationError, IvrctlError
from ivrctl.model.queue_facts import NOTHING_KNOWN, QueueFactsByName
from ivrctl.service.doctor.filters import SENT, SENT_DEVICES, SENT_VARIABLES
from ivrctl.service.queues.bookkeeper import Bookkeeper
from ivrctl.service.queues.changes import Changes
from ivrctl.service.queues.devices import PhoneOf
from ivrctl.service.queues.hand_over import HandOver, Left
from ivrctl.service.queues.observer import ObserverParts, QueueObserver

WANTED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(SENT, ()),
    "VarSet": tuple(f"Variable: {variable}" for variable in SENT_VARIABLES),
    "DeviceStateChange": (f"Device: {SENT_DEVICES}*",),
}
"""The events that are read; a VarSet of any other variable, or the change of a phone, is not even decoded."""

NOT_YET = "the queues were not read yet"
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds between two questions to a database that is away; the longest also behind a watch that has failed."""
LEAVE_WITHIN = 5.0
"""Seconds in which the last entries are written of a controller that leaves the books to another one."""
CHAINS = timedelta(hours=1)
"""Stays that began so long ago are known to a ledger that begins anew: a caller's next stay is his second."""


@dataclass(frozen=True, slots=True)
class AmiAccess:
    """The Asterisk whose queues are watched."""

    address: tuple[str, int]
    """Host and port of AMI."""
    login: Login | None
    """None: the secret is not known."""
    why: str = ""
    """Why it is not."""


class QueueWatch:
    """Of a site without access to AMI it sees nothing, and says why."""

    def __init__(  # noqa: PLR0913 - the first two say what is watched, the others are of the process that watches
        self,
        access: AmiAccess | None,
        url: str,
        *,
        log: Callable[[str], None],
        alarm: Callable[[str], None],
        phone: PhoneOf = lambda _number: None,
        lock: ProcessLock | None = None,
        pace: Pace = Pace(),  # noqa: B008 - frozen
    ) -> None:
        """Put it together; nothing is connected yet.

        Args:
            access: the Asterisk; None where no queues are to be watched.
            url: of the site's database.
            log: told in a sentence what is seen and what is not.
            alarm: told in a sentence what only a person can mend.
            phone: where an agent of the site is reached.
            lock: held by the one of the site's controllers that keeps the books; None for one that is alone.
            pace: time and chance.

        Raises:
            ConfigurationError: the URL is none, or a driver is missing.
        """
        self._access = access
        self._log = log
        self._alarm = alarm
        self._phone = phone
        self._hand_over = HandOver(lock)
        self._pace = pace
        self._writer = BooksWriter(url, on_trouble=alarm)
        self._store = SiteStore(url)
        self._link: ActionLink | None = None
        self.books = Bookkeeper(self._writer.add)
        self.changes = Changes()
        """Of the picture, and of whether it is known."""
        self.observer: QueueObserver | None = None
        """None until it runs, and where nothing can be seen."""

    @property
    def picture(self) -> Picture:
        """What is seen."""
        return Picture() if self.observer is None else self.observer.picture

    @property
    def why_blind(self) -> str:
        """Why nothing is seen; empty while something is."""
        if self._access is None:
            return "this controller watches no queues"
        if self._access.login is None:
            return self._access.why
        picture = self.picture
        return "" if picture.is_known else picture.stale_because or NOT_YET

    def now(self) -> datetime:
        """The time at Asterisk."""
        return datetime.now(UTC) if self.observer is None else self.observer.now()

    def facts(self) -> QueueFactsByName:
        """What flows are told."""
        return NOTHING_KNOWN if self.observer is None else self.observer.facts()

    def queued(self, uniqueid: str, line: str, tier: str) -> None:
        """A flow hands a caller to a queue."""
        self.books.callers.queued(uniqueid, line, tier)

    async def until_seen(self, within: float) -> None:
        """Where another controller keeps the books: wait until we see what it sees, but no longer than some seconds.

        It may leave then, and nothing goes unseen between us.
        """
        if self._access is None or self._access.login is None or not self._hand_over.has_predecessor:
            return
        with contextlib.suppress(TimeoutError), self.changes.listen() as changed:
            async with Deadline(within):
                while not self.picture.is_known:
                    changed.clear()
                    await changed.wait()

    async def leave_books(self) -> None:
        """A successor keeps them from now on; what was told until now is written before it begins."""
        self.books.leave()
        left_at, seen_at = self.now(), self.books.seen_at
        has_seen = self.picture.is_known and seen_at is not None
        dropped = self._writer.backlog.dropped
        with contextlib.suppress(TimeoutError):
            async with Deadline(LEAVE_WITHIN):
                await self._writer.flushed()
                if has_seen and seen_at is not None and self._writer.backlog.dropped == dropped:
                    self._hand_over.leave(Left(left_at, seen_at))
        self._hand_over.leave(None)

    def status(self) -> dict[str, Any]:
        """What ``ivrctl status`` shows of it."""
        picture, backlog = self.picture, self._writer.backlog
        since = picture.stale_since
        return {
            "seen": picture.is_known,
            "why": self.why_blind,
            "stale_since": None if since is None else since.isoformat(timespec="seconds"),
            "read_at": None if picture.read_at is None else picture.read_at.isoformat(timespec="seconds"),
            "queues": len(picture.queues),
            "entries_waiting": backlog.waiting,
            "entries_dropped": backlog.dropped,
            **({} if self.observer is None else asdict(self.observer.counts)),
        }

    async def ask(self, action: Action) -> Answer:
        """Ask Asterisk, by the session that reads the queues.

        Raises:
            AmiUnreachableError: it cannot be asked, or was lost meanwhile.
            LocalProtocolError: the action cannot be sent.
        """
        if self._link is None:
            host, port = ("-", 0) if self._access is None else self._access.address
            raise AmiUnreachableError(f"{host}:{port}", self.why_blind)
        return await self._link.ask(action)

    def read_again(self) -> None:
        """Somebody doubts what is seen: have everything read soon."""
        if self.observer is not None:
            self.observer.read_again()

    async def ask_devices(self) -> bool:
        """Ask now for the phones of who is available for backup and in no queue; see ``Picture.devices``.

        Returns:
            False where Asterisk cannot be asked, or does not say: what is known stays as it is.
        """
        if self.observer is None or not self.picture.is_known:
            return False
        try:
            await self.observer.ask_devices()
        except IvrctlError:
            return False
        return True

    async def run(self) -> None:
        """Watch, for ever: whatever is wrong with the watch, calls go on, and it begins anew."""
        if self._access is None or self._access.login is None:
            if self._access is not None:
                self._alarm(f"the queues are not watched: {self._access.why}")
            await asyncio.Event().wait()
            return
        await self._writer.open()
        while True:
            try:
                await self._watch(self._access.address, self._access.login)
            except Exception as error:  # noqa: BLE001 - a controller that ended for it would take its calls with it
                await self._give_up(error)

    async def close(self) -> None:
        """Let go of everything."""
        if self._link is not None:
            await self._link.close()
        await self._writer.close()
        await self._store.close()
        self._hand_over.leave(None)

    async def _watch(self, address: tuple[str, int], login: Login) -> None:
        self.observer = self._observer(address, login)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.observer.run())
            tasks.create_task(self._begin_books())

    async def _give_up(self, error: Exception) -> None:
        """Of a watch that has failed nothing is believed any more; the books have a gap until the next one reads."""
        self._alarm(f"the watch of the queues has failed, and begins anew: {error!r}")
        seen_until = self.now()
        self.observer = None
        self.changes.tell()
        if self._link is not None:
            await self._link.close()
        with contextlib.suppress(Exception):  # the books may be what has failed
            self.books.take(SightLost(seen_until, "the watch of the queues failed"))
        await self._pace.pause(asyncio.Event(), LONGEST_PAUSE)

    def _observer(self, address: tuple[str, int], login: Login) -> QueueObserver:
        self._link = ActionLink(address, login, pace=self._pace)
        parts = ObserverParts(
            stream=EventStream(address, login, WANTED, alarm=self._refused, pace=self._pace),
            link=self._link,
            books=self.books,
            clock=lambda: datetime.now(UTC),
            seconds=self._pace.now,
            pause=self._pace.pause,
            on_change=self._log,
            on_picture=self.changes.tell,
            phone=self._phone,
        )
        return QueueObserver(parts)

    async def _begin_books(self) -> None:
        """Go on with what was open. A database that is away is waited for, and what happens meanwhile is held."""
        reader, pause = BooksReader(self._store), FIRST_PAUSE
        left = None if self.books.is_open else await self._hand_over.taken(self._pace.pause)
        while not self.books.is_open:
            try:
                entries = await reader.under_way(datetime.now(UTC) - CHAINS)
                self._go_on(entries, left, await reader.seen_at())
                if self.observer is not None:
                    self.observer.remember()
            except IvrctlError as error:  # away, or of a newer release: an upgrade that goes back
                if pause == FIRST_PAUSE:
                    self._alarm(f"the books wait for the database: {error}")
                await self._pace.pause(asyncio.Event(), pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _go_on(self, entries: Sequence[Entry], left: Left | None, seen_at: datetime | None) -> None:
        """With what stands in the books; where nothing went unseen since they were left there is no gap in them."""
        since = self.books.held_since
        if left is not None and since is not None and since <= left.at:
            ledger = Ledger.restored(entries, left.seen_at, is_handed_over=True)
            self.books.begin(ledger, entries, since)
        else:
            self.books.begin(Ledger.restored(entries, seen_at if left is None else left.at), entries)

    def _refused(self, error: ConfigurationError) -> None:
        self._alarm(f"{error}" + (f"; {error.advice}" if error.advice else ""))
