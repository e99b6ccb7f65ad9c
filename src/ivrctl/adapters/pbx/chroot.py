"""The command line that runs a program inside a Debian root, in namespaces of its own.

Everything is one `argv`: `unshare` makes a private mount and host-name namespace, a short shell script mounts the root
read-only with the folders asked for, and `chroot` becomes the program. Each step replaces the one before (exec), so the
process id that the caller gets is the program's own, and all mounts vanish with the process. Nothing on the host is
touched, and nothing here knows what the program is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ivrctl.adapters.pbx.confinement import ENVIRONMENT, NICENESS, Bind, Confinement

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
# Linux may weigh whole sessions against each other, and niceness only within one (sched(7), autogroup).
[ "$(nice)" -ge 0 ] || [ ! -w /proc/self/autogroup ] || nice > /proc/$$/autogroup
hostname "$name"
exec chroot --userspec="$user" "$root" /usr/bin/env -i "$@"
"""


def confined_command(root: Path, argv: Sequence[str], confinement: Confinement) -> list[str]:
    """Return the argv that runs `argv` inside `root`; whoever runs it must be root."""
    binds = [part for bind in confinement.binds for part in _bind_arguments(bind)]
    environment = ENVIRONMENT | dict(confinement.environment)
    return [
        *(("nice", "-n", str(NICENESS)) if confinement.carries_sound else ()),
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
