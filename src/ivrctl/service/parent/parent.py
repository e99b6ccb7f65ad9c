"""The parent process's loop: hears signals, pipes and exits, asks ``decide``, and carries out what it says."""

from __future__ import annotations

import contextlib
import os
import random
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import FrameType
from typing import Any, assert_never

from ivrctl.adapters.state_folder import StateFolder
from ivrctl.service.parent.decide import decide
from ivrctl.service.parent.inheritance import API_TCP, Inheritance
from ivrctl.service.parent.listeners import address_of, listen_tcp, listen_unix
from ivrctl.service.parent.pulse import Accepting, Beat, Misconfigured, PulseReader, Ready, Sign
from ivrctl.service.parent.situation import (
    Action,
    ChildAccepting,
    ChildBeat,
    ChildExited,
    ChildMisconfigured,
    ChildReady,
    Event,
    Kill,
    Periods,
    ReloadAsked,
    Say,
    Situation,
    Start,
    StartFailed,
    StopAsked,
    Terminate,
    TimePassed,
    TurnAway,
)
from ivrctl.service.parent.systemd import Systemd

INTERRUPTED = 130
"""The exit code after SIGINT, as shells have it."""
SIGNALS: Mapping[int, Event] = {
    signal.SIGHUP: ReloadAsked(),
    signal.SIGTERM: StopAsked(0),
    signal.SIGINT: StopAsked(INTERRUPTED),
    signal.SIGCHLD: TimePassed(),
}
LONGEST_SLEEP = 3600.0
"""Seconds: select takes no infinity."""
READ_SIZE = 64 * 1024
"""Bytes: all that a pipe holds."""


def serve(
    argv: Sequence[str],
    *,
    agi: tuple[str, int],
    state: StateFolder,
    api: tuple[str, int] | None = None,
    periods: Periods | None = None,
    say: Callable[[str], None] | None = None,
) -> int:
    """Own the state folder and the sockets, and keep a child alive until told to stop.

    The process is to end behind it: it is deaf to further signals then.

    Args:
        argv: the child's program and arguments.
        agi: host and port for FastAGI; the socket is handed down as ``agi``, that of the API as ``api``.
        state: the site's state folder.
        api: host and port for the API over TCP, whose socket is handed down as ``api-tcp``; not served when absent.
        periods: how long to wait for what.
        say: shows a text to the operator; on standard error when absent.

    Returns:
        The exit code: 0 after SIGTERM, 130 after SIGINT, 2 when the configuration cannot be used.

    Raises:
        ConfigurationError: another ``serve`` owns the folder, or an address cannot be listened on.
    """
    systemd = Systemd.taken_from(os.environ, os.getpid())
    with state.lock(), contextlib.ExitStack() as stack:
        sockets = {"agi": stack.enter_context(listen_tcp(*agi))}
        sockets["api"] = stack.enter_context(listen_unix(state.api_socket))
        stack.callback(state.api_socket.unlink, missing_ok=True)
        if api is not None:
            sockets[API_TCP] = stack.enter_context(listen_tcp(*api))
        stack.callback(state.parent_status.unlink, missing_ok=True)
        parent = Parent(argv, sockets, state=state, periods=periods or Periods(), say=say or _say_on_stderr)
        return parent.run(systemd)


@dataclass(slots=True)
class _Process:
    """A child as the operating system has it."""

    popen: subprocess.Popen[bytes]
    pipe: int
    """The read end of its heartbeat."""
    started_at: str
    reader: PulseReader = field(default_factory=PulseReader)


class Parent:
    """Runs children of one command over one set of sockets, from the main thread."""

    def __init__(
        self,
        argv: Sequence[str],
        sockets: Mapping[str, socket.socket],
        *,
        state: StateFolder,
        periods: Periods,
        say: Callable[[str], None],
    ) -> None:
        """Keep what ``run`` needs; the sockets stay the caller's to close."""
        self._argv = list(argv)
        self._sockets = sockets
        self._state = state
        self._periods = periods
        self._say = say
        self._selector = selectors.DefaultSelector()
        self._processes: dict[int, _Process] = {}
        self._situation = Situation.at(time.monotonic())
        self._systemd = Systemd()
        self._since = _utc_now()
        self._shown: dict[str, Any] = {}

    def run(self, systemd: Systemd | None = None) -> int:
        """Keep a child alive until told to stop, and all children have left.

        Args:
            systemd: who has started us and is told how it goes; nobody when absent.

        Returns:
            The exit code.
        """
        self._systemd = systemd or self._systemd
        with self._selector, _signals_on_a_socket() as signals:
            self._selector.register(signals, selectors.EVENT_READ, partial(self._hear_signals, signals))
            self._take(TimePassed())
            while not self._situation.is_over:
                self._turn()
        return self._situation.exit_code or 0

    def _turn(self) -> None:
        """Wait for something to happen or for the time of the next decision, and see to it."""
        wake_at = min(self._situation.wake_at, self._systemd.wake_at)
        pause = min(LONGEST_SLEEP, max(0.0, wake_at - time.monotonic()))
        # All that was said is heard before silence is judged.
        for key, _ in self._selector.select(pause):
            key.data()
        self._reap()
        self._take(TimePassed())

    def _take(self, event: Event) -> None:
        self._situation, actions = decide(
            self._situation,
            event,
            time.monotonic(),
            chance=random.random(),  # noqa: S311 - jitter, not a secret
            periods=self._periods,
        )
        for action in actions:
            self._carry_out(action)
        self._show_status()
        self._systemd.tell(self._situation, time.monotonic())
        # Last, so that whoever reads it finds the status as it says.
        for action in actions:
            if isinstance(action, Say):
                self._say(action.text)

    def _carry_out(self, action: Action) -> None:
        match action:
            case Start(number):
                self._start(number)
            case Terminate(number, is_last):
                self._signal(number, signal.SIGINT if is_last else signal.SIGTERM)
            case Kill(number):
                self._kill(number)
            case TurnAway(is_on):
                self._turn_away(is_on=is_on)
            case Say():
                pass
            case _:
                assert_never(action)

    def _start(self, number: int) -> None:
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        try:
            popen = self._spawn(write_end)
        except OSError as error:
            os.close(read_end)
            self._take(StartFailed(number, error.strerror or str(error)))
            return
        finally:
            os.close(write_end)
        self._processes[number] = _Process(popen, read_end, _utc_now())
        self._selector.register(read_end, selectors.EVENT_READ, partial(self._hear_child, number))

    def _spawn(self, heartbeat: int) -> subprocess.Popen[bytes]:
        fds = {name: listener.fileno() for name, listener in self._sockets.items()}
        inheritance = Inheritance(heartbeat, os.getpid(), fds)
        return subprocess.Popen(
            self._argv,
            stdin=subprocess.DEVNULL,
            pass_fds=(heartbeat, *fds.values()),
            env={**os.environ, **inheritance.environ()},
            # A group of its own: the terminal's Ctrl-C is the parent's to answer, and a kill reaches its helpers too.
            process_group=0,
        )

    def _signal(self, number: int, what: signal.Signals) -> None:
        process = self._processes.get(number)
        if process is not None:
            process.popen.send_signal(what)

    def _kill(self, number: int) -> None:
        process = self._processes.get(number)
        if process is not None and process.popen.poll() is None:
            os.killpg(process.popen.pid, signal.SIGKILL)

    def _turn_away(self, *, is_on: bool) -> None:
        for listener in self._sockets.values():
            if is_on:
                self._selector.register(listener, selectors.EVENT_READ, partial(self._close_waiting, listener))
            else:
                self._selector.unregister(listener)

    def _close_waiting(self, listener: socket.socket) -> None:
        """Accept what waits at a socket and close it, so that the dialplan tries again instead of hanging."""
        # A child may have become ready in this very turn, or be quicker; a caller may have gone.
        with contextlib.suppress(OSError):
            while self._situation.is_turning_away:
                connection, _ = listener.accept()
                connection.close()

    def _hear_signals(self, signals: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            for number in signals.recv(READ_SIZE):
                event = SIGNALS.get(number)
                if event is not None:
                    self._take(event)

    def _hear_child(self, number: int) -> None:
        """Take in what a child has said; it may be read before and once more after its exit."""
        process = self._processes.get(number)
        if process is None:
            return
        with contextlib.suppress(BlockingIOError):
            content = os.read(process.pipe, READ_SIZE)
            if not content:
                self._close_pipe(process)
            for sign in process.reader.receive(content):
                self._take(_event(number, sign))

    def _reap(self) -> None:
        for number, process in list(self._processes.items()):
            status = process.popen.poll()
            if status is None:
                continue
            # Its last words, a configuration error above all, come before its end.
            if process.pipe != CLOSED:
                self._hear_child(number)
            if process.pipe != CLOSED:
                self._close_pipe(process)
            del self._processes[number]
            self._take(ChildExited(number, status))

    def _close_pipe(self, process: _Process) -> None:
        self._selector.unregister(process.pipe)
        os.close(process.pipe)
        process.pipe = CLOSED

    def _show_status(self) -> None:
        """Rewrite ``parent.json`` when it would say something new; a disk that refuses does not stop a call."""
        status = self._status()
        if status != self._shown:
            self._shown = status
            try:
                self._state.write_parent_status(status)
            except OSError as error:
                self._say(f"{self._state.parent_status} could not be written: {error.strerror}")

    def _status(self) -> dict[str, Any]:
        situation = self._situation
        children = [
            {"pid": process.popen.pid, "phase": child.phase.value, "started_at": process.started_at}
            for child in situation.children
            if (process := self._processes.get(child.number)) is not None
        ]
        return {
            "format_version": 1,
            "pid": os.getpid(),
            "since": self._since,
            "restarts": situation.restarts,
            "is_turning_away": situation.is_turning_away,
            "is_stopping": situation.exit_code is not None,
            "listening": {name: address_of(listener) for name, listener in self._sockets.items()},
            "children": children,
        }


CLOSED = -1
"""Stands for a pipe that has been closed."""


def _event(number: int, sign: Sign) -> Event:
    match sign:
        case Accepting():
            return ChildAccepting(number)
        case Ready():
            return ChildReady(number)
        case Beat():
            return ChildBeat(number)
        case Misconfigured(text):
            return ChildMisconfigured(number, text)
        case _:
            assert_never(sign)


@contextlib.contextmanager
def _signals_on_a_socket() -> Iterator[socket.socket]:
    """Have our signals arrive as bytes at a socket, one number each, while inside; behind it they are ignored.

    The process is about to end, and whoever tells it to a second time must not change its exit code.
    """
    receiver, sender = socket.socketpair()
    receiver.setblocking(False)
    sender.setblocking(False)
    with receiver, sender:
        wakeup = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, _heard_on_the_socket)
        try:
            yield receiver
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else signal.SIG_IGN)
            signal.set_wakeup_fd(wakeup)


def _heard_on_the_socket(_number: int, _frame: FrameType | None) -> None:
    """Without a handler Python would not write to the socket."""


def _say_on_stderr(text: str) -> None:
    # The terminal may be gone; the calls are not.
    with contextlib.suppress(OSError):
        print(f"ivrctl: {text}", file=sys.stderr, flush=True)  # noqa: T201 - this is where the operator reads


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
