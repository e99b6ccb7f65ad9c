"""The commands' way to a running controller: one request over the Unix socket.

Standard library only, since a command that asks one question must start fast.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ivrctl.errors import IvrctlError, UnreachableError

DEADLINE = 10.0
"""Seconds for one answer."""


class RefusedRequestError(IvrctlError):
    """The controller answered that it cannot do this; the message is its own."""

    def __init__(self, message: str, *, advice: str | None = None, body: Mapping[str, Any] | None = None) -> None:
        """Keep the whole answer, which may say more."""
        super().__init__(message, advice=advice)
        self.body = body or {}


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, within: float) -> None:
        super().__init__("localhost", timeout=within)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket's path instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask(
    api_socket: Path,
    path: str,
    method: str = "GET",
    *,
    body: Mapping[str, Any] | None = None,
    within: float = DEADLINE,
) -> dict[str, Any]:
    """Ask the controller.

    Args:
        api_socket: of the site's state folder.
        path: such as ``/status``.
        method: of HTTP.
        body: is sent as JSON.
        within: seconds for the answer.

    Raises:
        UnreachableError: no controller runs for this site, or it does not answer.
        RefusedRequestError: it answered with an error.
    """
    connection = _UnixConnection(api_socket, within)
    try:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
        response = connection.getresponse()
        answered: dict[str, Any] = json.loads(response.read())
    except (TimeoutError, BlockingIOError) as error:
        # The latter from a socket at which too many wait already (unix(7)).
        raise UnreachableError(
            f"the controller at {api_socket} did not answer within {within:g} s", advice="read what ivrctl serve wrote"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(
            f"no controller answers at {api_socket}", advice="start it: ivrctl serve SITE"
        ) from error
    finally:
        connection.close()
    if "error" in answered:
        raise RefusedRequestError(str(answered["error"]), advice=answered.get("advice"), body=answered)
    return answered
