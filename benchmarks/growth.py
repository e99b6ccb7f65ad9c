"""How time grows with size: checking a site, a simulated call, every way of callers, regions, queues, staffing, a day.

::

    python benchmarks/growth.py [--rounds 5] [--short] [--json FILE]

Each is done at four sizes, of which one is twice the one before; the rounds of all are interleaved. The growth exponent
is the slope of time against size, both as logarithms: 0 where size does not matter, 1 where time grows as size does, 2
where it grows with its square.

``check``      a site of so many steps is read, bound and checked whole, as ``ivrctl check`` does it
``sim``        a call through so many questions, as ``ivrctl sim`` plays it
``explore``    every way of callers through so many menus that lead on and back, and what is told of them
``regions``    a number is looked up among so many prefixes of a site's own
``fold``       an event goes into the picture of a centre with so many members
``decide``     a round of a policy that brings everybody in: look, decide, diff and guard, by the centre's members
``simulator``  a day with so many calls and no backup staff; one agent for two hundred
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import numpy as np
import queue_picture
import regions
import staffing_decision
from rounds import Goal, Measure, Result, Table, growth, parser, rounds_of, tell

from ivrctl.flow.commands import Finish, LookupMissing
from ivrctl.flow.exploring.survey import survey
from ivrctl.flow.exploring.territory import Explorer
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text
from ivrctl.simulation.day import Arrival, Day, QueueModel, Shift, SimulatedAgent, Strategy
from ivrctl.simulation.engine import simulate
from ivrctl.testkit.engines.given_answers import Answered
from ivrctl.testkit.engines.sim import SimCall

NOW = datetime(2026, 2, 24, 8, 0, tzinfo=UTC)
CALLER = "+8613800138000"
TIME, EXPONENT = "processor time", "growth exponent"
AT_MOST = 1.25
"""Of the exponents: what grows with the square is not for large sites."""
STEPS_OF_A_FLOW = 10
LOOK_UPS = 2000
EVENTS = 500
MEMBERS_OF_A_QUEUE = 50
CALLS_OF_AN_AGENT = 200
HOURS = 12
SITE = """\
site: growth
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
databases: {shop: {url: "sqlite:shop.sqlite"}}
lookups:
  balance: {sql: select amount from t where n = :n, database: shop, params: {n: phone}, returns: {amount: money}}
"""

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done at several sizes."""

    name: str
    sized: str
    """What there are so many of."""
    largest: int
    prepare: Callable[[int], Work]
    """Makes what is done at one size."""
    repeats: int = 1
    """It is so short that so many are timed together."""

    def sizes(self, *, is_short: bool) -> list[int]:
        """Each twice the one before."""
        largest = self.largest // 16 if is_short else self.largest
        return [largest // part for part in (8, 4, 2, 1)]


def compiled(flows: dict[str, str]) -> Program:
    """The program of a site with these flows."""
    files = {"ivrctl.yaml": SITE.encode(), **{f"{name}.ivr.yaml": text.encode() for name, text in flows.items()}}
    program, findings = compile_site(files)
    if program is None:
        raise SystemExit(render_text(findings, {path: text.decode() for path, text in files.items()}))
    return program


# check


def flow_of(number: int) -> str:
    """A flow of ten steps with menus, lookups, guards and values."""
    steps = [f'lines: {{"{7000 + number}": s0}}\nsteps:']
    for place in range(STEPS_OF_A_FLOW):
        following = f"s{place + 1}" if place + 1 < STEPS_OF_A_FLOW else "last"
        steps.append(
            f"  s{place}:\n"
            '    - lookup: {query: balance, with: {n: "{caller.number}"}, timeout: 3s}\n'
            f"      save: found\n      then: {{otherwise: {following}}}\n"
            f'    - play: "You have {{found.amount:money}} in account {place}."\n'
            f'    - menu: {{choices: {{"1": {following}, "2": {{say: "Again, press 2.", goto: s{place}}}}}}}\n'
            f"      then: {{otherwise: {{hangup: unserved}}}}"
        )
    return "\n".join([*steps, "  last:\n    - hangup: served\n"])


def checking(steps: int) -> Work:
    """Read, bind and check."""
    flows = {f"flow-{number}": flow_of(number) for number in range(max(1, steps // STEPS_OF_A_FLOW))}
    return lambda: compiled(flows)


# sim and explore


def menus(count: int) -> str:
    """So many menus, each of which leads on, back to the first, and to an end."""
    steps = ['lines: {"100": m0}\nsteps:']
    for place in range(count):
        following = f"m{place + 1}" if place + 1 < count else "last"
        steps.append(
            f'  m{place}:\n    - menu: {{prompt: "Question {place}.", '
            f'choices: {{"1": {following}, "2": m0, "3": last}}}}\n'
            "      then: {otherwise: {hangup: unserved}}"
        )
    return "\n".join([*steps, "  last:\n    - hangup: served\n"])


class Nobody:
    """Answers no lookup."""

    async def answer(self, _question: object, _asker: object) -> Answered:
        """There is nothing."""
        return Answered(LookupMissing(), 0.0)


def calling(questions: int) -> Work:
    """Press 1 at each."""
    program = compiled({"main": menus(questions)})

    async def call() -> None:
        played = SimCall(program, "100", CALLER, Nobody(), NOW)
        doing = await played.advance()
        while not isinstance(doing.command, Finish):
            await played.press("1")
            doing = played.doing or doing

    return lambda: asyncio.run(call())


def exploring(count: int) -> Work:
    """Every way, and what is told of them."""
    program = compiled({"main": menus(count)})

    def explore() -> object:
        explorer = Explorer(program, NOW, CALLER, 1_000_000)
        for _ in explorer.walk(frozenset(program.lines)):
            pass
        return survey(explorer.territory)

    return explore


# regions, queues, staffing


def looking_up(prefixes: int) -> Work:
    """Random numbers."""
    find = regions.ours(prefixes)()
    draw = random.Random(regions.SEED)  # noqa: S311 - no secret
    numbers = [f"+86{draw.randrange(13_000_000_000, 19_999_999_999)}" for _ in range(LOOK_UPS)]

    def work() -> None:
        for number in numbers:
            find(number)

    return work


def folding(members: int) -> Work:
    """Events of a centre, the same number at every size."""
    centre = queue_picture.Centre(max(2, members // MEMBERS_OF_A_QUEUE), members)
    picture = queue_picture.fold(queue_picture.Picture(), centre.read())
    stream = centre.events()

    def work() -> None:
        nonlocal picture
        for _ in range(EVENTS):
            picture = queue_picture.fold(picture, next(stream))

    return work


def deciding(members: int) -> Work:
    """All tiers come at once."""
    queues = max(staffing_decision.MANY, members // MEMBERS_OF_A_QUEUE)
    subjects = staffing_decision.subjects(queues, members, 1, EVENTS)
    return next(subject for subject in subjects if subject.situation == "coming").measure


# the simulator


def simulating(calls: int) -> Work:
    """A day of twelve hours, in which agents are a little short."""
    dice = random.Random(calls)  # noqa: S311 - a made-up day
    seconds = HOURS * 3600.0
    queues = ("sales", "orders", "faults")
    arrivals = tuple(
        Arrival(at, dice.choice(queues), dice.expovariate(1 / 150), dice.lognormvariate(5.0, 0.7))
        for at in sorted(dice.uniform(0, seconds) for _ in range(calls))
    )
    shift = (Shift(0.0, seconds),)
    agents = tuple(
        SimulatedAgent(f"{1000 + number}", f"PJSIP/{1000 + number}", MappingProxyType(dict.fromkeys(queues, 0)), shift)
        for number in range(max(4, calls // CALLS_OF_AN_AGENT))
    )
    models = tuple(QueueModel(name, Strategy.RRMEMORY) for name in queues)
    day = Day("day", NOW, timedelta(hours=HOURS), models, agents, arrivals)
    return lambda: simulate(day, {}, np.random.default_rng(1))


OPERATIONS = (
    Operation("check", "steps", 1600, checking),
    Operation("sim", "questions", 800, calling),
    Operation("explore", "menus", 400, exploring),
    Operation("regions", "prefixes", 80_000, looking_up, LOOK_UPS),
    Operation("fold", "members", 10_000, folding, EVENTS),
    Operation("decide", "members", 10_000, deciding),
    Operation("simulator", "calls", 16_000, simulating),
)


def timed(work: Work, repeats: int) -> float:
    """Milliseconds of the processor for one."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) / repeats * 1e3


def main() -> None:
    """Measure and print."""
    options_of = parser(__doc__)
    options_of.add_argument("--only", action="append", help="this operation, and others that are named so")
    options = options_of.parse_args()
    operations = [each for each in OPERATIONS if not options.only or each.name in options.only]
    works = {
        (operation, size): operation.prepare(size)
        for operation in operations
        for size in operation.sizes(is_short=options.short)
    }
    for work in works.values():
        work()
    by_size = Table("By size", (Measure(TIME, "ms", 3),), first="what")
    exponents = Table("Growth", (Measure(EXPONENT, "", 2), Measure("at the largest", "ms", 3)), first="what")
    for _ in range(rounds_of(options)):
        taken = {key: timed(work, key[0].repeats) for key, work in works.items()}
        for (operation, size), milliseconds in taken.items():
            by_size.add(f"{operation.name}, {size:,} {operation.sized}", {TIME: milliseconds})
        for operation in operations:
            sizes = operation.sizes(is_short=options.short)
            times = [taken[operation, size] for size in sizes]
            exponents.add(operation.name, {EXPONENT: growth(sizes, times), "at the largest": times[-1]})
    reached = [
        Goal(f"growth exponent of {each.name}", AT_MOST, exponents.median(each.name, EXPONENT)) for each in operations
    ]
    tell(Result.of(__file__, __doc__, [exponents, by_size], goals=reached), options)


if __name__ == "__main__":
    main()
