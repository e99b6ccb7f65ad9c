"""Writes ``docs/benchmarks.md`` from the figures in ``benchmarks/results``: the page says what the files say.

::

    python benchmarks/page.py [--check]

``--check`` writes nothing, and exits with 1 when the page is not as its figures are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from programs import PROGRAMS, Program
from rounds import Result, goal_line, read, table_lines

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

What ivrctl costs, beside the programs that somebody would use instead, in the same run on the same machine. The page is
written by `make bench` from the figures of each program, which hold every round; each part below is one program
in `benchmarks/`, and says how it measures. Run it yourself: `make bench`, or one alone,

```sh by=tests/unit/repository/test_benchmarks.py
.venv/bin/python benchmarks/one_call.py --short
```

A figure is the median of the rounds, with the middle half of them in brackets. Rounds go round robin, so that a busy
minute of the machine meets everybody alike. Processor time is user and system time; figures by the clock on the wall
are of a machine that did other things too. *To X* is the ratio to X: below 1 is less. The numbers hold for the machine
that each part names: compare the rows.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    parts += [section(program, read(program.result)) for program in PROGRAMS if program.result.exists()]
    return "\n".join(parts)


def section(program: Program, result: Result) -> str:
    """One program's part."""
    lines = [f"## {program.title}", "", result.about, ""]
    for table in result.tables:
        lines += [*([f"**{table.title}**", ""] if len(result.tables) > 1 else ()), *table_lines(table), ""]
    if result.printed:
        lines += ["```text", result.printed.rstrip("\n"), "```", ""]
    told = [*map(goal_line, result.goals), *result.remarks]
    lines += [*(f"- {line}" for line in told), *([""] if told else ())]
    lines += [f"`{' '.join(filter(None, ['benchmarks/' + result.program, result.arguments]))}`: {_taken(result)}", ""]
    return "\n".join(lines)


def _taken(result: Result) -> str:
    on = result.machine
    versions = ", ".join(f"{name} {version}" for name, version in on["packages"].items())
    cores = f"{on['cores']} {'core' if on['cores'] == 1 else 'cores'}"
    taken = f"{result.seconds:g} s on {cores} of {on['processor']}, {on['kernel']}, {on['python']}, {versions}"
    return f"{taken}; load {on['load']:g} at its end."


def write() -> None:
    """Write it."""
    PAGE.write_text(page(), encoding="utf-8")


def main() -> int:
    """Write the page, or compare it; the exit code."""
    if "--check" not in sys.argv[1:]:
        write()
        return 0
    return 0 if PAGE.read_text(encoding="utf-8") == page() else 1


if __name__ == "__main__":
    raise SystemExit(main())
