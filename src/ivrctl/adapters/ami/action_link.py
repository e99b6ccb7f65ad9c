"""A session for actions that comes back: opened when it is first needed, opened again when it is lost.

::

    link = ActionLink(address, login)
    answer = await link.ask(Action.of("QueueStatus"))   # opens it
    link.state                                          # There(), or Away(why)
    await link.close()

While it is away an action fails at once, with the reason: whoever asked knows better than this module whether it may be
asked again. Nothing is ever kept to be sent later.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ivrctl.adapters.ami.errors import AmiLoginRefusedError, AmiUnreachableError
from ivrctl.adapters.ami.session import USUAL, AmiSession, Deadlines, Login
from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer

SHORTEST, LONGEST = 0.5, 30.0
"""Seconds of the first pause and of the longest; each is drawn between nothing and its bound, so that many controllers
do not come back in one moment."""

REFUSED_SHORTEST, REFUSED_LONGEST = 60.0, 1800.0
"""The same after a refused login, where nothing is drawn below the shortest: only a person can mend it, and Asterisk
writes each attempt to its log."""

STEADY = 30.0
"""Seconds after which a session that was lost counts as one that was well: pauses begin with the shortest again."""


@dataclass(frozen=True, slots=True)
class There:
    """Actions may be asked."""


@dataclass(frozen=True, slots=True)
class Away:
    """Actions fail at once."""

    why: str
    is_refused: bool = False
    """True when Asterisk refuses the login: somebody must be told, since it does not mend itself."""


State = There | Away


async def _until_hurried(hurry: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with Deadline(seconds):
            await hurry.wait()


@dataclass(frozen=True, slots=True)
class Pace:
    """Time and chance, as the link sees them."""

    pause: Callable[[asyncio.Event, float], Awaitable[None]] = _until_hurried
    """Waits for an event, but no more than some seconds."""
    now: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    """In [0, 1)."""


def pause_of(attempt: int, chance: float, *, is_refused: bool = False) -> float:
    """Seconds before the next attempt.

    Args:
        attempt: how many have failed since it was well, from 0.
        chance: in [0, 1).
        is_refused: the last one failed with a refused login.
    """
    doubled = 2.0 ** min(attempt, 16)
    if is_refused:
        return REFUSED_SHORTEST + chance * (min(REFUSED_LONGEST, REFUSED_SHORTEST * doubled) - REFUSED_SHORTEST)
    return chance * min(LONGEST, SHORTEST * doubled)


class ActionLink:
    """See the module. Use it from one event loop."""

    def __init__(
        self,
        address: tuple[str, int],
        login: Login,
        *,
        on_change: Callable[[State], None] = lambda _state: None,
        deadlines: Deadlines = USUAL,
        pace: Pace | None = None,
    ) -> None:
        """Prepare it; nothing is connected yet.

        Args:
            address: host and port.
            login: whose rights the actions have.
            on_change: told when it comes and when it goes, and of each failed attempt. What it raises goes to the
                event loop's handler of exceptions.
            deadlines: of each session.
            pace: time and chance.
        """
        self._address = address
        self._login = login
        self._on_change = on_change
        self._deadlines = deadlines
        self._pace = pace or Pace()
        self._hurry = asyncio.Event()
        self._tried = asyncio.Event()
        self._session: AmiSession | None = None
        self._fault: AmiUnreachableError | AmiLoginRefusedError | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def state(self) -> State:
        """Whether actions may be asked; if not, why."""
        if self._session is not None and self._session.is_open:
            return There()
        if self._fault is None:
            return Away("nothing was asked yet")
        return Away(str(self._fault), is_refused=isinstance(self._fault, AmiLoginRefusedError))

    async def ask(self, action: Action) -> Answer:
        """Send an action and return its answer. The first one waits until the link was opened, or could not be.

        Raises:
            LocalProtocolError: the action cannot be sent, and was not.
            AmiUnreachableError: the link is away, and the action was not sent; or it was lost meanwhile.
            AmiLoginRefusedError: the link is away, since Asterisk refuses the login.
        """
        if self._keeper is None and not self._is_closed:
            self._keeper = asyncio.get_running_loop().create_task(self._keep())
        await self._tried.wait()
        if self._session is None:
            raise self._away()
        return await self._session.ask(action)

    def retry_now(self) -> None:
        """Somebody knows that Asterisk is back: end the pause, or the one behind an attempt that is being made."""
        if self._session is None:
            self._hurry.set()

    async def close(self) -> None:
        """End it; actions under way and further ones fail."""
        self._is_closed = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        if self._session is not None:
            self._session.close()
            self._session = None
        self._fault = self._unreachable("closed")
        self._tried.set()

    async def _keep(self) -> None:
        attempt = 0
        while True:
            begun = self._pace.now()
            await self._stay()
            attempt = 0 if self._pace.now() - begun >= STEADY else attempt
            is_refused = isinstance(self._fault, AmiLoginRefusedError)
            await self._pace.pause(self._hurry, pause_of(attempt, self._pace.chance(), is_refused=is_refused))
            self._hurry.clear()
            attempt += 1

    async def _stay(self) -> None:
        """Open a session, and stay with it until it is lost."""
        try:
            self._session = await AmiSession.open(self._address, self._login, deadlines=self._deadlines)
        except (AmiUnreachableError, AmiLoginRefusedError) as error:
            self._fault = error
        else:
            self._changed()
            why = await self._session.ended()
            self._session, self._fault = None, self._unreachable(why)
        self._changed()

    def _changed(self) -> None:
        self._tried.set()
        asyncio.get_running_loop().call_soon(self._on_change, self.state)

    def _away(self) -> AmiUnreachableError | AmiLoginRefusedError:
        """The fault as an error of its own: one that is raised twice grows."""
        if isinstance(self._fault, AmiLoginRefusedError):
            return AmiLoginRefusedError(self._fault.user, self._fault.sentence)
        return self._unreachable("not connected" if self._fault is None else self._fault.why)

    def _unreachable(self, why: str) -> AmiUnreachableError:
        return AmiUnreachableError(f"{self._address[0]}:{self._address[1]}", why)
