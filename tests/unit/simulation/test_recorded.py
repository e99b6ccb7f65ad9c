"""Days that were, from their books."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.intervals import day_of
from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd
from ivrctl.simulation.day import Day, QueueModel, SimulatedAgent, Strategy
from ivrctl.simulation.days.recorded import Books, RecordedDay, Settings
from ivrctl.simulation.days.recorded_people import Behaviour, CalledIn

from .day_examples import site

DAY = day_of(date(2026, 11, 20), site().zone)
HOUR = 3600.0
NIGHT = DAY.end + timedelta(hours=1)


def at(seconds: float) -> datetime:
    return DAY.begin + timedelta(seconds=seconds)


def stay(
    joined: float,
    end: StayEnd = StayEnd.ANSWERED,
    waited: float | None = 10.0,
    talked: float | None = 60.0,
    number: int = 0,
    queue: str = "sales",
) -> Stay:
    """Somebody joined then."""
    left_at = None if waited is None else at(joined + waited)
    is_answered = end is StayEnd.ANSWERED and left_at is not None
    return Stay(
        queue,
        f"{joined}.{number}",
        "",
        "",
        "",
        at(joined),
        is_joined_exactly=True,
        position=1,
        end=end,
        left_at=left_at,
        interface="PJSIP/8101" if is_answered else "",
        talk_ended_at=left_at + timedelta(seconds=talked) if is_answered and left_at and talked is not None else None,
    )


def span(
    began: float,
    ended: float | None,
    state: AgentState = AgentState.IDLE,
    interface: str = "PJSIP/8101",
    reason: str = "",
) -> AgentSpan:
    return AgentSpan(interface, state, reason, at(began), None if ended is None else at(ended))


def recorded(
    *stays: Stay,
    spans: tuple[AgentSpan, ...] = (),
    gaps: tuple[Gap, ...] = (),
    called_in: tuple[CalledIn, ...] = (),
    settings: Settings | None = None,
) -> RecordedDay:
    return RecordedDay("a day", Books(DAY, stays, spans, gaps, NIGHT, called_in), site(), settings)


def drawn(day: RecordedDay, seed: int = 1) -> Day:
    return day.day(np.random.default_rng(seed))


def people(day: RecordedDay) -> dict[str, SimulatedAgent]:
    return {agent.number: agent for agent in drawn(day).agents}


# ---- callers


def test_answered_calls_are_as_recorded() -> None:
    """When each joined and how long he talked stand as they were; his patience is beyond his wait."""
    day = drawn(recorded(stay(HOUR), stay(2 * HOUR, waited=30, talked=200), stay(3 * HOUR, StayEnd.ABANDONED, 40)))
    assert [(each.at, each.queue, each.talk) for each in day.arrivals[:2]] == [
        (HOUR, "sales", 60),
        (2 * HOUR, "sales", 200),
    ]
    assert day.arrivals[0].patience > 10
    assert day.arrivals[1].patience > 30


def test_who_hung_up_had_just_so_much_patience_and_a_talk_like_others() -> None:
    """Had he been answered in time, he would have talked as long as one of the answered of his queue."""
    stays = [stay(HOUR + number, talked=100 + number, number=number) for number in range(30)]
    stays += [stay(HOUR + 100, StayEnd.ABANDONED, 42), stay(9 * HOUR, talked=900)]
    one = drawn(recorded(*stays)).arrivals[30]
    assert one.patience == 42
    assert one.talk in range(100, 130)


def test_talk_of_an_hour_with_few_answers_is_drawn_from_the_queue() -> None:
    """Nineteen talks of an hour are too few; all of the queue's count then, and none of another queue."""
    stays = [stay(HOUR + number, talked=100, number=number) for number in range(19)]
    stays += [stay(5 * HOUR + number, talked=300, number=number) for number in range(19)]
    stays += [stay(HOUR + number, talked=7, number=number, queue="support") for number in range(40)]
    stays += [stay(HOUR + 500 + number, StayEnd.ABANDONED, 42, number=number) for number in range(60)]
    talks = Counter(
        each.talk for each in drawn(recorded(*stays)).arrivals if each.at >= HOUR + 500 and each.at < 2 * HOUR
    )
    assert talks.keys() == {100, 300}


def test_caller_who_was_told_something_in_mid_wait_is_one() -> None:
    """He was taken out of the queue for a message and put back: one arrival, with the whole of his wait."""
    first = stay(HOUR, StayEnd.WITHDRAWN, 50)
    second = replace(stay(HOUR + 70, StayEnd.ABANDONED, 30), uniqueid=first.uniqueid, chain=2)
    (one,) = drawn(recorded(first, second)).arrivals
    assert (one.at, one.patience) == (HOUR, 100)


def test_caller_who_goes_on_to_another_queue_is_a_caller_there() -> None:
    """Two queues have one caller each, and it is said so."""
    first = stay(HOUR, StayEnd.TIMED_OUT, 50)
    second = replace(stay(HOUR + 50, queue="support"), uniqueid=first.uniqueid, chain=2)
    day = drawn(recorded(first, second))
    assert [(each.queue, each.at) for each in day.arrivals] == [("sales", HOUR), ("support", HOUR + 50)]
    assert any("new caller there (1)" in sentence for sentence in day.assumed)
    assert {queue.name: queue.longest_wait for queue in day.queues} == {"sales": 50, "support": inf}


def test_customers_stand_in_the_queue_as_their_tier_does() -> None:
    """A caller whom a flow knew has the priority and the promise of his tier."""
    day = drawn(recorded(replace(stay(HOUR), tier="vip"), stay(2 * HOUR)))
    assert [(each.tier, each.priority) for each in day.arrivals] == [("vip", 10), ("", 0)]
    assert day.promises["vip"] == timedelta(seconds=15)


ENDS = st.sampled_from(list(StayEnd))
STAYS = st.lists(
    st.builds(
        stay,
        st.integers(0, 86_399),
        ENDS,
        st.none() | st.integers(0, 900),
        st.none() | st.integers(0, 900),
        queue=st.sampled_from(["sales", "support"]),
    ),
    max_size=25,
    unique_by=lambda each: each.joined_at,
)


@given(stays=STAYS, seed=st.integers(0, 999))
def test_safety_no_arrival_is_invented_or_lost(stays: list[Stay], seed: int) -> None:
    """SAFETY: each stay is one arrival, at its moment, in its queue, in the order of the times."""
    day = drawn(recorded(*stays), seed)
    due = Counter((each.queue, (each.joined_at - DAY.begin).total_seconds()) for each in stays)
    assert Counter((each.queue, each.at) for each in day.arrivals) == due
    assert [each.at for each in day.arrivals] == sorted(each.at for each in day.arrivals)


@given(stays=STAYS, seed=st.integers(0, 999))
def test_safety_what_was_recorded_is_kept(stays: list[Stay], seed: int) -> None:
    """SAFETY: a talk is as long as it was; who was answered has more patience than he waited; seeds give their day."""
    day = drawn(recorded(*stays), seed)
    assert day == drawn(recorded(*stays), seed)
    known = {(each.queue, (each.joined_at - DAY.begin).total_seconds()): each for each in stays}
    for each in day.arrivals:
        was = known[each.queue, each.at]
        waited = 0.0 if was.left_at is None else (was.left_at - was.joined_at).total_seconds()
        if was.end is StayEnd.ANSWERED:
            assert each.patience >= waited
            assert was.talk_ended_at is None or each.talk == pytest.approx(was.talked(was.talk_ended_at))
        if was.end is StayEnd.ABANDONED:
            assert each.patience == pytest.approx(waited)
        assert each.talk >= 0


# ---- people


def test_agent_works_while_he_is_signed_on_and_pauses_as_he_did() -> None:
    """Spans that follow each other are one shift; the phone that is not there ends it."""
    spans = (
        span(8 * HOUR, 9 * HOUR),
        span(9 * HOUR, 9 * HOUR + 100, AgentState.TALKING),
        span(9 * HOUR + 101, 10 * HOUR),
        span(10 * HOUR, 11 * HOUR, AgentState.PAUSED, reason="lunch"),
        span(11 * HOUR, 12 * HOUR),
        span(12 * HOUR, 13 * HOUR, AgentState.AWAY),
        span(13 * HOUR, None),
    )
    (first, second) = people(recorded(stay(9 * HOUR), spans=spans))["8101"].shifts
    assert (first.began, first.ended) == (8 * HOUR, 12 * HOUR)
    assert [(each.began, each.ended, each.reason) for each in first.pauses] == [(10 * HOUR, 11 * HOUR, "lunch")]
    assert (second.began, second.ended) == (13 * HOUR, 24 * HOUR)


def test_penalties_are_those_of_the_site_file() -> None:
    """Who has queues of his own serves those, with the penalties that he has there."""
    spans = (span(8 * HOUR, 9 * HOUR), span(8 * HOUR, 9 * HOUR, interface="PJSIP/8106"))
    found = people(recorded(stay(8 * HOUR), spans=spans))
    assert found["8101"].penalties == {"sales": 0}
    assert found["8106"].penalties == {"support": 5}


def test_agent_whom_the_site_file_does_not_name_serves_whom_he_answered() -> None:
    """A log knows him by his name only; he is nobody's backup."""
    ann = replace(stay(8 * HOUR), interface="Ann")
    found = people(recorded(ann, spans=(span(7 * HOUR, 10 * HOUR, interface="Ann"),)))
    assert found["Ann"].penalties == {"sales": 0}
    assert found["Ann"].on_call == ()


def test_member_of_queues_conf_works_from_his_first_call_to_his_last() -> None:
    """A log tells only his talks: what lies between them is taken for time at work, and that is said."""
    talks = (span(8 * HOUR, 8 * HOUR + 60, AgentState.TALKING), span(15 * HOUR, 15 * HOUR + 60, AgentState.TALKING))
    day = recorded(stay(8 * HOUR), spans=talks)
    assert [(each.began, each.ended) for each in people(day)["8101"].shifts] == [(8 * HOUR, 15 * HOUR + 60)]
    assert any("only talks are known" in sentence for sentence in drawn(day).assumed)


def test_backup_that_came_in_is_on_call_and_no_daily_staff() -> None:
    """A team leader without queues of his own answered calls that day: he is not there twice."""
    spans = (
        span(8 * HOUR, 20 * HOUR),
        span(10 * HOUR, 11 * HOUR, interface="PJSIP/8103"),
    )
    day = recorded(stay(9 * HOUR), replace(stay(10 * HOUR), interface="PJSIP/8103"), spans=spans)
    leader = people(day)["8103"]
    assert leader.shifts == ()
    assert leader.penalties == {}
    assert [(each.began, each.ended) for each in leader.on_call] == [(8 * HOUR, 20 * HOUR)]


def test_who_was_signed_on_only_because_he_was_called_in_was_not_at_his_own_work() -> None:
    """8106 has a queue of his own; that hour he was in sales alone, by a policy."""
    spans = (span(8 * HOUR, 20 * HOUR), span(10 * HOUR, 11 * HOUR, interface="PJSIP/8106"))
    called = CalledIn("PJSIP/8106", "sales", at(10 * HOUR - 2), at(11 * HOUR + 1))
    found = people(recorded(stay(9 * HOUR), spans=spans, called_in=(called,)))
    assert found.keys().isdisjoint({"8106"})
    at_work = (span(9 * HOUR, 12 * HOUR, interface="PJSIP/8106"),)
    found = people(recorded(stay(9 * HOUR), spans=at_work, called_in=(called,)))
    assert [(each.began, each.ended) for each in found["8106"].shifts] == [(9 * HOUR, 12 * HOUR)]


def test_backup_with_a_queue_of_his_own_is_available_while_he_is_there() -> None:
    """Who was not at work that day cannot be called in."""
    spans = (span(8 * HOUR, 20 * HOUR), span(9 * HOUR, 12 * HOUR, interface="PJSIP/8106"))
    found = people(recorded(stay(9 * HOUR), spans=spans))
    assert [(each.began, each.ended) for each in found["8106"].on_call] == [(9 * HOUR, 12 * HOUR)]
    assert "8102" not in found


def test_people_answer_as_they_did() -> None:
    """One ring in four was missed; a phone rang for four seconds in the middle."""
    stays = [replace(stay(HOUR * 9 + 100 * number, number=number), missed=number % 3 == 0) for number in range(30)]
    spans = [
        each
        for number in range(30)
        for each in (
            span(9 * HOUR + 100 * number, 9 * HOUR + 100 * number + 4, AgentState.RINGING),
            span(9 * HOUR + 100 * number + 4, 9 * HOUR + 100 * (number + 1), AgentState.TALKING),
        )
    ]
    agent = people(recorded(*stays, spans=(span(8 * HOUR, 9 * HOUR), *spans)))["8101"]
    assert agent.answers == 0.75
    assert agent.answers_after == 4


def test_how_many_come_when_they_are_asked_can_be_told() -> None:
    """No books know it: one in two is taken, or what is told."""
    pause = (
        span(8 * HOUR, 9 * HOUR),
        span(9 * HOUR, 10 * HOUR, AgentState.PAUSED, reason="break"),
        span(10 * HOUR, 11 * HOUR),
    )
    plain = recorded(stay(8 * HOUR), spans=pause)
    assert people(plain)["8101"].comes_when_asked == 0.5
    assert any("50% come when they are asked" in sentence for sentence in drawn(plain).assumed)
    told = recorded(stay(8 * HOUR), spans=pause, settings=Settings(behaviour=Behaviour(0.9, 30)))
    assert (people(told)["8101"].comes_when_asked, people(told)["8101"].comes_after) == (0.9, 30)


# ---- the day


def test_wrap_up_is_what_agents_had_in_the_middle() -> None:
    """Twenty talks and a wrap-up of 12 s behind each: so it is simulated."""
    stays = [stay(9 * HOUR + 200 * number, waited=0, talked=100, number=number) for number in range(20)]
    spans = []
    for number in range(20):
        began = 9 * HOUR + 200 * number
        spans += [
            span(began, began + 100, AgentState.TALKING),
            span(began + 100, began + 112, AgentState.WRAP_UP),
            span(began + 112, began + 200),
        ]
    queues = {queue.name: queue for queue in drawn(recorded(*stays, spans=tuple(spans))).queues}
    assert queues["sales"].wrap_up == 12
    assert queues["support"].wrap_up == 0


def test_settings_of_queues_that_are_known_are_taken() -> None:
    """What queues.conf says counts; of the others it is said that it was assumed."""
    settings = Settings({"sales": QueueModel("sales", Strategy.RRMEMORY, wrap_up=5)}, watched=frozenset({"help"}))
    day = drawn(recorded(stay(HOUR), stay(HOUR, queue="support"), settings=settings))
    queues = {queue.name: queue for queue in day.queues}
    assert (queues["sales"].strategy, queues["sales"].wrap_up) == (Strategy.RRMEMORY, 5)
    assert "help" in queues
    assert any("queues.conf sets support is" in sentence for sentence in day.assumed)


def test_queue_whose_phones_all_ring_at_once_is_ringall() -> None:
    """Three phones rang for each of thirty answers; where one rings after the other, it is one for each."""
    stays = [stay(9 * HOUR + 100 * number, number=number) for number in range(30)]
    rings = [
        span(9 * HOUR + 100 * number, 9 * HOUR + 100 * number + 4, AgentState.RINGING, f"PJSIP/{phone}")
        for number in range(30)
        for phone in (8101, 8102, 8103)
    ]
    (several, _), (one, _) = (drawn(recorded(*stays, spans=tuple(spans))).queues for spans in (rings, rings[::3]))
    assert (several.strategy, one.strategy) == (Strategy.RINGALL, Strategy.RRMEMORY)
    assert (several.join_empty, several.leave_when_empty) == (True, False)


def test_day_with_a_gap_is_said_to_be_incomplete() -> None:
    """Whoever reads the result knows that callers are missing, and of when."""
    gap = Gap(at(10 * HOUR), at(10 * HOUR + 90), "the connection to AMI was lost")
    day = drawn(recorded(stay(HOUR), gaps=(gap,)))
    assert day.assumed[0] == (
        "the day is incomplete: from 10:00:00 to 10:01:30 nothing was seen (the connection to AMI was lost)"
    )


def test_what_became_of_the_callers_that_day_is_kept_beside() -> None:
    """The figures of the day itself, by which a simulation of it can be judged."""
    day = recorded(
        stay(HOUR),
        stay(2 * HOUR, waited=25),
        stay(3 * HOUR, StayEnd.ABANDONED, 2),
        stay(4 * HOUR, StayEnd.ABANDONED, 80),
        stay(5 * HOUR, StayEnd.TIMED_OUT, 100),
        stay(6 * HOUR, StayEnd.UNKNOWN, None),
    )
    was = day.was["sales"]
    assert (was.offered, was.answered, was.in_time, was.abandoned, was.short_abandons, was.timed_out) == (
        5,
        2,
        1,
        2,
        1,
        1,
    )
    assert was.service_level == 0.25
    assert was.speed_of_answer == 17.5
    assert was.longest_wait == 100


def test_day_in_which_the_clock_is_changed_has_its_hours() -> None:
    """A day of 25 hours lasts so long, and its seconds count on."""
    berlin = replace(site(), time_zone=type(site().time_zone)("Europe/Berlin"))
    period = day_of(date(2026, 10, 25), berlin.zone)
    late = replace(stay(0), joined_at=datetime(2026, 10, 25, 22, 30, tzinfo=UTC), left_at=None, end=StayEnd.UNKNOWN)
    day = RecordedDay("autumn", Books(period, [late], [], [], NIGHT), berlin).day(np.random.default_rng(1))
    assert day.lasts == timedelta(hours=25)
    assert [each.at for each in day.arrivals] == [24.5 * HOUR]
