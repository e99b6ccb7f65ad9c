"""The program ``ivrctl`` of a reader: hands all that it has to the process on standby, and ends as its command does."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

HANDED_ON = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
NUMBER = 4
"""Bytes of a number."""

# They wait until there is somebody to hand them to.
signal.pthread_sigmask(signal.SIG_BLOCK, HANDED_ON)
asking = socket.socket(socket.AF_UNIX)
asking.connect(os.path.join(os.path.dirname(__file__), "standby"))  # noqa: PTH118, PTH120 - pathlib takes longer to import than all else here
said = json.dumps({"argv": sys.argv, "folder": os.getcwd(), "environment": dict(os.environ)}).encode()  # noqa: PTH109 - the same
socket.send_fds(asking, [len(said).to_bytes(NUMBER, "big")], [0, 1, 2])
asking.sendall(said)
command = int.from_bytes(asking.recv(NUMBER), "big")
for number in HANDED_ON:
    if signal.getsignal(number) is not signal.SIG_IGN:
        signal.signal(number, lambda number, _frame: os.kill(command, number))
signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDED_ON)
sys.exit(int.from_bytes(asking.recv(NUMBER) or b"\x89", "big"))
