"""What a round of backup staff costs: look, decide, diff and guard, against the size of the centre.

::

    python benchmarks/staffing_decision.py [--queues 200] [--members 10000] [--rounds 15]

The centre is that of ``queue_picture.py``, with five callers in each queue and some minutes of stays behind it. Three
groups of backup staff, together one person for each hundred members and at least three, are added to ten queues; all
seven measures are taken. *One policy* has all queues; *twenty policies* share the queues and as many people each.

``calm``    nobody is in, and nothing calls for anybody
``coming``  all tiers come at once: the longest plan of adds
``steady``  all are in, and nothing is to be done
``going``   all go home by an order: the longest plan of removals, each guarded

Times are milliseconds of the processor for a round of all policies: the median, and the spread of the middle half;
rounds of all sizes are interleaved. The growth exponent is the slope of time against members: 0 where size does not
matter, 1 where time grows as it does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from queue_picture import Centre, exponent

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.fold import fold
from ivrctl.acd.ledger import Ledger
from ivrctl.acd.picture import BackupStaff, DeviceState, Member, Origin, Picture, Queue
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.acd.stay import Stay
from ivrctl.staffing.decide import decide
from ivrctl.staffing.decision import Memory
from ivrctl.staffing.diff import diff
from ivrctl.staffing.guard import guard
from ivrctl.staffing.look import look
from ivrctl.staffing.plan import Owned, SeatKey
from ivrctl.staffing.policy import Bring, Measure, Person, Policy, Tier, Timing, Trigger
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Order, OrderKind, Reading

MINUTE, HOUR, NOTHING = timedelta(minutes=1), timedelta(hours=1), timedelta(0)
QUEUES_OF_A_TIER = 10
MANY = 20
"""Policies, where there are many."""
STEPS = ("look", "decide", "diff", "guard")
SITUATIONS = ("calm", "coming", "steady", "going")
FORECAST = Reading(1.0)


@dataclass(frozen=True)
class Moment:
    """A centre, seen at one moment, with its past."""

    picture: Picture
    recent: RecentStays
    expected: ExpectedWaits
    centre: Centre


def moment(queues: int, members: int, events: int) -> Moment:
    """After so many events."""
    centre, picture, ledger = Centre(queues, members), Picture(), Ledger()
    recent, expected = RecentStays(), ExpectedWaits()
    stream = centre.events()
    for event in (centre.read(), *(next(stream) for _ in range(events))):
        picture = fold(picture, event)
        for entry in ledger.take(event):
            recent.take(entry)
            if isinstance(entry, Stay):
                expected.take(entry)
    return Moment(picture, recent, expected, centre)


def policies(names: Sequence[str], people: int, count: int) -> list[Policy]:
    """So many, which share the queues evenly."""
    share = max(1, len(names) // count)
    return [
        _policy(f"policy-{place}", names[place * share : (place + 1) * share], place * people, people)
        for place in range(count)
    ]


def _policy(name: str, queues: Sequence[str], first: int, people: int) -> Policy:
    whole, part = [_person(first + number) for number in range(people)], people // 3
    asked = Tier("break", Bring.ASK, paused_for=frozenset({"break"}), queues=tuple(queues), patience=MINUTE)
    added = [
        Tier(
            f"backup-{place}",
            Bring.ADD,
            tuple(whole[place * part : (place + 1) * part]),
            queues=tuple(queues[:QUEUES_OF_A_TIER]),
            keep_back=place,
        )
        for place in range(3)
    ]
    rows = [Trigger(measure, (2.0, 3.0, 4.0, 5.0), 1.0) for measure in Measure if not measure.is_low_bad]
    rows.append(Trigger(Measure.SERVICE_LEVEL, (0.85, 0.75, 0.65, 0.55), 0.92))
    timing = Timing(NOTHING, NOTHING, NOTHING, NOTHING, 1_000_000)
    return Policy(name, tuple(queues), 5 * MINUTE, (asked, *added), tuple(rows), timing)


def _person(number: int) -> Person:
    return Person(f"9{number:05}", f"backup {number}", f"PJSIP/9{number:05}", "")


def _calm(policy: Policy) -> Policy:
    """The same, and nothing is bad enough."""
    rows = (
        replace(row, engage=(-1.0,) * 4, release=-0.5) if row.measure.is_low_bad else replace(row, engage=(1e9,) * 4)
        for row in policy.triggers
    )
    return replace(policy, triggers=tuple(rows))


@dataclass
class Subject:
    """A situation of a centre, and what its rounds took."""

    size: str
    situation: str
    members: int
    scene: Scene
    policies: list[Policy]
    orders: tuple[Order, ...] = ()
    memories: dict[str, Memory] = field(default_factory=dict)
    owned: dict[SeatKey, Owned] = field(default_factory=dict)
    figures: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in (*STEPS, "round")})
    planned: int = 0

    def measure(self) -> None:
        """One round of all policies."""
        spent, self.planned, scene = [0.0] * len(STEPS), 0, replace(self.scene)
        for policy in self.policies:
            times = [time.process_time()]
            view = look(policy, scene, self.orders, FORECAST)
            times.append(time.process_time())
            made = decide(policy, view, self.memories.get(policy.name, Memory()), scene.now)
            times.append(time.process_time())
            plan = diff(policy, made, view, self.owned)
            times.append(time.process_time())
            plan = guard(plan, view, made.memory, policy, scene.now)
            times.append(time.process_time())
            spent = [before + then - at for before, at, then in zip(spent, times, times[1:], strict=False)]
            self.planned += len(plan.changes) + len(plan.held)
        for step, each in zip(STEPS, spent, strict=True):
            self.figures[step].append(each * 1e3)
        self.figures["round"].append(sum(spent) * 1e3)


def subjects(queues: int, members: int, count: int, events: int) -> Iterator[Subject]:
    """The four situations of one size."""
    of = moment(queues, members, events)
    people = max(3, members // 100 // count // 3 * 3)
    size = f"{count} {'policy' if count == 1 else 'policies'}, {queues} queues, {members:,} members"
    ready = [_person(number) for number in range(people * count)]
    devices = MappingProxyType({person.interface: DeviceState.NOT_INUSE for person in ready})
    staff = BackupStaff(frozenset(person.number for person in ready), devices)
    scene = Scene(replace(of.picture, staff=staff), of.recent, of.expected, of.centre.now)
    made = policies(of.centre.names, people, count)
    yield Subject(size, "calm", members, scene, [_calm(policy) for policy in made])
    yield Subject(size, "coming", members, scene, made)
    memories, owned, picture = _come_in(made, scene)
    there = replace(scene, picture=picture)
    yield Subject(size, "steady", members, there, made, (), memories, owned)
    home = Order("order-1", OrderKind.RELEASE, "break", scene.now, scene.now + HOUR, "duty", "")
    yield Subject(size, "going", members, there, made, (home,), memories, owned)


def _come_in(made: list[Policy], scene: Scene) -> tuple[dict[str, Memory], dict[SeatKey, Owned], Picture]:
    """All tiers are in, and whoever is wanted is there."""
    memories, owned, queues = {}, {}, dict(scene.picture.queues)
    for policy in made:
        memory, view = Memory(), look(policy, scene, (), FORECAST)
        for _ in range(2):
            decision = decide(policy, view, memory, scene.now)
            memory = decision.memory
        memories[policy.name] = memory
        for (queue, interface), wanted in decision.desired.items():
            owned[queue, interface] = Owned(
                queue, interface, wanted.tier, policy.name, scene.now, scene.now + HOUR, True, scene.picture.sight
            )
            queues[queue] = _with_member(queues[queue], interface)
    return memories, owned, replace(scene.picture, queues=MappingProxyType(queues))


def _with_member(queue: Queue, interface: str) -> Queue:
    member = Member(
        interface, interface, interface, Origin.DYNAMIC, 0, False, "", DeviceState.NOT_INUSE, False, None, NOTHING
    )
    return replace(queue, members=MappingProxyType({**queue.members, interface: member}))


def show(measured: list[Subject]) -> None:
    """Print the table."""
    print(f"{'situation':<10}{'size':<42}{'planned':>8}{'round, ms':>10}{'middle half':>16}", end="")
    print("".join(f"{step:>8}" for step in STEPS))
    for situation in SITUATIONS:
        for is_one in (True, False):
            rows = [each for each in measured if each.situation == situation and (len(each.policies) == 1) is is_one]
            for subject in rows:
                low, median, high = statistics.quantiles(subject.figures["round"], n=4)
                steps = "".join(f"{statistics.median(subject.figures[step]):>8.2f}" for step in STEPS)
                line = f"{situation:<10}{subject.size:<42}{subject.planned:>8}{median:>10.2f}{low:>8.2f} -{high:>6.2f}"
                print(line + steps)
            medians = [statistics.median(subject.figures["round"]) for subject in rows]
            print(f"{'':<10}growth exponent {exponent([subject.members for subject in rows], medians):.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--queues", type=int, default=200)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    sizes = [(max(MANY, given.queues // part), max(400, given.members // part)) for part in (8, 4, 2, 1)]
    measured = [each for count in (1, MANY) for size in sizes for each in subjects(*size, count, given.events)]
    for _ in range(given.rounds):
        for subject in measured:
            subject.measure()
    show(measured)


if __name__ == "__main__":
    main()
