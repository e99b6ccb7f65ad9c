"""Everything that happens, for as long as we run: sessions one after the other, each told to whoever takes.

::

    stream = EventStream(address, login, wanted, alarm=log.alarm)
    tasks.create_task(stream.run())
    for told in await stream.take(): ...          # Opened, Doubt, Lost, RawPacket: see event_inbox

Nothing is replayed, by Asterisk or by us: what happened while no session was there is learnt from a full reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ivrctl.adapters.ami.action_link import STEADY, Pace, pause_of
from ivrctl.adapters.ami.errors import AmiBootUnseenError, AmiLoginRefusedError, AmiUnreachableError
from ivrctl.adapters.ami.event_inbox import CAPACITY, EventInbox, Lost, Told
from ivrctl.adapters.ami.event_session import EventSession, Listening
from ivrctl.adapters.ami.session import USUAL, Deadlines, Login
from ivrctl.ami.framing import Wanted
from ivrctl.errors import ConfigurationError, IvrctlError

LONGEST_KNOCK = 4.0
"""Seconds between two attempts, at most, while nobody is there: they cost nobody anything, and the queues are seen
again within ten seconds of Asterisk. Sessions that begin and break are another matter: see ``pause_of``."""


class EventStream:
    """See the module. ``run`` never returns; ``take`` has one caller."""

    def __init__(  # noqa: PLR0913 - the first three say what is listened to, the others are there for tests
        self,
        address: tuple[str, int],
        login: Login,
        wanted: Wanted,
        *,
        alarm: Callable[[ConfigurationError], None],
        deadlines: Deadlines = USUAL,
        pace: Pace | None = None,
        capacity: int = CAPACITY,
    ) -> None:
        """Prepare it; nothing is connected yet.

        Args:
            address: host and port.
            login: who reads ``system``, ``call``, ``agent`` and a filtered ``dialplan``.
            wanted: the kinds of events.
            alarm: told of each refused login, and of a boot that is not told: only a person can mend those.
            deadlines: of each session.
            pace: time and chance.
            capacity: events that are kept for whoever takes.
        """
        self._inbox = EventInbox(capacity)
        self._listening = Listening(address, login, wanted, self._inbox)
        self._alarm = alarm
        self._deadlines = deadlines
        self._pace = pace or Pace()
        self._why = ""
        self._hurry = asyncio.Event()
        self._session: EventSession | None = None

    async def take(self) -> list[Told]:
        """Wait until there is something to be told, and take all of it, in order."""
        return await self._inbox.take()

    def retry_now(self) -> None:
        """Somebody knows that Asterisk is back: end the pause, or the one behind an attempt that is being made."""
        self._hurry.set()

    def renew(self, why: str) -> None:
        """End the session that there is; the next one follows."""
        if self._session is not None:
            self._session.end(why)

    async def run(self) -> None:
        """Keep a session, for ever; cancelled, it closes the one there is."""
        failures = 0
        while True:
            begun = self._pace.now()
            fault, session = await self._stay()
            if isinstance(fault, ConfigurationError):
                self._alarm(fault)
            self._lost(str(fault), 0.0 if session is None else self._pace.now() - session.heard_at)
            failures = 0 if self._pace.now() - begun >= STEADY else failures
            pause = pause_of(failures, self._pace.chance(), is_refused=isinstance(fault, AmiLoginRefusedError))
            is_knock = isinstance(fault, AmiUnreachableError) and session is None
            await self._pace.pause(self._hurry, min(pause, LONGEST_KNOCK) if is_knock else pause)
            self._hurry.clear()
            failures += 1

    async def _stay(self) -> tuple[IvrctlError, EventSession | None]:
        """Open a session, and stay with it until it is lost: why, and the session that we were in."""
        session = None
        try:
            session = self._session = await EventSession.open(self._listening, self._deadlines, self._pace)
            self._why = ""
            host, port = self._listening.address
            return AmiUnreachableError(f"{host}:{port}", await session.watch()), session
        except (AmiUnreachableError, AmiLoginRefusedError, AmiBootUnseenError) as error:
            return error, session
        finally:
            self._session = None
            if session is not None:
                session.end("closed")

    def _lost(self, why: str, silent: float) -> None:
        """Tell it once: the same reason at the next attempt is no news."""
        if why != self._why:
            self._why = why
            self._inbox.tell(Lost(why, silent))
