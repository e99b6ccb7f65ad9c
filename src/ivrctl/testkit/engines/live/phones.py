"""The softphones of a run: each is started when a scenario first needs it, and serves all that follow."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.softphone import PhoneEvent, Seen, Softphone, SoftphoneError

WITHHELD = "anonymous"
"""The From user of a caller who does not show his number (RFC 3323)."""
LOOK_EVERY = 0.02
"""Seconds between looks at what a phone has seen: a phone's events are tens of milliseconds apart."""
REST_SECONDS = 1.5
"""How long the end of a call may take to get from one phone through the PBX to the other: 0.05 s seen."""

_STATES = (PhoneEvent.INCOMING, PhoneEvent.ESTABLISHED, PhoneEvent.CLOSED)


class Phones:
    """Softphones by what they are."""

    def __init__(self, pbx: Pbx, folder: Path) -> None:
        """Start phones at a PBX; their folders lie in ``folder``."""
        self._pbx = pbx
        self._folder = folder
        self._stack = AsyncExitStack()
        self._callers: dict[str, Softphone] = {}
        self._agents: dict[str, Softphone] = {}

    async def caller(self, number: str | None) -> Softphone:
        """The phone of somebody in the public network; None is a withheld number."""
        name = number or WITHHELD
        if name not in self._callers:
            phone = Softphone.caller(self._pbx, name, folder=self._folder / f"caller-{name.lstrip('+')}")
            self._callers[name] = await self._stack.enter_async_context(phone)
        return self._callers[name]

    async def agent(self, extension: str) -> Softphone:
        """An agent's phone, registered."""
        if extension not in self._agents:
            phone = Softphone.agent(self._pbx, extension, folder=self._folder / f"agent-{extension}")
            self._agents[extension] = await self._stack.enter_async_context(phone)
        return self._agents[extension]

    async def close(self) -> None:
        """Hang up and end all phones."""
        await self._stack.aclose()


def state_of(phone: Softphone) -> PhoneEvent:
    """Whether a phone rings (INCOMING), talks (ESTABLISHED) or does neither (CLOSED)."""
    states = (seen.event for seen in reversed(phone.seen) if seen.event in _STATES)
    return next(states, PhoneEvent.CLOSED)


async def until_seen(phone: Softphone, event: PhoneEvent, since: int, within: float) -> Seen:
    """Wait until something has happened on a phone.

    Args:
        phone: the phone.
        event: what is to happen.
        since: index in ``phone.seen``: what lies before it does not count.
        within: real seconds.

    Raises:
        SoftphoneError: it did not happen.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        found = next((seen for seen in phone.seen[since:] if seen.event is event), None)
        if found is not None:
            return found
        if loop.time() > deadline:
            raise SoftphoneError(f"phone {phone.identity.number}: {event.name} did not come within {within:g} s")
        await asyncio.sleep(LOOK_EVERY)


async def come_to_rest(phone: Softphone) -> None:
    """Wait until a phone is in no call and does not ring; hang up when that does not come by itself.

    Raises:
        SoftphoneError: the phone does not come to rest.
    """
    if await _rests(phone, REST_SECONDS):
        return
    await phone.hang_up()
    if not await _rests(phone, REST_SECONDS):
        raise SoftphoneError(f"phone {phone.identity.number} does not hang up")


async def _rests(phone: Softphone, within: float) -> bool:
    deadline = asyncio.get_running_loop().time() + within
    while state_of(phone) is not PhoneEvent.CLOSED:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(LOOK_EVERY)
    return True
