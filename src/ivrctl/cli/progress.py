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
