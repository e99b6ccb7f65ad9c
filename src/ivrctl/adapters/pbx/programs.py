"""Running the root's programs: in an instance (the Asterisk command line) or in the bare root (voice, phones)."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from ivrctl.adapters.pbx.chroot import Bind, joined_command
from ivrctl.adapters.pbx.instance import Pbx
from ivrctl.adapters.pbx.layout import INSIDE
from ivrctl.adapters.pbx.root import Progress, ensure_root
from ivrctl.errors import UnreachableError

RX_SECONDS = 30.0
"""How long a command of Asterisk's command line may take."""


def rx(pbx: Pbx, command: str) -> None:
    """Give Asterisk a command line command. What it prints is for people (colours, no format) and is dropped.

    Raises:
        UnreachableError: the PBX does not run, or does not take the command in time.
    """
    if not pbx.is_running:
        raise UnreachableError(f'the PBX "{pbx.name}" does not run', advice=f"ivrctl pbx up {pbx.name}")
    argv = ["/usr/sbin/asterisk", "-C", f"{INSIDE}/etc/asterisk.conf", "-rx", command]
    _run(f'asterisk -rx "{command}"', joined_command(pbx.pid, argv), RX_SECONDS)


def run_in_root(
    argv: Sequence[str], *, binds: Sequence[Bind] = (), seconds: float = 60.0, progress: Progress = lambda _: None
) -> str:
    """Run a program of the root (espeak-ng, sox, sipp) to its end and return what it printed; needs no instance.

    Raises:
        ConfigurationError: not root.
        MissingToolError: the host lacks a tool.
        UnreachableError: it failed, or took longer than `seconds`.
    """
    return _run(argv[0], ensure_root(progress).command(argv, binds=binds), seconds)


def popen_in_root(argv: Sequence[str], *, binds: Sequence[Bind] = ()) -> subprocess.Popen[bytes]:
    """Start a program of the root and return it, its output in pipes; whoever calls ends and reaps it.

    Raises:
        ConfigurationError: not root.
        MissingToolError: the host lacks a tool.
    """
    command = ensure_root().command(argv, binds=binds)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _run(name: str, command: list[str], seconds: float) -> str:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired as error:
        raise UnreachableError(f"{name} did not end within {seconds:g} s") from error
    if done.returncode != 0:
        raise UnreachableError(f"{name} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout
