"""Serves the API on the Unix socket that the parent process handed down."""

from __future__ import annotations

import socket

from aiohttp import web

from ivrctl.service.controller import Controller
from ivrctl.web.api import application


async def start_api(controller: Controller, api: socket.socket) -> web.AppRunner:
    """Serve the API; ``cleanup`` of what is returned ends it."""
    runner = web.AppRunner(application(controller), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, api).start()
    return runner
