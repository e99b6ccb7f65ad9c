"""Progress of long work, on stderr: one line that is written over on a terminal, a line each elsewhere."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Say what is being done now."""
    sys.stderr.write(f"{text}\n")


def count(done: int, total: int, what: str) -> None:
    """Show how much of it is done."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{what}: {done} of {total}" + ("\n" if done == total else ""))
        sys.stderr.flush()
    elif done == total:
        sys.stderr.write(f"{what}: {total}\n")


def walked(done: int | None, what: str) -> None:
    """Show on a terminal how much has been done where nobody knows how much there is; None when it is over."""
    if not sys.stderr.isatty():
        return
    if done is None:
        sys.stderr.write("\r\x1b[K")
    elif done % 100 == 0:
        sys.stderr.write(f"\r{done} {what} …")
    sys.stderr.flush()
