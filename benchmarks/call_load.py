"""On a real Asterisk: three hundred callers at one time in a flow, and three times as many as the controller takes.

::

    sudo .venv/bin/python benchmarks/call_load.py [--callers 300] [--minutes 1] [--short] [--json FILE]
    sudo .venv/bin/python benchmarks/call_load.py --month [--calls 100000] [--minutes 60]

SIPp calls a development PBX of this program's own, with sound in both directions and keys by RFC 4733. A call goes
through twelve actions: two menus, a number of four digits, three lookups in SQLite, and what is found is said. *Load*
is so many callers at one time, each followed by another one. *Overload* is a controller that takes a third of those who
call (``--most-calls``): the others are to hear the fallback, and those who are taken are to notice nothing.

Nothing is counted by ivrctl: calls are counted by SIPp and by Asterisk's CDRs, and a *turn*, from what Asterisk says to
the next command, is between two packets as the kernel saw them. *Answered late* are calls, of both kinds, whose first
sound came 2 s or more after the INVITE: Asterisk answers a call at its first prompt, or at the fallback. The processor
time is that of all the call's sound, too; *machine busy* is the share of all processors that was taken by anybody,
while calls were placed. The controller has the niceness and the priority that `ivrctl unit` gives its service, without
which turns wait for the sound of others: SIPp, Asterisk and the controller share the machine.

With ``--month`` short calls come for a given time, as many as a small centre has in a month, and memory, descriptors
and the size of the journal are told again and again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import sqlite3
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agi_wire import Wire, listening
from contenders import anonymous_of, cpu_of
from on_asterisk import asterisk
from rounds import Goal, Measure, Result, Table, parser, tell

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.sipp import CallersTold, callers
from ivrctl.testkit.sipp_script import Manner
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

LINE, SHORT_LINE = "7301", "7302"
CODE = "4711"
SITE = """\
site: load
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN, spoken_as: national}
prompts: {no_input: No key., no_match: No., one_moment: One moment., fallback: "All lines are busy."}
call_fields: {order: text?}
databases: {bank: {url: "sqlite:balances.sqlite"}}
lookups:
  order:
    sql: select amount from orders where code = :code
    database: bank
    params: {code: digits}
    returns: {amount: digits}
  caller:
    sql: select amount from callers where number = :number
    database: bank
    params: {number: phone}
    returns: {amount: digits}
"""
FLOW = """\
lines: {"7301": welcome, "7302": briefly}
steps:
  welcome:
    - play: Welcome.
    - menu: {prompt: Press one., first_digit: 30s, choices: {"1": number}}
      then: {otherwise: {hangup: unserved}}
  number:
    - collect: {prompt: Enter four digits., digits: 4, first_digit: 30s, between: 30s}
      save: code
      then: {otherwise: {hangup: unserved}}
    - lookup: {query: order, with: {code: "{code}"}, timeout: 5s}
      save: found
      then: {otherwise: {hangup: unserved}}
    - play: "{found.amount:digits}"
    - set: {call.order: "{code}"}
    - lookup: {query: caller, with: {number: "{caller.number}"}, timeout: 5s}
      save: known
      then: {otherwise: {hangup: unserved}}
    - play: "{known.amount:digits}"
    - menu: {prompt: Press one., first_digit: 30s, choices: {"1": more}}
      then: {otherwise: {hangup: unserved}}
  more:
    - lookup: {query: order, with: {code: "{code}"}, timeout: 5s}
      save: found
      then: {otherwise: {hangup: unserved}}
    - play: "{found.amount:digits}"
    - hangup: served
  briefly:
    - lookup: {query: caller, with: {number: "{caller.number}"}, timeout: 5s}
      save: known
      then: {otherwise: {hangup: unserved}}
    - play: "{known.amount:digits}"
    - hangup: served
"""
KEYS = ((1.5, "1"), (1.5, CODE[0]), *((0.5, key) for key in CODE[1:]), (4.0, "1"))
"""When they are pressed; one that comes before its question cuts what is said before."""
LASTS = 10.0
"""Seconds of a call, about."""
PATIENCE = 10.0
"""Seconds behind the last key; who is in the flow is through by then, who waits for a person hangs up."""
CALLER = Manner(has_media=True, keys=KEYS, patience=PATIENCE)
KNOWN = [f"139{number:08}" for number in range(2000)]
ENDS_WITHIN = 90.0
RECORDED_AFTER = 3.0
"""Seconds until the last call has its record."""
CONTEXT = 3
"""The column of cdr-csv that says where a call was at its end."""
LOADED, TURNED_AWAY = "load", "overload"
PLACED, FAILED, FELL_BACK, LATE = "calls", "failed", "fallback", "answered late"
P50, P99 = "turn p50", "turn p99"
ASTERISK, CONTROLLER = "Asterisk", "controller"
BUSY = "machine busy"
MEASURES = (
    Measure(PLACED, ""),
    Measure(FAILED, ""),
    Measure(FELL_BACK, ""),
    Measure(LATE, ""),
    Measure(P50, "ms", 2),
    Measure(P99, "ms", 2),
    Measure(ASTERISK, "ms a call", 1),
    Measure(CONTROLLER, "ms a call", 1),
    Measure(BUSY, "%", 0),
)
MONTH_RATE = 40.0
"""Calls a second: short ones."""


def make_site(folder: Path) -> Path:
    """The flow, an order for the code that everybody keys, and a row for each caller."""
    site = folder / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE, encoding="utf-8")
    (site / "main.ivr.yaml").write_text(FLOW, encoding="utf-8")
    with sqlite3.connect(site / "balances.sqlite") as database:
        database.execute("create table orders (code text primary key, amount text not null)")
        database.execute("insert into orders values (?, ?)", (CODE, "12"))
        database.execute("create table callers (number text primary key, amount text not null)")
        database.executemany("insert into callers values (?, ?)", [(number, number[-2:]) for number in KNOWN])
    database.close()
    return site


@dataclass(frozen=True, slots=True)
class Load:
    """So many callers at one time, so many calls in all."""

    at_once: int
    calls: int
    haste: float = 1.1
    """They come so many times as quickly as they leave when all are there."""

    @property
    def numbers(self) -> list[str]:
        """Of the callers, who call again when all have called."""
        return [KNOWN[place % len(KNOWN)] for place in range(self.calls)]

    @property
    def per_second(self) -> float:
        """Until so many are there; then one comes when one leaves."""
        return self.at_once / LASTS * self.haste


class Books:
    """The CDRs from here on: where calls were at their ends."""

    def __init__(self, pbx: Pbx) -> None:
        self._file = pbx.folder / "log/cdr-csv/Master.csv"
        self._before = self._file.stat().st_size if self._file.exists() else 0

    def contexts(self) -> Counter[str]:
        """How many ended in each."""
        with self._file.open("rb") as opened:
            opened.seek(self._before)
            rows = csv.reader(opened.read().decode(errors="replace").splitlines())
            return Counter(row[CONTEXT] for row in rows)


def pids_of(pbx: Pbx, served: Serving) -> Mapping[str, list[int]]:
    """Asterisk's, and those of both processes of ivrctl."""
    parent = served.process
    return {
        ASTERISK: [pbx.pid],
        CONTROLLER: [*served.controllers("serving"), *([] if parent is None else [parent.pid])],
    }


async def play(pbx: Pbx, served: Serving, wire: Wire, load: Load) -> Mapping[str, float]:
    """All calls of a load; what became of them."""
    pids, books = pids_of(pbx, served), Books(pbx)
    before = {name: sum(map(cpu_of, these)) for name, these in pids.items()}
    wire.take()
    began = processors()
    told = await place(pbx, load)
    taken, given = (now - then for now, then in zip(processors(), began, strict=True))
    turns = statistics.quantiles(wire.take(), n=100)
    await until_written(books, load.calls)
    contexts = books.contexts()
    spent = {name: (sum(map(cpu_of, these)) - before[name]) / load.calls * 1e3 for name, these in pids.items()}
    fell_back = contexts["ivrctl-fallback"]
    if told.hung_up != fell_back:
        print(f"{told.hung_up} callers lost patience, {fell_back} in the fallback: {contexts}", file=sys.stderr)
        await asyncio.sleep(RECORDED_AFTER)
        print("\n".join(unserved(served)), file=sys.stderr)
    failed = load.calls - told.ended_well + max(0, told.hung_up - fell_back)
    return {
        PLACED: load.calls,
        FAILED: failed,
        FELL_BACK: fell_back,
        LATE: told.slow,
        P50: turns[49] * 1e3,
        P99: turns[98] * 1e3,
        **spent,
        BUSY: 100 * taken / given,
    }


def unserved(served: Serving) -> list[str]:
    """Callers who were neither served nor brought to a person, and what happened to each, second by second."""
    with contextlib.closing(sqlite3.connect(served.state.path / "calls.sqlite")) as database:
        rows = database.execute(
            "select leg, trace from calls where ending not in ('served', 'fallback') order by leg"
        ).fetchall()
    return [f"{leg}: {trace}" for leg, trace in rows]


def processors() -> tuple[float, float]:
    """What was taken of all processors since the machine began, and all that there was (proc(5), stat)."""
    user, nice, system, idle, waiting, *others = map(float, Path("/proc/stat").read_text().splitlines()[0].split()[1:9])
    taken = user + nice + system + sum(others)
    return taken, taken + idle + waiting


async def place(pbx: Pbx, load: Load) -> CallersTold:
    """Have SIPp place them."""
    within = load.calls / load.per_second + load.calls / load.at_once * (LASTS + PATIENCE) + ENDS_WITHIN
    rate = load.per_second
    async with callers(pbx, LINE, load.numbers, per_second=rate, manner=CALLER, at_once=load.at_once) as placed:
        return await placed.told(within)


async def until_written(books: Books, calls: int) -> None:
    """Until the CDRs of so many calls are there.

    Raises:
        TimeoutError: they are not.
    """
    async with Deadline(ENDS_WITHIN):
        while books.contexts().total() < calls:  # noqa: ASYNC110 - a file that another process writes
            await asyncio.sleep(0.2)


async def run(options: argparse.Namespace, pbx: Pbx, site: Path, folder: Path) -> Result:
    """Serve twice, and measure."""
    at_once = options.callers
    seconds = 12.0 if options.short else options.minutes * 60
    capacity = at_once // (9 if options.short else 3)
    loads = {
        LOADED: (Load(at_once, at_once + round(at_once * seconds / LASTS)), "1000"),
        TURNED_AWAY: (Load(3 * capacity, 3 * capacity * (1 if options.short else 4), haste=3.0), str(capacity)),
    }
    table = Table(f"{at_once} callers at one time, and three times {capacity}", MEASURES, first="what")
    with listening(pbx.agi[1]) as wire:
        for name, (load, most) in loads.items():
            own = folder / name
            own.mkdir()
            async with serving(site, own, pbx, ask, "--most-calls", most) as served:
                table.add(name, await play(pbx, served, wire, load))
        lost = f"{wire.lost} packets were not read in time: turns are missing, or too long."
    return Result.of(__file__, __doc__, [table], goals=goals(table), remarks=[lost] if wire.lost else [])


def goals(table: Table) -> list[Goal]:
    """What is to be reached."""
    return [
        Goal("load: calls that failed", 0, table.median(LOADED, FAILED)),
        Goal("load: calls that met the fallback", 0, table.median(LOADED, FELL_BACK)),
        Goal("load: the controller's turn at p99, ms", 20.0, table.median(LOADED, P99), where_it_goes(table, LOADED)),
        Goal("overload: calls that failed", 0, table.median(TURNED_AWAY, FAILED)),
        Goal("overload: callers who heard nothing within 2 s", 0, table.median(TURNED_AWAY, LATE)),
        Goal(
            "overload: the controller's turn at p99, ms",
            20.0,
            table.median(TURNED_AWAY, P99),
            where_it_goes(table, TURNED_AWAY),
        ),
    ]


def where_it_goes(table: Table, load: str) -> str:
    """Who had the processors while turns came late."""
    busy, asterisk, ours = (table.median(load, measure) for measure in (BUSY, ASTERISK, CONTROLLER))
    return (
        f"The machine's processors are {busy:.0f} % busy on average, the kernel and SIPp included: a call takes "
        f"{asterisk:.0f} ms of them in Asterisk, which carries its sound, and {ours:.1f} ms in the controller."
    )


# a month


async def month(options: argparse.Namespace, pbx: Pbx, site: Path, folder: Path) -> None:
    """Short calls for a given time; a line about the processes each twentieth of it."""
    rate = options.calls / (options.minutes * 60)
    print("calls placed | failed | memory, MiB | descriptors | journal, MiB | records, MiB", flush=True)
    async with serving(site, folder, pbx, ask) as served:
        for part in range(20):
            count = round(options.calls / 20)
            numbers = Load(count, count).numbers
            async with callers(pbx, SHORT_LINE, numbers, per_second=rate, manner=Manner()) as placed:
                told = await placed.told(count / rate + ENDS_WITHIN)
            print(f"{(part + 1) * count} | {told.failed} | {_standing(pbx, served)}", flush=True)


def _standing(pbx: Pbx, served: Serving) -> str:
    ours = pids_of(pbx, served)[CONTROLLER]
    memory = sum(anonymous_of(pid) for pid in ours[-1:]) / 2**20
    descriptors = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in ours)
    journal = _size(served.state.path, "journal*") / 2**20
    return f"{memory:.1f} | {descriptors} | {journal:.2f} | {_size(served.state.path, 'calls.sqlite*') / 2**20:.1f}"


def _size(folder: Path, pattern: str) -> int:
    found: Sequence[Path] = [file for place in folder.glob(pattern) for file in (place, *place.rglob("*"))]
    return sum(file.stat().st_size for file in found if file.is_file())


def main() -> None:
    """Set everything up, measure, and take it down."""
    options_of = parser(__doc__, rounds=1, short_rounds=1)
    options_of.add_argument("--callers", type=int, default=300, help="at one time")
    options_of.add_argument("--minutes", type=float, default=1.0, help="of the load, or of the month")
    options_of.add_argument("--month", action="store_true", help="a month of short calls instead")
    options_of.add_argument("--calls", type=int, default=100_000, help="of the month")
    options = options_of.parse_args()
    with asterisk("load", make_site) as (pbx, site, folder):
        if options.month:
            asyncio.run(month(options, pbx, site, folder))
        else:
            tell(asyncio.run(run(options, pbx, site, folder)), options)


if __name__ == "__main__":
    main()
