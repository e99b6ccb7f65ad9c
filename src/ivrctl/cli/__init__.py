"""The command line: the composition root.

``app`` holds the commands: ``*_commands`` their signatures and help, ``commands`` what they do. Everything heavy is
imported inside a command, so that ``--help`` and completion are quick. Data goes to stdout, everything else to stderr;
exit codes are those of ``errors`` and of ``codes``.
"""

from __future__ import annotations

import errno
import os
import sys

from ivrctl.cli.codes import INTERRUPTED, READER_LEFT
from ivrctl.cli.encoding import take_every_name
from ivrctl.errors import ConfigurationError, IvrctlError


def main() -> None:
    """Run a command; an error ends with the next thing to try, and with its exit code."""
    take_every_name()
    try:
        _run()
    except IvrctlError as error:
        sys.stderr.write(f"ivrctl: {error}\n")
        if error.advice:
            sys.stderr.write(f"  try: {error.advice}\n")
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has left, such as head: nothing more to say.
        _write_no_more()
        raise SystemExit(READER_LEFT) from None
    except UnicodeEncodeError as error:
        if error.reason != "surrogates not allowed":
            raise
        sys.stderr.write(f"ivrctl: {error.object!a} is no text: it holds bytes that are none of this terminal's\n")
        raise SystemExit(ConfigurationError.exit_code) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _write_no_more()
        sys.stderr.write(f"ivrctl: {': '.join(filter(None, (error.filename, error.strerror)))}\n  try: df -h\n")
        raise SystemExit(ConfigurationError.exit_code) from None


def _run() -> None:
    """The command itself.

    Raises:
        BrokenPipeError: nobody reads what it writes any more.
    """
    from ivrctl.cli.app import app
    from ivrctl.cli.groups import only

    output = sys.stdout
    try:
        only(app, sys.argv[1:])()
    except SystemExit:
        if sys.stdout is output:
            raise
        # Typer has found that nobody reads, has put something silent in its place, and ends with 1.
        sys.stdout = output
        raise BrokenPipeError from None
    finally:
        # A disk that is full says so here, and not when the interpreter has ended well.
        sys.stdout.flush()


def _write_no_more() -> None:
    """Have what stands in the buffer of standard output go nowhere at exit: it would fail there once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
