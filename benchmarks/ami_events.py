"""CPU per AMI event: our events side beside panoramisk, pyst2 and node's asterisk-manager, in one run.

    python benchmarks/ami_events.py [--events 20000] [--rounds 5]

Each client runs in a process of its own, logs in at a fake Asterisk, and is sent the same traffic of calls as fast as
it reads: of every five events one is wanted, or all are. What is counted is the client's whole CPU time (user and
system) from its login to the last event, divided by the events. Everybody is handed the wanted events only, by his own
means, and looks at two of their headers; ours makes values of them, with numbers and times. Rounds go round robin, so
that a busy minute of the machine meets all of them. The figures hold for this machine only: compare the rows.

The client of node is installed from npm into a temporary folder; without npm, or without its registry, it is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import itertools
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path

from ivrctl.testkit.fake_ami import WANTED, event, traffic

LAST = "the last one"
SHARES = (0.2, 1.0)
PYST2_SHARE = 20
"""pyst2 is given one event of so many: it takes a millisecond for each."""

NODE_CLIENT = """
const ami = new (require("asterisk-manager"))(+process.argv[2], "127.0.0.1", "ivrctl", "right", true);
let seen = 0, began;
const take = (event) => {
  seen += 1;
  if (event.uniqueid !== process.argv[3] || event.queue === "nowhere") return;
  const used = process.cpuUsage(began);
  console.log((used.user + used.system) / 1e6, seen);
  process.exit();
};
for (const name of process.argv[4].split(",")) ami.on(name.toLowerCase(), take);
ami.once("fullybooted", () => { began = process.cpuUsage(); console.log("ready"); });
"""


def cpu_seconds() -> float:
    """CPU time of this process, with all its threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def ready() -> float:
    """Say that the events may come; the CPU time until here."""
    print("ready", flush=True)
    return cpu_seconds()


async def listen_ivrctl(port: int) -> tuple[float, int]:
    """Ours: a stream, and the values that are made of what it tells."""
    from ivrctl.adapters.ami import EventStream, Login, Opened  # noqa: PLC0415 - only in this client's process
    from ivrctl.ami.events import Hangup, parse  # noqa: PLC0415
    from ivrctl.ami.raw_packet import RawPacket  # noqa: PLC0415

    wanted: dict[str, tuple[str, ...]] = dict.fromkeys(WANTED, ())
    stream = EventStream(("127.0.0.1", port), Login("ivrctl", "right"), wanted, alarm=print)
    running = asyncio.ensure_future(stream.run())
    seen, began = 0, 0.0
    while True:
        for told in await stream.take():
            if isinstance(told, Opened):
                began = ready()
            elif isinstance(told, RawPacket):
                seen += 1
                happened = parse(told)
                if isinstance(happened, Hangup) and happened.uniqueid == LAST:
                    running.cancel()
                    return cpu_seconds() - began, seen


async def listen_panoramisk(port: int) -> tuple[float, int]:
    """Panoramisk 1.4, with a callback for each kind."""
    from panoramisk import Manager  # noqa: PLC0415 - only in this client's process

    loop = asyncio.get_running_loop()
    manager = Manager(loop=loop, host="127.0.0.1", port=port, username="ivrctl", secret="right")  # noqa: S106 - of a fake
    ended, booted = loop.create_future(), loop.create_future()
    seen = 0

    def take(_manager: object, message: dict[str, str]) -> None:
        nonlocal seen
        seen += 1
        if message.get("uniqueid") == LAST and message.get("queue") != "nowhere":
            ended.set_result(cpu_seconds())

    for name in WANTED:
        manager.register_event(name, take)
    manager.register_event("FullyBooted", lambda *_: booted.set_result(None))
    manager.connect()
    await booted
    began = ready()
    return await ended - began, seen


def listen_pyst2(port: int) -> tuple[float, int]:
    """pyst2, whose two threads hand events on through a queue."""
    from asterisk.manager import Manager  # noqa: PLC0415 - only in this client's process

    manager = Manager()
    ended = threading.Event()
    seen = 0

    def take(happened: object, _manager: object) -> None:
        nonlocal seen
        seen += 1
        headers = happened.headers  # type: ignore[attr-defined]
        if headers.get("Uniqueid") == LAST and headers.get("Queue") != "nowhere":
            ended.set()

    for name in WANTED:
        manager.register_event(name, take)
    manager.connect("127.0.0.1", port)
    manager.login("ivrctl", "right")
    began = ready()
    ended.wait()
    return cpu_seconds() - began, seen


Client = Callable[[int], tuple[float, int]]
AsyncClient = Callable[[int], Coroutine[None, None, tuple[float, int]]]


def on_asyncio(listen: AsyncClient) -> Client:
    """Run a client on the plain event loop."""
    return lambda port: asyncio.run(listen(port))


def on_uvloop(listen: AsyncClient) -> Client:
    """Run a client on uvloop."""

    def run(port: int) -> tuple[float, int]:
        import uvloop  # noqa: PLC0415 - optional

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(listen(port))

    return run


CLIENTS: dict[str, Client] = {
    "ivrctl, asyncio": on_asyncio(listen_ivrctl),
    "panoramisk, asyncio": on_asyncio(listen_panoramisk),
    "pyst2": listen_pyst2,
}
if importlib.util.find_spec("uvloop"):
    CLIENTS |= {"ivrctl, uvloop": on_uvloop(listen_ivrctl), "panoramisk, uvloop": on_uvloop(listen_panoramisk)}


def play_asterisk(listener: socket.socket) -> socket.socket:
    """Take a session and let it in."""
    session, _ = listener.accept()
    session.sendall(b"Asterisk Call Manager/11.0.0\r\n")
    said, is_in = b"", False
    while not is_in:
        if not (data := session.recv(4096)):
            raise SystemExit("the client went away")
        *blocks, said = (said + data).split(b"\r\n\r\n")
        for block in blocks:
            action = {n.lower(): v for n, _, v in (line.partition(": ") for line in block.decode().split("\r\n"))}
            tag = f"Response: Success\r\nActionID: {action.get('actionid', '')}\r\n"
            session.sendall(f"{tag}Challenge: 1\r\nMessage: Authentication accepted\r\n\r\n".encode())
            is_in = action["action"].lower() == "login"
    session.sendall(event("FullyBooted", privilege="system,all", Uptime=1, LastReload=1, Status="Fully Booted"))
    return session


def measure(command: list[str], packets: list[bytes], wanted: int) -> float:
    """Microseconds of CPU per event of one client in one round."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        argv = [port if part == "PORT" else part for part in command]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as client:
            session = play_asterisk(listener)
            if client.stdout is None or client.stdout.readline() != "ready\n":
                raise SystemExit(f"{command[0]} does not begin")
            with session:
                session.sendall(b"".join(packets) + event("Hangup", Uniqueid=LAST, Linkedid=LAST, Cause=16))
                seconds, seen = client.stdout.readline().split()
    if int(seen) != wanted + 1:
        raise SystemExit(f"{command} saw {seen} of {wanted + 1} events")
    return float(seconds) / len(packets) * 1e6


def node_client(folder: str) -> list[str] | None:
    """The command that runs the client of node, installed here; None, with the reason, when it cannot be."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("node's asterisk-manager is left out: there is no node, or no npm")
        return None
    argv = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "asterisk-manager"]
    installed = subprocess.run(argv, capture_output=True, text=True, check=False)
    if installed.returncode:
        # What npm says further names hosts and folders, and the page is for everybody.
        print(f"node's asterisk-manager is left out: {installed.stderr.strip().partition(chr(10))[0]}")
        return None
    script = Path(folder) / "client.js"
    script.write_text(NODE_CLIENT, encoding="utf-8")
    return ["node", str(script), "PORT", LAST, ",".join(WANTED)]


def report(share: float, rows: dict[str, list[float]]) -> None:
    """Print a table, and how much less ours needs."""
    print(f"\n{share:.0%} of the events wanted; CPU per event in µs")
    print(f"{'client':24}{'min':>8}{'median':>8}{'max':>8}{'to ours':>9}")
    ours = statistics.median(rows["ivrctl, asyncio"])
    for name, figures in sorted(rows.items(), key=lambda row: statistics.median(row[1])):
        median = statistics.median(figures)
        print(f"{name:24}{min(figures):8.2f}{median:8.2f}{max(figures):8.2f}{median / ours:8.1f}x")


def main() -> None:
    """Run all clients in turn and print the tables."""
    parser = argparse.ArgumentParser(description="CPU per AMI event")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--listen", nargs=2, metavar=("CLIENT", "PORT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.listen:
        seconds, seen = CLIENTS[options.listen[0]](int(options.listen[1]))
        print(seconds, seen, flush=True)
        os._exit(0)  # pyst2's threads would wait for more
    commands = {name: [sys.executable, "-W", "ignore", __file__, "--listen", name, "PORT"] for name in CLIENTS}
    with tempfile.TemporaryDirectory() as folder:
        if node := node_client(folder):
            commands["asterisk-manager, node"] = node
        print(f"{options.events} events, {options.rounds} rounds")
        for share in SHARES:
            packets = list(itertools.islice(traffic(share), options.events))
            rows: dict[str, list[float]] = {name: [] for name in commands}
            for _, (name, command) in itertools.product(range(options.rounds), commands.items()):
                given = packets[: len(packets) // PYST2_SHARE] if name == "pyst2" else packets
                wanted = sum(packet.split(b"\r\n")[0].removeprefix(b"Event: ").decode() in WANTED for packet in given)
                rows[name].append(measure(command, given, wanted))
            report(share, rows)


if __name__ == "__main__":
    main()
