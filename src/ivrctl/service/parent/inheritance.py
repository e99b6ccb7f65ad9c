"""What a child is handed by its parent: sockets, its end of the heartbeat pipe, and how to die with the parent.

Written into the environment by the parent, read from it by the child.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from ivrctl.errors import ConfigurationError

HEARTBEAT = "IVRCTL_HEARTBEAT_FD"
SOCKETS = "IVRCTL_LISTEN_FDS"
PARENT = "IVRCTL_PARENT_PID"
API_TCP = "api-tcp"
"""The name of the API's TCP socket, which only some parents have."""
PR_SET_PDEATHSIG = 1
"""prctl(2)."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """File descriptors and the parent's pid."""

    heartbeat_fd: int
    parent_pid: int
    socket_fds: Mapping[str, int]
    """By name: ``agi``, ``api``, and ``api-tcp`` where the API is served over TCP."""

    def environ(self) -> dict[str, str]:
        """The environment variables that hand it down."""
        sockets = ",".join(f"{name}={fd}" for name, fd in self.socket_fds.items())
        return {HEARTBEAT: str(self.heartbeat_fd), PARENT: str(self.parent_pid), SOCKETS: sockets}

    @staticmethod
    def from_environ(environ: Mapping[str, str]) -> Inheritance:
        """Read what the parent handed down.

        Raises:
            ConfigurationError: there is nothing of the kind: this process was not started by ``ivrctl serve``.
        """
        try:
            pairs = (pair.split("=", 1) for pair in environ[SOCKETS].split(",") if pair)
            sockets = {name: int(fd) for name, fd in pairs}
            return Inheritance(int(environ[HEARTBEAT]), int(environ[PARENT]), sockets)
        except (KeyError, ValueError) as error:
            raise ConfigurationError(
                "a controller is started by its parent process, which hands it the listening sockets",
                advice="run: ivrctl serve",
            ) from error

    def open_socket(self, name: str) -> socket.socket:
        """A listening socket, ours to accept from and to close; it does not block.

        Raises:
            KeyError: the parent has no socket of this name.
        """
        listener = socket.socket(fileno=self.socket_fds[name])
        listener.setblocking(False)
        listener.set_inheritable(False)
        return listener

    def die_with_parent(self) -> None:
        """Have the kernel kill this process when the parent dies, so that a new parent finds the sockets free.

        Call it first of all. SIGKILL, since a stalled controller would not hear anything milder; its calls are resumed
        by the next one. Where the kernel has no such thing, the broken heartbeat pipe says the same a little later.

        Raises:
            SystemExit: the parent had died before the kernel was asked.
        """
        prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != self.parent_pid:
            raise SystemExit("the parent process has died")
