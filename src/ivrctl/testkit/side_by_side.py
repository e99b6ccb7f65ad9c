"""The script as written beside the call as it happened, for whoever reads a failure.

Each line that was met stands beside what met it. The first that was not stands beside what came in its place; from
there on both sides simply run on. Chinese takes two columns a character, as terminals show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, chop_cells

from ivrctl.testkit.verdict import Noted, Written

SAME_MOMENT = 0.001
"""Seconds: times are noted in milliseconds."""

DIFFERENT = "≠"
LEAST_COLUMNS = 20
"""Of each side, however narrow the terminal is."""

RED, DIM, PLAIN = "\x1b[31m", "\x1b[2m", "\x1b[0m"

INSTEAD = {"ivr": "ivr", "queue": "queue"}
"""Whose next note stands in the place of a line that was not met; for any other line it is the end of the call."""
ENDS = "call"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what was written, and what happened."""

    written: str = ""
    happened: Noted | None = None
    is_different: bool = False


def aligned(script: Sequence[Written], transcript: Sequence[Noted]) -> list[Row]:
    """The rows of both sides.

    Args:
        script: its lines in order; those from the first failure on have no time.
        transcript: what happened, in order.
    """
    rows = [Row(happened=noted) for noted in transcript]
    met = [line for line in script if line.at is not None]
    begin = 0
    for line in met:
        begin = _placed(line, rows, begin)
    return rows if len(met) == len(script) else _run_on(script[len(met) :], rows, begin)


def _placed(line: Written, rows: list[Row], begin: int) -> int:
    """Put a line beside what met it, or in a row of its own; the row behind it."""
    at = line.at or 0.0
    index = next((index for index in range(begin, len(rows)) if _meets(rows[index].happened, line, at)), None)
    if index is not None:
        rows[index] = replace(rows[index], written=line.line)
        return index + 1
    index = next((index for index in range(begin, len(rows)) if _is_later(rows[index].happened, at)), len(rows))
    rows.insert(index, Row(line.line))
    return index + 1


def _meets(noted: Noted | None, line: Written, at: float) -> bool:
    return noted is not None and noted.who == line.who and abs(noted.at - at) < SAME_MOMENT


def _is_later(noted: Noted | None, at: float) -> bool:
    return noted is not None and noted.at > at


def _run_on(rest: Sequence[Written], rows: list[Row], begin: int) -> list[Row]:
    """The lines from the first that was not met on, beside what came from there on."""
    failed = rest[0]
    sought = INSTEAD.get(failed.who, ENDS)
    beside = [index for index in range(begin, len(rows)) if getattr(rows[index].happened, "who", "") == sought]
    first = beside[0] if beside else len(rows)
    rows += [Row()] * (first + len(rest) - len(rows))
    for offset, line in enumerate(rest):
        rows[first + offset] = replace(rows[first + offset], written=line.line, is_different=offset == 0)
    return rows


def render(rows: Sequence[Row], width: int | None, *, is_coloured: bool = False) -> list[str]:
    """The rows as lines of text.

    Args:
        rows: of ``aligned``.
        width: of the terminal in columns: what is longer goes on below; None writes every row on one line.
        is_coloured: True writes ANSI colours: the difference in red, the flow's own steps dim.
    """
    who = max((cell_len(row.happened.who) for row in rows if row.happened), default=0)
    left = max((cell_len(row.written) for row in rows), default=0)
    fixed = len("  ≠ ") + len("   ") + len("1234.56 s  ") + who + len("  ")
    right = None
    if width is not None:
        left = min(left, max(LEAST_COLUMNS, (width - fixed) // 2))
        right = max(LEAST_COLUMNS, width - fixed - left)
    head = [f"    {_filled('written', left)}   happened"]
    return head + [line for row in rows for line in _lines(row, (left, who, right), is_coloured=is_coloured)]


def _lines(row: Row, columns: tuple[int, int, int | None], *, is_coloured: bool) -> Iterator[str]:
    left, who, right = columns
    noted = row.happened
    written = _wrapped(row.written, left)
    happened = [""] if noted is None else _wrapped(noted.what, right)
    for number in range(max(len(written), len(happened))):
        first = number == 0
        mark = DIFFERENT if row.is_different and first else " "
        when = f"{noted.at:7.2f} s  {_filled(noted.who, who)}" if noted is not None and first else " " * (11 + who)
        ours = written[number] if number < len(written) else ""
        theirs = happened[number] if number < len(happened) else ""
        line = f"  {mark} {_filled(ours, left)}   {when}  {theirs}".rstrip()
        yield _coloured(line, row) if is_coloured else line


def _coloured(line: str, row: Row) -> str:
    if row.is_different:
        return f"{RED}{line}{PLAIN}"
    is_own = not row.written and row.happened is not None and row.happened.who == "flow"
    return f"{DIM}{line}{PLAIN}" if is_own else line


def _wrapped(text: str, columns: int | None) -> list[str]:
    """The text in lines of so many columns: broken at blanks where there are, else anywhere."""
    if columns is None or cell_len(text) <= columns:
        return [text]
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        lines[-1:] = (
            [longer] if cell_len(longer) <= columns else [*filter(None, lines[-1:]), *chop_cells(word, columns)]
        )
    return lines


def _filled(text: str, columns: int) -> str:
    return text + " " * max(0, columns - cell_len(text))
