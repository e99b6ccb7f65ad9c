"""A real Asterisk with a controller, what a row can do to both, and what Asterisk says of its channels and queues."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, Ports, credentials, rx, up
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.errors import IvrctlError
from ivrctl.testkit.killing import kill
from ivrctl.testkit.signal_phone import SignalPhones
from ivrctl.testkit.survival.lines import QUEUE
from ivrctl.testkit.survival.serving import Serving
from ivrctl.web.client import ask

from ..matrix import Vitals
from ..reading import Reading
from ..way import Way
from . import site

AGENTS, DESK = ("8101", "8102"), "8105"
IN_WITHIN = 30.0
"""Seconds until an ordered helper is a member of his queue."""


@dataclass(slots=True)
class Scene:
    """What a row acts on."""

    pbx: Pbx
    served: Serving
    way: Way
    """To AMI."""
    remarks: list[str] = field(default_factory=list)
    deaths: list[float] = field(default_factory=list)
    """When Asterisk died."""
    has_died: asyncio.Event = field(default_factory=asyncio.Event)
    desired: frozenset[str] = frozenset()
    """Who is to be in which queue: signed on by themselves, or ordered in."""
    pins: list[str] = field(default_factory=list)
    """What was keyed and must stand nowhere."""
    vitals: dict[int, Vitals] = field(default_factory=dict)
    """What a controller held before anything was broken, by its pid."""

    async def restart(self, how: str) -> None:
        """Have Asterisk end, and be there again."""
        # Before it is told: it answers when the calls have ended.
        told_at = time.time()
        if how == "kill -9":
            await asyncio.to_thread(kill, self.pbx.pid)
        else:
            await asyncio.to_thread(rx, self.pbx, how)
        if how != "core restart gracefully":
            self.deaths.append(told_at)
            # Those who call now; who calls from here on has the Asterisk that comes back.
            self.has_died.set()
            await asyncio.sleep(0)
            self.has_died.clear()
        ports = Ports(sip=self.pbx.sip_port, ami=self.pbx.ami_port)
        if how == "kill -9":
            self.pbx = await asyncio.to_thread(up, self.pbx.name, agi=self.pbx.agi, ports=ports)
        await self._until_booted()
        await self.sign_on()

    async def set_global(self, name: str, value: str) -> None:
        """Set a global variable of the dialplan."""
        await asyncio.to_thread(rx, self.pbx, f"dialplan set global {name} {value}")

    async def sign_on(self) -> None:
        """The agents are members of the queue; a restart forgets that."""
        for agent in AGENTS:
            await asyncio.to_thread(rx, self.pbx, f"queue add member PJSIP/{agent} to {QUEUE}")
        self.desired |= {f"PJSIP/{agent} in {QUEUE}" for agent in AGENTS}

    @asynccontextmanager
    async def helped(self) -> AsyncIterator[None]:
        """Somebody is ordered into a queue, so that there is a member whom the controller must keep there."""
        async with SignalPhones.opened(self.pbx) as phones:
            phone = await phones.agent(site.HELPER, credentials(self.pbx).agents[site.HELPER])
            await phone.dial("*86").until_over(within=10)
            self.desired |= {f"PJSIP/{site.HELPER} in {site.HELPED}"}
            body: dict[str, object] = {"kind": "engage", "tier": site.HELPERS, "lasts": "1h", "reason": "the matrix"}
            await self.served.until(lambda: self._is_ordered(body), "somebody is ordered in", IN_WITHIN)
            async with Deadline(IN_WITHIN):
                while not self.desired <= await self.members():  # noqa: ASYNC110 - Asterisk is asked
                    await asyncio.sleep(0.2)
            yield

    def _is_ordered(self, body: dict[str, object]) -> bool:
        try:
            ask(self.served.state.api_socket, "/staffing/orders", "POST", body=body)
        except IvrctlError:
            return False
        return True

    def look_at(self, pid: int, reading: Reading) -> None:
        """Remember what a controller holds before anything is broken."""
        if (vitals := reading.vitals(pid)) is not None:
            self.vitals[pid] = vitals

    def pending(self) -> frozenset[str]:
        """Who is said to be on his way into a queue, or out of it; everybody, while the queues are not seen."""
        if not self.served.ask("/queues")["seen"]["known"]:
            return self.desired
        policies = self.served.ask("/staffing")["policies"]
        return frozenset(f"{each['interface']} in {each['queue']}" for told in policies for each in told["pending"])

    async def members(self) -> frozenset[str]:
        """Who is a member of the queues of this scene, as AMI lists them."""
        packets = await self._ami("QueueStatus")
        return frozenset(
            f"{packet['Location']} in {packet['Queue']}"
            for packet in packets
            if packet.get("Event") == "QueueMember" and packet["Queue"] in {QUEUE, site.HELPED}
        )

    async def channels(self, context: str) -> list[str]:
        """The channels that are in a context of the dialplan now, as AMI lists them."""
        packets = await self._ami("CoreShowChannels")
        return [packet["Channel"] for packet in packets if packet.get("Context") == context]

    async def _ami(self, action: str) -> Sequence[dict[str, str]]:
        """All that AMI says to one action, in a session of its own."""
        known = credentials(self.pbx)
        reader, writer = await asyncio.open_connection(LOOPBACK, self.pbx.ami_port)
        login = f"Login\r\nUsername: {known.ami_user}\r\nSecret: {known.ami_secret}\r\nEvents: off"
        for each in (login, action, "Logoff"):
            writer.write(f"Action: {each}\r\n\r\n".encode())
        async with Deadline(10):
            packets = (await reader.read()).decode(errors="replace").split("\r\n\r\n")
        writer.close()
        return [dict(line.partition(": ")[::2] for line in packet.split("\r\n")) for packet in packets]

    async def _until_booted(self) -> None:
        async with Deadline(60):
            while True:
                with contextlib.suppress(IvrctlError):
                    await asyncio.to_thread(rx, self.pbx, "core waitfullybooted")
                    return
                await asyncio.sleep(0.1)
