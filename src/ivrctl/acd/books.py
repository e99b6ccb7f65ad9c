"""The books: stays as rows, one for each interval, queue, tier and agent that is asked for.

A stay belongs to the interval in which it joined, whenever it ended, so a row never takes back what it said of those
who came: only who waited has become something else. A row **balances** when what is known to have become of its stays
adds up to the offered, and nothing can have gone unseen; else it is incomplete, and its ``lacks`` say by what.

``agent_times`` has the time of agents, ``kpi`` the figures that are reckoned from all this; ``intervals`` the calendar.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.acd.stay import Gap, Stay, StayEnd

SHORT_ABANDON = timedelta(seconds=5)
"""Who hangs up before it has not waited: he dialled wrongly, or thought better of it."""

_NOTHING = timedelta()


class Dimension(StrEnum):
    """What rows can be apart by."""

    INTERVAL = "interval"
    QUEUE = "queue"
    TIER = "tier"
    AGENT = "agent"
    """Who answered; unanswered stays are one row, of nobody."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row is of. None in a part: of all of them together."""

    interval: Interval | None = None
    queue: str | None = None
    tier: str | None = None
    """Empty: of callers of no tier."""
    agent: str | None = None
    """Empty: of calls that nobody answered."""


class Lacking(StrEnum):
    """Why a row is incomplete."""

    ENDS_UNKNOWN = "ends_unknown"
    """What became of some went unseen."""
    UNSEEN = "unseen"
    """For some time nothing was seen: others may have come, too."""
    DISAGREEING = "disagreeing"
    """What was read of some contradicts itself: who left before he joined, or left at no time."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What a row lacks."""

    kind: Lacking
    count: int
    """Stays; of ``unseen`` 0, since nobody knows how many."""
    why: str
    """In words."""
    seconds: float = 0.0
    """How much of the row's time went unseen."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of the stays of a cell."""

    cell: Cell
    offered: int
    """Who joined."""
    ends: Mapping[StayEnd, int]
    """How many of them ended how; an end that none had is not there."""
    short_abandons: int
    """Those of the abandoned who hung up before the threshold."""
    reckoned: int
    """Those whose joining went unseen and was reckoned from a reading."""
    lacks: tuple[Lack, ...] = ()

    def of(self, end: StayEnd) -> int:
        """How many ended so."""
        return self.ends.get(end, 0)

    @property
    def known(self) -> int:
        """Those of whom it is known what became of them, who wait still among them."""
        return sum(count for end, count in self.ends.items() if end is not StayEnd.UNKNOWN)

    @property
    def gap(self) -> int:
        """How many of the offered are missing in the known ends."""
        return self.offered - self.known

    @property
    def is_complete(self) -> bool:
        """True when it balances, and nothing can have gone unseen."""
        return not self.lacks and self.gap == 0


@dataclass(frozen=True, slots=True)
class Scheme:
    """How rows are made."""

    period: Interval
    """Stays that joined outside are none of it."""
    intervals: Intervals
    by: frozenset[Dimension] = frozenset()
    """None: everything is one row."""
    short_abandon: timedelta = SHORT_ABANDON

    @property
    def whole(self) -> Scheme:
        """The same with everything as one row."""
        return Scheme(self.period, self.intervals, frozenset(), self.short_abandon)

    def cell(self, stay: Stay) -> Cell:
        """The row that a stay belongs to."""
        return Cell(
            interval=self.intervals.of(stay.joined_at) if Dimension.INTERVAL in self.by else None,
            queue=stay.queue if Dimension.QUEUE in self.by else None,
            tier=stay.tier if Dimension.TIER in self.by else None,
            agent=answerer(stay) if Dimension.AGENT in self.by else None,
        )

    def time(self, cell: Cell) -> Interval:
        """The time that a row is of."""
        return cell.interval or self.period


def answerer(stay: Stay) -> str:
    """Who answered a stay; nobody is empty."""
    return stay.interface if stay.end is StayEnd.ANSWERED else ""


def is_short(stay: Stay, threshold: timedelta) -> bool:
    """True for who hung up before the threshold."""
    if stay.end is not StayEnd.ABANDONED or stay.left_at is None:
        return False
    return stay.left_at - stay.joined_at < threshold


def disagrees(stay: Stay) -> bool:
    """True when the parts of a stay contradict each other."""
    if stay.left_at is None:
        return stay.end not in {StayEnd.WAITING, StayEnd.UNKNOWN}
    if stay.left_at < stay.joined_at or stay.end is StayEnd.WAITING:
        return True
    return stay.talk_ended_at is not None and stay.talk_ended_at < stay.left_at


@dataclass(slots=True)
class _Tally:
    """A row while it is being counted."""

    offered: int = 0
    ends: Counter[StayEnd] = field(default_factory=Counter)
    short: int = 0
    reckoned: int = 0
    disagreeing: int = 0

    def add(self, stay: Stay, short_abandon: timedelta) -> None:
        self.offered += 1
        self.ends[stay.end] += 1
        self.short += is_short(stay, short_abandon)
        self.reckoned += not stay.is_joined_exactly
        self.disagreeing += disagrees(stay)

    def row(self, cell: Cell, unseen: Iterable[Lack]) -> Row:
        lacks = list(unseen)
        if unknown := self.ends[StayEnd.UNKNOWN]:
            lacks.append(Lack(Lacking.ENDS_UNKNOWN, unknown, f"what became of {unknown} went unseen"))
        if self.disagreeing:
            why = f"the readings of {self.disagreeing} disagree"
            lacks.append(Lack(Lacking.DISAGREEING, self.disagreeing, why))
        return Row(cell, self.offered, dict(self.ends), self.short, self.reckoned, tuple(lacks))


class Tallies:
    """Rows of a period, counted from one stay after the other."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._tallies: defaultdict[Cell, _Tally] = defaultdict(_Tally)

    def add(self, stay: Stay) -> None:
        """One more, each once and in any order."""
        if stay.joined_at in self._scheme.period:
            self._tallies[self._scheme.cell(stay)].add(stay, self._scheme.short_abandon)

    def rows(self, gaps: Sequence[Gap], now: datetime) -> list[Row]:
        """The rows, in the order of their cells; see ``rows``."""
        scheme, tallies = self._scheme, dict(self._tallies)
        for cell in _unseen_cells(gaps, scheme, now):
            tallies.setdefault(cell, _Tally())
        made = [tally.row(cell, _unseen(cell, gaps, scheme, now)) for cell, tally in tallies.items()]
        return sorted(made, key=lambda row: order(row.cell))

    def total(self, gaps: Sequence[Gap], now: datetime) -> Row:
        """The one row of a scheme that has nothing apart."""
        found = self.rows(gaps, now)
        return found[0] if found else _Tally().row(Cell(), ())


def rows(stays: Iterable[Stay], gaps: Sequence[Gap], scheme: Scheme, now: datetime) -> list[Row]:
    """The rows of a period, in the order of their cells.

    An interval in which nobody joined has a row when something may have gone unseen in it.

    Args:
        stays: in any order, each once.
        gaps: those that touch the period.
        scheme: what rows there are.
        now: until when a gap lasts that has not ended.
    """
    return _counted(stays, scheme).rows(gaps, now)


def total(stays: Iterable[Stay], gaps: Sequence[Gap], scheme: Scheme, now: datetime) -> Row:
    """Everything of a period as one row."""
    return _counted(stays, scheme.whole).total(gaps, now)


def _counted(stays: Iterable[Stay], scheme: Scheme) -> Tallies:
    tallies = Tallies(scheme)
    for stay in stays:
        tallies.add(stay)
    return tallies


def _unseen_cells(gaps: Sequence[Gap], scheme: Scheme, now: datetime) -> Iterator[Cell]:
    """Rows of times alone, or of times and a queue, in which nothing was seen."""
    if scheme.by - {Dimension.INTERVAL, Dimension.QUEUE}:
        return
    for gap in gaps:
        if Dimension.QUEUE in scheme.by and not gap.queue:
            continue
        queue = gap.queue if Dimension.QUEUE in scheme.by else None
        seen = Interval(max(gap.began_at, scheme.period.begin), min(gap.ended_at or now, scheme.period.end))
        if seen.begin >= seen.end:
            continue
        if Dimension.INTERVAL not in scheme.by:
            yield Cell(queue=queue)
            continue
        for interval in scheme.intervals.within(seen):
            yield Cell(interval, queue)


def _unseen(cell: Cell, gaps: Sequence[Gap], scheme: Scheme, now: datetime) -> Iterator[Lack]:
    time = scheme.time(cell)
    for gap in gaps:
        is_of_it = not gap.queue or cell.queue in {None, gap.queue}
        lost = time.common(gap.began_at, gap.ended_at or now)
        if is_of_it and lost > _NOTHING:
            yield Lack(Lacking.UNSEEN, 0, gap.why, lost.total_seconds())


def order(cell: Cell) -> tuple[datetime | str, ...]:
    """By time, then by name."""
    begin = () if cell.interval is None else (cell.interval.begin,)
    return (*begin, cell.queue or "", cell.tier or "", cell.agent or "")
