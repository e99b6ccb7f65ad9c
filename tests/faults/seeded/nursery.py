"""Forks controllers: a process that has imported everything, so that one more of them costs a hundredth of a start.

``python -m tests.faults.seeded.nursery FD``. Over the socket ``FD`` it is sent a charge with descriptors, and answers
with the pid; when a child has ended, it says so. Counterpart of ``process``.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.flow.program import compile_site

from . import site
from .charge import Charge
from .child import serve

IMPORTED_LATE = (
    "uvloop.loop",
    "ivrctl.adapters.ami.action_link",
    "ivrctl.cli.peer",
    "ivrctl.service.forecasting.forecaster",
    "ivrctl.service.queues",
    "ivrctl.service.staffing.assembly",
    "ivrctl.service.staffing.staffing",
    "panoramisk",
    "phonenumbers.data.region_DE",
)
"""What a controller imports while it serves already."""
MOST_BYTES, MOST_DESCRIPTORS = 65_536, 16


def main() -> None:
    """Serve until the other side is gone."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    for name in IMPORTED_LATE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _warm_up()
    gc.freeze()
    waking, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        readable, _, _ = select.select([orders, waking], [], [])
        if waking in readable:
            os.read(waking, 4096)
            _tell_ended(orders)
        if orders in readable:
            message, descriptors, _, _ = socket.recv_fds(orders, MOST_BYTES, MOST_DESCRIPTORS)
            if not message:
                return
            pid = _fork(json.loads(message), descriptors)
            orders.send(json.dumps({"started": pid}).encode())


def _warm_up() -> None:
    """Do once what is slow the first time in a process, or each controller would: compile a site, ask a database."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        compiled = site.write(folder, crm="http://127.0.0.1:1", ami=1)
        program, findings = compile_site({file.name: file.read_bytes() for file in compiled.glob("*.yaml")})
        assert program is not None, findings.sorted()
        asyncio.run(_ask(sqlite_url(folder / "calls.sqlite")))


async def _ask(url: str) -> None:
    store = SiteStore(url)
    await store.read(lambda connection: connection.exec_driver_sql("select 1"))
    await store.close()


def _tell_ended(orders: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        orders.send(json.dumps({"ended": pid, "status": os.waitstatus_to_exitcode(status)}).encode())


def _fork(order: dict[str, Any], descriptors: list[int]) -> int:
    pid = os.fork()
    if pid:
        for each in descriptors:
            os.close(each)
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(int(sys.argv[1]))
        named = dict(zip(order.pop("names"), descriptors, strict=True))
        serve(_charge(order), named)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, it stands in the log, and this child is not the nursery
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _charge(order: dict[str, Any]) -> Charge:
    paths = {name: Path(order.pop(name)) for name in ("site", "state", "clock", "log") if order.get(name)}
    return Charge(**{**order, **paths})


if __name__ == "__main__":
    main()
