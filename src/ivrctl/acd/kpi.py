"""The figures of the field, from stays and the time of agents: each names its formula and where it comes from.

``service_level`` has the five service levels, ``wait_estimates`` what callers could expect against what became,
``call_figures`` what is reckoned from whole calls. A figure that cannot be reckoned is None and says why. Terms are
those of queue_log and of call-centre management (COPC CX Standard; ITU-T E.423 for waits and abandonment).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ivrctl.acd.agent_times import AgentTime
from ivrctl.acd.books import is_short
from ivrctl.acd.figure import Figure, mean, share
from ivrctl.acd.stay import AgentSpan, AgentState, Stay, StayEnd

SOON = timedelta(seconds=15)
"""The threshold of the scorecard's "answered within 15 s"."""
WRAP_UP_STARTS_WITHIN = timedelta(seconds=2)
"""Of the end of a talk: the two come in different events."""

WORKING = (AgentState.TALKING, AgentState.BUSY, AgentState.RINGING, AgentState.WRAP_UP, AgentState.IDLE)

_NOT_KNOWN = {StayEnd.WAITING, StayEnd.UNKNOWN}
_NO_TALK = "no talk has ended"


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The value at the nearest rank; of at least one."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def occupancy(times: Iterable[AgentTime]) -> Figure:
    """(talk + hold + ACW) / (talk + hold + ACW + idle) of the time of agents (COPC "occupancy").

    Ringing and calls that did not come from a queue are in neither.
    """
    busy = idle = timedelta()
    for time in times:
        busy += time.of(AgentState.TALKING, AgentState.WRAP_UP)
        idle += time.of(AgentState.IDLE)
    return share(busy.total_seconds(), (busy + idle).total_seconds(), "nobody was there to talk")


def talk_share(times: Iterable[AgentTime]) -> Figure:
    """Talk-time share: talk with callers of queues / signed-on time (10086's scorecard)."""
    return _share_of_time(times, (AgentState.TALKING,))


def working_share(times: Iterable[AgentTime]) -> Figure:
    """Working-time share: signed-on time without pauses and absence / signed-on time (10086's scorecard)."""
    return _share_of_time(times, WORKING)


@dataclass(frozen=True, slots=True)
class StayFigures:
    """Of some stays, seconds and shares; shares are of those whose fate is known, without short abandons."""

    answered: Figure
    """Answered / offered ("answer rate")."""
    abandoned: Figure
    """Abandoned / offered (COPC "abandonment rate")."""
    answered_soon: Figure
    """Answered within 15 s / offered (10086's scorecard)."""
    speed_of_answer: Figure
    """ASA: the sum of the waits of answered calls / answered calls (COPC; ITU-T E.423 "waiting time")."""
    longest_wait: Figure
    """The longest time that anybody waited, or has waited by now."""
    wait_p50: Figure
    """The wait that so many percent of the answered did not exceed, by nearest rank."""
    wait_p80: Figure
    talk_time: Figure
    """The mean talk of those that have ended, hold included, since app_queue does not tell it apart."""
    handling_time: Figure
    """AHT: (talk + hold + ACW) / handled calls (COPC "average handle time").

    Talk holds the hold. The ACW of a call is the wrap-up that begins when its talk ends; a call is left out when what
    its agent did then is not in the books.
    """


class StayTally:
    """Reckons them from one stay after the other: what must be put in order takes eight bytes of each."""

    def __init__(self, wrap_ups: WrapUps, short_abandon: timedelta, now: datetime) -> None:
        self._wrap_ups = wrap_ups
        self._short_abandon = short_abandon
        self._now = now
        self._known = self._answered = self._abandoned = self._soon = self._waited = 0
        self._longest = 0.0
        self._waits, self._talks, self._handled = array("d"), array("d"), array("d")

    def add(self, stay: Stay) -> None:
        """One more, each once and in any order."""
        is_answered = stay.end is StayEnd.ANSWERED
        if stay.end not in _NOT_KNOWN and not is_short(stay, self._short_abandon):
            self._known += 1
            self._answered += is_answered
            self._abandoned += stay.end is StayEnd.ABANDONED
            self._soon += is_answered and _wait(stay) <= SOON.total_seconds()
        if stay.left_at is not None or stay.end is StayEnd.WAITING:
            waited = stay.waited(self._now)
            self._longest = max(self._longest, waited) if self._waited else waited
            self._waited += 1
        if is_answered and stay.left_at is not None:
            self._waits.append(_wait(stay))
        if has_talked(stay):
            self._talks.append(_talk(stay))
            acw = self._wrap_ups.after(stay)
            if acw is not None:
                self._handled.append(_talk(stay) + acw)

    def figures(self) -> StayFigures:
        """Of those that were added."""
        why, waits = "no call's fate is known", array("d", sorted(self._waits))
        nobody, unknown = "nobody was answered", "what agents did after their talks is not in the books"
        return StayFigures(
            answered=share(self._answered, self._known, why),
            abandoned=share(self._abandoned, self._known, why),
            answered_soon=share(self._soon, self._known, why),
            speed_of_answer=mean(sum(self._waits), len(waits), nobody),
            longest_wait=Figure(self._longest, of=self._waited) if self._waited else Figure(None, "nobody waited"),
            wait_p50=Figure(percentile(waits, 50), of=len(waits)) if waits else Figure(None, nobody),
            wait_p80=Figure(percentile(waits, 80), of=len(waits)) if waits else Figure(None, nobody),
            talk_time=mean(sum(self._talks), len(self._talks), _NO_TALK),
            handling_time=mean(sum(self._handled), len(self._handled), unknown if self._talks else _NO_TALK),
        )


def stay_figures(stays: Iterable[Stay], wrap_ups: WrapUps, short_abandon: timedelta, now: datetime) -> StayFigures:
    """All of them at once."""
    tally = StayTally(wrap_ups, short_abandon, now)
    for stay in stays:
        tally.add(stay)
    return tally.figures()


class WrapUps:
    """What agents did after their talks; a span takes seventeen bytes."""

    def __init__(self, spans: Iterable[AgentSpan], now: datetime) -> None:
        """Know the spans; ``now`` is until when one lasts that has not ended."""
        self._now = now
        self._agents: dict[str, _Spans] = {}
        for span in spans:
            self.add(span)

    def add(self, span: AgentSpan) -> None:
        """One more; those of one agent in their order."""
        agent = self._agents.get(span.interface)
        if agent is None:
            agent = self._agents[span.interface] = _Spans()
        agent.add(span, self._now)

    def after(self, stay: Stay) -> float | None:
        """Seconds of wrap-up after a talk that has ended; None when nobody knows what its agent did then."""
        own = self._agents.get(stay.interface)
        return None if own is None or stay.talk_ended_at is None else own.wrap_up_after(_ticks(stay.talk_ended_at))


class _Spans:
    """Those of one agent: when each began and ended, in microseconds, and whether it is a wrap-up."""

    __slots__ = ("began", "ended", "is_wrap_up")

    def __init__(self) -> None:
        self.began, self.ended, self.is_wrap_up = array("q"), array("q"), bytearray()

    def add(self, span: AgentSpan, now: datetime) -> None:
        began, ended = _ticks(span.began_at), _ticks(span.ended_at or now)
        place = bisect_right(self.began, began)
        self.began.insert(place, began)
        self.ended.insert(place, ended)
        self.is_wrap_up.insert(place, span.state is AgentState.WRAP_UP)

    def wrap_up_after(self, at: int) -> float | None:
        slack = WRAP_UP_STARTS_WITHIN // _TICK
        index = bisect_right(self.began, at + slack)
        if not index or self.ended[index - 1] < at:
            return None
        while index and self.began[index - 1] >= at - slack:
            index -= 1
            if self.is_wrap_up[index]:
                return (self.ended[index] - self.began[index]) / _TICKS
        return 0.0


_TICK, _TICKS = timedelta(microseconds=1), 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ticks(at: datetime) -> int:
    return (at - _EPOCH) // _TICK


def _share_of_time(times: Iterable[AgentTime], states: tuple[AgentState, ...]) -> Figure:
    part = whole = timedelta()
    for time in times:
        part += time.of(*states)
        whole += time.signed_on
    return share(part.total_seconds(), whole.total_seconds(), "nobody was signed on")


def _wait(stay: Stay) -> float:
    return 0.0 if stay.left_at is None else (stay.left_at - stay.joined_at).total_seconds()


def has_talked(stay: Stay) -> bool:
    """True for an answered stay whose talk is over: a handled call."""
    return stay.end is StayEnd.ANSWERED and stay.left_at is not None and stay.talk_ended_at is not None


def _talk(stay: Stay) -> float:
    return 0.0 if stay.talk_ended_at is None else stay.talked(stay.talk_ended_at)
