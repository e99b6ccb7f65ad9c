"""The child's end of the pipe, and what it was handed."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator

import pytest

from ivrctl.errors import ConfigurationError
from ivrctl.service.heartbeat import Heartbeat, ParentGoneError
from ivrctl.service.parent.inheritance import Inheritance
from ivrctl.service.parent.pulse import Accepting, Beat, Misconfigured, PulseReader, Ready, Sign


class Pipe:
    """A pipe with a heartbeat at its write end."""

    def __init__(self) -> None:
        self.read_end, write_end = os.pipe()
        self.heartbeat = Heartbeat(write_end)

    def hear(self) -> list[Sign]:
        """What has been said so far."""
        return PulseReader().receive(os.read(self.read_end, 65536))


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.heartbeat.close()
    if pipe.read_end >= 0:
        os.close(pipe.read_end)


def test_a_child_says_that_it_accepts(pipe: Pipe) -> None:
    """Before it is ready."""
    pipe.heartbeat.accepting()
    assert pipe.hear() == [Accepting()]


def test_a_child_says_that_it_is_ready(pipe: Pipe) -> None:
    """Once."""
    pipe.heartbeat.ready()
    assert pipe.hear() == [Ready()]


def test_a_child_says_why_it_cannot_start(pipe: Pipe) -> None:
    """In as many lines as it takes."""
    pipe.heartbeat.misconfigured("one\ntwo\n")
    assert pipe.hear() == [Misconfigured("one\ntwo")]


async def test_a_child_beats_at_once_and_again(pipe: Pipe) -> None:
    """For as long as its event loop turns."""
    beating = asyncio.ensure_future(pipe.heartbeat.beat(0))
    heard: list[Sign] = []
    while len(heard) < 3:
        await asyncio.sleep(0)
        heard += pipe.hear()
    beating.cancel()
    assert set(heard) == {Beat()}


@pytest.mark.thorough
async def test_a_parent_that_does_not_read_does_not_block_the_child(pipe: Pipe) -> None:
    """A full pipe swallows beats; the event loop goes on."""
    beating = asyncio.ensure_future(pipe.heartbeat.beat(0))
    for _ in range(70_000):
        await asyncio.sleep(0)
    assert not beating.done()
    beating.cancel()
    assert len(pipe.hear()) == 65536


async def test_a_child_learns_that_its_parent_has_died(pipe: Pipe) -> None:
    """At the next beat."""
    os.close(pipe.read_end)
    pipe.read_end = -1
    with pytest.raises(ParentGoneError):
        await pipe.heartbeat.beat()


def test_what_is_handed_down_is_read_back() -> None:
    """Through the environment."""
    inheritance = Inheritance(heartbeat_fd=7, parent_pid=42, socket_fds={"agi": 5, "api": 6})
    assert Inheritance.from_environ(inheritance.environ()) == inheritance


def test_an_inherited_socket_accepts_without_blocking() -> None:
    """It is the parent's listening socket under another number."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        inheritance = Inheritance(0, 0, {"agi": os.dup(listener.fileno())})
        with inheritance.open_socket("agi") as inherited:
            assert inherited.getsockname() == listener.getsockname()
            with pytest.raises(BlockingIOError):
                inherited.accept()


@pytest.mark.parametrize("environ", [{}, {"IVRCTL_HEARTBEAT_FD": "x", "IVRCTL_PARENT_PID": "1"}])
def test_a_child_started_by_hand_is_told_so(environ: dict[str, str]) -> None:
    """It has no sockets to serve on."""
    with pytest.raises(ConfigurationError, match="started by its parent") as caught:
        Inheritance.from_environ(environ)
    assert caught.value.advice == "run: ivrctl serve"
