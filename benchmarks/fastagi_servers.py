"""The peers that a FastAGI server of ours is measured beside, each a process: the same call, written by hand.

::

    python benchmarks/fastagi_servers.py NAME DATABASE

It prints its port and serves until its standard input ends. A call: answer, a menu of one file, the balance of whoever
calls, which is looked up in a SQLite file, said with three commands (``STREAM FILE``, ``SAY NUMBER``, ``STREAM
FILE``), one line in the log. Nobody here keeps a journal or a record: what they do is the least that serves a caller.
On an event loop the file is asked by aiosqlite, so that no caller waits for the row of another, as with ours. The floor
does not even look anything up: it counts lines and answers them.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MENU = 'GET OPTION "menu" "0123456789*#" 5000'
BEFORE, BEHIND = 'STREAM FILE "your-balance-is" ""', 'STREAM FILE "yuan" ""'
FLOOR = (b"ANSWER\n", f"{MENU}\n".encode(), f"{BEFORE}\n".encode(), b'SAY NUMBER 120 ""\n', f"{BEHIND}\n".encode())
QUEUE, WAIT = "200", 'EXEC Queue "vip,c"'
BALANCE = "select amount from balances where number = ?"
AGAIN = b"200 result=50"
BACKLOG = 1024

log = logging.getLogger("calls")


def listener() -> socket.socket:
    """A listening socket on a free port, which is printed for the caller."""
    sock = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    print(sock.getsockname()[1], flush=True)
    return sock


def said(caller: str, amount: object) -> None:
    """One line for one call."""
    log.info(json.dumps({"event": "call", "caller": caller, "balance": amount, "ending": "served"}))


async def until_told() -> None:
    """Until standard input ends."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), told.set)
    await told.wait()


async def panoramisk(database: Path) -> None:
    """The FastAGI server of panoramisk."""
    import aiosqlite  # noqa: PLC0415 - only in this server's process
    from panoramisk import fast_agi  # noqa: PLC0415 - the same

    balances = await aiosqlite.connect(database)

    async def handler(request: Any) -> None:
        await request.send_command("ANSWER")
        if request.headers["agi_extension"] == QUEUE:
            await request.send_command(WAIT)
            return
        reply = await request.send_command(MENU)
        while reply["result"][0] == str(ord("2")):
            reply = await request.send_command(MENU)
        if reply["result"][0] == str(ord("1")):
            caller = request.headers["agi_callerid"]
            async with balances.execute(BALANCE, (caller,)) as cursor:
                (amount,) = await cursor.fetchone()
            await request.send_command(BEFORE)
            await request.send_command(f'SAY NUMBER {amount} ""')
            await request.send_command(BEHIND)
            said(caller, amount)

    application = fast_agi.Application()
    application.add_route("leg", handler)
    await asyncio.start_server(application.handler, sock=listener())
    await until_told()


class Floor(asyncio.Protocol):
    """A bare protocol: no call could be made with it."""

    __slots__ = ("_block", "_next", "_transport")

    def __init__(self) -> None:
        self._block, self._next = b"", 0

    def connection_made(self, transport: Any) -> None:
        """See asyncio."""
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if not self._next:
            self._block += data
            if not self._block.endswith(b"\n\n"):
                return
        if data.startswith(AGAIN):
            self._transport.write(FLOOR[self._next - 1])
        elif self._next == len(FLOOR):
            self._transport.close()
        else:
            self._transport.write(FLOOR[self._next])
            self._next += 1


async def floor(_database: Path) -> None:
    """Bare protocols on uvloop."""
    await asyncio.get_running_loop().create_server(Floor, sock=listener())
    await until_told()


def pyst2(database: Path) -> None:
    """pyst2's AGI class, one forked process for each call: it sets a signal handler, so threads are out."""
    from asterisk.agi import AGI  # noqa: PLC0415 - only in this server's process

    sock = listener()
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        connection, _ = sock.accept()
        if os.fork() == 0:
            with connection, connection.makefile("r") as reading, connection.makefile("w") as writing:
                agi = AGI(reading, writing, io.StringIO())
                agi.answer()
                if agi.env["agi_extension"] == QUEUE:
                    agi.appexec("Queue", "vip,c")
                key = agi.get_option("menu", "0123456789*#", 5000)
                while key == "2":
                    key = agi.get_option("menu", "0123456789*#", 5000)
                if key == "1":
                    caller = agi.env["agi_callerid"]
                    (amount,) = sqlite3.connect(database).execute(BALANCE, (caller,)).fetchone()
                    agi.stream_file("your-balance-is")
                    agi.say_number(amount)
                    agi.stream_file("yuan")
                    said(caller, amount)
            os._exit(0)
        connection.close()


def _reap(_number: int, _frame: object) -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def on_asyncio(serve: Callable[[Path], Any]) -> Callable[[Path], None]:
    """On the plain event loop."""
    return lambda database: asyncio.run(serve(database))


def on_uvloop(serve: Callable[[Path], Any]) -> Callable[[Path], None]:
    """On uvloop."""

    def run(database: Path) -> None:
        import uvloop  # noqa: PLC0415 - optional

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(database))

    return run


SERVERS: dict[str, Callable[[Path], None]] = {
    "panoramisk": on_asyncio(panoramisk),
    "panoramisk on uvloop": on_uvloop(panoramisk),
    "pyst2, forking": pyst2,
    "bare protocol on uvloop": on_uvloop(floor),
}


def main() -> None:
    """Serve."""
    name, database = sys.argv[1:]
    # Stock panoramisk says at INFO that a request came: as a service would run it, one line for a call is enough.
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("panoramisk").setLevel(logging.WARNING)
    SERVERS[name](Path(database))


if __name__ == "__main__":
    main()
