"""A channel as the PBX sees it: variables, state, what is played to it, what it hears of keys and hang-ups.

One task runs a channel's dialplan. Whenever that task waits for time to pass or for the caller, it is in ``listen``,
and only then does the clock go on; everything else it does takes no time. The caller's side is ``caller``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from ivrctl.testkit.fake_asterisk.clock import Clock

ELSEWHERE = "elsewhere"
"""Stands for every place that is none of our dialplan."""


class Cause(Enum):
    """What else than a key can end a wait."""

    TIME = auto()
    """The time has passed: the file has ended, the timeout has come."""
    HANGUP = auto()
    """The leg is over: the caller hung up, or was taken elsewhere."""
    COMMAND = auto()
    """The controller sent something, or closed its side."""
    OUTCOME = auto()
    """The application has its outcome."""


Ending: TypeAlias = str | Cause
"""A key, or another cause."""


@dataclass(slots=True)
class Heard:
    """A prompt that was, or is being, played to the caller."""

    file: str
    """As AGI named it."""
    started: float
    """Seconds since the call began."""
    length: float
    """Seconds that it plays when nothing cuts it, from where it was begun."""
    heard_seconds: float = 0.0
    """How much of it was heard; final once ``is_over``."""
    cut_by: str | None = None
    """The key, ``hang-up`` or ``command`` that ended it early."""
    is_over: bool = False


@dataclass(slots=True)
class _Listening:
    accepts: str
    done: asyncio.Future[Ending]
    is_interruptible: bool


@dataclass(frozen=True, slots=True)
class LostKey:
    """A key that nobody listened for."""

    key: str
    at: float
    """Seconds since the call began."""


@dataclass(eq=False, slots=True)
class Channel:
    """One channel, from the first leg to the hang-up."""

    name: str
    uniqueid: str
    ani: str
    extension: str
    """Where the dialplan is; a transfer changes it."""
    context: str
    language: str
    clock: Clock
    began: float
    """The clock's time when the call came."""
    is_up: bool = False
    """True once it was answered."""
    is_leg_over: bool = False
    """Asterisk's soft hang-up flag: the running application shall come to its end."""
    has_left: bool = False
    """True once the caller himself has hung up."""
    ended: float | None = None
    """Seconds since the call began, once the channel is gone."""
    transfer_to: str | None = None
    """The extension where the channel goes on when the leg is over, if the caller has not left; or ``ELSEWHERE``."""
    variables: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    lost_keys: list[LostKey] = field(default_factory=list)
    on_change: list[Callable[[], None]] = field(default_factory=list)
    """Called after everything that happened to the channel: the caller's side watches by it."""
    _listening: _Listening | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self.clock.now() - self.began

    @property
    def is_listened_to(self) -> bool:
        """True while something runs that a key could reach."""
        return self._listening is not None

    async def listen(self, seconds: float | None, *, accepts: str = "", is_interruptible: bool = False) -> Ending:
        """Let time pass until a key that is accepted, a hang-up, an outcome, a command or the end of the time.

        Args:
            seconds: how long, or None for ever.
            accepts: the keys that end it; any other key is lost.
            is_interruptible: whether a command from the controller ends it.
        """
        if self.is_leg_over:
            return Cause.HANGUP
        done: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._listening = _Listening(accepts, done, is_interruptible)
        timer = None
        if seconds is not None:
            timer = self.clock.call_at(self.clock.now() + seconds, lambda: self.wake(Cause.TIME))
        self.clock.release()
        try:
            return await done
        finally:
            if timer is not None:
                timer.cancel()
            if self._listening is not None:
                # Cancelled from outside: the hold that wake would have taken.
                self._listening = None
                self.clock.hold()

    def wake(self, ending: Ending) -> None:
        """End the wait that runs, if one does; time stands still from here on."""
        if self._listening is None:
            return
        done = self._listening.done
        self._listening = None
        self.clock.hold()
        if not done.done():
            done.set_result(ending)

    def changed(self) -> None:
        """Tell the caller's side."""
        for callback in tuple(self.on_change):
            callback()

    def key(self, key: str) -> None:
        """The caller pressed a key: it ends what accepts it, and is lost otherwise."""
        if self._listening is not None and key in self._listening.accepts:
            self.wake(key)
        else:
            self.lost_keys.append(LostKey(key, self.elapsed))

    def interrupt(self) -> None:
        """The controller sent something, or closed its side."""
        if self._listening is not None and self._listening.is_interruptible:
            self.wake(Cause.COMMAND)

    def end_leg(self, *, transfer_to: str | None = None) -> None:
        """The leg is over: the caller has left, or goes on at another extension."""
        if self.has_left:
            return
        self.has_left = transfer_to is None
        self.transfer_to = transfer_to
        self.is_leg_over = True
        self.wake(Cause.HANGUP)
        self.changed()

    async def play(self, file: str, length: float, *, accepts: str, is_interruptible: bool = False) -> Ending:
        """Play a prompt until its end or until it is cut, and note what was heard of it."""
        prompt = Heard(file, self.elapsed, length)
        self.heard.append(prompt)
        self.changed()
        ending: Ending = Cause.HANGUP
        try:
            ending = await self.listen(length, accepts=accepts, is_interruptible=is_interruptible)
        finally:
            prompt.heard_seconds = min(self.elapsed - prompt.started, length)
            prompt.cut_by = _cut_by(ending)
            prompt.is_over = True
            self.changed()
        return ending


def _cut_by(ending: Ending) -> str | None:
    match ending:
        case str():
            return ending
        case Cause.HANGUP:
            return "hang-up"
        case Cause.COMMAND:
            return "command"
        case _:
            return None
