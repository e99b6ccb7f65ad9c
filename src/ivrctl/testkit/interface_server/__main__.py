"""``python -m ivrctl.testkit.interface_server``: an interface in a process of its own, until its standard input ends.

It prints its base address in one line. A site whose interface is there hears every kind of answer; so does whoever
wants to know what a lookup costs, without the server's part of it.
"""

from __future__ import annotations

import asyncio
import sys

from ivrctl.testkit.interface_server.server import InterfaceServer


async def _serve() -> None:
    async with InterfaceServer() as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(_serve())
