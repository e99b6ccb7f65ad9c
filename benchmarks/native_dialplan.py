"""On a real Asterisk: the same call native in the dialplan and in ivrctl, with SIPp as callers.

::

    sudo .venv/bin/python benchmarks/native_dialplan.py [--rounds 5] [--short] [--json FILE]

A PBX and a site of their own; it logs no steps of the dialplan, as a PBX at work. *Speed-dial*: the balance of whoever
calls, told at once. *Menu*: a question that the caller lets pass, then the same. Native, the balance stands in
Asterisk's own database, and the sounds are played from the files that ivrctl has made of the same words, so that both
calls are as long; ivrctl looks the balance up in SQLite and joins what it says. *With media*, SIPp sends back every
packet of sound that it gets.

*Calls a second* is the rate at which calls were still placed without a failure, of a rate that grows by 20 each second
until a call fails: it is not answered within a second, or has not ended fifteen seconds later. SIPp has its share of
the same processors. The processor time of a call is that of Asterisk and of both processes of ivrctl, at one rate for
all. *First prompt* is the time from the INVITE to the first packet of sound, of calls one after the other, native and
ivrctl in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from contenders import cpu_of
from on_asterisk import asterisk
from rounds import Goal, Measure, Result, Table, parser, rounds_of, tell

from ivrctl.adapters import pbx as development
from ivrctl.testkit.signal_phone import SignalPhones
from ivrctl.testkit.sipp import CallersError, callers
from ivrctl.testkit.sipp_script import Manner, Rise
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

CALLER = "13800138000"
BALANCE = "120"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MENU = "Press one."
SOUND_PORTS = 12000, 19999
"""Ports of RTP: the development PBX has fewer, for two hundred calls."""
AT_RATE = 20.0
"""Calls a second at which processor time is taken."""
ENDS_WITHIN = 120.0
"""Seconds: what is lost of a call's end while Asterisk has too much to do is told again for half a minute."""
IN_TIME = 1.0
"""Seconds until an answer, while the rate grows."""
PATIENCE = 15.0
"""Seconds from the answer until a caller gives up, while the rate grows: four times what a call takes."""
NATIVE, OURS = "native", "ivrctl"
RATE, ASTERISK, CONTROLLER, TOGETHER = "calls a second", "Asterisk", "controller", "together"
P50, P99 = "first prompt p50", "first prompt p99"
MEASURES = (
    Measure(RATE, ""),
    Measure(ASTERISK, "ms a call", 2),
    Measure(CONTROLLER, "ms a call", 2, is_compared=False),
    Measure(TOGETHER, "ms a call", 2),
    Measure(P50, "ms", 1, is_compared=False),
    Measure(P99, "ms", 1, is_compared=False),
)
SITE = """\
site: native
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN, spoken_as: national}
prompts: {no_input: No key., no_match: No., one_moment: One moment., fallback: Sorry.}
databases: {bank: {url: "sqlite:balances.sqlite"}}
lookups:
  balance:
    sql: select amount from balances where number = :number
    database: bank
    params: {number: phone}
    returns: {amount: digits}
"""
FLOW = f"""\
lines: {{"7101": balance, "7102": ask}}
steps:
  ask:
    - menu: {{prompt: "{MENU}", first_digit: 1s, attempts: 1, choices: {{"1": balance}}}}
      then: {{no_input: balance, otherwise: {{hangup: unserved}}}}
  balance:
    - lookup: {{query: balance, with: {{number: "{{caller.number}}"}}, timeout: 3s}}
      save: found
      then: {{otherwise: {{hangup: unserved}}}}
    - play: "{{found.amount:digits}}"
    - hangup: served
"""
DIALPLAN = """
[native]
exten => balance,1,Answer()
 same => n(said),Set(BALANCE=${DB(balance/${CALLERID(num)})})
 same => n,Playback(${NATIVE_${BALANCE:0:1}}&${NATIVE_${BALANCE:1:1}}&${NATIVE_${BALANCE:2:1}})
 same => n,Hangup()
exten => menu,1,Answer()
 same => n,Background(${NATIVE_MENU})
 same => n,WaitExten(1)
exten => 1,1,Goto(balance,said)
exten => t,1,Goto(balance,said)
"""
LINES = {
    "speed-dial": {NATIVE: "7201", OURS: "7101"},
    "menu": {NATIVE: "7202", OURS: "7102"},
}


@dataclass(frozen=True, slots=True)
class Load:
    """How much is done in a round."""

    rise: Rise
    measured: int
    """Calls whose processor time is taken."""
    heard: int
    """Calls whose first prompt is waited for."""


FULL = Load(Rise(10, 20, 2000), 60, 60)
SHORT = Load(Rise(5, 10, 15), 5, 5)


# the set-up


def configure(folder: Path) -> None:
    """Add the native calls."""
    extensions = folder / "extensions.conf"
    entries = "exten => 7201,1,Goto(native,balance,1)\nexten => 7202,1,Goto(native,menu,1)\n"
    text = extensions.read_text(encoding="utf-8").replace("[from-trunk]\n", f"[from-trunk]\n{entries}", 1)
    extensions.write_text(text + DIALPLAN, encoding="utf-8")
    with (folder / "modules.conf").open("a", encoding="utf-8") as modules:
        modules.write("load = func_db.so\n")


def make_site(folder: Path) -> Path:
    """The two flows, and the balance of the one who calls."""
    site = folder / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE, encoding="utf-8")
    (site / "main.ivr.yaml").write_text(FLOW, encoding="utf-8")
    with sqlite3.connect(site / "balances.sqlite") as database:
        database.execute("create table balances (number text primary key, amount text not null)")
        database.execute("insert into balances values (?, ?)", (CALLER, BALANCE))
    database.close()
    return site


def tell_asterisk(pbx: development.Pbx) -> None:
    """Where the sounds lie, and the balance."""
    manifest = (pbx.prompts.ours / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    sounds = {entry["text"]: entry["sound"] for entry in map(json.loads, manifest)}
    for name, text in {"MENU": MENU, **{digit: WORDS[int(digit)] for digit in BALANCE}}.items():
        key = sounds[text]
        development.rx(pbx, f"dialplan set global NATIVE_{name} {pbx.prompts.asterisk}/{key[:2]}/{key}")
    development.rx(pbx, f"database put balance {CALLER} {BALANCE}")


# what is measured


class Bench:
    """A PBX, a controller, and what is asked of both."""

    def __init__(self, pbx: development.Pbx, served: Serving, load: Load) -> None:
        self._pbx, self._served, self._load = pbx, served, load

    async def highest(self, line: str, *, has_media: bool) -> float:
        """The highest rate without a failure."""
        manner = Manner(has_media=has_media, answered_within=IN_TIME, patience=PATIENCE)
        numbers = [CALLER] * 60_000
        async with callers(self._pbx, line, numbers, per_second=self._load.rise, manner=manner) as placed:
            best = await placed.sustained(manner, ENDS_WITHIN)
            await placed.told(ENDS_WITHIN)
        return best

    async def processor(self, line: str, *, has_media: bool) -> Mapping[str, float]:
        """Milliseconds of a call."""
        pids = {ASTERISK: [self._pbx.pid], CONTROLLER: self._pids()}
        before = {name: sum(map(cpu_of, these)) for name, these in pids.items()}
        if not await self._all_well(line, self._load.measured, AT_RATE, has_media=has_media):
            raise SystemExit(f"not all calls of {line} ended well at {AT_RATE:g} a second")
        spent = {
            name: (sum(map(cpu_of, these)) - before[name]) / self._load.measured * 1e3 for name, these in pids.items()
        }
        return {**spent, TOGETHER: sum(spent.values())}

    async def first_prompts(self, lines: Sequence[str]) -> dict[str, Mapping[str, float]]:
        """Milliseconds from the INVITE to the first sound, of calls to these lines in turn."""
        heard: dict[str, list[float]] = {line: [] for line in lines}
        async with SignalPhones.opened(self._pbx) as phones:
            phone = phones.caller(CALLER)
            for _ in range(self._load.heard):
                for line in lines:
                    begun = time.perf_counter()
                    call = phone.dial(line)
                    await phone.until_sound(within=10)
                    heard[line].append((time.perf_counter() - begun) * 1e3)
                    call.hang_up()
                    await call.until_over(within=10)
        quantiles = {line: statistics.quantiles(times, n=100) for line, times in heard.items()}
        return {line: {P50: each[49], P99: each[98]} for line, each in quantiles.items()}

    def _pids(self) -> list[int]:
        parent = self._served.process
        return [*self._served.controllers("serving"), *([] if parent is None else [parent.pid])]

    async def _all_well(self, line: str, count: int, rate: float, *, has_media: bool) -> bool:
        manner = Manner(has_media=has_media)
        async with callers(self._pbx, line, [CALLER] * count, per_second=rate, manner=manner) as placed:
            try:
                told = await placed.told(count / rate + ENDS_WITHIN)
            except CallersError:
                return False
        return told.placed == told.ended_well == count


async def measure(bench: Bench, rounds: int, tables: Mapping[tuple[str, bool], Table]) -> None:
    """All rounds: native and ivrctl take turns."""
    for number in range(rounds):
        for (flow, has_media), table in tables.items():
            lines = LINES[flow]
            names = (NATIVE, OURS) if number % 2 else (OURS, NATIVE)
            prompts = {} if has_media else await bench.first_prompts([lines[name] for name in names])
            for name in names:
                found = {RATE: await bench.highest(lines[name], has_media=has_media)}
                found |= await bench.processor(lines[name], has_media=has_media)
                table.add(name, {**found, **prompts.get(lines[name], {})})


def where_it_goes(table: Table) -> str:
    """Why a call in ivrctl takes more of the processor than a native one."""
    more = {name: table.median(OURS, name) - table.median(NATIVE, name) for name in (ASTERISK, CONTROLLER)}
    there, here = f"{more[ASTERISK]:.1f} ms more of the processor in Asterisk", f"{more[CONTROLLER]:.1f} ms"
    whole = f"{table.median(NATIVE, TOGETHER):.1f} ms"
    return f"A call takes {there} (AGI, and the dialplan's loop), {here} in the controller; a native one takes {whole}."


def goals(tables: Mapping[tuple[str, bool], Table]) -> list[Goal]:
    """What is to be reached."""
    made = []
    for (flow, has_media), table in tables.items():
        named = f"{flow}, with media" if has_media else flow
        rate = table.median(NATIVE, RATE) / max(table.median(OURS, RATE), 1e-9)
        made.append(Goal(f"{named}: native calls a second, to ivrctl's", 1 / 0.8, rate, where_it_goes(table)))
        if not has_media:
            later = table.median(OURS, P99) - table.median(NATIVE, P99)
            made.append(Goal(f"{named}: first prompt later than native at p99, ms", 20.0, later))
    return made


async def run(options: argparse.Namespace, pbx: development.Pbx, site: Path, folder: Path) -> list[Table]:
    """Serve, and measure."""
    load = SHORT if options.short else FULL
    tables = {
        (flow, has_media): Table(f"{flow}, {'with' if has_media else 'without'} media", MEASURES, NATIVE, first="call")
        for flow in LINES
        for has_media in (False, True)
    }
    # Who is refused is no failure for SIPp: nobody is.
    async with serving(site, folder, pbx, ask, "--most-calls", "100000") as served:
        tell_asterisk(pbx)
        await measure(Bench(pbx, served, load), rounds_of(options), tables)
    result = Result.of(__file__, __doc__, tables.values(), goals=goals(tables))
    tell(result, options)
    return list(tables.values())


def main() -> None:
    """Set everything up, measure, and take it down."""
    options = parser(__doc__, short_rounds=1).parse_args()
    with asterisk("native", make_site, configure) as (pbx, site, folder):
        asyncio.run(run(options, pbx, site, folder))


if __name__ == "__main__":
    main()
