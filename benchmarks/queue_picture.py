"""What an event costs: the picture of the queues and the ledger of the books, against the size of the centre.

::

    python benchmarks/queue_picture.py [--queues 200] [--members 10000] [--events 20000] [--rounds 5] [--minutes 4]

Calls come, ring, are answered and end, some hang up, some ring in vain; each change of a phone is told in every queue
of its agent, as Asterisk does. Four sizes up to the one that is asked for are measured, with the rounds interleaved.
Times are microseconds of the processor an event, and milliseconds a full reading, which comes once a minute: the
median round, and the spread of the middle half; ``share`` is that of one core at 2,000 events a second. The growth
exponent is the slope of time against size: 0 where size does not matter, 1 where time grows as it does. ``deepcopy``
is the peer: a picture that is copied before it is changed, one queue of 50 members alone.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ivrctl.acd.events import (
    CallerAbandoned,
    CallerAnswered,
    CallerJoined,
    CallerLeft,
    CallerRead,
    ChannelEnded,
    Event,
    MemberMissed,
    MemberRang,
    MemberSeen,
    QueueRead,
    QueuesRead,
    TalkEnded,
)
from ivrctl.acd.fold import fold
from ivrctl.acd.ledger import Ledger
from ivrctl.acd.picture import DeviceState, Member, Origin, Picture, QueueSettings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RATE = 2_000
"""Events a second."""
QUEUES_EACH = 2
"""Of an agent."""
IN_VAIN = 0.1
"""The share of callers who hang up, and of phones that nobody answers."""
WAITING = 5
"""In each queue, on average."""


class Centre:
    """Queues whose callers are as many all the time."""

    def __init__(self, queues: int, members: int) -> None:
        self.chance = random.Random(1)  # noqa: S311 - a simulation
        self.names = [f"queue-{number}" for number in range(queues)]
        self.now = NOON
        self.lines: dict[str, list[tuple[str, datetime]]] = {name: [] for name in self.names}
        self.homes: dict[str, list[str]] = {}
        self.members: dict[str, dict[str, Member]] = {name: {} for name in self.names}
        self.talks: list[tuple[str, str, str]] = []
        self.free: list[str] = []
        self._numbers = count(1)
        for number in range(members // QUEUES_EACH):
            self._sign_on(f"PJSIP/{number:05}")

    def _sign_on(self, interface: str) -> None:
        self.homes[interface] = self.chance.sample(self.names, QUEUES_EACH)
        self.free.append(interface)
        for name in self.homes[interface]:
            self.members[name][interface] = Member(
                interface,
                interface,
                interface,
                Origin.DYNAMIC,
                0,
                is_paused=False,
                pause_reason="",
                device=DeviceState.NOT_INUSE,
                in_call=False,
                last_call=None,
                wrap_up=5 * SECOND,
            )

    def read(self) -> QueuesRead:
        """A full reading."""
        return QueuesRead(self.now, [self._read(name) for name in self.names])

    def _read(self, name: str) -> QueueRead:
        settings = QueueSettings(name, "rrmemory", limit=0, weight=0, service_level=20 * SECOND)
        callers = [
            CallerRead(uniqueid, uniqueid, "0123", place, float((self.now - joined_at) // SECOND), 0)
            for place, (uniqueid, joined_at) in enumerate(self.lines[name], 1)
        ]
        return QueueRead(settings, list(self.members[name].values()), callers)

    def events(self) -> Iterator[Event]:
        """For ever."""
        while True:
            for event in self._deed():
                self.now += SECOND / RATE
                yield replace(event, at=self.now)

    def _deed(self) -> Iterator[Event]:
        """A call goes one step on: it comes, is answered, hangs up or ends."""
        name = self.chance.choice(self.names)
        line = self.lines[name]
        if len(line) < self.chance.randrange(2 * WAITING):
            return self._join(name)
        if len(self.talks) > len(self.homes) * 0.6:
            return self._finish()
        if self.chance.random() < IN_VAIN:
            return self._abandon(name)
        return self._answer(name)

    def _join(self, name: str) -> Iterator[Event]:
        uniqueid = f"1772.{next(self._numbers)}"
        self.lines[name].append((uniqueid, self.now))
        yield CallerJoined(self.now, name, uniqueid, uniqueid, uniqueid, "0123", len(self.lines[name]))

    def _abandon(self, name: str) -> Iterator[Event]:
        line = self.lines[name]
        if line:
            place = self.chance.randrange(len(line))
            uniqueid, _ = line.pop(place)
            yield CallerAbandoned(self.now, name, uniqueid)
            yield CallerLeft(self.now, name, uniqueid, place + 1)
            yield ChannelEnded(self.now, uniqueid)

    def _answer(self, name: str) -> Iterator[Event]:
        free = [each for each in self.chance.sample(self.free, min(50, len(self.free))) if name in self.homes[each]]
        if not self.lines[name] or not free:
            return
        uniqueid, joined_at = self.lines[name][0]
        yield MemberRang(self.now, name, uniqueid, free[0])
        yield from self._phone(free[0], device=DeviceState.RINGING)
        if self.chance.random() < IN_VAIN:
            yield MemberMissed(self.now, name, uniqueid, free[0], 15)
            yield from self._phone(free[0], device=DeviceState.NOT_INUSE)
            return
        self.lines[name].pop(0)
        self.free.remove(free[0])
        yield CallerLeft(self.now, name, uniqueid, 1)
        yield CallerAnswered(self.now, name, uniqueid, free[0], float((self.now - joined_at) // SECOND))
        self.talks.append((uniqueid, name, free[0]))
        yield from self._phone(free[0], device=DeviceState.INUSE)

    def _finish(self) -> Iterator[Event]:
        uniqueid, name, interface = self.talks.pop(self.chance.randrange(len(self.talks)))
        self.free.append(interface)
        yield TalkEnded(self.now, name, uniqueid, interface, 60, "caller")
        yield from self._phone(interface, device=DeviceState.NOT_INUSE, last_call=self.now)
        yield ChannelEnded(self.now, uniqueid)
        yield ChannelEnded(self.now, f"{uniqueid}-agent")
        yield ChannelEnded(self.now, f"{uniqueid}-local")

    def _phone(self, interface: str, **changes: object) -> Iterator[Event]:
        for name in self.homes[interface]:
            self.members[name][interface] = replace(self.members[name][interface], **changes)  # type: ignore[arg-type]
            yield MemberSeen(self.now, name, self.members[name][interface])


def timed(take: Callable[[Event], object], events: list[Event]) -> float:
    """Microseconds an event."""
    begun = time.process_time()
    for event in events:
        take(event)
    return (time.process_time() - begun) / len(events) * 1e6


class Subject:
    """The parts that are measured, at one size."""

    def __init__(self, queues: int, members: int, events: int, rounds: int) -> None:
        centre = Centre(queues, members)
        self.size = f"{queues} queues, {members:,} members"
        self.members = members
        first, stream = centre.read(), centre.events()
        warm = [next(stream) for _ in range(events)]
        self.rounds = [([next(stream) for _ in range(events)], centre.read()) for _ in range(rounds)]
        self.picture, self.ledger = Picture(), Ledger()
        for event in [first, *warm]:
            self.picture = fold(self.picture, event)
            self.ledger.take(event)
        self.figures: dict[str, list[float]] = {"fold": [], "ledger": [], "fold, reading": [], "ledger, reading": []}
        self.entries = 0

    def measure(self, number: int) -> None:
        """One round."""
        events, reading = self.rounds[number]
        self.figures["fold"].append(timed(self._fold, events))
        self.figures["ledger"].append(timed(self._take, events))
        self.figures["fold, reading"].append(timed(self._fold, [reading]) / 1e3)
        self.figures["ledger, reading"].append(timed(self._take, [reading]) / 1e3)

    def _fold(self, event: Event) -> None:
        self.picture = fold(self.picture, event)

    def _take(self, event: Event) -> None:
        self.entries += len(self.ledger.take(event))


def exponent(sizes: list[int], times: list[float]) -> float:
    """The slope of the logarithms."""
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(each) for each in times]).slope


def copying(rounds: int) -> list[float]:
    """The peer: one queue of 50 members, copied for each event."""
    queue = {f"PJSIP/{number}": vars_of(number) for number in range(50)}
    figures = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(20):
            copy.deepcopy(queue)
        figures.append((time.process_time() - begun) / 20 * 1e6)
    return figures


def vars_of(number: int) -> dict[str, object]:
    """A member as a dictionary."""
    return dict.fromkeys((*"abcdefghijk", "interface"), number)


def held(queues: int, members: int, minutes: int) -> list[float]:
    """Megabytes of picture and ledger after each minute; channels that have ended are remembered half a minute."""
    centre = Centre(queues, members)
    stream, picture, ledger = centre.events(), Picture(), Ledger()
    tracemalloc.start()
    figures = []
    for _ in range(minutes):
        for event in (next(stream) for _ in range(60 * RATE)):
            picture = fold(picture, event)
            ledger.take(event)
        picture = fold(picture, centre.read())
        figures.append(tracemalloc.get_traced_memory()[0] / 1e6)
    tracemalloc.stop()
    return figures


def show(subjects: list[Subject], peer: list[float]) -> None:
    """Print the table."""
    print(f"{'what':<17}{'size':<30}{'median':>9}{'middle half':>18}{'share':>8}")
    for what in subjects[0].figures:
        for subject in subjects:
            low, median, high = statistics.quantiles(subject.figures[what], n=4)
            share = "ms" if "reading" in what else f"{median * RATE / 1e6:.1%}"
            print(f"{what:<17}{subject.size:<30}{median:>9.2f}{low:>9.2f} -{high:>7.2f}{share:>8}")
        medians = [statistics.median(subject.figures[what]) for subject in subjects]
        print(f"{'':<17}growth exponent {exponent([subject.members for subject in subjects], medians):.2f}")
    print(f"{'deepcopy':<17}{'1 queue, 50 members':<30}{statistics.median(peer):>9.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--queues", type=int, default=200)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=int, default=4, help="of events whose memory is looked at")
    given = parser.parse_args()
    sizes = [(max(2, given.queues // part), max(4, given.members // part)) for part in (8, 4, 2, 1)]
    subjects = [Subject(queues, members, given.events, given.rounds) for queues, members in sizes]
    for number in range(given.rounds):
        for subject in subjects:
            subject.measure(number)
    show(subjects, copying(given.rounds))
    if given.minutes:
        minutes = ", ".join(f"{figure:.1f}" for figure in held(given.queues, given.members, given.minutes))
        print(f"picture and ledger hold {minutes} MB after each minute of {RATE:,} events a second")


if __name__ == "__main__":
    main()
