"""The FastAGI server: sockets, deadlines and limits around the pure protocol in ``agi``.

::

    server         FastAgiServer: accepts, bounds, refuses, drains; one handler task per session
    session        AgiSession: what a handler gets; send a command, await its reply
    wire           one connection on the event loop: bytes to events, the deadline, the end
    waiting_room   the connections that have not made their request yet
    limits         what is bounded, each with its unit and its reason

FastAGI has no authentication: who may connect is decided by the listening address and the allow-list. The package
logs nothing and decides nothing about calls: what goes wrong is told to callbacks.
"""

from __future__ import annotations

from ivrctl.adapters.fastagi_server.limits import LOOPBACK, ServerLimits
from ivrctl.adapters.fastagi_server.server import REFUSAL, FastAgiServer, Handler
from ivrctl.adapters.fastagi_server.session import AgiSession, HungUp, LossReason, SessionLost

__all__ = [
    "LOOPBACK",
    "REFUSAL",
    "AgiSession",
    "FastAgiServer",
    "Handler",
    "HungUp",
    "LossReason",
    "ServerLimits",
    "SessionLost",
]
