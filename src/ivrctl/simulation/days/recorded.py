"""A day from the books of a day that was: its callers with their talks and their patience, its people, its queues.

Recorded are who called when, how long those talked who were answered, and how long those waited who hung up. The
other talks and the rest of everybody's patience are drawn (``recorded_callers``, ``patience``), anew for each seed.
People are those of ``recorded_people``. What the books do not say is assumed, and ``Day.assumed`` tells it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from statistics import median
from types import MappingProxyType
from zoneinfo import ZoneInfo

from numpy.random import Generator

from ivrctl.acd.books import is_short
from ivrctl.acd.intervals import Interval
from ivrctl.acd.kpi import WrapUps
from ivrctl.acd.service_level import Rule
from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd
from ivrctl.simulation.day import Day, QueueModel, Strategy
from ivrctl.simulation.days.foreseen import Foreseen, shortfalls
from ivrctl.simulation.days.recorded_callers import BY_HIMSELF, Callers, callers_of
from ivrctl.simulation.days.recorded_people import Behaviour, CalledIn, People, Seen, people_of
from ivrctl.simulation.days.synthetic import priorities_of, promises_of
from ivrctl.simulation.outcome import QueueFigures
from ivrctl.site.site_file import Site

SEVERAL = 1.5
"""Rings for each answer or miss, above which all phones ring at once."""
ENOUGH_RINGS = 20
"""With fewer answers than this nothing is concluded from them."""
ENOUGH_WRAP_UPS = 20
"""Talks of a queue of which it is known what their agents did then."""
_UNTOLD = frozenset({StayEnd.WAITING, StayEnd.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Books:
    """What is kept of a day."""

    period: Interval
    """The day."""
    stays: Sequence[Stay]
    """Those that joined in it, in any order."""
    spans: Sequence[AgentSpan]
    """Those that touch it."""
    gaps: Sequence[Gap]
    """The same."""
    now: datetime
    """Until when lasts what has not ended."""
    called_in: Sequence[CalledIn] = ()
    """Whom a policy had called in on that day."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is not in the books, and can be told."""

    queues: Mapping[str, QueueModel] = field(default_factory=lambda: MappingProxyType({}))
    """By name, those of which it is known how queues.conf sets them."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    watched: frozenset[str] = frozenset()
    """Queues that policies name: they are there, called or not."""
    foreseen: Foreseen | None = None
    """What was forecast; None where no policy asks."""


class RecordedDay:
    """A day that was, from which days are drawn: what is recorded is the same in all of them."""

    def __init__(self, name: str, books: Books, site: Site, settings: Settings | None = None) -> None:
        """Look at the books once.

        Args:
            name: what the day is to be called.
            books: of the day.
            site: whose day it was.
            settings: what is known beside the books.
        """
        told = settings or Settings()
        # Seconds are counted from the moment in UTC: between two zones that takes several times as long.
        second_0, lasts = books.period.begin, books.period.length
        begins = second_0.astimezone(site.zone)
        seen = Seen(second_0, lasts.total_seconds(), books.spans, books.stays, books.called_in, books.now)
        people = people_of(seen, site, told.behaviour)
        queues = tuple(_models(books, site, told, people))
        self._callers = Callers(callers_of(books.stays, second_0, books.now), priorities_of(site))
        self._day = Day(
            name=name,
            begins=begins,
            lasts=lasts,
            queues=queues,
            agents=people.agents,
            arrivals=(),
            rule=Rule(site.kpi.answer_in, site.kpi.short_abandon),
            promises=promises_of(site),
            shortfall=_shortfall(told.foreseen, people, books.period, begins),
            assumed=(*_incomplete(books, site.zone), *people.assumed, *_assumed(books, queues, self._callers, told)),
        )
        self.was = _was(books.stays, self._day.rule)
        """By queue, what became of its callers on that day itself."""

    @property
    def is_empty(self) -> bool:
        """True when nobody called."""
        return not self._callers.callers

    def day(self, chance: Generator) -> Day:
        """The day, with what is not recorded drawn."""
        return replace(self._day, arrivals=self._callers.arrivals(chance))


def _by_queue(stays: Iterable[Stay]) -> Mapping[str, Sequence[Stay]]:
    found: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.queue].append(stay)
    return {queue: found[queue] for queue in sorted(found)}


def _was(stays: Iterable[Stay], rule: Rule) -> Mapping[str, QueueFigures]:
    return {queue: figures_of(own, rule) for queue, own in _by_queue(stays).items()}


def _shortfall(
    foreseen: Foreseen | None, people: People, period: Interval, begins: datetime
) -> tuple[tuple[float, float], ...]:
    if foreseen is None:
        return ()
    return shortfalls(foreseen, people.agents, begins, period.length.total_seconds())


def _models(books: Books, site: Site, settings: Settings, people: People) -> Iterator[QueueModel]:
    """The queues of the site, of policies, of people's work and of callers, each once."""
    wrap_ups, stays, strategy = WrapUps(books.spans, books.now), _by_queue(books.stays), _strategy(books)
    of_people = (queue for agent in people.agents for queue in agent.penalties)
    for name in dict.fromkeys([*map(str, site.queues), *sorted(settings.watched), *of_people, *stays]):
        own = stays.get(name, ())
        model = settings.queues.get(name) or _plain(name, own, strategy, wrap_ups)
        yield replace(model, longest_wait=min(model.longest_wait, _taken_out_after(own)))


def _plain(name: str, stays: Sequence[Stay], strategy: Strategy, wrap_ups: WrapUps) -> QueueModel:
    """A queue of which only the books tell: who joined was let in, and nobody left it empty where nobody did so."""
    leaves = any(stay.end is StayEnd.EMPTY for stay in stays)
    wrap_up = _wrap_up(stays, wrap_ups)
    return QueueModel(name, strategy, wrap_up=wrap_up, join_empty=True, leave_when_empty=leaves)


def _strategy(books: Books) -> Strategy:
    """Where several phones ring for a call that one answers, all of them do; else one after the other."""
    rings = sum(span.state is AgentState.RINGING for span in books.spans)
    needed = sum((stay.end is StayEnd.ANSWERED) + stay.missed for stay in books.stays)
    return Strategy.RINGALL if rings > SEVERAL * max(needed, ENOUGH_RINGS) else Strategy.RRMEMORY


def _incomplete(books: Books, zone: ZoneInfo) -> Iterator[str]:
    """Times of which nothing is known: callers of then are missing."""
    for gap in books.gaps:
        began, ended = max(gap.began_at, books.period.begin), min(gap.ended_at or books.now, books.period.end)
        if began < ended:
            span = f"{began.astimezone(zone):%H:%M:%S} to {ended.astimezone(zone):%H:%M:%S}"
            of = f" of {gap.queue}" if gap.queue else ""
            yield f"the day is incomplete{of}: from {span} nothing was seen ({gap.why})"


def _assumed(books: Books, queues: Sequence[QueueModel], callers: Callers, settings: Settings) -> Iterator[str]:
    called = {stay.queue for stay in books.stays}
    plain = [model.name for model in queues if model.name in called and model.name not in settings.queues]
    if plain:
        strategy = next(model.strategy for model in queues if model.name == plain[0])
        yield f"how queues.conf sets {', '.join(plain)} is in no books: {strategy}, 15 s; --queues-conf can tell it"
    if plain and not any(span.state is AgentState.WRAP_UP for span in books.spans):
        yield "wrap-up is in no queue_log: agents are free at once, which is too good; --queues-conf can tell it"
    if settings.foreseen is not None:
        why = settings.foreseen.why
        yield f"nothing is forecast: {why}" if why else "forecast_shortfall is by what was forecast before the day"
    if callers.callers and callers.without_patience:
        yield "nobody hung up: patience is taken to be without end"
    if left := callers.ends[StayEnd.KEY] + callers.ends[StayEnd.CALLED_BACK]:
        yield f"who left by a key or for a call back ({left}) counts as one who hung up"
    if unseen := callers.ends[StayEnd.UNKNOWN]:
        yield f"what became of {unseen} callers went unseen: they are as patient as others"
    if again := sum(stay.chain > 1 for stay in books.stays):
        yield f"who was sent on to another queue is a new caller there ({again})"


def figures_of(stays: Iterable[Stay], rule: Rule) -> QueueFigures:
    """What became of some stays, as an outcome counts it; of those whose fate is not known nothing is counted."""
    told = [stay for stay in stays if stay.end not in _UNTOLD]
    answered = [stay for stay in told if stay.end is StayEnd.ANSWERED]
    waits, answer_in = [_wait(stay) for stay in answered], rule.answer_in.total_seconds()
    return QueueFigures(
        offered=len(told),
        answered=len(answered),
        in_time=sum(wait <= answer_in for wait in waits),
        abandoned=sum(stay.end in BY_HIMSELF for stay in told),
        short_abandons=sum(is_short(stay, rule.short_abandon) for stay in told),
        timed_out=sum(stay.end in {StayEnd.TIMED_OUT, StayEnd.WITHDRAWN} for stay in told),
        left_empty=sum(stay.end is StayEnd.EMPTY for stay in told),
        waited=sum(waits),
        longest_wait=max(map(_wait, told), default=0.0),
        talked=sum(stay.talked(stay.talk_ended_at) for stay in answered if stay.talk_ended_at is not None),
    )


def _wait(stay: Stay) -> float:
    return 0.0 if stay.left_at is None else (stay.left_at - stay.joined_at).total_seconds()


def _wrap_up(stays: Iterable[Stay], wrap_ups: WrapUps) -> float:
    """Seconds of wrap-up behind a talk, in the middle; 0 where agents' doings are not known."""
    found = [after for stay in stays if (after := wrap_ups.after(stay)) is not None]
    return median(found) if len(found) >= ENOUGH_WRAP_UPS else 0.0


def _taken_out_after(stays: Iterable[Stay]) -> float:
    """After how long the flow takes a caller out, by those whom it took; infinite where it took nobody."""
    return max((_wait(stay) for stay in stays if stay.end is StayEnd.TIMED_OUT), default=0.0) or inf
