"""The figures of the field, from stays and the time of agents: each names its formula and where it comes from.

``service_level`` has the five service levels, ``wait_estimates`` what callers could expect against what became,
``call_figures`` what is reckoned from whole calls. A figure that cannot be reckoned is None and says why. Terms are
those of queue_log and of call-centre management (COPC CX Standard; ITU-T E.423 for waits and abandonment).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.acd.books import AgentTime, is_short
from ivrctl.acd.figure import Figure, mean, share
from ivrctl.acd.stay import AgentSpan, AgentState, Stay, StayEnd

SOON = timedelta(seconds=15)
"""The threshold of the scorecard's "answered within 15 s"."""
WRAP_UP_STARTS_WITHIN = timedelta(seconds=2)
"""Of the end of a talk: the two come in different events."""

WORKING = (AgentState.TALKING, AgentState.BUSY, AgentState.RINGING, AgentState.WRAP_UP, AgentState.IDLE)

_NOT_KNOWN = {StayEnd.WAITING, StayEnd.UNKNOWN}


def speed_of_answer(stays: Iterable[Stay]) -> Figure:
    """ASA, seconds: the sum of the waits of answered calls / answered calls (COPC; ITU-T E.423 "waiting time")."""
    waits = [_wait(stay) for stay in stays if stay.end is StayEnd.ANSWERED and stay.left_at is not None]
    return mean(sum(waits), len(waits), "nobody was answered")


def answered_soon(stays: Iterable[Stay], short_abandon: timedelta, within: timedelta = SOON) -> Figure:
    """Answered within 15 s / offered, of those whose fate is known, short abandons left out (10086's scorecard)."""
    known = list(_known(stays, short_abandon))
    soon = sum(stay.end is StayEnd.ANSWERED and _wait(stay) <= within.total_seconds() for stay in known)
    return share(soon, len(known), "no call's fate is known")


def abandon_share(stays: Iterable[Stay], short_abandon: timedelta) -> Figure:
    """Abandoned / offered, of those whose fate is known, short abandons in neither (COPC "abandonment rate")."""
    known = list(_known(stays, short_abandon))
    return share(sum(stay.end is StayEnd.ABANDONED for stay in known), len(known), "no call's fate is known")


def answered_share(stays: Iterable[Stay], short_abandon: timedelta) -> Figure:
    """Answered / offered, of those whose fate is known, short abandons left out ("answer rate")."""
    known = list(_known(stays, short_abandon))
    return share(sum(stay.end is StayEnd.ANSWERED for stay in known), len(known), "no call's fate is known")


def longest_wait(stays: Iterable[Stay], now: datetime) -> Figure:
    """The longest time that anybody waited, or has waited by now; seconds."""
    waits = [stay.waited(now) for stay in stays if stay.left_at is not None or stay.end is StayEnd.WAITING]
    return Figure(max(waits), of=len(waits)) if waits else Figure(None, "nobody waited")


def wait_percentile(stays: Iterable[Stay], percent: int) -> Figure:
    """The wait that so many percent of the answered did not exceed, by nearest rank; seconds."""
    waits = sorted(_wait(stay) for stay in stays if stay.end is StayEnd.ANSWERED and stay.left_at is not None)
    return Figure(percentile(waits, percent), of=len(waits)) if waits else Figure(None, "nobody was answered")


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The value at the nearest rank; of at least one."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def talk_time(stays: Iterable[Stay]) -> Figure:
    """The mean talk of those that have ended, hold included, since app_queue does not tell it apart; seconds."""
    talks = [_talk(stay) for stay in stays if has_talked(stay)]
    return mean(sum(talks), len(talks), "no talk has ended")


def handling_time(stays: Iterable[Stay], wrap_ups: WrapUps) -> Figure:
    """AHT, seconds: (talk + hold + ACW) / handled calls (COPC "average handle time").

    Talk holds the hold. The ACW of a call is the wrap-up that begins when its talk ends; a call is left out when what
    its agent did then is not in the books.
    """
    talks = [stay for stay in stays if has_talked(stay)]
    handled = [(_talk(stay), wrap_ups.after(stay)) for stay in talks]
    known = [talk + acw for talk, acw in handled if acw is not None]
    reason = "no talk has ended" if not talks else "what agents did after their talks is not in the books"
    return mean(sum(known), len(known), reason)


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
    """The figures of some stays, seconds and shares."""

    answered: Figure
    abandoned: Figure
    answered_soon: Figure
    speed_of_answer: Figure
    longest_wait: Figure
    wait_p50: Figure
    wait_p80: Figure
    talk_time: Figure
    handling_time: Figure


def stay_figures(stays: Sequence[Stay], wrap_ups: WrapUps, short_abandon: timedelta, now: datetime) -> StayFigures:
    """All of them at once."""
    return StayFigures(
        answered=answered_share(stays, short_abandon),
        abandoned=abandon_share(stays, short_abandon),
        answered_soon=answered_soon(stays, short_abandon),
        speed_of_answer=speed_of_answer(stays),
        longest_wait=longest_wait(stays, now),
        wait_p50=wait_percentile(stays, 50),
        wait_p80=wait_percentile(stays, 80),
        talk_time=talk_time(stays),
        handling_time=handling_time(stays, wrap_ups),
    )


class WrapUps:
    """What agents did after their talks."""

    def __init__(self, spans: Iterable[AgentSpan], now: datetime) -> None:
        """Know the spans; ``now`` is until when one lasts that has not ended."""
        self._now = now
        by_agent: defaultdict[str, list[AgentSpan]] = defaultdict(list)
        for span in spans:
            by_agent[span.interface].append(span)
        self._spans = {agent: sorted(own, key=lambda span: span.began_at) for agent, own in by_agent.items()}

    def after(self, stay: Stay) -> float | None:
        """Seconds of wrap-up after a talk that has ended; None when nobody knows what its agent did then."""
        ended = stay.talk_ended_at
        own = self._spans.get(stay.interface, [])
        if ended is None:
            return None
        index = bisect_right(own, ended + WRAP_UP_STARTS_WITHIN, key=lambda span: span.began_at)
        latest = own[index - 1] if index else None
        if latest is None or (latest.ended_at or self._now) < ended:
            return None
        for span in reversed(own[:index]):
            if span.began_at < ended - WRAP_UP_STARTS_WITHIN:
                break
            if span.state is AgentState.WRAP_UP:
                return ((span.ended_at or self._now) - span.began_at).total_seconds()
        return 0.0


def _share_of_time(times: Iterable[AgentTime], states: tuple[AgentState, ...]) -> Figure:
    part = whole = timedelta()
    for time in times:
        part += time.of(*states)
        whole += time.signed_on
    return share(part.total_seconds(), whole.total_seconds(), "nobody was signed on")


def _known(stays: Iterable[Stay], short_abandon: timedelta) -> Iterable[Stay]:
    """Those whose fate is known, without short abandons: what shares of calls are reckoned from."""
    return (stay for stay in stays if stay.end not in _NOT_KNOWN and not is_short(stay, short_abandon))


def _wait(stay: Stay) -> float:
    return 0.0 if stay.left_at is None else (stay.left_at - stay.joined_at).total_seconds()


def has_talked(stay: Stay) -> bool:
    """True for an answered stay whose talk is over: a handled call."""
    return stay.end is StayEnd.ANSWERED and stay.left_at is not None and stay.talk_ended_at is not None


def _talk(stay: Stay) -> float:
    return 0.0 if stay.talk_ended_at is None else stay.talked(stay.talk_ended_at)
