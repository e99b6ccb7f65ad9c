"""What the benchmarks share: rounds in turn, figures with their spread, the machine they were taken on, JSON.

A program says who is measured and takes one round of one contender at a time; the rest is here::

    options = parser(__doc__).parse_args()
    table = Table("One call", (Measure("CPU per call", "µs"),), peer="panoramisk")
    in_turn(table, {"ivrctl": ours, "panoramisk": theirs}, options.rounds)
    tell(Result.of(__file__, __doc__, [table]), options)

Rounds go round robin, and each begins with another contender, so that a busy minute of the machine meets all of them.
``--short`` takes a minute at most and is what CI runs: it shows that the program runs, not how fast anything is.
``--json FILE`` keeps every figure of every round, from which ``page.py`` writes ``docs/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

FORMAT_VERSION = 1
ROUNDS = 5
"""At least; a program that is quick takes more."""
SHORT_ROUNDS = 2
PACKAGES = ("ivrctl", "panoramisk", "pyst2", "uvloop", "sqlalchemy")
"""Whose versions stand with the figures."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column: what is measured of each contender."""

    name: str
    unit: str
    digits: int = 0
    is_compared: bool = True
    """Whether the ratio to the peer is shown."""


@dataclass(slots=True)
class Table:
    """Contenders and their figures, a value for each round."""

    title: str
    measures: tuple[Measure, ...]
    peer: str = ""
    """To whom the ratios are; none without."""
    rows: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """By contender and measure."""
    note: str = ""
    """What a reader must know beside it."""
    first: str = ""
    """What stands over the names of the contenders."""

    def add(self, contender: str, figures: Mapping[str, float]) -> None:
        """Keep the figures of one round."""
        row = self.rows.setdefault(contender, {})
        for measure, value in figures.items():
            row.setdefault(measure, []).append(value)

    def median(self, contender: str, measure: str) -> float:
        """Of the rounds."""
        return statistics.median(self.rows[contender][measure])

    def ratio(self, contender: str, measure: str, to: str = "") -> float:
        """Of two contenders' medians."""
        return self.median(contender, measure) / self.median(to or self.peer, measure)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is to be at most, and what it is."""

    what: str
    most: float
    found: float
    why: str = ""
    """Where it is missed: the cause, as a profile shows it."""

    @property
    def is_met(self) -> bool:
        """Whether it is so low."""
        return self.found <= self.most


@dataclass(slots=True)
class Result:
    """All that one program has found."""

    program: str
    """The name of its file."""
    about: str
    """What is measured and how: its docstring, without the command lines in it."""
    tables: list[Table]
    goals: list[Goal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What was skipped, and why."""
    printed: str = ""
    """Of a program that has a form of its own: what it printed."""
    arguments: str = ""
    is_short: bool = False
    seconds: float = 0.0
    machine: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, file: str, doc: str | None, tables: Iterable[Table], **more: Any) -> Result:
        """The result of a program: of its file, its docstring, and its tables."""
        return cls(Path(file).name, described(doc), list(tables), **more)


# the machine


def machine() -> dict[str, Any]:
    """What the figures were taken on: nothing of them holds elsewhere, but the ratios may."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "load": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


# rounds


def parser(doc: str | None, *, rounds: int = ROUNDS, short_rounds: int = SHORT_ROUNDS) -> argparse.ArgumentParser:
    """The options that all programs have; a program adds its own."""
    made = argparse.ArgumentParser(description=(doc or "").strip().splitlines()[0])
    made.add_argument("--rounds", type=int, help=f"{rounds} by default, {short_rounds} in the short form")
    made.add_argument("--short", action="store_true", help="a minute at most, as in CI")
    made.add_argument("--json", type=Path, metavar="FILE", help="keep every figure there; - for standard output")
    made.set_defaults(rounds_by_default=(rounds, short_rounds), begun=time.monotonic())
    return made


def rounds_of(options: argparse.Namespace) -> int:
    """How many are asked for."""
    given: int | None = options.rounds
    by_default, in_short = options.rounds_by_default
    return given or (in_short if options.short else by_default)


def in_turn(table: Table, contenders: Mapping[str, Callable[[], Mapping[str, float]]], rounds: int) -> None:
    """Take the rounds of all contenders in turn, each beginning with the next of them."""
    names = list(contenders)
    for number in range(rounds):
        for place in range(len(names)):
            name = names[(number + place) % len(names)]
            table.add(name, contenders[name]())
            _progress(f"{table.title}: round {number + 1} of {rounds}, {name}")
    table.rows = {name: table.rows[name] for name in names}


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text[:100]}")
        sys.stderr.flush()


def growth(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The growth exponent: the slope of time against size, both as logarithms.

    0 where size does not matter, 1 where time grows as size does, 2 where it grows with its square.
    """
    return statistics.linear_regression(list(map(math.log, sizes)), list(map(math.log, times))).slope


# what is told


def tell(result: Result, options: argparse.Namespace) -> None:
    """Print the tables, and keep the figures where that is asked for."""
    result.is_short = options.short
    result.seconds = round(time.monotonic() - options.begun, 1)
    result.machine = machine()
    result.arguments = result.arguments or " ".join(_without_json(sys.argv[1:]))
    _progress("")
    is_printed = str(options.json) == "-"
    if options.json is not None and not is_printed:
        keep(result, options.json)
    print(written(result) if is_printed else "\n".join(lines_of(result)))


def keep(result: Result, file: Path) -> None:
    """Write its figures into a file, for ``read``."""
    file.write_text(f"{written(result)}\n", encoding="utf-8")


def written(result: Result) -> str:
    """JSON with the figures of a row on one line, each to six places: such files are read in a review."""
    text = json.dumps({"format_version": FORMAT_VERSION, **asdict(result)}, indent=1, ensure_ascii=False)
    numbers = re.compile(r"\[\s*(-?[\d.e+-]+(?:,\s*-?[\d.e+-]+)*)\s*\]")

    def on_one_line(found: re.Match[str]) -> str:
        return f"[{', '.join(f'{float(each):.6g}' for each in found[1].split(','))}]"

    return numbers.sub(on_one_line, text)


def _without_json(words: Sequence[str]) -> list[str]:
    kept, is_file = [], False
    for word in words:
        if not is_file and word != "--json" and not word.startswith("--json="):
            kept.append(word)
        is_file = word == "--json"
    return kept


def read(file: Path) -> Result:
    """What was kept.

    Raises:
        ValueError: it is of another version of this form.
    """
    kept = json.loads(file.read_text(encoding="utf-8"))
    if kept.pop("format_version") != FORMAT_VERSION:
        raise ValueError(f"{file.name} was written by another release: make bench")
    tables = [
        Table(**{**table, "measures": tuple(Measure(**measure) for measure in table["measures"])})
        for table in kept.pop("tables")
    ]
    return Result(tables=tables, goals=[Goal(**goal) for goal in kept.pop("goals")], **kept)


def lines_of(result: Result) -> list[str]:
    """The tables as text, which is Markdown as well."""
    lines = [line for table in result.tables for line in (f"**{table.title}**", "", *table_lines(table), "")]
    return lines + [f"- {line}" for line in (*map(goal_line, result.goals), *result.remarks)]


def goal_line(goal: Goal) -> str:
    """Whether it is reached, and else by how much it is missed."""
    if goal.is_met:
        return f"{goal.what}: at most {goal.most:g}, found {goal.found:.2f}: reached."
    missed = f"{goal.what}: at most {goal.most:g}, found {goal.found:.2f}: **missed** by {goal.found - goal.most:.2f}."
    return f"{missed} {goal.why}".rstrip()


def table_lines(table: Table) -> list[str]:
    """A table: the median of the rounds, the middle half of them, and the ratio to the peer."""
    heads = [table.first]
    for measure in table.measures:
        heads.append(f"{measure.name}, {measure.unit}" if measure.unit else measure.name)
        if _has_ratio(table, measure):
            heads.append(f"to {table.peer}")
    rows = [heads, *([name, *_cells(table, name)] for name in table.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    lines = [_line(row, widths) for row in rows]
    rule = "|".join(f"{'-' * (width + 1)}{':' if place else '-'}" for place, width in enumerate(widths))
    return [lines[0], f"|{rule}|", *lines[1:], *(("", table.note) if table.note else ())]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        f"{cell:>{width}}" if place else f"{cell:<{width}}"
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return f"| {' | '.join(cells)} |"


def _has_ratio(table: Table, measure: Measure) -> bool:
    return bool(table.peer) and measure.is_compared


def _cells(table: Table, name: str) -> list[str]:
    cells = []
    for measure in table.measures:
        figures = table.rows[name].get(measure.name, [])
        cells.append(spread(figures, measure.digits))
        if _has_ratio(table, measure):
            has_both = figures and table.rows.get(table.peer, {}).get(measure.name)
            cells.append(f"{table.ratio(name, measure.name):.2f}" if has_both else "")
    return cells


def spread(figures: Sequence[float], digits: int) -> str:
    """The median, and the quartiles in brackets."""
    if not figures:
        return "-"
    if len(figures) == 1:
        return f"{figures[0]:,.{digits}f}"
    low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
    return f"{median:,.{digits}f} ({low:,.{digits}f}-{high:,.{digits}f})"


def described(doc: str | None) -> str:
    """A docstring as paragraphs of one line each, without the command lines in it."""
    paragraphs = re.split(r"\n{2,}", (doc or "").strip())
    kept = [part for part in paragraphs if part.strip() != "::" and not part.startswith("    ")]
    return "\n\n".join(_as_markdown(part) for part in kept)


def _as_markdown(part: str) -> str:
    """A paragraph on one line; one whose lines begin with a term each, as a list."""
    rows = re.split(r"\n(?=``)", part.removesuffix("::")) if part.startswith("``") else [part]
    lines = [" ".join(row.split()).replace("``", "`") for row in rows]
    return lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
