"""The observer of queues under load: how late the picture is, what it costs, and whether it holds out.

::

    python benchmarks/queue_load.py [--seconds 80] [--rate 2000] [--queues 200] [--members 10000] [--wanted 0.2]

A fake Asterisk in a process of its own says so many events a second, of which one in five tells of queues, and lists
all of them when it is asked, once a minute. Here the whole of what a controller does with them runs: sessions, picture,
ledger, and the books in a SQLite file. The **lag** is the time from the stamp of an event, which is written as it is
sent, to the picture that has it; both processes read one clock. Each row is a window of ten seconds; below them the
least, the median and the worst of the windows, and all events together. ``held`` is the longest that anything else in
the process had to wait for its turn, ``starved`` the time in which this process could have run and others did: where
that is much, lags are the machine's. In the end the picture is compared with what is the case in the fake.

It exits with 1 when a session was lost, the picture is wrong, or events were dropped; times are for reading. The
figures hold for this machine, and for what else runs on it: ``--json`` writes them for programs.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ivrctl.acd.ledger import Ledger
from ivrctl.adapters.ami import EventStream, Login, Lost, Pace, Told
from ivrctl.adapters.ami.action_link import ActionLink
from ivrctl.adapters.books_store import BooksWriter
from ivrctl.adapters.site_store import sqlite_url
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.service.queues.bookkeeper import Bookkeeper
from ivrctl.service.queues.observer import ObserverParts, QueueObserver
from ivrctl.service.queues.watch import WANTED
from ivrctl.testkit.fake_ami import BusyCentre, FakeAmi

WINDOW = 10.0
"""Seconds."""
LOGIN = Login("ivrctl", "right")
LAG_LIMIT = 200.0
"""Milliseconds that 99 of 100 events are to be in the picture within."""


@dataclass
class Window:
    """What was measured in some seconds."""

    lags: list[float] = field(default_factory=list)
    """Milliseconds."""
    held: float = 0.0
    """Milliseconds."""
    readings: list[float] = field(default_factory=list)
    """Milliseconds from the question to the whole list."""
    cpu: float = 0.0
    """Share of one core."""
    starved: float = 0.0
    """Share of the time in which we could have run and others did."""
    rss: float = 0.0
    """Megabytes at its end."""

    def row(self) -> dict[str, float]:
        """Its figures."""
        lags = sorted(self.lags) or [0.0]
        return {
            "events": len(self.lags),
            "p50": lags[len(lags) // 2],
            "p99": lags[int(len(lags) * 0.99)],
            "max": lags[-1],
            "held": self.held,
            "cpu": self.cpu * 100,
            "starved": self.starved * 100,
            "rss": self.rss,
        }


class Measured(QueueObserver):
    """An observer that takes the time when something is in the picture."""

    window = Window()
    losses: ClassVar[list[str]] = []

    def take(self, told: Told) -> None:
        """Take the time behind it."""
        super().take(told)
        match told:
            case Lost(why):
                self.losses.append(why)
            case RawPacket():
                self.window.lags.append((time.time() - float(told.get("Timestamp") or 0)) * 1e3)


class MeasuredLink(ActionLink):
    """A link that takes the time of readings."""

    observer: Measured

    async def ask(self, action: Action) -> Answer:
        """Ask, and take the time."""
        began = time.perf_counter()
        answer = await super().ask(action)
        if action.name == "QueueStatus":
            self.observer.window.readings.append((time.perf_counter() - began) * 1e3)
        return answer


def cpu_seconds() -> float:
    """CPU time of this process, with all its threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rss() -> float:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def starved_seconds() -> float:
    """Time that this process has waited for a core (``/proc/PID/schedstat``)."""
    return int(Path("/proc/self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


async def watch_turns(observer: Measured) -> None:
    """Note how long a turn of the event loop makes others wait."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        observer.window.held = max(observer.window.held, (time.perf_counter() - began - 0.005) * 1e3)


async def measure(address: tuple[str, int], seconds: float, folder: str) -> tuple[list[Window], Measured]:
    """Observe for so long."""
    writer = BooksWriter(sqlite_url(Path(folder) / "books.sqlite"), on_trouble=print)
    await writer.open()
    books, pace = Bookkeeper(writer.add), Pace()
    books.begin(Ledger())
    link = MeasuredLink(address, LOGIN)
    stream = EventStream(address, LOGIN, WANTED, alarm=print)
    parts = ObserverParts(stream, link, books, lambda: datetime.now(UTC), time.monotonic, pace.pause)
    observer = link.observer = Measured(parts)
    tasks = [asyncio.ensure_future(observer.run()), asyncio.ensure_future(watch_turns(observer))]
    while not observer.picture.is_known:  # noqa: ASYNC110 - nobody tells it
        await asyncio.sleep(0.05)
    gc.freeze()  # as the process of a controller does
    windows: list[Window] = []
    while len(windows) * WINDOW < seconds:
        began, cpu, starved = time.perf_counter(), cpu_seconds(), starved_seconds()
        observer.window = window = Window()
        await asyncio.sleep(min(WINDOW, seconds))
        passed = time.perf_counter() - began
        window.cpu, window.starved = (cpu_seconds() - cpu) / passed, (starved_seconds() - starved) / passed
        window.rss = rss()
        windows.append(window)
    await until_quiet(address, observer)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await link.close()
    await writer.close()
    return windows, observer


async def until_quiet(address: tuple[str, int], observer: Measured) -> None:
    """Have the fake say no more, and wait until all that it said was taken."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"Action: Stop\r\n\r\n")
    await reader.readuntil(b"Stopped")
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    seen = -1
    while seen != observer.counts.events:
        seen = observer.counts.events
        await asyncio.sleep(1.0)


class StoppableAmi(FakeAmi):
    """A fake that says no more when it is asked to."""

    is_stopped = False

    def answer(self, session: object, action: dict[str, str]) -> object:  # type: ignore[override]
        """As before, but for one action."""
        if action.get("Action") == "Stop":
            self.is_stopped = True
            return (b"Response: Stopped\r\n\r\n",)
        return super().answer(session, action)  # type: ignore[arg-type]


async def play_asterisk(options: argparse.Namespace) -> None:
    """Say events at a rate until told to stop; then what is the case."""
    centre = BusyCentre(options.queues, options.members, time.time)
    happening = centre.happening(options.wanted)
    async with StoppableAmi(centre) as asterisk:
        print(asterisk.address[1], flush=True)
        await asterisk.until(lambda: asterisk.listeners > 1, within=60)
        said = 0
        while not asterisk.is_stopped:
            said += await asterisk.stream(happening, options.rate, 0.5)
        print(json.dumps({"said": said, "ended": asterisk.ended, "truth": centre.truth()}), flush=True)
        await asyncio.sleep(60)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop of controllers: uvloop's where it is installed."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415 - optional

    return uvloop.new_event_loop  # type: ignore[no-any-return,unused-ignore]


def seen(observer: QueueObserver) -> dict[str, list[list[str]]]:
    """What is believed, in the form of the truth."""
    return {name: [list(queue.callers), sorted(queue.talks)] for name, queue in observer.picture.queues.items()}


def table(windows: list[Window]) -> dict[str, dict[str, float]]:
    """Rows by their names, and the figures of all events together."""
    rows = {f"{int(number * WINDOW)} s": window.row() for number, window in enumerate(windows, 1)}
    columns = {name: [row[name] for row in rows.values()] for name in next(iter(rows.values()))}
    together = Window([lag for window in windows for lag in window.lags], max(window.held for window in windows))
    together.cpu, together.rss = statistics.mean(window.cpu for window in windows), windows[-1].rss
    together.starved = statistics.mean(window.starved for window in windows)
    return {
        **rows,
        "least": {name: min(values) for name, values in columns.items()},
        "median": {name: statistics.median(values) for name, values in columns.items()},
        "worst": {name: max(values) for name, values in columns.items()},
        "together": together.row(),
    }


def report(windows: list[Window], rows: dict[str, dict[str, float]]) -> None:
    """Print the table; of many windows the first, the middle and the last ones."""
    shown = [name for name in rows if name.endswith(" s")]
    if len(shown) > 12:  # noqa: PLR2004 - what fits
        middle = len(shown) // 2
        shown = [*shown[:3], *shown[middle - 1 : middle + 2], *shown[-3:]]
    columns = (("events", 8), ("p50 ms", 9), ("p99 ms", 9), ("max ms", 9), ("held ms", 9), ("CPU", 8), ("starved", 9))
    print(f"{'window':10}{''.join(f'{name:>{width}}' for name, width in (*columns, ('RSS MB', 9)))}")
    for name in (*shown, "least", "median", "worst", "together"):
        row = rows[name]
        lags = "".join(f"{row[each]:9.1f}" for each in ("p50", "p99", "max", "held"))
        print(f"{name:10}{row['events']:8.0f}{lags}{row['cpu']:7.1f}%{row['starved']:8.1f}%{row['rss']:9.1f}")
    readings = [reading for window in windows for reading in window.readings]
    if readings:
        print(f"a reading takes {min(readings):.0f} to {max(readings):.0f} ms from question to list: {len(readings)}")


def main() -> None:
    """Run both processes and print the table."""
    parser = argparse.ArgumentParser(description="the observer of queues under load")
    parser.add_argument("--seconds", type=float, default=80)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--queues", type=int, default=200)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--wanted", type=float, default=0.2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--asterisk", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.asterisk:
        asyncio.run(play_asterisk(options))
        return
    argv = [sys.executable, __file__, "--asterisk", *sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as asterisk:
        if asterisk.stdout is None:
            raise SystemExit("the fake Asterisk says nothing")
        address = "127.0.0.1", int(asterisk.stdout.readline())
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            windows, observer = runner.run(measure(address, options.seconds, folder))
        told = json.loads(asterisk.stdout.readline())
        asterisk.kill()
    rows, is_right = table(windows), seen(observer) == told["truth"]
    verdict = {
        "said": told["said"],
        "is_right": is_right,
        "losses": observer.losses,
        "doubts": observer.picture.doubts,
        "counts": asdict(observer.counts),
    }
    if options.json:
        print(json.dumps({"rows": rows, **verdict}))
    else:
        report(windows, rows)
        print(", ".join(f"{name}: {value}" for name, value in verdict.items()))
    sys.exit(not is_right or bool(observer.losses))


if __name__ == "__main__":
    main()
