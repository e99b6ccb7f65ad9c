"""The figures of a time: rows of the books with what is reckoned from them, the time of agents, and whole calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivrctl.acd import kpi
from ivrctl.acd.books import AgentTime, Cell, Dimension, Row, Scheme, agent_times, rows, total
from ivrctl.acd.call_figures import (
    REPEAT_WITHIN,
    RatingField,
    Repeats,
    Satisfaction,
    repeats,
    satisfaction,
    self_service_share,
)
from ivrctl.acd.figure import Figure
from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.acd.kpi import StayFigures, WrapUps, stay_figures
from ivrctl.acd.promises import PromiseRow, promise_rows
from ivrctl.acd.service_level import Level, Rule, Variant, level
from ivrctl.acd.stay import AgentSpan, Gap, Stay
from ivrctl.acd.wait_estimates import EstimateQuality, quality
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
    """Read what is needed, and reckon.

    Raises:
        SiteStoreError: the database does not answer.
    """
    period = question.period
    stays = await books.stays(period, question.queue)
    gaps = await books.gaps(period, question.queue)
    # What agents did after the last talks lies behind the period's end.
    spans = await books.spans(Interval(period.begin, period.end + timedelta(hours=1)))
    before = Interval(period.begin - REPEAT_WITHIN, period.end)
    return reckoned(question, site, stays, gaps, spans, await calls.began_in(before), now)


def reckoned(  # noqa: PLR0913, PLR0917 - what there is to reckon from
    question: Question,
    site: Site,
    stays: Sequence[Stay],
    gaps: Sequence[Gap],
    spans: Sequence[AgentSpan],
    records: Sequence[CallRecord],
    now: datetime,
) -> Report:
    """The same from what was read."""
    scheme, rule, wrap_ups = question.scheme, question.rule, WrapUps(spans, now)
    by_cell: defaultdict[Cell, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_cell[scheme.cell(stay)].append(stay)

    def with_figures(row: Row, own: Sequence[Stay]) -> ReportRow:
        figures = stay_figures(own, wrap_ups, rule.short_abandon, now)
        return ReportRow(row, figures, level(own, Variant.NEGATIVE, rule))

    times = agent_times(spans, scheme, now) if Dimension.AGENT in scheme.by else []
    whole = Scheme(scheme.period, scheme.intervals)
    return Report(
        question=question,
        rows=[with_figures(row, by_cell[row.cell]) for row in rows(stays, gaps, scheme, now)],
        total=with_figures(total(stays, gaps, scheme, now), stays),
        levels=[level(stays, variant, rule) for variant in Variant],
        estimates=quality(stays),
        agents=[_agent_row(time, [time]) for time in times],
        agents_total=_agents_total(agent_times(spans, whole, now)),
        calls=_call_figures(records, question, site),
    )


def rating_field(site: Site) -> RatingField | None:
    """Where the site keeps its callers' ratings; None when it has none."""
    rating = site.kpi.rating
    return None if rating is None else RatingField(str(rating), frozenset(str(word) for word in site.kpi.satisfied))


def _agents_total(times: Sequence[AgentTime]) -> AgentRow:
    return _agent_row(times[0] if times else AgentTime(None, None, {}, {}), times)


def _agent_row(time: AgentTime, times: Iterable[AgentTime]) -> AgentRow:
    own = list(times)
    return AgentRow(time, kpi.occupancy(own), kpi.talk_share(own), kpi.working_share(own))


def _call_figures(records: Sequence[CallRecord], question: Question, site: Site) -> CallFigures:
    period = question.period
    own = [record for record in records if record.began_at in period]
    rating = rating_field(site)
    return CallFigures(
        calls=len(own),
        self_service=self_service_share(own),
        repeats=repeats(records, period.begin, str(site.kpi.reason or "")),
        satisfaction=None if rating is None else satisfaction(own, rating),
        promises=promise_rows(own, question.scheme, question.queue),
    )
