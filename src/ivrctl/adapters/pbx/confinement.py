"""What surrounds a program in a runtime: what it sees of our folders, as whom it runs, how urgent it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/tmp",  # noqa: S108 - a tmpfs that only this process sees
    "LANG": "C.UTF-8",
}
"""Of every program; a confinement's own variables are added."""

NICENESS = -10
"""Of what carries sound."""


@dataclass(frozen=True, slots=True)
class Bind:
    """One folder or file of ours, shown to the program at a place in its root."""

    ours: Path
    """The path on this side; it must exist."""
    inside: str
    """The absolute path in the root: below `/srv`, or a file or folder that the root has already."""
    is_writable: bool = False
    """Whether the program may change it; its file permissions count all the same."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """The surroundings of one program."""

    binds: Sequence[Bind] = ()
    user: str = "root:root"
    """User and group, by the root's own names or by number. Where we are not root ourselves, it is us instead."""
    hostname: str = "ivrctl-pbx"
    """In a Debian root, the machine's name as the program sees it; a container on the host's network has the host's."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to an otherwise empty environment."""
    carries_sound: bool = False
    """Whether it goes before other programs: sound is a packet every 20 ms, however busy the machine is."""
