"""One call (a menu, a lookup, a spoken answer) through whole servers: what it costs, and how quick a turn is.

::

    python benchmarks/one_call.py [--calls 500] [--rate 100] [--rounds 5] [--short] [--json FILE]

``ivrctl`` is ``ivrctl serve`` as it ships, nothing switched off: two processes, the engine, the journal, the log, the
store of records, a balance from SQLite, and an answer that is joined from recorded pieces into one file for each call.
The peers are the same call written by hand, without a journal and without records: panoramisk's FastAGI on asyncio and
on uvloop, pyst2 with a process for each call, ding-dong on Node with its balances in memory. The floors only answer
lines: bare protocols on uvloop, and a loop of epoll in C. One load generator calls them all, so many calls a second on
average.

*CPU per call* is the processor time of all processes of a server, children too, from the first call until everything
that the calls leave behind is stored, divided by the calls. Other calls hear the menu twenty times more; what such a
call takes more, divided by the commands that it has more, is *a further command*: without accept, request, lookup and
end. A *turn* is the time from what Asterisk says to the next command, by the clock on the wall, the lookup included.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from callers import Generator, Played
from contenders import OURS, PANORAMISK, PEERS, Server, SkippedError, make_database, ours, peer
from rounds import Goal, Measure, Result, Table, in_turn, parser, rounds_of, tell

CALL, COMMAND, P50, P99 = "CPU per call", "a further command", "turn p50", "turn p99"
MEASURES = (
    Measure(CALL, "µs"),
    Measure(COMMAND, "µs", 1),
    Measure("commands", "", 1, is_compared=False),
    Measure(P50, "ms", 2, is_compared=False),
    Measure(P99, "ms", 2, is_compared=False),
)
AGAIN = 20
"""How often the menu is heard again in the longer calls, of which there are fewer."""
LONG = 4
C_FLOOR, DING_DONG = "floor: C, epoll", "ding-dong (Node)"
PROFILE = (
    "A profile of 0.1.0: a call of ours is some 1,700 calls of Python functions, none of which takes more than 2 %; "
    "57 % of its time in what runs the flow (among it engine 11, prepared prompts 11, lookup 9, journal 8, log and "
    "hand-in 5), 6 in AGI, 5 in the store of records, 22 in the kernel. The peers have no engine, no journal, no log "
    "and no records."
)


class Contender:
    """A server with the calls that it has had."""

    def __init__(self, server: Server, calls: int, rate: float) -> None:
        self._server, self._calls, self._rate = server, calls, rate
        self._callers = Generator(server.port)
        self._had = 0
        # The first calls load what is loaded once.
        self._play(max(20, calls // 10))

    def round(self) -> Mapping[str, float]:
        """One round of calls."""
        cpu, played = self._measured(self._calls)
        long, more = self._measured(max(1, self._calls // LONG), AGAIN)
        turns = statistics.quantiles(played.turns, n=100)
        return {
            CALL: cpu * 1e6,
            COMMAND: (long - cpu) / (more.commands_of_each - played.commands_of_each) * 1e6,
            "commands": played.commands_of_each,
            P50: turns[49] * 1e3,
            P99: turns[98] * 1e3,
        }

    def _measured(self, calls: int, again: int = 0) -> tuple[float, Played]:
        """Seconds of the processor for each of so many calls."""
        begun = self._server.cpu()
        played = self._play(calls, again)
        if played.lost:
            raise SystemExit(f"{played.lost} of {calls} calls heard no answer")
        return (self._server.cpu() - begun) / calls, played

    def _play(self, calls: int, again: int = 0) -> Played:
        played = self._callers.play(calls, self._rate / (1 + again / 4), again)
        self._had += calls
        self._server.settled(self._had)
        return played


def goals(table: Table) -> list[Goal]:
    """What is to be reached."""
    made = [Goal("CPU per call, to panoramisk", 0.5, table.ratio(OURS, CALL, PANORAMISK), PROFILE)]
    if DING_DONG in table.rows:
        made.append(Goal("CPU per call, to ding-dong", 1.0, table.ratio(OURS, CALL, DING_DONG), PROFILE))
    if C_FLOOR in table.rows:
        made.append(Goal("CPU of a further command, to the floor in C", 1.8, table.ratio(OURS, COMMAND, C_FLOOR)))
    return made


def main() -> None:
    """Measure and print."""
    options_of = parser(__doc__)
    options_of.add_argument("--calls", type=int, help="of one server in a round")
    options_of.add_argument("--rate", type=float, default=100.0, help="calls a second")
    options_of.add_argument("--only", action="append", help="this contender, and others that are named so")
    options = options_of.parse_args()
    calls = options.calls or (20 if options.short else 500)
    table = Table("One call: a menu, a lookup, a spoken answer", MEASURES, PANORAMISK, first="server")
    remarks: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="ivrctl-"))
    try:
        with ExitStack() as stack:
            database = make_database(folder)
            contenders: dict[str, Callable[[], Mapping[str, float]]] = {}
            for number, name in enumerate(options.only or (OURS, *PEERS)):
                own = folder / f"server-{number}"
                own.mkdir()
                try:
                    serving = ours(own, database) if name == OURS else peer(PEERS[name](own, database), own)
                except SkippedError as error:
                    remarks.append(f"{name} is left out: {error}")
                    continue
                contenders[name] = Contender(stack.enter_context(serving), calls, options.rate).round
            in_turn(table, contenders, rounds_of(options))
    finally:
        shutil.rmtree(folder)
    reached = goals(table) if {OURS, PANORAMISK} <= table.rows.keys() else []
    tell(Result.of(__file__, __doc__, [table], goals=reached, remarks=remarks), options)


if __name__ == "__main__":
    main()
