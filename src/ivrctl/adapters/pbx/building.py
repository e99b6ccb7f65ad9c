"""Long work by other programs, told while it goes on: one builder at a time, its last lines in the error."""

from __future__ import annotations

import fcntl
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ivrctl.adapters.pbx.runtime import Progress
from ivrctl.errors import IvrctlError

TAIL = 15
"""Lines of a builder's output that an error shows."""

Telling = Callable[[str], str | None]
"""What a user is told of a line that a builder prints; None for nothing."""


class BuildError(IvrctlError):
    """A builder failed; the message ends with the last lines of its output."""


@contextmanager
def build_lock(target: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock beside `target`: the second builder waits for the first and finds the work done."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for another build of {target.name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_builder(
    argv: Sequence[str],
    telling: Telling,
    progress: Progress,
    *,
    product: IO[bytes] | int | None = None,
    seconds: float | None = None,
) -> None:
    """Run a program to its end and tell of it.

    Args:
        argv: the program.
        telling: what of its output is progress.
        progress: told that.
        product: where its standard output goes when that is the product; None when it is told of like standard error.
        seconds: how long it may take; None as long as it wants.

    Raises:
        BuildError: it failed or took too long.
    """
    tail: deque[str] = deque(maxlen=TAIL)
    is_told = product is None
    with (
        subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if is_told else product,
            stderr=subprocess.STDOUT if is_told else subprocess.PIPE,
            text=True,
            errors="replace",
        ) as builder,
        _deadline(builder, seconds) as is_over,
    ):
        for line in builder.stdout or builder.stderr or ():
            tail.append(line.rstrip())
            if said := telling(line.rstrip()):
                progress(said)
        builder.wait()
    if is_over.is_set():
        raise BuildError(f"{_name(argv)} did not end within {seconds:g} s{_told(tail)}")
    if builder.returncode != 0:
        raise BuildError(f"{_name(argv)} failed{_told(tail)}")


@contextmanager
def _deadline(builder: subprocess.Popen[str], seconds: float | None) -> Iterator[threading.Event]:
    """End the builder after its time, and when we are interrupted: it must not go on by itself."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        builder.kill()

    timer = threading.Timer(seconds, end) if seconds is not None else None
    if timer is not None:
        timer.start()
    try:
        yield is_over
    except BaseException:
        builder.terminate()
        raise
    finally:
        if timer is not None:
            timer.cancel()


def _name(argv: Sequence[str]) -> str:
    return " ".join(argv[:2]) if not argv[1].startswith("-") else argv[0]


def _told(tail: deque[str]) -> str:
    return ":" + "".join(f"\n    {line}" for line in tail) if tail else ""
