"""Choosing the ports of an instance: the usual ones where they are free, others where they are not.

A port is tried by binding it. Between the try and Asterisk's own bind another program may take it; the boot check
notices that, since it asks for this instance's name over SIP and logs in over AMI.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from contextlib import closing
from itertools import chain, count

from ivrctl.errors import ConfigurationError

LOOPBACK = "127.0.0.1"

USUAL_SIP = 5060
USUAL_AMI = 5038
RTP_FIRST = 20000
RTP_BLOCK = 400
"""Ports of one instance: two for each leg with audio, so 200 legs at once, plenty for a development PBX."""
RTP_END = 32000
"""Below the range that Linux hands out to outgoing connections."""


def free_udp_port(usual: int, taken: Collection[int] = ()) -> int:
    """Return `usual`, or else the next free UDP port of the loopback that is not in `taken`."""
    return _first_free(chain([usual], count(usual + 10, 10)), taken, socket.SOCK_DGRAM)


def free_tcp_port(usual: int, taken: Collection[int] = ()) -> int:
    """Return `usual`, or else the next free TCP port of the loopback that is not in `taken`."""
    return _first_free(chain([usual], count(usual + 10, 10)), taken, socket.SOCK_STREAM)


def free_rtp_block(taken: Collection[int] = ()) -> tuple[int, int]:
    """Return the first and last port of a block for RTP that no other instance holds; `taken` are first ports.

    Raises:
        ConfigurationError: all blocks are held.
    """
    for first in range(RTP_FIRST, RTP_END, RTP_BLOCK):
        if first not in taken:
            return first, first + RTP_BLOCK - 1
    raise ConfigurationError("all RTP port blocks are held by PBX instances", advice="ivrctl pbx status, then down")


def _first_free(candidates: chain[int], taken: Collection[int], kind: socket.SocketKind) -> int:
    is_free = _free_check(kind)
    return next(port for port in candidates if port not in taken and is_free(port))


def _free_check(kind: socket.SocketKind) -> Callable[[int], bool]:
    def is_free(port: int) -> bool:
        with closing(socket.socket(socket.AF_INET, kind)) as trial:
            if kind == socket.SOCK_STREAM:
                # As Asterisk does: a connection in TIME_WAIT does not hold the port.
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((LOOPBACK, port))
            except OSError:
                return False
            return True

    return is_free
