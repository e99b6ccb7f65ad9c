"""CPU per AGI command: our FastAGI server beside panoramisk's and pyst2, in one run.

    python benchmarks/agi_commands.py [--calls 40] [--commands 250] [--rounds 5]

Each server runs in a process of its own and serves calls from a fake peer that answers every line at once; what is
counted is the server's whole CPU time (user and system, children too) between the first connect and the last close,
divided by the commands. Rounds go round robin, so that a busy minute of the machine meets all of them. The figures
hold for this machine only, and kernel time for the socket is in all of them: compare the rows, not the numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import io
import os
import resource
import selectors
import socket
import statistics
import subprocess
import sys
from collections.abc import Callable, Coroutine

COMMAND = 'SET VARIABLE "A" "b"'
BLOCK = (
    b"".join(
        b"agi_%s\n" % line
        for line in (
            b"network: yes",
            b"network_script: leg",
            b"request: agi://127.0.0.1/leg",
            b"channel: PJSIP/trunk-1",
            b"language: en",
            b"type: PJSIP",
            b"uniqueid: 1.1",
            b"version: 22.10.1",
            b"callerid: 13800138000",
            b"calleridname: unknown",
            b"dnid: 10010",
            b"context: ivrctl-lines",
            b"extension: 10010",
            b"priority: 1",
            b"arg_1: 1.1-1",
            b"arg_2: start",
        )
    )
    + b"\n"
)


AsyncServer = Callable[[int, int], Coroutine[None, None, float]]


def cpu_seconds() -> float:
    """CPU time of this process and of its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def listener() -> socket.socket:
    """A listening socket on a free port, which is printed for the peer."""
    sock = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(sock.getsockname()[1], flush=True)
    return sock


async def serve_ivrctl(calls: int, commands: int) -> float:
    """Our server."""
    from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer  # noqa: PLC0415 - only in this server's process
    from ivrctl.agi.commands import SetVariable  # noqa: PLC0415

    served = asyncio.Semaphore(0)

    async def handler(session: AgiSession) -> None:
        for _ in range(commands):
            await session.send(SetVariable("A", "b"))
        served.release()

    server = FastAgiServer(handler)
    await server.start(listener())
    began = cpu_seconds()
    for _ in range(calls):
        await served.acquire()
    return cpu_seconds() - began


async def serve_panoramisk(calls: int, commands: int) -> float:
    """The FastAGI server of panoramisk 1.4."""
    from panoramisk import fast_agi  # noqa: PLC0415 - only in this server's process

    served = asyncio.Semaphore(0)

    async def handler(request: fast_agi.Request) -> None:
        for _ in range(commands):
            await request.send_command(COMMAND)
        served.release()

    application = fast_agi.Application()
    application.add_route("leg", handler)
    await asyncio.start_server(application.handler, sock=listener())
    began = cpu_seconds()
    for _ in range(calls):
        await served.acquire()
    return cpu_seconds() - began


def serve_pyst2(calls: int, commands: int) -> float:
    """pyst2's AGI class, one forked process per call: it sets a signal handler, so threads are out."""
    from asterisk.agi import AGI  # noqa: PLC0415 - only in this server's process

    sock = listener()
    began = cpu_seconds()
    children = []
    for _ in range(calls):
        connection, _ = sock.accept()
        if (child := os.fork()) == 0:
            with connection, connection.makefile("r") as reading, connection.makefile("w") as writing:
                agi = AGI(reading, writing, io.StringIO())
                for _ in range(commands):
                    agi.set_variable("A", "b")
            os._exit(0)
        connection.close()
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return cpu_seconds() - began


def on_asyncio(serve: AsyncServer) -> Callable[[int, int], float]:
    """Run a server on the plain event loop."""
    return lambda calls, commands: asyncio.run(serve(calls, commands))


def on_uvloop(serve: AsyncServer) -> Callable[[int, int], float]:
    """Run a server on uvloop."""

    def run(calls: int, commands: int) -> float:
        import uvloop  # noqa: PLC0415 - optional

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(serve(calls, commands))

    return run


SERVERS: dict[str, Callable[[int, int], float]] = {
    "ivrctl, asyncio": on_asyncio(serve_ivrctl),
    "panoramisk, asyncio": on_asyncio(serve_panoramisk),
    "pyst2, forking": serve_pyst2,
}
if importlib.util.find_spec("uvloop"):
    SERVERS |= {"ivrctl, uvloop": on_uvloop(serve_ivrctl), "panoramisk, uvloop": on_uvloop(serve_panoramisk)}


def play_asterisk(port: int, calls: int) -> None:
    """Make calls side by side, answering every command at once, until the server has closed them all."""
    selector = selectors.DefaultSelector()
    calls_by_number: dict[int, socket.socket] = {}
    for _ in range(calls):
        call = socket.create_connection(("127.0.0.1", port))
        call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        call.sendall(BLOCK)
        selector.register(call, selectors.EVENT_READ)
        calls_by_number[call.fileno()] = call
    while calls_by_number:
        for key, _ in selector.select():
            call = calls_by_number[key.fd]
            if call.recv(4096):
                call.sendall(b"200 result=1\n")
            else:
                selector.unregister(call)
                del calls_by_number[key.fd]
                call.close()


def measure(name: str, calls: int, commands: int) -> float:
    """Microseconds of CPU per command of one server in one round."""
    argv = [
        sys.executable,
        "-W",
        "ignore",
        __file__,
        "--serve",
        name,
        "--calls",
        str(calls),
        "--commands",
        str(commands),
    ]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:
        if server.stdout is None:
            raise RuntimeError("the server has no output")
        play_asterisk(int(server.stdout.readline()), calls)
        seconds = float(server.stdout.readline())
    return seconds / (calls * commands) * 1e6


def main() -> None:
    """Run all servers in turn and print the table."""
    parser = argparse.ArgumentParser(description="CPU per AGI command")
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--commands", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", choices=SERVERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        print(SERVERS[options.serve](options.calls, options.commands), flush=True)
        return
    rows: dict[str, list[float]] = {name: [] for name in SERVERS}
    for _ in range(options.rounds):
        for name, figures in rows.items():
            figures.append(measure(name, options.calls, options.commands))
    print(f"CPU per AGI command in µs, {options.calls} calls of {options.commands} commands, {options.rounds} rounds")
    print(f"{'server':24}{'min':>8}{'median':>8}{'max':>8}")
    for name, figures in sorted(rows.items(), key=lambda row: statistics.median(row[1])):
        print(f"{name:24}{min(figures):8.1f}{statistics.median(figures):8.1f}{max(figures):8.1f}")


if __name__ == "__main__":
    main()
