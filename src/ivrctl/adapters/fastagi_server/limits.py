"""What the FastAGI server bounds. Sizes of the protocol's own (lines, blocks) are bounded in ``agi``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

Sources: TypeAlias = tuple[IPv4Network | IPv6Network, ...]

LOOPBACK: Sources = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""Who may connect unless a site says otherwise."""


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """How much of everything, and how long."""

    calls: int = 1000
    """Sessions with a handler at one time; one more is refused politely, so that its caller reaches a person."""
    connections: int = 2000
    """Sockets of every kind; one more costs the oldest that has not made its request yet, or is closed itself."""
    waiting_per_source: int = 256
    """Sockets of one address that have not made their request. Asterisk makes it within milliseconds, so the oldest
    go when there are more: thousands of idle connections cannot keep calls out."""
    request_within: timedelta = timedelta(seconds=5)
    """From the connect to the end of the request block."""
    refusal_within: timedelta = timedelta(seconds=2)
    """How long a refused session may take to take note of it."""
