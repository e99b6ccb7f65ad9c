"""Simulated calls per second through the engine alone, on the demo site.

    python benchmarks/engine.py [--calls 2000] [--rounds 7]

No sockets, no prompts, no databases: ``flow.engine.Run`` is told the replies that a caller of each kind would give,
and, in the rows that say so, every position goes through the text of its journal line as in service. One row is one
kind of call; the figures are CPU time of this process, with the spread over the rounds, which go round robin so that
a busy minute of the machine meets all rows. They hold for this machine only: compare the rows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandedBack,
    HandOffToDial,
    HandOffToQueue,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFound,
    PromptEnded,
    Reply,
    Say,
)
from ivrctl.flow.engine import Run
from ivrctl.flow.position import Position, position_from_json, position_to_json
from ivrctl.flow.program import Program, compile_site

SITE = Path(__file__).parents[1] / "flows"
WORLD = World(datetime(2026, 2, 24, 0, 0, tzinfo=UTC))
CALLER = "+8613800138000"
ROWS: Mapping[str, Mapping[str, object]] = {
    "balance": {"amount": Decimal("120.50"), "overdue": True},
    "bill": {"month": date(2026, 1, 1), "total": Decimal("88.00")},
    "usage": {"plan": "A", "used_mb": Decimal(512), "left_mb": Decimal(512)},
    "order": {"state": "building", "promised_on": date(2026, 3, 1)},
}


@dataclass(frozen=True, slots=True)
class CallKind:
    """One kind of call: what it dials, and the keys that it presses, one at each question."""

    name: str
    number: str
    keys: str


KINDS = (
    CallKind("speed-dial balance", "1001011", ""),
    CallKind("two menus, balance, back, advisor", "10010", "2110" + "1"),
    CallKind("broadband, order status", "10010", "2" + "21" + "123456#" + "0" + "1"),
)


def compiled() -> Program:
    """The demo site."""
    files = {str(path): path.read_bytes() for path in SITE.glob("*.yaml")}
    program, _findings = compile_site(files)
    if program is None:
        raise SystemExit("the demo site does not compile: ivrctl check flows")
    return program


class Replies:
    """The caller, the databases and the agents of one call."""

    def __init__(self, keys: str) -> None:
        self._keys = iter(keys)

    def __call__(self, command: Command) -> Reply:
        """What happens at a command."""
        match command:
            case Say():
                return PromptEnded()
            case Ask() | AwaitKey():
                key = next(self._keys, None)
                return KeysTimedOut() if key is None else KeyPressed(key)
            case LookUp(lookup=lookup):
                return LookupFound(ROWS[lookup])  # type: ignore[arg-type] - rows of the demo site
            case HandOffToQueue() | HandOffToDial():
                return HandedBack("answered")
            case Finish():
                raise SystemExit("a call that has ended is told nothing")


def as_it_is(position: Position) -> Position:
    """No journal."""
    return position


def through_the_journal(position: Position) -> Position:
    """A position as a journal line, and read again."""
    return position_from_json(json.loads(json.dumps(position_to_json(position), ensure_ascii=False)))


def play(program: Program, kind: CallKind, journal: Callable[[Position], Position]) -> int:
    """Play one call; how many commands it had."""
    begun = program.begin(CALLER, kind.number, WORLD.now)
    if begun is None:
        raise SystemExit(f"the demo site has no line {kind.number}")
    run, reply = Run(program, begun), Replies(kind.keys)
    command, commands, kept = run.resume(None, WORLD), 1, begun
    while not isinstance(command, Finish):
        if run.position is not kept:
            kept = run.position
            journal(kept)
        command, commands = run.resume(reply(command), WORLD), commands + 1
    return commands


def microseconds(calls: int, work: Callable[[], int]) -> tuple[float, int]:
    """CPU time of one call, and how many commands it had."""
    commands = work()
    began = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - began) / calls * 1e6, commands


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Simulated calls per second through the engine.")
    parser.add_argument("--calls", type=int, default=2000, help="calls in a round")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    program = compiled()
    journals = {"": as_it_is, " + journal line": through_the_journal}
    rows: dict[str, list[tuple[float, int]]] = {}
    for _ in range(arguments.rounds):
        for kind in KINDS:
            for title, journal in journals.items():
                measured = microseconds(
                    arguments.calls, lambda kind=kind, journal=journal: play(program, kind, journal)
                )
                rows.setdefault(kind.name + title, []).append(measured)
    print(f"{'call':<52}{'commands':>9}{'us/call':>9}{'min':>8}{'max':>8}{'calls/s':>9}{'us/command':>12}")
    for name, measured in rows.items():
        times, commands = [time for time, _ in measured], measured[0][1]
        median = statistics.median(times)
        print(
            f"{name:<52}{commands:>9}{median:>9.0f}{min(times):>8.0f}{max(times):>8.0f}"
            f"{1e6 / median:>9.0f}{median / commands:>12.1f}"
        )


if __name__ == "__main__":
    main()
