"""What the development PBX runs in: a container engine, or a Debian root of its own. Same programs, same behaviour.

Whatever it is, the program shares the host's network, sees read-only system files and the folders bound for it, and
has a private `/tmp`. So ports, addresses and abstract sockets mean the same in each, and callers need not know which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ivrctl.adapters.pbx.confinement import Bind, Confinement

Progress = Callable[[str], None]
"""Told one short sentence at a time while something long goes on."""


class RuntimeName(StrEnum):
    """The runtimes by the names that a user gives them."""

    DOCKER = "docker"
    PODMAN = "podman"
    ROOT = "root"


@dataclass(frozen=True, slots=True)
class Started:
    """A program that outlives us."""

    pid: int
    """Of the program itself, as this host counts; 0 when it has ended already."""
    started: int
    """Its start in clock ticks since boot: with `pid`, its identity."""
    container: str = ""
    """The container's id; "" in a Debian root."""


class Runtime(Protocol):
    """Runs the programs of the package list."""

    @property
    def name(self) -> RuntimeName:
        """What it is."""
        ...

    def command(
        self, argv: Sequence[str], *, binds: Sequence[Bind] = (), environment: Mapping[str, str] | None = None
    ) -> list[str]:
        """Return the argv that runs `argv` in here, for any subprocess call; it ends when that process is told to."""
        ...

    def confine(self, argv: Sequence[str], confinement: Confinement) -> list[str]:
        """Like `command`, with everything about the surroundings chosen."""
        ...

    def discard(self, command: Sequence[str]) -> None:
        """Leave nothing of a command of `command` or `confine` whose process had to be killed."""
        ...

    def start(self, argv: Sequence[str], confinement: Confinement, console: Path) -> Started:
        """Start a program that outlives us; what it prints goes to the file `console`, which lies in a writable bind.

        Raises:
            UnreachableError: it cannot be started.
        """
        ...

    def end(self, started: Started) -> None:
        """End what `start` started, and nobody else; return when it has ended and nothing of it is left.

        Raises:
            UnreachableError: the engine does not answer.
        """
        ...

    def joined(self, started: Started, argv: Sequence[str], user: str) -> list[str]:
        """Return the argv that runs `argv` beside a started program, in what it sees."""
        ...

    def hostname(self, wanted: str) -> str:
        """Return the name that the machine has for a program whose confinement wants `wanted`."""
        ...
