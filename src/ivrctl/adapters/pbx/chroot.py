"""The command line that runs a program inside a Debian root, in namespaces of its own.

Everything is one `argv`: `unshare` makes a private mount and host-name namespace, a short shell script mounts the root
read-only with the folders asked for, and `chroot` becomes the program. Each step replaces the one before (exec), so the
process id that the caller gets is the program's own, and all mounts vanish with the process. Nothing on the host is
touched, and nothing here knows what the program is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/tmp",  # noqa: S108 - a tmpfs that only this process sees
    "LANG": "C.UTF-8",
}

# Arguments: root, host name, user, then triples (ours, inside, ro|rw) to a lone "--", then the program.
# The root is bound onto itself first: only a mount can be made read-only.
_SCRIPT = r"""
set -eu
root=$1 name=$2 user=$3
shift 3
mount --bind "$root" "$root"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
for folder in /srv /tmp /run; do mount -t tmpfs -o mode=1777 tmpfs "$root$folder"; done
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$root${2%/*}"; [ -e "$root$2" ] || : > "$root$2"; fi
  mount --bind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done
shift
mount -o remount,bind,ro "$root"
hostname "$name"
exec chroot --userspec="$user" "$root" /usr/bin/env -i "$@"
"""


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
    """What surrounds the program: what it sees, as whom it runs, what the machine is called."""

    binds: Sequence[Bind] = ()
    user: str = "root:root"
    """User and group, by the root's own names."""
    hostname: str = "ivrctl-pbx"
    """Given to the namespace. Asterisk must resolve it (a line in /etc/hosts), or SIP stalls for seconds a call."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to an otherwise empty environment."""
    carries_sound: bool = False
    """Whether it goes before other programs: sound is a packet every 20 ms, however busy the machine is."""


def confined_command(root: Path, argv: Sequence[str], confinement: Confinement) -> list[str]:
    """Return the argv that runs `argv` inside `root`; whoever runs it must be root."""
    binds = [part for bind in confinement.binds for part in _bind_arguments(bind)]
    environment = _ENVIRONMENT | dict(confinement.environment)
    return [
        *(("nice", "-n", "-10") if confinement.carries_sound else ()),
        *("unshare", "--mount", "--uts", "--propagation", "private", "--"),
        *("/bin/sh", "-c", _SCRIPT, "ivrctl-root"),
        *(str(root), confinement.hostname, confinement.user),
        *binds,
        "--",
        *(f"{name}={value}" for name, value in environment.items()),
        *argv,
    ]


def joined_command(pid: int, argv: Sequence[str]) -> list[str]:
    """Return the argv that runs `argv` where the process `pid` lives: its mounts, its root, its host name."""
    return ["nsenter", "--target", str(pid), "--mount", "--uts", "--root", "--wd=/", "--", *argv]


def _bind_arguments(bind: Bind) -> tuple[str, str, str]:
    return str(bind.ours), bind.inside, "rw" if bind.is_writable else "ro"
