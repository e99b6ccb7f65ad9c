"""``HOST:PORT`` as a user writes it, and one that is free."""

from __future__ import annotations

import socket
from ipaddress import ip_network

from ivrctl.errors import ConfigurationError

MAX_PORT = 65535


def free_address() -> tuple[str, int]:
    """An address on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return "127.0.0.1", port


def address(text: str) -> tuple[str, int]:
    """Read ``127.0.0.1:4573``, ``[::1]:4573`` or ``:4573`` (loopback).

    Raises:
        ConfigurationError: it is none.
    """
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= MAX_PORT):
        raise ConfigurationError(f'"{text}" is no address', advice="such as 127.0.0.1:4573")
    return host.strip("[]") or "127.0.0.1", int(port)


def check_network(text: str) -> None:
    """Check a network as ``--allow`` takes it.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        ip_network(text)
    except ValueError as error:
        raise ConfigurationError(f"--allow {text} is no network", advice="such as 10.1.2.0/24") from error
