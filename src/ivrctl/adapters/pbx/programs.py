"""Running a runtime's programs: in an instance (the Asterisk command line) or by themselves (voice, converters)."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from ivrctl.adapters.pbx.choice import ensure_runtime, runtime_of
from ivrctl.adapters.pbx.confinement import Bind
from ivrctl.adapters.pbx.instance import Pbx
from ivrctl.adapters.pbx.layout import ASTERISK, INSIDE
from ivrctl.adapters.pbx.runtime import Progress, Runtime
from ivrctl.errors import UnreachableError

RX_SECONDS = 30.0
"""How long a command of Asterisk's command line may take."""
PROGRAM_SECONDS = 60.0


def rx(pbx: Pbx, command: str) -> None:
    """Give Asterisk a command line command. What it prints is for people (colours, no format) and is dropped.

    Raises:
        UnreachableError: the PBX does not run, or does not take the command in time.
    """
    if not pbx.is_running:
        raise UnreachableError(f'the PBX "{pbx.name}" does not run', advice=f"ivrctl pbx up {pbx.name}")
    argv = ["/usr/sbin/asterisk", "-C", f"{INSIDE}/etc/asterisk.conf", "-rx", command]
    joined = runtime_of(pbx.runtime).joined(pbx.process, argv, ASTERISK)
    _run(f'asterisk -rx "{command}"', joined, RX_SECONDS)


def run_program(
    argv: Sequence[str],
    *,
    binds: Sequence[Bind] = (),
    seconds: float = PROGRAM_SECONDS,
    progress: Progress = lambda _: None,
) -> str:
    """Run a program of the package list (espeak-ng, sox, sipp) in the runtime of this host; needs no instance.

    Raises:
        ConfigurationError: see `ensure_runtime`.
        MissingToolError: the host lacks a runtime.
        UnreachableError: it failed, or took longer than `seconds`.
    """
    return run_in(ensure_runtime(progress=progress), argv, binds=binds, seconds=seconds)


def run_in(
    runtime: Runtime, argv: Sequence[str], *, binds: Sequence[Bind] = (), seconds: float = PROGRAM_SECONDS
) -> str:
    """Run a program in a runtime to its end and return what it printed.

    Raises:
        UnreachableError: it failed, or took longer than `seconds`.
    """
    command = runtime.command(argv, binds=binds)
    try:
        return _run(argv[0], command, seconds)
    except BaseException:
        runtime.discard(command)
        raise


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
