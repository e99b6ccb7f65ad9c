"""What it costs to know the regions of a calling number, beside phonenumbers alone.

Run it with ``python benchmarks/regions.py [--prefixes N …] [--rounds N] [--lookups N]``. Every candidate looks the same
random mobile numbers up, which are in E.164; rounds are interleaved, so that a slow moment of the host hits all of
them. The peer is phonenumbers' own way, as one would write it: parse the number, and ask for the name of its place.
Times of look-ups are microseconds of the processor each, so that a busy machine counts for nothing: the median round
and the spread of the middle half. Memory is what a process has more with the finished table than without, and what it
had at most while it was made.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import phonenumbers

from ivrctl.flow.program import compile_site
from ivrctl.lang.report import render_text
from ivrctl.site.areas import areas_of
from ivrctl.site.regions import RegionTable

SITE = """\
site: benchmark
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
regions:
  shanghai:  {places: [上海市]}
  guangdong: {places: [广东省]}
  beijing:   {places: [北京市]}
  sichuan:   {places: [四川省]}
  south:     {holds: [guangdong]}
  all:       {holds: [south, shanghai, beijing, sichuan]}
"""
FLOW = b'lines: {"100": start}\nsteps: {start: [{hangup: served}]}\n'
REGIONS = ("shanghai", "guangdong", "beijing", "sichuan")
SEED = 10086

Find: TypeAlias = Callable[[str], object]
Make: TypeAlias = Callable[[], Find]


@dataclass(frozen=True, slots=True)
class Built:
    """One table, and what it took to make."""

    name: str
    find: Find
    seconds: float
    kept: int
    """Bytes that the process has more of with it."""
    most: int
    """The same, at most while it was made."""


def files_of(prefixes: int) -> dict[str, bytes]:
    """A site with so many own prefixes: whole numbers, as of people who took theirs along."""
    draw = random.Random(SEED)  # noqa: S311 - no secret
    ported = draw.sample(range(13_000_000_000, 19_999_999_999), prefixes)
    rows = [f"{number},{draw.choice(REGIONS)}" for number in ported]
    table = "\n".join(["prefix,region", *rows, ""])
    return {"ivrctl.yaml": SITE.encode(), "main.ivr.yaml": FLOW, "ported.regions.csv": table.encode()}


def table_of(files: dict[str, bytes]) -> RegionTable:
    """The table of a site's regions, and nothing else of it."""
    program, findings = compile_site(files)
    if program is None:
        raise SystemExit(render_text(findings, {path: text.decode() for path, text in files.items()}))
    return program.regions


def memory_of(make: Make) -> tuple[int, int]:
    """Bytes that a process has more when it has made one, and at most meanwhile."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        before = resident()
        kept = make()
        gc.collect()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        os.write(writing, f"{resident() - before} {most - before}".encode() if kept else b"0 0")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        kept, most = map(int, told.read().split())
    os.waitpid(child, 0)
    return kept, most


def built_of(makes: Mapping[str, Make]) -> Iterator[Built]:
    """Make each twice: in processes of their own for the memory, before any is here, then here for the time."""
    memory = {name: memory_of(make) for name, make in makes.items()}
    for name, make in makes.items():
        begun = time.perf_counter()
        find = make()
        yield Built(name, find, time.perf_counter() - begun, *memory[name])


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def alone() -> Find:
    """Phonenumbers' own: parse, and the name of the place."""
    for name in [name for name in sys.modules if name.startswith(("phonenumbers.geo", "phonenumbers.geodata"))]:
        del sys.modules[name]
    geocoder = importlib.import_module("phonenumbers.geocoder")

    def find(number: str) -> object:
        return geocoder.description_for_number(phonenumbers.parse(number), "zh")

    return find


def ours(prefixes: int) -> Make:
    """A site with so many own prefixes, checked; the areas of the country are there, as they are between runs."""
    files = files_of(prefixes)
    areas_of("86")

    def make() -> Find:
        return table_of(files).of

    return make


def world() -> Find:
    """The areas of the country out of the data of the world, as a site that names places needs them the first time."""
    areas_of.cache_clear()
    return areas_of("86").prefixes.find


def look_up(built: Sequence[Built], lookups: int, rounds: int) -> dict[str, list[float]]:
    """Microseconds of the processor a look-up, for every candidate and round."""
    draw = random.Random(SEED)  # noqa: S311 - no secret
    figures: dict[str, list[float]] = {each.name: [] for each in built}
    for _ in range(rounds):
        numbers = [f"+86{draw.randrange(13_000_000_000, 19_999_999_999)}" for _ in range(lookups)]
        for each in built:
            find = each.find
            begun = time.process_time()
            for number in numbers:
                find(number)
            figures[each.name].append((time.process_time() - begun) / lookups * 1e6)
    return figures


def show(built: Sequence[Built], figures: dict[str, list[float]]) -> None:
    """Print the table."""
    print(f"{'':<32}{'build s':>9}{'kept MB':>9}{'most MB':>9}{'µs each':>9}{'middle half':>18}{'least':>8}")
    for each in built:
        low, median, high = statistics.quantiles(figures[each.name], n=4)
        size = f"{each.seconds:>9.2f}{each.kept / 1e6:>9.2f}{each.most / 1e6:>9.1f}"
        least = min(figures[each.name])
        print(f"{each.name:<32}{size}{median:>9.2f}{low:>10.2f} -{high:>6.2f}{least:>8.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--prefixes", type=int, nargs="+", default=[0, 1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--lookups", type=int, default=20_000)
    options = parser.parse_args()
    built = list(built_of({"phonenumbers alone": alone, "areas of the country": world}))
    built += built_of({f"places and {count:,} prefixes": ours(count) for count in options.prefixes})
    show(built, look_up(built, options.lookups, options.rounds))


if __name__ == "__main__":
    main()
