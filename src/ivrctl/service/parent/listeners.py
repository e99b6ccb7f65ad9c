"""The listening sockets: opened once by the parent, accepted from by its children."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

from ivrctl.errors import ConfigurationError

BACKLOG = 1024
"""Connections that wait while a controller is replaced: two seconds at 500 calls a second."""
BUSY_FOR = 3.0
"""Seconds for the children of a killed parent to leave and free their sockets."""
RETRY_EVERY = 0.05
SOCKET_MODE = 0o600


def listen_tcp(host: str, port: int) -> socket.socket:
    """Listen on a TCP address; port 0 takes a free one.

    Raises:
        ConfigurationError: the address is busy, or is none of this host's.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return _patiently(lambda: socket.create_server(address[:2], family=family, backlog=BACKLOG))
    except OSError as error:
        raise _unusable_address(host, port, error) from error


def listen_unix(path: Path) -> socket.socket:
    """Listen on a Unix socket that only this user may use. The caller owns the folder's lock.

    A file that nobody listens at any more is what a killed parent left, and is replaced.

    Raises:
        ConfigurationError: another process listens there, or the file cannot be made.
    """
    try:
        return _patiently(lambda: _bind_unix(path))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"another process listens at {path}", advice=f"ss -lxp src {path} shows which one it is"
            ) from error
        raise ConfigurationError(f"cannot listen at {path}: {error.strerror}") from error


def address_of(listener: socket.socket) -> str:
    """Where a socket listens, in words: ``127.0.0.1:4573``, ``[::1]:4573``, or a path."""
    name = listener.getsockname()
    if isinstance(name, str):
        return name
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _patiently(bind: Callable[[], socket.socket]) -> socket.socket:
    """Bind, or wait a moment while the address is busy. The result does not block on accept."""
    deadline = time.monotonic() + BUSY_FOR
    while True:
        try:
            listener = bind()
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
                raise
            time.sleep(RETRY_EVERY)
        else:
            listener.setblocking(False)
            return listener


def _bind_unix(path: Path) -> socket.socket:
    if _is_listened_at(path):
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # The mode must be right from the first moment; this process has one thread.
    mask = os.umask(0o777 & ~SOCKET_MODE)
    try:
        listener.bind(str(path))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(mask)
    return listener


def _is_listened_at(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except BlockingIOError:
            return True
    return True


def _unusable_address(host: str, port: int, error: OSError) -> ConfigurationError:
    advice = "give an address of this host: ip -brief address shows them"
    if error.errno == errno.EADDRINUSE:
        advice = (
            f"nearly always it is another ivrctl serve; ss -ltnp 'sport = :{port}' shows who listens there. "
            "For two side by side: ivrctl pbx up NAME --agi HOST:PORT, then ivrctl serve --pbx NAME"
        )
    elif error.errno == errno.EACCES:
        advice = "ports below 1024 are the administrator's: choose a higher one"
    return ConfigurationError(f"cannot listen on {host}:{port}: {error.strerror or error}", advice=advice)
