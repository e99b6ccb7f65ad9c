"""The process on standby: ``python standby/__main__.py FOLDER``; says ``ready``, and ends by SIGTERM.

Not by ``-m``, from which the command line would take the name that it calls itself by.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import NoReturn

from ivrctl.adapters.areas_cache import kept_areas
from ivrctl.cli import commands, main

NUMBER = 4
"""Bytes of a number, as ``asking`` has them."""


def stand_by(folder: Path) -> NoReturn:
    """Fork for each program that asks."""
    for module in pkgutil.iter_modules(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(module.name)
    # Of the country of all sites on the pages; in an empty home it would be taken from the data of the world each time.
    kept_areas("86")
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(folder / "standby"))
    listening.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        asking, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            become(asking)
        asking.close()


def become(asking: socket.socket) -> NoReturn:
    """Be the command that is asked for: its arguments, its folder, its environment, its three files, its end."""
    length, files, _, _ = socket.recv_fds(asking, NUMBER, 3)
    with asking.makefile("rb") as said:
        told = json.loads(said.read(int.from_bytes(length, "big")))
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    sys.argv[:] = told["argv"]
    asking.sendall(os.getpid().to_bytes(NUMBER, "big"))
    code = _ended()
    asking.sendall(code.to_bytes(NUMBER, "big"))
    os._exit(code)


def _ended() -> int:
    """The exit code of the command, when all that an interpreter does at its end is done."""
    code: object = 0
    try:
        main()
    except SystemExit as ending:
        code = ending.code or 0
        if not isinstance(code, int):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:  # noqa: BLE001 - as an interpreter does
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code)


if __name__ == "__main__":
    stand_by(Path(sys.argv[1]))
