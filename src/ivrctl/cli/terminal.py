"""The terminal that somebody reads on, if it is one."""

from __future__ import annotations

import os
import sys


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is; None when it is none, or has no size."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def is_coloured() -> bool:
    """True for a terminal, unless NO_COLOR (no-color.org) says that its reader wants none."""
    return terminal_width() is not None and not os.environ.get("NO_COLOR")
