"""The command line: the composition root.

``app`` holds the commands: ``*_commands`` their signatures and help, ``commands`` what they do. Everything heavy is
imported inside a command, so that ``--help`` and completion are quick. Data goes to stdout, everything else to stderr;
exit codes are those of ``errors`` and of ``codes``.
"""

from __future__ import annotations

import os
import sys

from ivrctl.cli.codes import INTERRUPTED
from ivrctl.errors import IvrctlError


def main() -> None:
    """Run a command; an error ends with the next thing to try, and with its exit code."""
    from ivrctl.cli.app import app

    try:
        app()
    except IvrctlError as error:
        sys.stderr.write(f"ivrctl: {error}\n")
        if error.advice:
            sys.stderr.write(f"  try: {error.advice}\n")
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has left, such as head: nothing more to say, and not at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
