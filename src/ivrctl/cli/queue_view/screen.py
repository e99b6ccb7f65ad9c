"""The whole screen of ``ivrctl queue watch``, for a terminal of any size: title, doubt, queues, agents.

What does not fit is said and not only left out: columns go from the least to the most needed, and of queues those stay
in which somebody waits. Colour is never the only sign: what is over its threshold begins with ``!``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text

from ivrctl.cli.columns import GAP, aligned, cut, width
from ivrctl.cli.queue_view.centre import AgentSeen, Centre, Known, QueueSeen
from ivrctl.cli.queue_view.held import Held
from ivrctl.cli.queue_view.text import cells
from ivrctl.cli.queue_view.wording import Level, doing, level_of, plain, reach_level, since, wait_level

HINT = "q quits"
ABOVE = 2
"""Lines above the rows of a table: an empty one, and the headings."""
NARROWEST_NAME = 8
"""Places for a name, before another column is left out for it."""
_OF_LEVEL = {Level.CALM: "", Level.NEAR: "yellow", Level.OVER: "bold red"}
_OF_STATE = {"talking": "cyan", "ringing": "magenta", "free": "green", "paused": "yellow", "away": "dim"}
_DOUBT = "bold white on red"

Cell = tuple[str, str]
"""A text and its style."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    heading: str
    dispensable: int = 0
    """Those with the highest go first where the terminal is narrow; 0 stays."""
    is_right: bool = False
    is_name: bool = False
    """It is cut before any other one."""


QUEUES = (
    Column("", 0),
    Column("queue", is_name=True),
    Column("waiting", is_right=True),
    Column("longest", is_right=True),
    Column("P50", 6, is_right=True),
    Column("P80", 7, is_right=True),
    Column("staff", 5, is_right=True),
    Column("avail", 1, is_right=True),
    Column("talking", 3, is_right=True),
    Column("paused", 4, is_right=True),
)
AGENTS = (
    Column("number", 2),
    Column("agent", is_name=True),
    Column("state"),
    Column("for", 1, is_right=True),
    Column("queues", 3),
)


def screen(held: Held, known: Known, at: float, size: tuple[int, int]) -> Text:
    """All lines of it, none longer and no more than there is room for.

    Args:
        held: the last answer.
        known: what the site file says.
        at: now, on the steady clock of ``held``.
        size: columns and lines.
    """
    wide, high = size
    centre, told = held.centre, held.doubt(known, at)
    lines = [_title(centre, known, wide)]
    if told:
        lines.append(Text(aligned(cut(f"! {told}", wide), wide, is_right=False), _DOUBT))
    room = high - len(lines)
    for_queues, for_agents = _shares(room, len(centre.queues), len(centre.agents))
    stale = "dim" if told else ""
    lines += _queues(centre, known, wide, for_queues, stale)
    lines += _agents(centre, wide, for_agents, stale)
    if not centre.queues:
        lines.append(Text("Asterisk has no queues"))
    for line in lines:
        line.truncate(wide, overflow="ellipsis")
    return Text("\n", no_wrap=True, overflow="crop", end="").join(lines[:high])


def _title(centre: Centre, known: Known, wide: int) -> Text:
    at = f"{centre.sight.now.astimezone(known.zone):%H:%M:%S}"
    left = "  ".join(filter(None, ("queues", known.name, at)))
    blank = wide - width(left) - len(HINT)
    return Text(left + " " * blank + HINT if blank > 1 else cut(left, wide), "bold")


def _shares(room: int, queues: int, agents: int) -> tuple[int, int]:
    """Lines for queues and for agents, each with an empty one above and a heading."""
    wanted_queues, wanted_agents = (count + ABOVE if count else 0 for count in (queues, agents))
    if wanted_queues + wanted_agents <= room:
        return wanted_queues, wanted_agents
    for_agents = min(wanted_agents, max(room // 3, room - wanted_queues))
    return room - for_agents, for_agents


def _queues(centre: Centre, known: Known, wide: int, high: int, stale: str) -> list[Text]:
    if high < ABOVE + 1:
        return []
    shown = _most_pressed(centre.queues, _fitting(len(centre.queues), high))
    waiting = sum(queue.waiting or 0 for queue in centre.queues if queue not in shown)
    left_out = len(centre.queues) - len(shown)
    more = f"… and {left_out} more, where {waiting} wait" if left_out else ""
    return _table(QUEUES, [_queue(queue, known) for queue in shown], more, wide, stale)


def _most_pressed(queues: Sequence[QueueSeen], count: int) -> list[QueueSeen]:
    """Those in which somebody waits longest, and then as they came, which is by name."""
    pressed = sorted(queues, key=lambda queue: (-(queue.longest_wait or 0.0), queue.name))[:count]
    return [queue for queue in queues if queue in pressed]


def _queue(queue: QueueSeen, known: Known) -> list[Cell]:
    level, reach = level_of(queue, known.answer_in), reach_level(queue)
    style = _OF_LEVEL[level]
    name, waiting, longest, p50, p80, staff, available, talking, paused = cells(queue)
    return [
        ("!" if level is Level.OVER else "", style),
        (name, style),
        (waiting, style if queue.waiting else ""),
        (longest, _OF_LEVEL[wait_level(queue.longest_wait, known.answer_in)]),
        (p50, _OF_LEVEL[wait_level(queue.expected_wait, known.answer_in)]),
        (p80, _OF_LEVEL[wait_level(queue.expected_wait_80, known.answer_in)]),
        (staff, ""),
        (available, _OF_LEVEL[reach] or "green"),
        (talking, ""),
        (paused, ""),
    ]


def _agents(centre: Centre, wide: int, high: int, stale: str) -> list[Text]:
    if high < ABOVE + 1:
        return []
    count = _fitting(len(centre.agents), high)
    rows = [_agent(agent, centre.sight.now) for agent in centre.agents[:count]]
    return _table(AGENTS, rows, _left_out(centre.agents[count:]), wide, stale)


def _agent(agent: AgentSeen, now: datetime) -> list[Cell]:
    style = _OF_STATE.get(agent.state, "")
    return [
        (agent.number or "-", ""),
        (plain(agent.name), ""),
        (doing(agent), style),
        (since(agent.since, now), style),
        (plain(" ".join(agent.queues)), "dim"),
    ]


def _left_out(agents: Sequence[AgentSeen]) -> str:
    if not agents:
        return ""
    counts = Counter(agent.state for agent in agents)
    return f"… and {len(agents)} more: " + ", ".join(f"{counts[state]} {state}" for state in sorted(counts))


def _fitting(count: int, high: int) -> int:
    """How many rows have their place, with a line about the others where there are others."""
    room = high - ABOVE
    return count if count <= room else room - 1


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], more: str, wide: int, stale: str) -> list[Text]:
    """An empty line, the headings, the rows, and what is left out."""
    headings = [(column.heading, "bold") for column in columns]
    widths = _widths(columns, [headings, *rows], wide)
    lines = [Text(""), _line(headings, columns, widths, ""), *(_line(row, columns, widths, stale) for row in rows)]
    return [*lines, Text(cut(more, wide), "dim")] if more else lines


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], wide: int) -> list[int]:
    """The places of each column; 0 for one that has none."""
    wanted = [max(width(text) for text, _ in cells) for cells in zip(*rows, strict=True)]
    least = [min(one, NARROWEST_NAME) if column.is_name else one for column, one in zip(columns, wanted, strict=True)]
    for number in sorted(range(len(columns)), key=lambda number: -columns[number].dispensable):
        if _total(least) <= wide or not columns[number].dispensable:
            break
        wanted[number] = least[number] = 0
    for number, column in enumerate(columns):
        if column.is_name:
            wanted[number] = max(least[number], wanted[number] - max(0, _total(wanted) - wide))
    return wanted


def _total(widths: Sequence[int]) -> int:
    shown = [one for one in widths if one]
    return sum(shown) + len(GAP) * (len(shown) - 1)


def _line(row: Sequence[Cell], columns: Sequence[Column], widths: Sequence[int], stale: str) -> Text:
    cells = [
        (aligned(cut(text, wide), wide, is_right=column.is_right), stale or style)
        for (text, style), column, wide in zip(row, columns, widths, strict=True)
        if wide
    ]
    return Text(GAP).join(Text(text, style) for text, style in cells)
