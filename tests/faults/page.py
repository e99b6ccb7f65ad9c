"""Writes ``docs/proof.md`` from the outcomes in ``tests/faults/results``: the page says what the files say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from .invariants import INVARIANTS
from .matrix import Fault, Outcome, Terminal, Where
from .outcomes import RESULTS, read
from .rows import FAULTS

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"
CONTROLLER_MOST, ANY_MOST = 3.0, 8.0
"""Seconds of silence that 99 of 100 calls are to have at most, in a fault of the controller and in any single one."""
_HEAD = """\
# Proof: what was broken, and what held

Calls are made, something is broken under them, and then somebody looks who is not ivrctl: a peer that plays Asterisk or
Asterisk itself, `sqlite3` on the database, `/proc`, every byte of every file that is left. The page is written by
`make faults` from the figures of the runs, which lie in `tests/faults/results`. A row is tried again by

```sh by=tests/faults/test_seeded.py
.venv/bin/python -m tests.faults --only kill --seed 7
```

which is one of its seeds alone; `--seeds 500` runs so many. **Seeded** rows run the shipped controller, in a process of
its own, against a fake Asterisk that shares no code with it; a seed decides everything that is left to chance. CI runs
twenty seeds of each. **Real** rows run on a real Asterisk, with softphones or SIPp, and listen to what callers heard.
"""


def page(folder: Path = RESULTS) -> str:
    """The whole page."""
    found = [(fault, read(fault, folder)) for fault in FAULTS]
    parts = [_HEAD, _reached(found), "## What must hold\n", *_invariants(), ""]
    for where, title in ((Where.SEEDED, "## Seeded"), (Where.REAL, "## On a real Asterisk")):
        rows = [(fault, outcome) for fault, outcome in found if fault.where is where]
        if rows:
            parts += [f"{title}\n", *_matrix(rows), "", *_remarks(rows)]
    parts += [_taken(outcome for _, outcome in found if outcome is not None)]
    return "\n".join(parts)


def _reached(found: Sequence[tuple[Fault, Outcome | None]]) -> str:
    ran = [(fault, outcome) for fault, outcome in found if outcome is not None and not outcome.left_out]
    calls, lost = sum(each.calls for _, each in ran), sum(each.ended.get(Terminal.LOST, 0) for _, each in ran)
    broken = [fault.name for fault, outcome in ran if outcome.broken]
    rows = ", ".join(broken)
    lines = [
        "## What was to be reached\n",
        f"- No call lost: {lost} of {calls} calls in {len(ran)} rows{_verdict(lost == 0, f'by {lost}')}",
        f"- Every invariant holds in every row{_verdict(not broken, f'in {rows}')}",
    ]
    for what, most, silences in (
        ("a fault of the controller", CONTROLLER_MOST, [s for f, o in ran if f.is_of_controller for s in o.silences]),
        (
            "any single fault but a black hole in AGI, which `IVRCTL_LEG_LIMIT` bounds",
            ANY_MOST,
            [s for f, o in ran if not f.is_bounded_by_limit for s in o.silences],
        ),
    ):
        if silences:
            p99 = percentile(silences, 99)
            said = (
                f"- Silence in {what}, 99 of 100 calls: at most {most:g} s, found {p99:.2f} s of {len(silences)} calls"
            )
            lines.append(f"{said}{_verdict(p99 <= most, f'by {p99 - most:.2f} s')}")
    return "\n".join([*lines, ""])


def _verdict(is_met: bool, by: str) -> str:
    return ": reached." if is_met else f": **missed** {by}."


def percentile(values: Sequence[float], of: int) -> float:
    """The value that so many of a hundred do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * of / 100) - 1)]


def _invariants() -> list[str]:
    rows = [(f"`{each.name}`", each.what, each.reader, each.dash) for each in INVARIANTS]
    return _table(("column", "what must hold", "who looks", "a dash, where"), rows)


def _matrix(rows: Sequence[tuple[Fault, Outcome | None]]) -> list[str]:
    names = [each.name for each in INVARIANTS if any(o and each.name in o.looked for _, o in rows)]
    has_silence = any(outcome and outcome.silences for _, outcome in rows)
    heads = ["fault", "what is broken", "seeds", "calls", *(str(each) for each in Terminal)]
    heads += [*(["silence p50/p99/most, s"] if has_silence else []), *(f"`{name}`" for name in names)]
    return _table(heads, [_row(fault, outcome, names, has_silence=has_silence) for fault, outcome in rows])


def _row(fault: Fault, outcome: Outcome | None, names: Sequence[str], *, has_silence: bool) -> list[str]:
    cells = [f"`{fault.name}`", fault.what]
    if outcome is None or outcome.left_out:
        why = "not run yet" if outcome is None else f"left out: {outcome.left_out}"
        return [*cells, why, *[""] * (1 + len(Terminal) + has_silence + len(names))]
    cells += [_seeds(outcome.seeds), str(outcome.calls), *(str(outcome.ended.get(each, 0)) for each in Terminal)]
    if has_silence:
        cells.append(_silences(outcome.silences))
    return cells + [_cell(outcome, name) for name in names]


def _cell(outcome: Outcome, name: str) -> str:
    if name in outcome.broken:
        return f"**{len(outcome.broken[name])}**"
    return "0" if name in outcome.looked else "-"


def _silences(values: Sequence[float]) -> str:
    if not values:
        return "-"
    return f"{percentile(values, 50):.1f} / {percentile(values, 99):.1f} / {max(values):.1f}"


def _seeds(seeds: Sequence[int]) -> str:
    return str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]}-{seeds[-1]}"


def _remarks(rows: Iterable[tuple[Fault, Outcome | None]]) -> list[str]:
    """What the rows say beside their figures, and what was broken."""
    lines = []
    for fault, outcome in rows:
        if outcome is not None:
            lines += [f"- `{fault.name}`: {remark}." for remark in outcome.remarks]
            lines += [
                f"- `{fault.name}`, `{name}`: {wrong.partition(chr(10))[0]}."
                for name, all_wrong in outcome.broken.items()
                for wrong in all_wrong
            ]
    return [*lines, ""] if lines else []


def _taken(outcomes: Iterable[Outcome]) -> str:
    lines = [
        "## On what\n",
        "Each row, as it was run last:\n",
    ]
    for each in outcomes:
        if not each.left_out:
            on = each.machine
            versions = ", ".join(f"{name} {on[name]}" for name in ("ivrctl", "python", "asterisk") if on.get(name))
            lines.append(
                f"- `{each.fault}`: {each.seconds:g} s on {on['cores']} cores of {on['processor']}, {on['kernel']}, "
                f"{versions}; load {on['load']:g} at its begin."
            )
    return "\n".join([*lines, ""])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        return f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"

    return [line(heads), f"|{'|'.join('-' * (width + 2) for width in widths)}|", *map(line, rows)]


def write() -> None:
    """Write it."""
    PAGE.write_text(page(), encoding="utf-8")
