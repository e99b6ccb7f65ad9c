"""The names of cells: ``vip/2026-11-20T10:00/abandoned`` is who abandoned of those who joined vip in that interval.

::

    OF/TIME/FIGURE
    OF      a queue, tier:NAME, agent:INTERFACE, several joined by +, or all; queue:NAME where a queue is called so
    TIME    a day, a day..a day, or the beginning of an interval; one that comes twice has its offset: …T02:00+01:00
    FIGURE  one of those of ``behind_figures``, such as abandoned
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivrctl.acd.books import Cell, answerer
from ivrctl.acd.intervals import LENGTHS, Interval, Intervals, day_of
from ivrctl.acd.stay import Stay
from ivrctl.errors import ConfigurationError
from ivrctl.service.figures.behind_figures import FIGURES, OFFERED, figure_of

_EVERYTHING = frozenset({"all", "total"})
"""What stands for all queues; a queue of that name is ``queue:all``."""
_KINDS = ("queue", "tier", "agent")
_PARTS = re.compile(rf"\+(?=(?:{'|'.join(_KINDS)}):)")
"""Between two parts of a name; another + is one of a number."""
_DAY = r"\d{4}-\d\d-\d\d"
_NAME = re.compile(
    rf"(?:(?P<of>.+)/)?(?P<begin>{_DAY})(?:\.\.(?P<last>{_DAY})|T(?P<clock>\d\d:\d\d)(?P<offset>[+-]\d\d:\d\d)?)?"
    r"(?:/(?P<figure>\w+))?\Z"
)


class UnreadableCellError(ConfigurationError):
    """A text is no name of a cell."""


@dataclass(frozen=True, slots=True)
class CellName:
    """What a name says."""

    cell: Cell
    time: Interval
    figure: str

    def is_of(self, stay: Stay) -> bool:
        """True for a stay that belongs to the row, whatever became of it."""
        cell = self.cell
        return (
            stay.joined_at in self.time
            and cell.queue in {None, stay.queue}
            and cell.tier in {None, stay.tier}
            and cell.agent in {None, answerer(stay)}
        )


def name_of(cell: Cell, period: Interval, zone: ZoneInfo) -> str:
    """The name of a row, without a figure."""
    parts = [] if cell.queue is None else [_queue_in_name(cell.queue)]
    parts += [] if cell.tier is None else [f"tier:{cell.tier}"]
    parts += [] if cell.agent is None else [f"agent:{cell.agent}"]
    return f"{'+'.join(parts) or 'all'}/{time_of(cell.interval or period, zone)}"


def _queue_in_name(queue: str) -> str:
    is_plain = queue and queue not in _EVERYTHING and not queue.startswith(tuple(f"{kind}:" for kind in _KINDS))
    return queue if is_plain else f"queue:{queue}"


def time_of(time: Interval, zone: ZoneInfo) -> str:
    """A time as it stands in a name: whole days, or the beginning of an interval."""
    begin, last = time.begin.astimezone(zone), (time.end - timedelta(microseconds=1)).astimezone(zone)
    if day_of(begin.date(), zone).begin == time.begin and day_of(last.date(), zone).end == time.end:
        days = f"{begin:%Y-%m-%d}"
        return days if begin.date() == last.date() else f"{days}..{last:%Y-%m-%d}"
    shown = begin.isoformat(timespec="minutes")
    return shown if _comes_twice(begin) else shown[: len("2026-11-20T10:00")]


def named(text: str, zone: ZoneInfo, length: timedelta) -> CellName:
    """What a name means.

    Args:
        text: the name; without a figure, all who were offered.
        zone: the site's.
        length: of the interval that a name with a clock means.

    Raises:
        UnreadableCellError: it is no name, and what would be.
    """
    match = _NAME.match(text)
    if match is None:
        raise UnreadableCellError(f'"{text}" names no cell', advice="such as vip/2026-11-20T10:00/abandoned")
    figure = figure_of(match["figure"] or OFFERED)
    if figure is None:
        raise UnreadableCellError(
            f'"{match["figure"]}" is no figure with calls behind it', advice=f"one of {', '.join(FIGURES)}"
        )
    try:
        time = _time(match, zone, length)
    except (ValueError, OverflowError):
        raise UnreadableCellError(f'"{text}" names a time that does not exist') from None
    if time is None:
        lengths = " ".join(_short(one) for one in LENGTHS)
        message = f'no interval of {_short(length)} begins at "{match["clock"]}"'
        raise UnreadableCellError(message, advice=f"--interval {lengths}")
    return CellName(_of(match["of"] or "all"), time, figure)


def _of(text: str) -> Cell:
    parts: dict[str, str] = {}
    for part in _PARTS.split(text):
        kind, colon, name = part.partition(":")
        if colon and kind in _KINDS:
            parts[kind] = name
        elif part not in _EVERYTHING:
            parts["queue"] = part
    return Cell(queue=parts.get("queue"), tier=parts.get("tier"), agent=parts.get("agent"))


def _time(match: re.Match[str], zone: ZoneInfo, length: timedelta) -> Interval | None:
    day = date.fromisoformat(match["begin"])
    if match["clock"] is None:
        last = date.fromisoformat(match["last"] or match["begin"])
        if last < day:
            raise ValueError(match["last"])
        return Interval(day_of(day, zone).begin, day_of(last, zone).end)
    at = datetime.fromisoformat(f"{match['begin']}T{match['clock']}{match['offset'] or ''}")
    begin = (at if match["offset"] else at.replace(tzinfo=zone)).astimezone(UTC)
    interval = Intervals(zone, length).of(begin)
    return interval if interval.begin == begin else None


def _comes_twice(at: datetime) -> bool:
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()


def _short(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    return {60: "1h", 1440: "1d"}.get(minutes, f"{minutes}m")
