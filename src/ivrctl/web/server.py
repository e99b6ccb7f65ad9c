"""Serves the API on the sockets that the parent process handed down."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from aiohttp import web

from ivrctl.service.controller import Controller
from ivrctl.web.api import application, application_for_tokens
from ivrctl.web.authors import source_of

MOST_CONNECTIONS = 64
"""Over TCP at one time; one more waits in the backlog's place, and is closed."""
MOST_OF_A_SOURCE = 16
"""A proxy in front has as many for all who come by it."""
LONGEST_CONNECTION = 60.0
"""Seconds; whoever sends a byte a second has no more of us than this."""
ACCEPT_PAUSE = 0.1
"""Seconds before the next try when the system has no descriptor for a connection."""


async def start_api(controller: Controller, api: socket.socket) -> web.AppRunner:
    """Serve the API; ``cleanup`` of what is returned ends it."""
    runner = web.AppRunner(application(controller), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, api).start()
    return runner


class TokenServer:
    """The API over TCP, for whoever has a token: few connections, none for long."""

    def __init__(self, controller: Controller, listener: socket.socket) -> None:
        """Serve at a listening socket, which is ours to close."""
        self._listener = listener
        app = application_for_tokens(controller, controller.api_tokens)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._open: dict[asyncio.Transport, str] = {}
        self._accepting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to accept."""
        await self._runner.setup()
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    async def close(self) -> None:
        """Accept no more, and end what is served."""
        if self._accepting is not None:
            self._accepting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._accepting
        self._listener.close()
        await self._runner.cleanup()
        for transport in self._open:
            transport.abort()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(self._listener)
            except OSError:
                await asyncio.sleep(ACCEPT_PAUSE)
                continue
            await self._serve(connection, source_of(str(peer[0])))

    async def _serve(self, connection: socket.socket, source: str) -> None:
        self._open = {transport: of for transport, of in self._open.items() if not transport.is_closing()}
        is_crowded = len(self._open) >= MOST_CONNECTIONS
        server = self._runner.server
        if server is None or is_crowded or list(self._open.values()).count(source) >= MOST_OF_A_SOURCE:
            connection.close()
            return
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.connect_accepted_socket(server, connection)
        except OSError:
            connection.close()
            return
        self._open[transport] = source
        loop.call_later(LONGEST_CONNECTION, transport.abort)
