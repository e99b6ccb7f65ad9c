"""Choosing ports."""

from __future__ import annotations

import socket

import pytest

from ivrctl.adapters.pbx.ports import (
    LOOPBACK,
    RTP_BLOCK,
    RTP_END,
    RTP_FIRST,
    free_rtp_block,
    free_tcp_port,
    free_udp_port,
)
from ivrctl.errors import ConfigurationError


def bound(kind: socket.SocketKind) -> socket.socket:
    opened = socket.socket(socket.AF_INET, kind)
    opened.bind((LOOPBACK, 0))
    return opened


def test_the_usual_udp_port_is_taken_when_it_is_free() -> None:
    """A port that was just closed is free."""
    with bound(socket.SOCK_DGRAM) as trial:
        port = trial.getsockname()[1]
    assert free_udp_port(port) == port


def test_a_udp_port_in_use_is_passed_over() -> None:
    """The next one is tried, ten further."""
    with bound(socket.SOCK_DGRAM) as used:
        port = used.getsockname()[1]
        assert free_udp_port(port) > port


def test_a_tcp_port_in_use_is_passed_over() -> None:
    """A listening program keeps its port."""
    with bound(socket.SOCK_STREAM) as used:
        used.listen()
        port = used.getsockname()[1]
        assert free_tcp_port(port) > port


def test_a_port_promised_to_another_instance_is_passed_over() -> None:
    """Even if nothing listens there at this moment."""
    with bound(socket.SOCK_STREAM) as trial:
        port = trial.getsockname()[1]
    assert free_tcp_port(port, [port]) > port


def test_rtp_blocks_do_not_overlap() -> None:
    """Two instances have ranges side by side."""
    first = free_rtp_block()
    second = free_rtp_block([first[0]])
    assert first == (RTP_FIRST, RTP_FIRST + RTP_BLOCK - 1)
    assert second[0] == first[1] + 1


def test_rtp_blocks_end() -> None:
    """When all are held, that is said."""
    with pytest.raises(ConfigurationError, match="RTP"):
        free_rtp_block(range(RTP_FIRST, RTP_END, RTP_BLOCK))
