"""What would be done, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ivrctl.cli.queue_view.wording import plain
from ivrctl.cli.staffing_view.paint import Colour, Paint
from ivrctl.cli.staffing_view.status import change_line, held_line, measure_lines, seat


def plan_lines(policy: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """One policy's plan."""
    name = paint(plain(policy["policy"]), Colour.BOLD)
    if policy["hold"]:
        yield f"{name}: nothing is decided: {plain(policy['hold'])}\n"
        return
    count = len(policy["changes"])
    yield f"{name}: {count or 'no'} change{'s' if count != 1 else ''}\n"
    yield from (f"  {_signed(change, paint)}\n" for change in policy["changes"])
    yield from (f"  . {held_line(held)}\n" for held in policy["held"])
    yield from (f"  = {seat(each)}: {plain(each['why'])}\n" for each in policy["unmanaged"])
    yield "".join(f"\n{plain(tier['why'])}" for tier in policy["tiers"]) + "\n"
    yield from measure_lines(policy, paint)


def applied_lines(applied: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """What became of one policy's plan."""
    name = paint(plain(applied["policy"]), Colour.BOLD)
    failed = [change for change in applied["changes"] if not change["done"]]
    done = len(applied["changes"]) - len(failed)
    yield f"{name}: {done} of {len(applied['changes'])} changes made and seen\n"
    for change in applied["changes"]:
        error = "" if change["done"] else paint(f": {plain(change['error'])}", Colour.RED)
        yield f"  {_signed({**change, 'why': ''}, paint)}{error}\n"
    yield from (f"  . {held_line(held)}\n" for held in applied["held"])


def _signed(change: Mapping[str, Any], paint: Paint) -> str:
    sign, colour = {"add": ("+", Colour.GREEN), "remove": ("-", Colour.RED)}.get(change["kind"], ("~", Colour.YELLOW))
    return f"{paint(sign, colour)} {change_line(change)}"
