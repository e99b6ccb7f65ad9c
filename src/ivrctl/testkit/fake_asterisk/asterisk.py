"""The fake Asterisk: takes calls from a script and puts them through the dialplan loop to a controller."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from ivrctl.testkit.fake_asterisk.caller import Caller, Script
from ivrctl.testkit.fake_asterisk.channel import Channel
from ivrctl.testkit.fake_asterisk.clock import Clock, VirtualClock
from ivrctl.testkit.fake_asterisk.dialplan import Dialplan, DialplanGlobals
from ivrctl.testkit.fake_asterisk.prompts import PromptLengths
from ivrctl.testkit.fake_asterisk.stay import QueueSetup

_EPOCH = 1_700_000_000
"""When the fake was started, in its own eyes: ids are the same in every run."""


class FakeAsterisk:
    """An Asterisk 22 as a FastAGI controller sees it; use it as an asynchronous context manager.

    Args:
        agi: where the controller listens.
        prompts: how long each prompt plays.
        clock: by default a ``VirtualClock``.
        queues: the queues that exist; None takes any name for a queue with agents.
        numbers: the dialplan's globals.
    """

    def __init__(
        self,
        agi: tuple[str, int],
        prompts: PromptLengths,
        *,
        clock: Clock | None = None,
        queues: Mapping[str, QueueSetup] | None = None,
        numbers: DialplanGlobals | None = None,
    ) -> None:
        self.clock = clock or VirtualClock()
        """The time of all its calls; give it to the controller for delays that the caller is to feel."""
        self.callers: list[Caller] = []
        """Every call so far."""
        self._agi = agi
        self._prompts = prompts
        self._queues = queues
        self._globals = numbers or DialplanGlobals()
        self._script = Script(self.clock)
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Nothing needs to be opened."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up whatever still stands."""
        await self.close()

    def call(self, dnis: str, *, ani: str = "", language: str = "en", context: str = "ivrctl-lines") -> Caller:
        """A call comes in; the controller sees it as soon as the script waits for something.

        Args:
            dnis: the number called.
            ani: the calling number; empty when it is withheld.
            language: the channel's language.
            context: the dialplan's context, as the controller is told.
        """
        number = next(self._numbers)
        channel = Channel(
            name=f"PJSIP/trunk-{number:08x}",
            uniqueid=f"{_EPOCH}.{number}",
            ani=ani,
            extension=dnis,
            context=context,
            language=language,
            clock=self.clock,
            began=self.clock.now(),
        )
        dialplan = Dialplan(channel, self._agi, self._prompts, self._queues, self._globals, self._name_leg)
        self.clock.hold()
        task = asyncio.get_running_loop().create_task(dialplan.run())
        self._tasks.add(task)
        caller = Caller(channel, dialplan, task, self._script)
        # After the caller's own callback: a verb that waits for the end has it before time goes on.
        task.add_done_callback(self._gone)
        self.callers.append(caller)
        return caller

    async def close(self) -> None:
        """Hang up whatever still stands, and wait until the controller has been told."""
        for caller in self.callers:
            caller.hang_up()
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=1.0)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.clock.release()

    def _name_leg(self, uniqueid: str) -> str:
        return f"{uniqueid}-{_EPOCH + int(self.clock.now())}{next(self._numbers) % 900 + 100}"
