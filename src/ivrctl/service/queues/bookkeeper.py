"""Events into the entries of the books, for whoever keeps them: the database that knows what is open may be away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import dropwhile

from ivrctl.acd.events import Event, QueuesRead, SightLost
from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.ledger import Entry, Ledger
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.acd.stay import Stay
from ivrctl.service.queues.callers import KnownCallers

MOST_HELD = 20_000
"""Events that wait for the ledger: half a second of work. Beyond, the books have a gap up to the next reading."""


class Bookkeeper:
    """Until ``begin`` it holds what happens; from then on everything becomes entries, in its order."""

    def __init__(self, keep: Callable[[Entry], None], most_held: int = MOST_HELD) -> None:
        """Hold from now on.

        Args:
            keep: has an entry written into the books.
            most_held: events that are held.
        """
        self._keep = keep
        self._most_held = most_held
        self._ledger: Ledger | None = None
        self._held: list[Event] = []
        self.callers = KnownCallers()
        self.expected = ExpectedWaits()
        self.recent = RecentStays()
        self.is_writing = True
        """False for one whose successor keeps the books already."""

    @property
    def is_open(self) -> bool:
        """True from ``begin`` on."""
        return self._ledger is not None

    @property
    def open_stays(self) -> tuple[Stay, ...]:
        """Who waits or talks by the books; nobody before ``begin``."""
        return () if self._ledger is None else self._ledger.open_stays

    @property
    def seen_at(self) -> datetime | None:
        """The last event that is in the entries."""
        return None if self._ledger is None else self._ledger.seen_at

    @property
    def held_since(self) -> datetime | None:
        """The reading from which on all that has happened is held; None where there is none, or something is missing.

        Only before ``begin``.
        """
        since: datetime | None = None
        for event in self._held:
            if isinstance(event, SightLost):
                since = None
            elif since is None and isinstance(event, QueuesRead):
                since = event.at
        return since

    def begin(self, ledger: Ledger, before: Iterable[Entry] = (), since: datetime | None = None) -> None:
        """Go on with what was open, and catch up with what has happened meanwhile.

        Args:
            ledger: knows what was open.
            before: entries of the last while; they stand in the books already.
            since: a reading that is held: what is held before it is left out.
        """
        self._ledger = ledger
        for entry in before:
            self.recent.take(entry)
        held, self._held = self._held, []
        held = list(dropwhile(lambda event: since is not None and not _is_reading_of(event, since), held))
        for event in held:
            self._tell(ledger.take(event))

    def take(self, event: Event) -> None:
        """Something has happened."""
        if self._ledger is not None:
            self._tell(self._ledger.take(event))
            return
        if len(self._held) >= self._most_held:
            self._held = [SightLost(self._held[0].at, "more happened than could wait for the books")]
        self._held.append(event)

    def leave(self) -> None:
        """Write no more; what was not told yet of who waits or talks is written first."""
        for stay in self.open_stays:
            self._tell([stay])
        self.is_writing = False

    def settle(self, now: datetime) -> None:
        """Some time has passed."""
        if self._ledger is not None:
            self._tell(self._ledger.settle(now))

    def _tell(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            named = self.callers.named(entry) if isinstance(entry, Stay) else entry
            if isinstance(named, Stay):
                self.expected.take(named)
            self.recent.take(named)
            if self.is_writing:
                self._keep(named)


def _is_reading_of(event: Event, at: datetime) -> bool:
    return isinstance(event, QueuesRead) and event.at == at
