"""Whose time it is in a fake Asterisk: a clock that jumps, or the real one, faster.

Prompts, waits, rings and the caller's reactions elapse on one clock. On a ``VirtualClock`` nothing is waited for: time
stands still while anybody has something to do (a *hold*), and jumps to the next timer when nobody has. So a call of
five minutes runs in milliseconds, in the same order every time.

A controller can be given the same clock for its own delays (``sleep``): a lookup that takes 30 s then takes 30 s of
the caller's time.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Protocol

DEFAULT_PATIENCE = 0.25
"""Real seconds after which a virtual clock goes on though somebody holds it: long against a turn of a controller that
works, short against a person's patience with a test of one that does not."""

_LOOKS = 5
"""Into how many parts the patience is cut."""


class Timer(Protocol):
    """What can be taken back."""

    def cancel(self) -> None:
        """Do not call; harmless when it was called already."""


class Clock(Protocol):
    """What the fake Asterisk needs of time, in seconds."""

    def now(self) -> float:
        """Seconds since some beginning."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Have a callback called once at a time; at once, but not within this call, when it has passed."""

    def hold(self) -> None:
        """Somebody has something to do that takes no time: count him."""

    def release(self) -> None:
        """He is done, or waits for the clock himself."""

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock."""


class _VirtualTimer:
    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualClock:
    """A clock that jumps to its next timer whenever nobody holds it.

    A holder who does nothing for ``patience`` real seconds is taken for silent, and the clock makes one jump all the
    same: that is what a caller sees of a controller that hangs.
    """

    def __init__(self, *, patience: float = DEFAULT_PATIENCE) -> None:
        self._patience = patience
        self._now = 0.0
        self._holds = 0
        self._timers: list[tuple[float, int, _VirtualTimer]] = []
        self._order = itertools.count()
        self._turn: asyncio.Handle | None = None
        self._stall: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Seconds since the clock was made."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Have a callback called when the clock has got there; equal times keep their order."""
        timer = _VirtualTimer(callback)
        heapq.heappush(self._timers, (max(when, self._now), next(self._order), timer))
        self._stir()
        return timer

    def hold(self) -> None:
        """Let time stand still until as many ``release`` were called."""
        self._holds += 1
        self._stir()

    def release(self) -> None:
        """Take one hold back."""
        self._holds -= 1
        self._stir()

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock."""
        await sleep_on(self, seconds)

    def _stir(self) -> None:
        """Something happened: look again soon, and begin to count a stall anew."""
        loop = asyncio.get_running_loop()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        if self._turn is None:
            self._turn = loop.call_soon(self._look)

    def _look(self) -> None:
        self._turn = None
        if not self._drop_cancelled():
            return
        if self._holds <= 0:
            self._jump()
        elif self._stall is None:
            self._be_patient(_LOOKS)

    def _be_patient(self, looks: int) -> None:
        """Jump after so many looks in which nothing happened.

        One look at the end would do but for a machine that was busy: after a pause of the whole process the loop calls
        a timer before it has read what has long been on the wire.
        """
        if not looks:
            self._jump()
            return
        self._stall = asyncio.get_running_loop().call_later(self._patience / _LOOKS, self._be_patient, looks - 1)

    def _jump(self) -> None:
        self._stall = None
        if not self._drop_cancelled():
            return
        when, _, timer = heapq.heappop(self._timers)
        self._now = when
        if timer.callback is not None:
            timer.callback()
        self._stir()

    def _drop_cancelled(self) -> bool:
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        return bool(self._timers)


class ScaledClock:
    """The real time, ``speed`` times as fast: for a controller that has real work to do."""

    def __init__(self, *, speed: float = 1.0) -> None:
        self._speed = speed
        self._began = asyncio.get_running_loop().time()

    def now(self) -> float:
        """Scaled seconds since the clock was made."""
        return (asyncio.get_running_loop().time() - self._began) * self._speed

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Have a callback called at a scaled time."""
        return asyncio.get_running_loop().call_at(self._began + when / self._speed, callback)

    def hold(self) -> None:
        """Real time stands still for nobody."""

    def release(self) -> None:
        """Nothing was held."""

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock."""
        await sleep_on(self, seconds)


async def sleep_on(clock: Clock, seconds: float) -> None:
    """Wait until a clock has gone on by some seconds."""
    passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = clock.call_at(clock.now() + seconds, lambda: None if passed.done() else passed.set_result(None))
    try:
        await passed
    finally:
        timer.cancel()
