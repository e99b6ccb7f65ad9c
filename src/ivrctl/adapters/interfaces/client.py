"""One exchange with one interface: a request, and an answer within its bounds or a fault in words.

aiohttp does HTTP; what an untrusted server may do to us is decided here. No redirects are followed, neither proxies nor
``.netrc`` are read from the environment, no cookies are kept, nothing is decompressed, and a connection serves one
exchange: what a server sends beyond its answer belongs to nobody else's.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from yarl import URL

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.interfaces.address import Address

MAX_BODY = 64 * 1024
"""Bytes of an answer: a row is a few hundred, and fifty rows for a caller are a few thousand."""

MAX_HEADER = 4096
"""Bytes of one header, and of the status line."""

MAX_HEADERS = 64
"""Of one answer."""

NAMES_KEPT = 10
"""Seconds for which a name that was resolved is not asked for again."""

OK, NO_CONTENT, MULTIPLE_CHOICES, BAD_REQUEST, NOT_FOUND, SERVER_ERROR = 200, 204, 300, 400, 404, 500
"""RFC 9110, 15."""

TO_BE_ASKED_AGAIN = frozenset({408, 409, 425, 429})
"""Refusals that are over in a moment: Request Timeout, Conflict (with a try that is still under way), Too Early, Too
Many Requests."""

TO_BE_PUT_RIGHT = frozenset({401, 403, 404, 405, 407})
"""Refusals of who asks, or of where he asks, whatever he sends: a token has expired, a path has moved."""

OVERWORKED = TO_BE_ASKED_AGAIN - {409}
"""Those of an interface that is not well."""

_JSON = re.compile(r"application/(?:[\w.-]+\+)?json\s*(?:;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked."""

    method: str
    target: str
    """Behind the base address: a path that begins with ``/``, and perhaps a query, percent-encoded."""
    body: bytes | None = None
    """JSON."""
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back in time and within its bounds."""

    status: int
    body: bytes
    """Of a status from 200 to 299 other than 204, when it was asked for; else empty."""


class InterfaceFault(Exception):  # noqa: N818 - a fault of the peer, named in the field's words
    """There is no answer that could be used. The message quotes neither the answer nor the question."""


class InterfaceClient:
    """The connections to one interface."""

    def __init__(self, address: Address, connections: int) -> None:
        """Prepare to ask, within a running event loop; nothing is connected yet."""
        self._base = address.base
        connector = aiohttp.TCPConnector(
            limit=connections, ssl=address.tls or True, force_close=True, ttl_dns_cache=NAMES_KEPT
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_headers(address.token),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            trust_env=False,
            auto_decompress=False,
            read_bufsize=MAX_BODY // 4,
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            max_headers=MAX_HEADERS,
        )

    async def exchange(self, request: Request, timeout: timedelta, *, is_read: bool = True) -> Answer:  # noqa: ASYNC109 - the deadline is the question's
        """Ask, and take the answer.

        Args:
            request: what is asked.
            timeout: for all of it: the name, a free connection, the connection, the question and the whole answer.
            is_read: False when the status alone matters.

        Raises:
            InterfaceFault: there is no answer, or none within the bounds.
        """
        try:
            async with Deadline(timeout.total_seconds()):
                return await self._exchange(request, is_read=is_read)
        except TimeoutError:
            raise InterfaceFault(f"no answer within {timeout.total_seconds():g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise InterfaceFault(_in_words(error)) from None

    async def close(self) -> None:
        """Give up what is under way."""
        await self._session.close()

    async def _exchange(self, request: Request, *, is_read: bool) -> Answer:
        headers = {**(request.headers or {}), **({"Content-Type": "application/json"} if request.body else {})}
        url = URL(self._base + request.target, encoded=True)
        response = await self._session.request(
            request.method, url, data=request.body, headers=headers, allow_redirects=False
        )
        try:
            is_success = OK <= response.status < MULTIPLE_CHOICES and response.status != NO_CONTENT
            return Answer(response.status, await _body(response) if is_read and is_success else b"")
        finally:
            response.close()


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The whole body.

    Raises:
        InterfaceFault: it is not JSON by its type, it is compressed, or too long.
    """
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise InterfaceFault("its answer is compressed, which was not asked for")
    if not _JSON.fullmatch(response.headers.get("Content-Type", "")):
        raise InterfaceFault("its answer is not application/json")
    if (response.content_length or 0) > MAX_BODY:
        raise _too_long()
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > MAX_BODY:
            raise _too_long()
    return bytes(body)


def _too_long() -> InterfaceFault:
    return InterfaceFault(f"its answer has more than {MAX_BODY // 1024} kB")


def _headers(token: str | None) -> dict[str, str]:
    known = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "ivrctl"}
    return known if token is None else {**known, "Authorization": f"Bearer {token}"}


def _in_words(error: Exception) -> str:
    """What went wrong, without anything that an error of aiohttp quotes: addresses, parts of answers."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its name cannot be resolved"
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not trusted"
        case aiohttp.ClientSSLError():
            return "it does not speak TLS as it should"
        case aiohttp.ClientConnectorError():
            return f"no connection: {_system_words(error.os_error)}"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return "it broke off in the middle of its answer"
        case aiohttp.ClientResponseError():
            return "its answer is no HTTP, or has headers without bounds"
        case OSError():
            return f"the connection was lost: {_system_words(error)}"
        case _:
            return f"it cannot be asked: {type(error).__name__}"


def _system_words(error: OSError) -> str:
    number = error.errno or 0
    return os.strerror(number) if number in errno.errorcode else type(error).__name__
