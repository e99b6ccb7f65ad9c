"""How fast members may be added before a task queue of Asterisk fills up, measured on a real one.

::

    ivrctl pbx up pace
    python benchmarks/staffing_pace.py [--pbx pace] [--rates 10,20,50,100,200,400,800] [--seconds 4] [--members 2000]

At each rate members are added to all queues in turn for some seconds, and removed again at the same rate, one action
behind the answer to the one before, as the controller does it; at the end flat out, and over several sessions at once,
which the controller never does. The phones are new to Asterisk, so each has a state that is told, and compared with
every member of every queue; that is the worst case, since the phones of agents are known. A session that wants all
events listens.

``worst`` is the task queue (``core show taskprocessors``) that was nearest to its high-water mark, by the greatest
depth of that round; half of the mark is what the controller must stay below. Answers in milliseconds: the median, and
the slowest of a hundred.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ivrctl.adapters.ami import AmiSession, Login
from ivrctl.adapters.ami.queue_actions import queue_add, queue_remove, queue_status
from ivrctl.adapters.pbx import Pbx, credentials, find
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.adapters.pbx.programs import ASTERISK, INSIDE, runtime_of
from ivrctl.service.staffing.actuator import PACE

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ROW = re.compile(
    r"(?P<name>\S+) +(?P<done>\d+) +(?P<now>\d+) +(?P<most>\d+) +(?P<low>\d+) +(?P<high>\d+) +\d+ +\d+\s*"
)
AT_ONCE = 8
"""Sessions of the last round."""


@dataclass(frozen=True, slots=True)
class TaskQueue:
    """One task queue since its figures were reset."""

    name: str
    now: int
    most: int
    high: int

    @property
    def share(self) -> float:
        """Of its high-water mark."""
        return self.most / self.high


class Console:
    """The command line of an Asterisk. Colours come even without a terminal."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx

    async def run(self, command: str) -> str:
        """What a command prints."""
        argv = ["/usr/sbin/asterisk", "-C", f"{INSIDE}/etc/asterisk.conf", "-rx", command]
        joined = runtime_of(self._pbx.runtime).joined(self._pbx.process, argv, ASTERISK)
        process = await asyncio.create_subprocess_exec(*joined, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        out, _ = await process.communicate()
        return _COLOURS.sub("", out.decode(errors="replace"))

    async def task_queues(self) -> list[TaskQueue]:
        """All of them."""
        rows = (_ROW.fullmatch(line) for line in (await self.run("core show taskprocessors")).splitlines())
        return [
            TaskQueue(row["name"], int(row["now"]), int(row["most"]), int(row["high"]))
            for row in rows
            if row is not None
        ]

    async def reset(self) -> None:
        """Wait until all that was asked before is done, and begin to count anew."""
        while any(queue.now for queue in await self.task_queues()):  # noqa: ASYNC110 - the console tells nobody
            await asyncio.sleep(0.2)
        for queue in await self.task_queues():
            if queue.most:
                await self.run(f"core reset taskprocessor {queue.name}")


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one rate."""

    said: str
    sent: int
    seconds: float
    answers: Sequence[float]
    worst: TaskQueue

    def line(self) -> str:
        """A row of the table."""
        middle, slowest = statistics.median(self.answers) * 1000, statistics.quantiles(self.answers, n=100)[-1] * 1000
        worst = f"{self.worst.most:5} of {self.worst.high:5} {self.worst.share:6.1%}  {self.worst.name}"
        return f"{self.said:>16} {self.sent / self.seconds:10.0f} {middle:9.2f} {slowest:9.2f}   {worst}"


class Bench:
    """Sessions, and the queues that members are added to."""

    def __init__(self, sessions: Sequence[AmiSession], queues: Sequence[str], console: Console) -> None:
        self._sessions = sessions
        self._queues = queues
        self._console = console
        self._numbers = count()
        self._new = f"{time.time():.0f}"
        """Phones that Asterisk has never heard of: of each it tells all members a state, which is the worst case."""

    async def paced(self, rate: float, seconds: float) -> Round:
        """Add at a rate, then remove."""
        seats = [self._seat() for _ in range(round(rate * seconds))]
        return await self._measured(f"{rate:g}/s", lambda: self._go(self._sessions[0], seats, 1 / rate), len(seats))

    async def flat_out(self, sessions: int, number: int) -> Round:
        """Without any pause, over so many sessions at once."""
        shares = [[self._seat() for _ in range(number // sessions)] for _ in range(sessions)]

        async def go() -> list[float]:
            pairs = zip(self._sessions, shares, strict=False)
            took = await asyncio.gather(*(self._go(session, share, 0.0) for session, share in pairs))
            return [each for answers in took for each in answers]

        said = "flat out" if sessions == 1 else f"{sessions} sessions"
        return await self._measured(said, go, number // sessions * sessions)

    async def _measured(self, said: str, go: Callable[[], Awaitable[list[float]]], seats: int) -> Round:
        await self._console.reset()
        began = time.perf_counter()
        answers = await go()
        seconds = time.perf_counter() - began
        worst = max(await self._console.task_queues(), key=lambda queue: queue.share)
        return Round(said, 2 * seats, seconds, answers, worst)

    def _seat(self) -> tuple[str, str]:
        number = next(self._numbers)
        return self._queues[number % len(self._queues)], f"PJSIP/pace-{self._new}-{number}"

    async def _go(self, session: AmiSession, seats: Sequence[tuple[str, str]], every: float) -> list[float]:
        answers = []
        due = time.perf_counter()
        for queue, interface in seats:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += every
            answers.append(await _took(queue_add(session, queue, interface, penalty=5, name="坐席")))
        for queue, interface in seats:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += every
            answers.append(await _took(queue_remove(session, queue, interface)))
        return answers


async def _took(doing: Awaitable[object]) -> float:
    began = time.perf_counter()
    await doing
    return time.perf_counter() - began


async def measured(pbx: Pbx, rates: Sequence[float], seconds: float, members: int) -> None:
    """Print the table."""
    known = credentials(pbx)
    address, login = (LOOPBACK, pbx.ami_port), Login(known.ami_user, known.ami_secret)
    listener = await AmiSession.open(address, login, on_event=lambda _event: None)
    sessions = [await AmiSession.open(address, login) for _ in range(AT_ONCE)]
    queues = [event.text("Queue") for event in (await queue_status(sessions[0])).queues]
    there = [(queue, f"PJSIP/there-{number}") for queue in queues for number in range(members // len(queues))]
    for queue, interface in there:
        await queue_add(sessions[0], queue, interface)
    bench = Bench(sessions, queues, Console(pbx))
    print(f"{len(queues)} queues with {len(there)} members; the controller: {1 / PACE:g}/s")
    print(f"{'rate':>16} {'actions/s':>10} {'answer ms':>9} {'slowest':>9}   {'worst: depth of high-water mark':34}")
    try:
        for rate in rates:
            print((await bench.paced(rate, seconds)).line(), flush=True)
        print((await bench.flat_out(1, 4000)).line(), flush=True)
        print((await bench.flat_out(AT_ONCE, 4000)).line(), flush=True)
    finally:
        for queue, interface in there:
            await queue_remove(sessions[0], queue, interface)
        for session in (listener, *sessions):
            session.close()


def main() -> int:
    """Measure what is asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pbx", default="pace", help="the development PBX")
    options.add_argument("--rates", default="10,20,50,100,200,400,800", help="actions a second")
    options.add_argument("--seconds", type=float, default=4.0, help="of adding at each rate, and as long of removing")
    options.add_argument("--members", type=int, default=2000, help="who are there before, in all queues together")
    given = options.parse_args()
    pbx = find(given.pbx)
    if pbx is None:
        print(f"the PBX {given.pbx} does not run: ivrctl pbx up {given.pbx}", file=sys.stderr)
        return 5
    asyncio.run(measured(pbx, [float(rate) for rate in given.rates.split(",")], given.seconds, given.members))
    return 0


if __name__ == "__main__":
    sys.exit(main())
