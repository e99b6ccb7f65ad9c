"""A small controller that a parent can run: it answers over the AGI socket, and misbehaves when it is told to.

Its one argument is a file whose text says how it starts: ``serve``, ``crash``, ``never ready`` or ``wrong``. A peer
sends one line: ``pid`` (answered with it), ``hold`` (answered with ``held`` when a second line comes), ``stall``
(blocks the event loop for ever), ``crash`` (ends the process at once).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from ivrctl.service.heartbeat import Heartbeat
from ivrctl.service.parent.inheritance import Inheritance


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one connection."""
    match await reader.readline():
        case b"pid\n":
            writer.write(f"{os.getpid()}\n".encode())
        case b"hold\n":
            writer.write(b"holding\n")
            await reader.readline()
            writer.write(b"held\n")
        case b"stall\n":
            time.sleep(3600)  # noqa: ASYNC251 - a blocked event loop is the fault meant
        case b"crash\n":
            os._exit(1)
    writer.close()


async def serve(inheritance: Inheritance, heartbeat: Heartbeat) -> None:
    """Accept until SIGTERM, then end with the last session; after SIGINT close on whoever comes meanwhile."""
    sessions: set[asyncio.Task[None]] = set()
    is_last = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if is_last.is_set():
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        sessions.add(task)
        await answer(reader, writer)
        sessions.discard(task)

    server = await asyncio.start_server(accept, sock=inheritance.open_socket("agi"))
    told_to_leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told_to_leave.set)
    loop.add_signal_handler(signal.SIGINT, lambda: (is_last.set(), told_to_leave.set()))
    heartbeat.ready()
    print("ready", os.getpid(), flush=True)  # noqa: T201 - the test reads it
    async with asyncio.TaskGroup() as group:
        beating = group.create_task(heartbeat.beat(0.1))
        await told_to_leave.wait()
        if not is_last.is_set():
            # asyncio drops a connection that was accepted in the very turn in which its server is closed.
            for listener in server.sockets:
                loop.remove_reader(listener.fileno())
        await asyncio.sleep(0.05)
        if not is_last.is_set():
            server.close()
        while sessions:
            await asyncio.wait(sessions)
        server.close()
        beating.cancel()


def main() -> int:
    """Start as the file says."""
    inheritance = Inheritance.from_environ(os.environ)
    inheritance.die_with_parent()
    heartbeat = Heartbeat(inheritance.heartbeat_fd)
    match Path(sys.argv[1]).read_text().strip():
        case "crash":
            return 1
        case "never ready":
            print("starting", os.getpid(), flush=True)  # noqa: T201 - the test reads it
            time.sleep(3600)
        case "wrong":
            heartbeat.misconfigured("site.yaml:3:1: error: no such flow\nsite.yaml:9:1: error: no such queue")
            return 2
        case _:
            asyncio.run(serve(inheritance, heartbeat))
    return 0


if __name__ == "__main__":
    sys.exit(main())
