"""The figures of a time: rows of the books with what is reckoned from them, the time of agents, and whole calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ivrctl.acd import kpi
from ivrctl.acd.agent_times import AgentTime, AgentTimes
from ivrctl.acd.books import Cell, Dimension, Row, Scheme, Tallies
from ivrctl.acd.call_figures import (
    REPEAT_WITHIN,
    RatingField,
    Repeats,
    RepeatTally,
    Satisfaction,
    SatisfactionTally,
    SelfServiceTally,
)
from ivrctl.acd.figure import Figure
from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.acd.kpi import StayFigures, StayTally, WrapUps
from ivrctl.acd.promises import PromiseRow, PromiseTally
from ivrctl.acd.service_level import Level, LevelTally, Rule, Variant
from ivrctl.acd.stay import AgentSpan, Gap, Stay
from ivrctl.acd.wait_estimates import EstimateQuality, QualityTally
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.call_store.reader import CallReader
from ivrctl.model.call import CallRecord
from ivrctl.service.figures.cells import name_of
from ivrctl.site.site_file import Site


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know."""

    period: Interval
    intervals: Intervals
    by: frozenset[Dimension]
    rule: Rule
    queue: str | None = None
    """None: all queues."""

    @property
    def scheme(self) -> Scheme:
        """How its rows are made."""
        return Scheme(self.period, self.intervals, self.by, self.rule.short_abandon)

    def cell(self, row: Row) -> Cell:
        """What a row is of: where one queue is asked for, of that one."""
        return row.cell if self.queue is None else replace(row.cell, queue=self.queue)

    def name_of(self, row: Row) -> str:
        """The name of a row, by which the calls behind it are found."""
        return name_of(self.cell(row), self.period, self.intervals.zone)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row with its figures."""

    row: Row
    figures: StayFigures
    level: Level


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent's time with its shares."""

    time: AgentTime
    occupancy: Figure
    talk_share: Figure
    working_share: Figure


@dataclass(frozen=True, slots=True)
class CallFigures:
    """What is reckoned from whole calls, of all queues and none."""

    calls: int
    self_service: Figure
    repeats: Repeats
    satisfaction: Satisfaction | None
    """None where the site has no rating."""
    promises: Sequence[PromiseRow]
    """A row for each tier of customers that is promised an answer, and one of all; none where nobody is."""


@dataclass(frozen=True, slots=True)
class Report:
    """The answer."""

    question: Question
    rows: Sequence[ReportRow]
    total: ReportRow
    levels: Sequence[Level]
    """Of all together, in each variant."""
    estimates: EstimateQuality
    agents: Sequence[AgentRow]
    agents_total: AgentRow
    calls: CallFigures


async def report(question: Question, site: Site, books: BooksReader, calls: CallReader, now: datetime) -> Report:
    """Read what is needed and reckon, one after the other: a year needs little more memory than a day.

    Raises:
        SiteStoreError: the database does not answer.
    """
    period = question.period
    reckoning = Reckoning(question, site, now)
    gaps = await books.gaps(period, question.queue)
    # What agents did after the last talks lies behind the period's end.
    async for span in books.span_by_span(Interval(period.begin, period.end + timedelta(hours=1))):
        reckoning.did(span)
    async for stay in books.stay_by_stay(period, question.queue):
        reckoning.stayed(stay)
    async for record in calls.call_by_call(Interval(period.begin - REPEAT_WITHIN, period.end)):
        reckoning.called(record)
    return reckoning.report(gaps)


class Reckoning:
    """A report in the making: it is told of spans first, since a stay's figures need them, then of stays and calls."""

    def __init__(self, question: Question, site: Site, now: datetime) -> None:
        """Nothing was told yet."""
        self._question = question
        self._now = now
        scheme, rule = question.scheme, question.rule
        self._wrap_ups = WrapUps((), now)
        self._agents = AgentTimes(scheme, now) if Dimension.AGENT in scheme.by else None
        self._all_agents = AgentTimes(scheme.whole, now)
        self._rows, self._total = Tallies(scheme), Tallies(scheme.whole)
        self._cells: dict[Cell, _CellTally] = {}
        self._all = self._cell_tally()
        self._levels = [LevelTally(variant, rule) for variant in Variant]
        self._quality = QualityTally()
        rating = rating_field(site)
        self._self_service = SelfServiceTally()
        self._repeats = RepeatTally(question.period.begin, str(site.kpi.reason or ""))
        self._satisfaction = None if rating is None else SatisfactionTally(rating)
        self._promises = PromiseTally(scheme, question.queue)

    def did(self, span: AgentSpan) -> None:
        """An agent did something; those of one agent come in their order."""
        self._wrap_ups.add(span)
        self._all_agents.add(span)
        if self._agents is not None:
            self._agents.add(span)

    def stayed(self, stay: Stay) -> None:
        """Somebody was in a queue; stays come in the order in which they joined."""
        cell = self._question.scheme.cell(stay)
        tally = self._cells.get(cell)
        if tally is None:
            tally = self._cells[cell] = self._cell_tally()
        tallies: tuple[Tally, ...] = (self._rows, self._total, tally, self._all, *self._levels, self._quality)
        for each in tallies:
            each.add(stay)

    def called(self, record: CallRecord) -> None:
        """A call has ended; those of the seven days before the period are told, too."""
        self._repeats.add(record)
        if record.began_at in self._question.period:
            self._self_service.add(record)
            self._promises.add(record)
            if self._satisfaction is not None:
                self._satisfaction.add(record)

    def report(self, gaps: Sequence[Gap]) -> Report:
        """All of it; nothing is told behind it."""
        now, nobody = self._now, self._cell_tally()
        times = [] if self._agents is None else self._agents.times()
        return Report(
            question=self._question,
            rows=[self._cells.get(row.cell, nobody).row(row) for row in self._rows.rows(gaps, now)],
            total=self._all.row(self._total.total(gaps, now)),
            levels=[level.level() for level in self._levels],
            estimates=self._quality.quality(),
            agents=[_agent_row(time, [time]) for time in times],
            agents_total=_agents_total(self._all_agents.times()),
            calls=CallFigures(
                calls=self._self_service.calls,
                self_service=self._self_service.share(),
                repeats=self._repeats.repeats(),
                satisfaction=None if self._satisfaction is None else self._satisfaction.satisfaction(),
                promises=self._promises.rows(),
            ),
        )

    def _cell_tally(self) -> _CellTally:
        return _CellTally(self._wrap_ups, self._question.rule, self._now)


class Tally(Protocol):
    """What is told of stays."""

    def add(self, stay: Stay) -> None:
        """One more."""


class _CellTally:
    """The figures of one row."""

    __slots__ = ("_figures", "_level")

    def __init__(self, wrap_ups: WrapUps, rule: Rule, now: datetime) -> None:
        self._figures = StayTally(wrap_ups, rule.short_abandon, now)
        self._level = LevelTally(Variant.NEGATIVE, rule)

    def add(self, stay: Stay) -> None:
        self._figures.add(stay)
        self._level.add(stay)

    def row(self, row: Row) -> ReportRow:
        return ReportRow(row, self._figures.figures(), self._level.level())


def rating_field(site: Site) -> RatingField | None:
    """Where the site keeps its callers' ratings; None when it has none."""
    rating = site.kpi.rating
    return None if rating is None else RatingField(str(rating), frozenset(str(word) for word in site.kpi.satisfied))


def _agents_total(times: Sequence[AgentTime]) -> AgentRow:
    return _agent_row(times[0] if times else AgentTime(None, None, {}, {}), times)


def _agent_row(time: AgentTime, times: Iterable[AgentTime]) -> AgentRow:
    own = list(times)
    return AgentRow(time, kpi.occupancy(own), kpi.talk_share(own), kpi.working_share(own))
