"""Who asks: a user of this machine on the Unix socket, or the name of a token over TCP.

Tokens are the site's (``api``); each is compared in a time that does not depend on it, and whoever guesses is slowed
down. A token opens the routes of notices, the status and the metrics, since nothing else is served over TCP.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import pwd
import socket
import struct
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ivrctl.web.answers import answer

FAILURES = 10
"""Wrong tokens of one source within ``WITHIN`` seconds; from then on it is not listened to until they are over."""
WITHIN = 60.0
SOURCES = 4096
"""Addresses whose failures are remembered: those that were heard of last."""
IPV6_SUBSCRIBER = 64
"""Bits that one subscriber has for himself: he can take any address below them."""

_TOKEN_OF: ContextVar[str | None] = ContextVar("token_of", default=None)
"""Whose token a request had; each connection is served in a context of its own, one request after the other."""


def author_of(request: web.Request) -> str:
    """Who asks."""
    return _TOKEN_OF.get() or _local_user(request)


class Throttle:
    """Counts failures per source."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Nobody has failed yet.

        Args:
            clock: steady seconds.
        """
        self._clock = clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def is_shut(self, source: str) -> bool:
        """True while a source has failed too often."""
        return len(self._recent(source)) >= FAILURES

    def fail(self, source: str) -> None:
        """A source has failed."""
        self._failures[source] = [*self._recent(source)[-FAILURES:], self._clock()]
        self._failures.move_to_end(source)
        while len(self._failures) > SOURCES:
            self._failures.popitem(last=False)

    def _recent(self, source: str) -> list[float]:
        since = self._clock() - WITHIN
        return [at for at in self._failures.get(source, ()) if at > since]


def token_gate(tokens: Callable[[], Mapping[str, str]], clock: Callable[[], float]) -> Middleware:
    """A middleware that lets in who has a token.

    Args:
        tokens: name to token, as they are now.
        clock: steady seconds, for whoever guesses.
    """
    throttle = Throttle(clock)

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        source = source_of(request.remote or "")
        if throttle.is_shut(source):
            return answer({"error": "too many wrong tokens from this address; wait a minute"}, status=429)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        known = await asyncio.to_thread(tokens)
        name = _name_of(given.strip(), known) if scheme.lower() == "bearer" else None
        if name is None:
            throttle.fail(source)
            refusal = answer({"error": "a token is due: Authorization: Bearer …"}, status=401)
            refusal.headers["WWW-Authenticate"] = "Bearer"
            return refusal
        _TOKEN_OF.set(name)
        return await handler(request)

    return gate


def source_of(address: str) -> str:
    """Where a request comes from, as far as it can be told from another source."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or int(found) >> (128 - IPV6_SUBSCRIBER))
    return str(found)


def _name_of(given: str, tokens: Mapping[str, str]) -> str | None:
    """The name of a token; every one is compared, and takes as long whether it is right or wrong."""
    digest = _digest(given)
    names = [name for name, token in tokens.items() if hmac.compare_digest(_digest(token), digest)]
    return names[0] if names and given else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _local_user(request: web.Request) -> str:
    """Whose process has connected to the Unix socket: unix(7), SO_PEERCRED."""
    connected = request.transport.get_extra_info("socket") if request.transport is not None else None
    if connected is None or connected.family != socket.AF_UNIX:
        return "local"
    with socket.socket(fileno=os.dup(connected.fileno())) as twin:
        credentials = twin.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", credentials)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
