"""What a caller who waits costs in memory: one who thinks at a menu, and one in a queue.

::

    python benchmarks/parked_calls.py [--calls 1500] [--waiting 5000] [--rounds 5] [--short] [--json FILE]

The servers are those of ``one_call.py``. Each round begins with new processes, which have some calls first; then so
many callers hear the menu and press nothing, and the memory that the processes have more, files apart, is divided by
them. In other new processes so many callers wait in a queue, as the servers are meant to have them wait: ours hands
them to the dialplan and has no session for them, the others stay in ``EXEC Queue`` until somebody answers. *Sessions*
are the connections that are left then. What the kernel keeps for a socket or a process is in none of the figures.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from callers import MENU, QUEUE, Generator
from contenders import OURS, PANORAMISK, PEERS, Server, SkippedError, make_database, ours, peer
from rounds import Goal, Measure, Result, Table, in_turn, parser, rounds_of, tell

AT_MENU, IN_QUEUE, SESSIONS = "at the menu", "in a queue", "sessions of those in the queue"
MEASURES = (
    Measure(AT_MENU, "KiB a caller", 1),
    Measure(IN_QUEUE, "KiB a caller", 1),
    Measure(SESSIONS, "", is_compared=False),
)
FORKING = "pyst2, forking"
PROCESSES = 50
"""Callers of a server that has a process for each."""
WARM = 1200
"""Calls before: what is kept of a bounded number of callers is there then."""
AT_MOST = 1900
"""A controller takes no more connections at one time."""

Serving = Callable[[Path], AbstractContextManager[Server]]


def serving_of(name: str, database: Path) -> Serving:
    """How a server is begun, in a folder of its own.

    Raises:
        SkippedError: something for it is not on this machine.
    """
    if name == OURS:
        return lambda folder: ours(folder, database)
    return lambda folder: peer(PEERS[name](folder, database), folder)


def grown(serving: Serving, folder: Path, calls: int, dialled: str, warm: int) -> tuple[float, int]:
    """KiB that one of so many callers makes the processes grow by, and how many hold a session."""
    folder.mkdir()
    with serving(folder) as server:
        callers = Generator(server.port)
        callers.play(warm, 300)
        server.settled(warm)
        before = server.memory()
        sessions = callers.park(calls, dialled)
        more = server.memory() - before
        callers.leave()
    return more / calls / 1024, sessions


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many callers."""

    at_menu: int
    in_queue: int
    before: int

    def of(self, name: str) -> Numbers:
        """Of one server: who holds a session is counted as at the menu, and processes are few."""
        if name == OURS:
            return self
        at_menu = PROCESSES if name == FORKING else self.at_menu
        return Numbers(at_menu, at_menu, self.before if name != FORKING else PROCESSES)


def one_round(name: str, serving: Serving, fresh: Callable[[], Path], numbers: Numbers) -> Mapping[str, float]:
    """Both kinds of waiting."""
    own = numbers.of(name)
    kib, _ = grown(serving, fresh(), own.at_menu, MENU, own.before)
    if name.startswith("floor"):
        return {AT_MENU: kib}
    in_queue, sessions = grown(serving, fresh(), own.in_queue, QUEUE, own.before)
    return {AT_MENU: kib, IN_QUEUE: in_queue, SESSIONS: sessions}


def goals(table: Table) -> list[Goal]:
    """What is to be reached."""
    return [
        Goal("memory of a caller at the menu, to panoramisk", 0.75, table.ratio(OURS, AT_MENU, PANORAMISK)),
        Goal("memory of a caller in a queue, to panoramisk", 0.75, table.ratio(OURS, IN_QUEUE, PANORAMISK)),
        Goal("sessions of callers in a queue", 0, table.median(OURS, SESSIONS)),
    ]


def main() -> None:
    """Measure and print."""
    options_of = parser(__doc__, short_rounds=1)
    options_of.add_argument("--calls", type=int, help="at the menu; in the queue too, of those who hold a session")
    options_of.add_argument("--waiting", type=int, help="in the queue, of ours")
    options_of.add_argument("--only", action="append", help="this contender, and others that are named so")
    options = options_of.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    calls = min(AT_MOST, options.calls or (200 if options.short else 1500))
    waiting = options.waiting or (400 if options.short else 5000)
    numbers = Numbers(calls, waiting, 100 if options.short else WARM)
    table = Table(f"{calls} callers at a menu, {waiting} in a queue", MEASURES, PANORAMISK, first="server")
    remarks: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="ivrctl-"))
    folders = count()

    def fresh() -> Path:
        return folder / f"server-{next(folders)}"

    try:
        database = make_database(folder)
        contenders: dict[str, Callable[[], Mapping[str, float]]] = {}
        for name in options.only or (OURS, *PEERS):
            try:
                if name != OURS:
                    (tried := fresh()).mkdir()
                    PEERS[name](tried, database)
            except SkippedError as error:
                remarks.append(f"{name} is left out: {error}")
                continue
            contenders[name] = partial(one_round, name, serving_of(name, database), fresh, numbers)
        in_turn(table, contenders, rounds_of(options))
    finally:
        shutil.rmtree(folder)
    reached = goals(table) if {OURS, PANORAMISK} <= table.rows.keys() else []
    tell(Result.of(__file__, __doc__, [table], goals=reached, remarks=remarks), options)


if __name__ == "__main__":
    main()
