"""What lies where in an instance's folder, and how each folder is shown to Asterisk.

The instance's folder itself is closed to everybody but its owner; Asterisk reaches its parts by the mounts alone. So
the files below need no secrecy of their own against other users of the host, whoever has Asterisk's user id there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from ivrctl.adapters.pbx.confinement import Bind
from ivrctl.adapters.pbx.instance import TwoViews
from ivrctl.adapters.pbx.music import write_music

INSIDE = "/srv/ivrctl"
"""Where Asterisk sees the parts."""

ASTERISK = "asterisk:asterisk"
"""As whom Asterisk runs, by the names of the runtime's own system."""

READ = ("etc", "prompts", "music")
WRITTEN = ("db", "run", "log", "recordings", "asterisk-spool")
"""The folders that Asterisk writes to: they are its own."""

_TMPFS = Path("/dev/shm")  # noqa: S108 - a fresh folder of its own is made there, closed to others


def lay_out(folder: Path, asterisk: tuple[int, int]) -> None:
    """Make the folders of an instance, and what is in them from the beginning; what is there already stays.

    Args:
        folder: the instance's folder.
        asterisk: user and group id of Asterisk in the runtime.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in READ:
        (folder / name).mkdir(exist_ok=True)
        (folder / name).chmod(0o755)
    for name in (*WRITTEN, "log/cdr-csv"):
        (folder / name).mkdir(exist_ok=True)
        _give(folder / name, *asterisk)
    write_music(folder / "music/hold.wav")


def _give(folder: Path, uid: int, gid: int) -> None:
    """Give a folder to Asterisk; what it holds too, when another runtime's Asterisk had it before."""
    if (folder.stat().st_uid, folder.stat().st_gid) == (uid, gid):
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)


def empty_before_start(folder: Path) -> None:
    """Remove what belongs to one run: the rendered configuration, the sockets; the last run's log is kept as `.1`."""
    for name in ("etc", "run"):
        for entry in (folder / name).iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    with suppress(FileNotFoundError):
        (folder / "log/messages.log").replace(folder / "log/messages.log.1")


def make_spool(name: str) -> Path:
    """Make the folder for prompts of one call, in memory; its parent is closed to other users."""
    closed = Path(tempfile.mkdtemp(prefix=f"ivrctl-pbx-{name}-", dir=_TMPFS if _TMPFS.is_dir() else None))
    spool = closed / "spool"
    spool.mkdir()
    spool.chmod(0o755)
    return spool


def remove_spool(spool: Path) -> None:
    """Remove what `make_spool` made, with all that is in it."""
    shutil.rmtree(spool.parent, ignore_errors=True)


def views(folder: Path, spool: Path) -> dict[str, TwoViews]:
    """Return both views of the folders that ivrctl and Asterisk share."""
    return {
        "prompts": TwoViews(folder / "prompts", f"{INSIDE}/prompts"),
        "spool": TwoViews(spool, f"{INSIDE}/spool"),
        "recordings": TwoViews(folder / "recordings", f"{INSIDE}/recordings"),
    }


def binds(folder: Path, spool: Path) -> list[Bind]:
    """Return what Asterisk is shown."""
    return [
        *(Bind(folder / name, f"{INSIDE}/{name}") for name in READ),
        *(Bind(folder / name, f"{INSIDE}/{name}", is_writable=True) for name in WRITTEN),
        Bind(spool, f"{INSIDE}/spool"),
        Bind(folder / "hosts", "/etc/hosts"),
    ]


def write_hosts(folder: Path, hostname: str) -> None:
    """Write the hosts file that lets Asterisk resolve its own name."""
    (folder / "hosts").write_text(f"127.0.0.1 localhost {hostname}\n::1 localhost\n", encoding="utf-8")
