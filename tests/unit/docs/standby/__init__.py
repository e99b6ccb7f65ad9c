"""``ivrctl`` without its start: a process that has every command imported, and becomes one of them by a fork.

Each command of a page is a process of its own, with its own folder, environment, files, signals and end; but half of
what one costs is the import of the same modules. How the program starts by itself is a matter of the tests of the
wheel, and of all others that start it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


@contextlib.contextmanager
def standing_by(folder: Path) -> Iterator[Path]:
    """Give a folder with a program ``ivrctl`` that is there at once, for as long as this lasts.

    Args:
        folder: an empty one, of a short name: a socket will be in it.
    """
    program = folder / "ivrctl"
    program.write_text(f"#!{sys.executable} -IS\n{(HERE / 'asking.py').read_text(encoding='utf-8')}", encoding="utf-8")
    program.chmod(0o755)
    command = [sys.executable, str(HERE / "__main__.py"), str(folder)]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield folder
    finally:
        # With whatever it has become, should that go on without the shell that asked for it.
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate()
