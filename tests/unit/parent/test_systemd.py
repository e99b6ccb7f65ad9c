"""What systemd hears of ``serve``: over a socket as systemd opens one."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.service.parent.decide import decide
from ivrctl.service.parent.situation import (
    ChildExited,
    ChildMisconfigured,
    ChildReady,
    Event,
    Periods,
    ReloadAsked,
    Situation,
    StopAsked,
    TimePassed,
)
from ivrctl.service.parent.systemd import Systemd, state_of, status_of

StartServe = Callable[..., Awaitable[Any]]
DEADLINE = 20.0
"""Seconds after which a test has waited in vain."""


class Heard:
    """The end of the socket that systemd would read."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(str(path))
        self.lines: list[str] = []

    async def line(self, beginning: str) -> str:
        """Wait for a line that begins so; those before it are passed over."""
        loop = asyncio.get_running_loop()
        while True:
            while self.lines:
                line = self.lines.pop(0)
                if line.startswith(beginning):
                    return line
            async with Deadline(DEADLINE):
                self.lines = (await loop.sock_recv(self.socket, 4096)).decode().split("\n")


@pytest.fixture
async def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Heard]:
    """A socket for what ``serve`` tells, and its name in the environment."""
    heard = Heard(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    yield heard
    heard.socket.close()


def _after(*events: Event) -> Situation:
    situation = Situation.at(0.0)
    for event in (TimePassed(), *events):
        situation, _ = decide(situation, event, 0.0, chance=0.0, periods=Periods())
    return situation


def _environment_of(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text()


@pytest.mark.thorough
async def test_ready_is_said_when_a_controller_serves_and_not_before(start_serve: StartServe, heard: Heard) -> None:
    """The first word is that there is nobody yet; READY comes with the controller that accepts calls."""
    serve = await start_serve()
    assert await heard.line("STATUS=") == "STATUS=no controller serves, one is starting"
    await serve.said("ready")
    assert await heard.line("STATUS=") == "STATUS=serving"
    assert await heard.line("READY") == "READY=1"


@pytest.mark.thorough
async def test_a_reload_is_announced_and_ends_with_ready(start_serve: StartServe, heard: Heard) -> None:
    """With the time of the announcement, which systemd wants of a reload (sd_notify(3))."""
    serve = await start_serve()
    await heard.line("READY")
    serve.send(signal.SIGHUP)
    assert await heard.line("RELOADING") == "RELOADING=1"
    assert int((await heard.line("MONOTONIC_USEC=")).partition("=")[2]) > 0
    await heard.line("READY")


@pytest.mark.thorough
async def test_a_stop_is_announced(start_serve: StartServe, heard: Heard) -> None:
    """While the last controller drains, systemd knows that we are leaving."""
    serve = await start_serve()
    await heard.line("READY")
    serve.send(signal.SIGTERM)
    await heard.line("STOPPING")
    assert await serve.ended() == 0


@pytest.mark.thorough
async def test_the_watchdog_is_fed_while_nothing_happens(
    start_serve: StartServe, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More often than the period that systemd sets, here a third of a second."""
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    serve = await start_serve()
    await serve.said("ready")
    begun = time.monotonic()
    for _ in range(10):
        await heard.line("WATCHDOG")
    assert time.monotonic() - begun < 10 * 0.3


@pytest.mark.thorough
async def test_controllers_do_not_speak_to_systemd(start_serve: StartServe, heard: Heard) -> None:
    """The socket's name is not handed down: what a child said would be taken for ours."""
    serve = await start_serve()
    pid = await serve.said("ready")
    assert "NOTIFY_SOCKET" not in _environment_of(pid)


def test_a_controller_that_is_replaced_is_not_systemds_business() -> None:
    """After a crash nothing is taken back: calls wait in the sockets."""
    lost = _after(ChildReady(1), ChildExited(1, -9))
    assert (state_of(_after(ChildReady(1))), state_of(lost)) == ("READY", "")
    assert status_of(lost) == "no controller serves, one is starting, 1 replaced"


def test_a_reload_that_is_not_taken_over_ends_with_ready_too() -> None:
    """The configuration is broken: the old controller goes on, and systemd does not wait for ever."""
    reloading = _after(ChildReady(1), ReloadAsked())
    refused = _after(ChildReady(1), ReloadAsked(), ChildMisconfigured(2, "broken"))
    assert (state_of(reloading), state_of(refused)) == ("RELOADING", "READY")


def test_a_stop_outweighs_everything() -> None:
    """In the middle of a reload as well."""
    assert state_of(_after(ChildReady(1), ReloadAsked(), StopAsked(0))) == "STOPPING"


def test_a_watchdog_that_is_meant_for_another_process_is_not_ours() -> None:
    """WATCHDOG_PID names who is to feed it (sd_watchdog_enabled(3))."""
    environ = {"NOTIFY_SOCKET": "@nobody", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": str(os.getpid() + 1)}
    assert Systemd.taken_from(environ, os.getpid()).wake_at == float("inf")
    assert environ == {}


def test_a_manager_that_is_gone_costs_nothing() -> None:
    """Telling it fails silently: serving matters more."""
    systemd = Systemd("@ivrctl-test-nobody-listens", watchdog=1.0)
    systemd.tell(_after(ChildReady(1)), 10.0)
    assert systemd.wake_at == 10.5
