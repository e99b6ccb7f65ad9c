"""Simulated calls per second on the demo site: the engine, the engine ``sim``, and the same calls without flows.

    python benchmarks/simulated_calls.py [--calls 400] [--rounds 7] [--json] [--profile]

A simulated call goes from its first command to its end, and its trace is taken. Each kind of call is played in five
ways, which take turns in every round, so that a busy minute of the machine meets all of them:

``engine``        ``flow.engine.Run`` alone, told the replies at once; a new run after each hand-off, as in service
``+ journal``     the same, and every position through the text of its journal line and back
``sim``           ``SimCall``: the virtual clock, what is heard, and how long it takes
``transitions``   the same call on a state machine library
``by hand``       the same call as a plain generator: the floor

and the last row is the demo site's own scenarios, as ``ivrctl test`` plays and judges them. The figures are CPU time
of this process, the median round with the spread; ``wall`` is the wall clock's median beside it. They hold for this
machine only: compare the rows. ``--profile`` prints where the time goes instead.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import pstats
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path

from hotline_by_hand import BY_HAND, Talk, with_transitions

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    RECORDED,
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandedBack,
    HandOff,
    HandOffToDial,
    HandOffToVoicemail,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    PromptEnded,
    Question,
    Reply,
    Say,
)
from ivrctl.flow.engine import Run
from ivrctl.flow.position import Position, position_from_json, position_to_json
from ivrctl.flow.program import Program, compile_site
from ivrctl.flow.trace import TraceStep
from ivrctl.model.values import RowOrRows
from ivrctl.service.answering import Asker
from ivrctl.testkit.engines import run as play_scenario
from ivrctl.testkit.engines.given_answers import Answered
from ivrctl.testkit.engines.sim import SimCall, SimEngine
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.load import load_scenarios

FORMAT_VERSION = 1
SITE = Path(__file__).parents[1] / "flows"
NOW = datetime(2026, 2, 24, 0, 0, tzinfo=UTC)
WORLD = World(NOW)
CALLER = "+8613800138000"
ROWS: Mapping[str, RowOrRows] = {
    "balance": {"amount": Decimal("120.50"), "overdue": True},
    "bill": {"month": date(2026, 1, 1), "total": Decimal("88.00")},
    "usage": {"plan": "A", "used_mb": Decimal(512), "left_mb": Decimal(512)},
    "order": {"state": "building", "promised_on": date(2026, 3, 1)},
    "topics": tuple({"topic": name, "said_zh": name, "said_en": name} for name in ("roaming", "contract", "sim")),
    "answer": {"said_zh": "出国前请开通漫游。", "said_en": "Switch roaming on before you leave.", "then": None},
}
"""What each lookup of the demo site answers."""

LOOKUP_SECONDS = 0.2
SILENCE = "-"
"""In the keys of a plan: none is pressed in time."""


# who calls


@dataclass(frozen=True, slots=True)
class Plan:
    """What one caller does, what the lookups answer him, and what becomes of his hand-offs."""

    number: str
    keys: str
    lookups: str = "f"
    """One letter for each lookup, over and over: found, missing, or x for failed."""
    handoffs: tuple[str, ...] = ("answered",)
    """Their outcomes, over and over."""
    patience: int = 1000
    """Commands after which he hangs up."""


@dataclass(frozen=True, slots=True)
class CallKind:
    """One kind of call: the plans of its callers."""

    title: str
    plans: tuple[Plan, ...]
    peer: str = ""
    """Its name in ``hotline_by_hand``; empty where nobody has written it by hand."""


MIX = 200
"""Random callers; the seed is fixed, so that every run has the same."""


def random_callers() -> Iterator[Plan]:
    """Callers of every line, who key what they like, and some of whom hang up."""
    dice = random.Random(10010)  # noqa: S311 - callers, no secrets
    numbers = ("10010", "10010", "10010", "1001011", "1001012", "1001013", "1001030", "4001", "4003", "10000", "8001")
    for _ in range(MIX):
        keys = "".join(dice.choices("0123456789*#" + SILENCE * 3, k=60))
        handoffs = tuple(dice.choices(("answered", "timed_out", "failed"), (6, 1, 1), k=4))
        patience = dice.choice((4, 12, 1000, 1000, 1000))
        yield Plan(dice.choice(numbers), keys, "".join(dice.choices("fmx", (8, 1, 1), k=8)), handoffs, patience)


KINDS = (
    CallKind("speed-dial: the balance", (Plan("1001011", ""),), "balance"),
    CallKind("hotline: two menus, a queue, a rating", (Plan("10010", "201"),), "advisor"),
    CallKind("order status by 6 digits, then a queue", (Plan("10010", "221123456#01"),), "order"),
    CallKind(f"{MIX} random callers of all lines", tuple(random_callers())),
)


class Answers:
    """The caller, the lookups and the agents of one call; knows its commands by nothing but their kind."""

    def __init__(self, plan: Plan) -> None:
        self._keys = iter(plan.keys)
        self._lookups = cycle(plan.lookups)
        self._handoffs = cycle(plan.handoffs)

    def key(self) -> str | None:
        """The next key; None for silence."""
        key = next(self._keys, SILENCE)
        return None if key == SILENCE else key

    def row(self, lookup: str) -> LookupFound | LookupMissing | LookupFailed:
        """The answer to a lookup."""
        match next(self._lookups):
            case "f":
                return LookupFound(ROWS[lookup])
            case "m":
                return LookupMissing()
            case _:
                return LookupFailed("no answer")

    def outcome(self, command: HandOff) -> str:
        """What a hand-off comes to, in the words of its kind."""
        outcome = next(self._handoffs)
        match command:
            case HandOffToVoicemail():
                return RECORDED if outcome == "answered" else "too_short"
            case HandOffToDial() if outcome == "timed_out":
                return "no_answer"
            case HandOffToDial() if outcome == "failed":
                return "busy"
            case _:
                return outcome

    async def answer(self, command: Question, _asker: Asker) -> Answered:
        """The same, for a simulated call."""
        if not isinstance(command, LookUp):
            raise SystemExit(f"the demo flow asks for the {command.about}")
        return Answered(self.row(command.lookup), LOOKUP_SECONDS)

    def reply(self, command: Command) -> Reply:
        """What happens at a command."""
        match command:
            case Say():
                return PromptEnded()
            case Ask() | AwaitKey():
                key = self.key()
                return KeysTimedOut() if key is None else KeyPressed(key)
            case LookUp(lookup=lookup):
                return self.row(lookup)
            case Finish():
                raise SystemExit("a call that has ended is told nothing")
            case _:
                return HandedBack(self.outcome(command))


# the five ways of a call


@dataclass(slots=True)
class Played:
    """What one call did."""

    commands: list[Command] = field(default_factory=list)
    trace: list[TraceStep] = field(default_factory=list)
    actions: int = 0


Journal = Callable[[Position], object]


def no_journal(_position: Position) -> None:
    """Nothing is kept."""


def through_the_journal(position: Position) -> Position:
    """A position as a journal line, and read again."""
    return position_from_json(json.loads(json.dumps(position_to_json(position), ensure_ascii=False)))


def by_engine(program: Program, plan: Plan, journal: Journal = no_journal) -> Played:
    """The engine, told each reply at once."""
    begun = program.begin(CALLER, plan.number, NOW)
    if begun is None:
        raise SystemExit(f"the demo site has no line {plan.number}")
    run, answers, played = Run(program, begun), Answers(plan), Played()
    kept, command = begun, run.resume(None, WORLD)
    played.commands.append(command)
    while not isinstance(command, Finish):
        if run.position is not kept:
            kept = run.position
            journal(kept)
        if len(played.commands) >= plan.patience:
            run.hang_up()
            break
        reply: Reply | None = answers.reply(command)
        if isinstance(reply, HandedBack):
            _take(run, played)
            run, reply = Run(program, run.position, handed_back=reply.outcome), None
        command = run.resume(reply, WORLD)
        played.commands.append(command)
    _take(run, played)
    return played


def _take(run: Run, played: Played) -> None:
    played.trace += run.take_trace()
    played.actions += run.actions


async def by_sim(program: Program, plan: Plan) -> SimCall:
    """The engine ``sim``, to the end of the call."""
    answers, commands = Answers(plan), 1
    call = SimCall(program, plan.number, CALLER, answers, NOW)
    doing = await call.advance()
    while not isinstance(doing.command, Finish):
        if commands >= plan.patience:
            call.hang_up()
            break
        key = answers.key() if isinstance(doing.command, Ask | AwaitKey) else None
        if key is not None:
            await call.press(key)
        elif isinstance(doing.command, HandOff):
            await call.hand_back(answers.outcome(doing.command))
        else:
            await call.advance()
        doing, commands = call.doing or doing, commands + 1
    return call


def by_peer(talk: Talk, plan: Plan) -> list[Command]:
    """A call without a flow."""
    answers, command = Answers(plan), next(talk)
    commands = [command]
    while not isinstance(command, Finish):
        command = talk.send(answers.reply(command))
        commands.append(command)
    talk.close()
    return commands


def compare(program: Program, kind: CallKind) -> None:
    """See to it that all ways of a kind do the same.

    Raises:
        SystemExit: they do not.
    """
    for plan in kind.plans:
        played = by_engine(program, plan)
        trace = [(step.place, step.event, step.detail) for step in played.trace]
        call = asyncio.run(by_sim(program, plan))
        if [(entry.place, entry.event, entry.detail) for entry in call.log.trace] != trace:
            raise SystemExit(f"{kind.title}: the engine and its simulation part")
        if kind.peer:
            for talk in (BY_HAND[kind.peer](CALLER), with_transitions(kind.peer, CALLER)):
                if (commands := by_peer(talk, plan)) != played.commands:
                    pairs = zip(commands, played.commands, strict=False)
                    first = next((pair for pair in pairs if pair[0] != pair[1]), None)
                    raise SystemExit(f"{kind.title}: a peer asks for other things than the flow: {first}")


# measuring


@dataclass(slots=True)
class Row:
    """The rounds of one kind of call in one way."""

    kind: str
    way: str
    actions: float
    """Of one call; the mean, where the callers differ."""
    commands: float
    cpu: list[float] = field(default_factory=list)
    """Seconds of one call."""
    wall: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """What is printed, as JSON."""
        median = statistics.median(self.cpu)
        return {
            "kind": self.kind,
            "way": self.way,
            "calls_per_second": 1 / median,
            "calls_per_second_least": 1 / max(self.cpu),
            "calls_per_second_most": 1 / min(self.cpu),
            "calls_per_second_by_wall_clock": 1 / statistics.median(self.wall),
            "microseconds_per_call": median * 1e6,
            "microseconds_per_action": median / self.actions * 1e6 if self.actions else None,
            "actions_per_call": self.actions,
            "commands_per_call": self.commands,
        }

    def line(self) -> str:
        """What is printed, as a line of the table."""
        median, each = statistics.median(self.cpu), "-"
        if self.actions:
            each = f"{median / self.actions * 1e6:.1f}"
        return (
            f"{self.kind:<40}{self.way:<13}{self.actions:>8.1f}{self.commands:>9.1f}{1 / median:>9.0f}"
            f"{1 / max(self.cpu):>8.0f}{1 / min(self.cpu):>8.0f}{1 / statistics.median(self.wall):>8.0f}"
            f"{median * 1e6:>9.1f}{each:>11}"
        )


HEAD = (
    f"{'call':<40}{'way':<13}{'actions':>8}{'commands':>9}{'calls/s':>9}{'least':>8}{'most':>8}{'wall':>8}"
    f"{'us/call':>9}{'us/action':>11}"
)
Work = Callable[[int], None]
"""Plays so many calls."""


def ways(program: Program, kind: CallKind) -> Iterator[tuple[str, Work]]:
    """Every way in which a kind of call is played."""

    def engine(calls: int, journal: Journal = no_journal) -> None:
        for plan in islice(cycle(kind.plans), calls):
            by_engine(program, plan, journal)

    def journaled(calls: int) -> None:
        engine(calls, through_the_journal)

    async def simulated(calls: int) -> None:
        for plan in islice(cycle(kind.plans), calls):
            await by_sim(program, plan)

    def peer(begin: Callable[[], Talk]) -> Work:
        def work(calls: int) -> None:
            for plan in islice(cycle(kind.plans), calls):
                by_peer(begin(), plan)

        return work

    yield "engine", engine
    yield "+ journal", journaled
    yield "sim", lambda calls: asyncio.run(simulated(calls))
    if kind.peer:
        yield "transitions", peer(lambda: with_transitions(kind.peer, CALLER))
        yield "by hand", peer(lambda: BY_HAND[kind.peer](CALLER))


def scenarios_of(program: Program) -> list[Scenario]:
    """The scenarios of the demo site."""
    files = sorted(SITE.glob("*.scenario.yaml"))
    return [each for file in files for each in load_scenarios(file.read_bytes(), str(file), program)[0]]


def all_rows(program: Program) -> list[tuple[Row, Work]]:
    """Everything that is measured."""
    rows: list[tuple[Row, Work]] = []
    for kind in KINDS:
        played = [by_engine(program, plan) for plan in kind.plans]
        actions = statistics.mean(each.actions for each in played)
        commands = statistics.mean(len(each.commands) for each in played)
        rows += [
            (Row(kind.title, way, 0 if way in {"transitions", "by hand"} else actions, commands), work)
            for way, work in ways(program, kind)
        ]
    scenarios = scenarios_of(program)

    async def judged(calls: int) -> None:
        async with SimEngine(program) as engine:
            for scenario in islice(cycle(scenarios), calls):
                await play_scenario(scenario, engine)

    title = f"the demo site's {len(scenarios)} scenarios"
    return [*rows, (Row(title, "ivrctl test", 0, 0), lambda calls: asyncio.run(judged(calls)))]


def measure(row: Row, work: Work, calls: int) -> None:
    """One round."""
    wall, cpu = time.perf_counter(), time.process_time()
    work(calls)
    row.cpu.append((time.process_time() - cpu) / calls)
    row.wall.append((time.perf_counter() - wall) / calls)


def compiled() -> Program:
    """The demo site."""
    files = {str(path): path.read_bytes() for path in SITE.glob("*.yaml")}
    program, _findings = compile_site(files)
    if program is None:
        raise SystemExit("the demo site does not compile: ivrctl check flows")
    return program


def profile(program: Program, calls: int, lines: int = 25) -> None:
    """Print where the time of random callers goes, in the engine and in the simulation."""
    for way, work in islice(ways(program, KINDS[-1]), 3):
        work(calls)
        profiler = cProfile.Profile()
        profiler.runcall(work, calls)
        print(f"{way}, {calls} calls of {KINDS[-1].title}")
        pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=400, help="calls of a kind in a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--profile", action="store_true", help="where the time goes, with all of Python's own overhead")
    arguments = parser.parse_args()
    program = compiled()
    for kind in KINDS:
        compare(program, kind)
    if arguments.profile:
        profile(program, arguments.calls)
        return
    rows = all_rows(program)
    for row, work in rows:
        measure(replace(row, cpu=[], wall=[]), work, max(1, arguments.calls // 10))
    for _ in range(arguments.rounds):
        for row, work in rows:
            measure(row, work, arguments.calls)
    if arguments.json:
        print(json.dumps({"format_version": FORMAT_VERSION, "rows": [row.figures() for row, _ in rows]}, indent=2))
    else:
        print("\n".join((HEAD, *(row.line() for row, _ in rows))))


if __name__ == "__main__":
    main()
