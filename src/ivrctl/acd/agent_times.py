"""The time of agents, from their spans: apart by agent and interval, cut at the edges, to the microsecond."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.acd.books import Cell, Dimension, Scheme, order
from ivrctl.acd.intervals import Interval
from ivrctl.acd.stay import AgentSpan, AgentState

_NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class AgentTime:
    """What an agent did with his time, or several together."""

    agent: str | None
    """None: all of them."""
    interval: Interval | None
    spent: Mapping[AgentState, timedelta]
    paused: Mapping[str, timedelta]
    """By the reason of the pause; empty for none."""

    def of(self, *states: AgentState) -> timedelta:
        """How long he was in any of these states."""
        return sum((self.spent.get(state, _NO_TIME) for state in states), _NO_TIME)

    @property
    def signed_on(self) -> timedelta:
        """How long he was there at all."""
        return self.of(*AgentState)


def agent_times(spans: Iterable[AgentSpan], scheme: Scheme, now: datetime) -> list[AgentTime]:
    """The time of agents, apart by agent and interval as the scheme says.

    Args:
        spans: in any order; those of one agent do not overlap.
        scheme: ``queue`` and ``tier`` mean nothing here: an agent is in all his queues at once.
        now: until when a span lasts that has not ended.
    """
    times = AgentTimes(scheme, now)
    for span in spans:
        times.add(span)
    return times.times()


class AgentTimes:
    """The same from one span after the other."""

    def __init__(self, scheme: Scheme, now: datetime) -> None:
        self._scheme = scheme
        self._now = now
        self._spent: defaultdict[tuple[str | None, Interval | None], Counter[tuple[AgentState, str]]]
        self._spent = defaultdict(Counter)

    def add(self, span: AgentSpan) -> None:
        """One more."""
        agent = span.interface if Dimension.AGENT in self._scheme.by else None
        reason = span.reason if span.state is AgentState.PAUSED else ""
        for interval, part in _parts(span, self._scheme, self._now):
            self._spent[agent, interval][span.state, reason] += part // _MICROSECOND

    def times(self) -> list[AgentTime]:
        """In the order of agents and intervals."""
        found = [_agent_time(*key, counted) for key, counted in self._spent.items()]
        return sorted(found, key=lambda time: order(Cell(time.interval, agent=time.agent)))


_MICROSECOND = timedelta(microseconds=1)


def _parts(span: AgentSpan, scheme: Scheme, now: datetime) -> Iterator[tuple[Interval | None, timedelta]]:
    """What of a span lies in the period, cut at intervals where the scheme has them."""
    began, ended = max(span.began_at, scheme.period.begin), min(span.ended_at or now, scheme.period.end)
    if began >= ended:
        return
    if Dimension.INTERVAL not in scheme.by:
        yield None, ended - began
        return
    for interval in scheme.intervals.within(Interval(began, ended)):
        yield interval, interval.common(began, ended)


def _agent_time(agent: str | None, interval: Interval | None, counted: Counter[tuple[AgentState, str]]) -> AgentTime:
    spent: Counter[AgentState] = Counter()
    paused: Counter[str] = Counter()
    for (state, reason), ticks in counted.items():
        spent[state] += ticks
        if state is AgentState.PAUSED:
            paused[reason] += ticks
    return AgentTime(
        agent,
        interval,
        {state: ticks * _MICROSECOND for state, ticks in spent.items()},
        {reason: ticks * _MICROSECOND for reason, ticks in paused.items()},
    )
