"""What is asked of a queue, and what a caller has to expect."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from random import Random
from statistics import fmean, median

import pytest

from ivrctl.acd.events import CallerAnswered, CallerJoined, MemberSeen, QueueRead, QueuesRead, SightLost
from ivrctl.acd.expected_wait import LEAST, ExpectedWaits
from ivrctl.acd.facts import QueueFacts, facts
from ivrctl.acd.fold import fold
from ivrctl.acd.picture import DeviceState, Picture
from ivrctl.acd.stay import Stay, StayEnd

from .centre import NOON, SECOND, member, settings


def after(seconds: float) -> datetime:
    return NOON + seconds * SECOND


def picture(*members: object) -> Picture:
    told = [member(f"PJSIP/{number}", **changes) for number, changes in enumerate(members)]  # type: ignore[arg-type]
    return fold(Picture(), QueuesRead(NOON, [QueueRead(settings("sales"), told, ())]))


def joined(who: str, at: float, position: int = 1) -> CallerJoined:
    return CallerJoined(after(at), "sales", who, who, f"PJSIP/{who}", "0123", position)


def test_staff_are_all_who_are_signed_on_and_available_are_those_whom_a_caller_could_reach() -> None:
    """Not the paused, the busy, those whose phone is gone, and those in wrap-up."""
    seen = picture(
        {},
        {"is_paused": True},
        {"device": DeviceState.INUSE},
        {"device": DeviceState.UNAVAILABLE},
        {"last_call": after(-5), "wrap_up": 10 * SECOND},
    )
    assert [
        (each.staff, each.available) for each in (facts(seen, "sales", after(1)), facts(seen, "sales", after(9)))
    ] == [
        (5, 1),
        (5, 2),
    ]


def test_who_talks_in_another_queue_is_not_available() -> None:
    """A Local channel tells no state: its talk does."""
    queues = [QueueRead(settings(name), [member("Local/5001@from-queue/n")], ()) for name in ("sales", "service")]
    seen = fold(Picture(), QueuesRead(NOON, queues))
    assert facts(seen, "sales", after(1)).available == 1
    talks = CallerAnswered(after(2), "service", "anna", "Local/5001@from-queue/n", 1)
    assert facts(fold(seen, talks), "sales", after(3)).available == 0


def test_the_longest_wait_is_that_of_who_waits_now() -> None:
    """Zero when nobody does."""
    assert facts(picture(), "sales", after(9)).longest_wait == timedelta(0)
    seen = reduce(fold, [joined("anna", 1), joined("ben", 5, 2)], picture())
    assert (facts(seen, "sales", after(9)).waiting, facts(seen, "sales", after(9)).longest_wait) == (2, 8 * SECOND)


def test_what_is_not_known_is_no_number() -> None:
    """Before the first reading, and of a queue that Asterisk has not."""
    assert facts(Picture(), "sales", NOON) == QueueFacts("sales", is_known=False, age=None)
    assert facts(picture(), "of-nobody", after(2)) == QueueFacts("of-nobody", is_known=False, age=2 * SECOND)


def test_facts_of_a_stale_picture_are_those_of_when_it_was_seen_last() -> None:
    """And say how old they are."""
    seen = reduce(fold, [joined("anna", 10), SightLost(after(20), "silent")], picture({}))
    old = facts(seen, "sales", after(40))
    assert (old.is_known, old.age, old.waiting, old.staff) == (False, 30 * SECOND, 1, 1)


# The expected wait

WAITING = Stay("sales", "", "", "", "", NOON, is_joined_exactly=True, position=1)


def stay(number: int, joined_at: float, answered_at: float | None = None, position: int = 1) -> Stay:
    waits = replace(WAITING, uniqueid=str(number), joined_at=after(joined_at), position=position)
    if answered_at is None:
        return waits
    return replace(waits, end=StayEnd.ANSWERED, left_at=after(answered_at), interface="PJSIP/8101")


def busy(every: float, calls: int = 20) -> ExpectedWaits:
    """A queue in which somebody always waits, and is answered so often."""
    waits = ExpectedWaits()
    for number in range(calls):
        waits.take(stay(number, 0, every * (number + 1)))
    return waits


def test_who_has_more_callers_ahead_waits_more_turns() -> None:
    """Where each turn takes 30 seconds, the fourth waits two minutes."""
    expected = busy(30).expect("sales", 3, after(600))
    assert expected is not None
    assert (expected.p50, expected.p80) == (120 * SECOND, 120 * SECOND)


def test_times_in_which_nobody_waited_are_no_part_of_a_turn() -> None:
    """A call every ten minutes, answered after four seconds: the next one waits four seconds."""
    waits = ExpectedWaits()
    for number in range(6 * LEAST):
        waits.take(stay(number, 60 * number, 60 * number + 4))
    expected = waits.expect("sales", 0, after(60 * 60))
    assert expected is not None
    assert expected.p50 == 4 * SECOND


def test_too_few_answered_calls_tell_nothing() -> None:
    """And those of another time of the day none at all."""
    assert busy(30, LEAST - 1).expect("sales", 0, after(300)) is None
    assert busy(30).expect("sales", 0, after(7200)) is None
    assert ExpectedWaits().expect("sales", 0, NOON) is None
    assert (ExpectedWaits().accuracy("sales"), busy(30).accuracy("sales")) == (None, None)


def test_a_turn_that_takes_long_already_makes_the_expected_wait_longer() -> None:
    """All agents have left, and nobody has been answered since."""
    waits = busy(30)
    calm, stuck = waits.expect("sales", 5, after(610), after(590)), waits.expect("sales", 5, after(2000), after(590))
    assert calm is not None
    assert stuck is not None
    assert stuck.p80 > stuck.p50 > calm.p50


def test_an_expected_wait_is_none_of_a_queue_that_nobody_is_signed_on_in() -> None:
    """Yesterday's agents answer nobody."""
    waits = busy(30)
    assert facts(picture(), "sales", after(600), waits).expected_wait is None
    seen = fold(picture(), MemberSeen(after(1), "sales", member()))
    expected = facts(reduce(fold, [joined("anna", 590), joined("ben", 595, 2)], seen), "sales", after(600), waits)
    assert expected.expected_wait is not None
    assert expected.expected_wait.p50 == 90 * SECOND


def simulated(agents: int, load: float, calls: int, seed: int) -> list[Stay]:
    """A queue with exponential times, as the ledger tells it: callers are answered in their order."""
    chance, free, now = Random(seed), [0.0] * agents, 0.0
    told: list[tuple[float, Stay]] = []
    answers: list[float] = []
    for number in range(calls):
        now += chance.expovariate(agents * load / 180)
        ahead = sum(answered > now for answered in answers[-500:])
        answered = max(now, heapq.heappop(free))
        heapq.heappush(free, answered + chance.expovariate(1 / 180))
        answers.append(answered)
        told.append((now, stay(number, now, position=ahead + 1)))
        told.append((answered, stay(number, now, answered, position=ahead + 1)))
    return [each for _, each in sorted(told, key=lambda one: one[0])]


def error_of_last_waits(told: list[Stay]) -> float:
    """The mean error, in seconds, of whoever says the middle of the last fifty waits."""
    last, said, errors = deque[float](maxlen=50), dict[str, float](), list[float]()
    for each in told:
        if each.left_at is None:
            said |= {each.uniqueid: median(last)} if len(last) >= LEAST else {}
            continue
        waited = (each.left_at - each.joined_at).total_seconds()
        errors += [abs(waited - said[each.uniqueid])] if each.uniqueid in said else []
        last.append(waited)
    return fmean(errors)


@pytest.mark.parametrize(("agents", "load"), [(5, 0.97), (20, 1.02), (40, 0.98)])
def test_in_a_busy_queue_what_was_expected_is_about_what_becomes(agents: int, load: float) -> None:
    """Near one half within P50 and four fifths within P80, and nearer than the waits of the last calls say."""
    within_p50, within_p80 = [], []
    for seed in range(4):
        waits, stays = ExpectedWaits(), simulated(agents, load, calls=600, seed=seed)
        for each in stays:
            waits.take(each)
        accuracy = waits.accuracy("sales")
        assert accuracy is not None
        assert accuracy.error.total_seconds() < error_of_last_waits(stays)
        within_p50.append(accuracy.within_p50)
        within_p80.append(accuracy.within_p80)
    assert 0.35 <= fmean(within_p50) <= 0.65
    assert 0.65 <= fmean(within_p80) <= 0.9


def test_a_stay_that_is_told_twice_counts_once() -> None:
    """Its talk that ends is no other answer."""
    once, twice = ExpectedWaits(), ExpectedWaits()
    for each in simulated(5, 0.97, calls=200, seed=1):
        once.take(each)
        twice.take(each)
        twice.take(replace(each, talk_ended_at=after(99_999)) if each.end is StayEnd.ANSWERED else each)
    assert once.accuracy("sales") == twice.accuracy("sales")
