"""Figures that cannot be reckoned say why; estimates of waits; figures of whole calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd import kpi
from ivrctl.acd.books import Cell, Dimension, Scheme, total
from ivrctl.acd.call_figures import RatingField, repeats, satisfaction, self_service_share
from ivrctl.acd.promises import PromiseRow, promise_rows
from ivrctl.acd.service_level import Rule, Variant, level
from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.acd.wait_estimates import estimates, quality
from ivrctl.model.call import CallRecord, Ending, TraceEntry, Wait
from ivrctl.model.promise import Promise

from .constructed_day import DAY, HALF_HOURS, NOW, STAYS, stay

SHORT = timedelta(seconds=5)
BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_figures_of_nothing_are_none_and_say_why() -> None:
    """Nothing is divided by zero."""
    found = kpi.stay_figures((), kpi.WrapUps((), NOW), SHORT, NOW)
    assert found.speed_of_answer.value is None
    assert found.speed_of_answer.because == "nobody was answered"
    assert found.answered.because == "no call's fate is known"
    assert found.longest_wait.because == "nobody waited"
    assert kpi.occupancy(()).because == "nobody was there to talk"
    assert kpi.talk_share(()).because == "nobody was signed on"
    assert {level((), variant, Rule()).figure.value for variant in Variant} == {None}
    assert total((), (), Scheme(DAY, HALF_HOURS), NOW).offered == 0


def test_handling_time_needs_what_agents_did() -> None:
    """A talk alone is no handling time: without spans it is not known."""
    found = kpi.stay_figures(STAYS, kpi.WrapUps((), NOW), SHORT, NOW).handling_time
    assert (found.value, found.because) == (None, "what agents did after their talks is not in the books")


def _queued(number: int, waited: float) -> Stay:
    """A caller who joined an empty queue."""
    return stay(number, "vip", f"10:{number:02}:00", StayEnd.ANSWERED, waited, agent="PJSIP/8101", talk=10)


def test_estimates_are_those_that_the_queue_had_for_its_callers() -> None:
    """Ten had waited for 6 s each, so the eleventh could expect 6 s, and waited for 8."""
    told = quality([*(_queued(number, 6) for number in range(1, 11)), _queued(11, 8)])
    assert (told.within_p50.value, told.within_p80.value, told.error.value, told.bias.value) == (0.0, 0.0, 2.0, 2.0)
    assert told.error.of == 1
    (found,) = estimates([_queued(11, 5), *(_queued(number, 6) for number in range(1, 11))])
    assert (found.expected.p50, found.expected.p80, found.waited) == (SIX, SIX, 5.0)


SIX = timedelta(seconds=6)


def _promised(leg: int, tier: str, promise: str, *, minute: int = 0, queues: tuple[str, ...] = ("vip",)) -> CallRecord:
    began = DAY.begin + timedelta(minutes=minute)
    waits = tuple(Wait(queue, 0, began, 3.0, "answered") for queue in queues)
    return replace(_record(leg), began_at=began, tier=tier, promise=promise, waits=waits)


def test_share_of_promises_that_were_kept_is_of_each_tier_and_of_all() -> None:
    """What is unknown is neither kept nor broken; who was promised nothing is in no row."""
    calls = [
        _promised(1, "high", "kept"),
        _promised(2, "high", "broken"),
        _promised(3, "ordinary", "kept", minute=40),
        _promised(4, "ordinary", "unknown"),
        _promised(5, "ordinary", ""),
        _promised(6, "high", "kept", minute=24 * 60),
    ]
    rows = promise_rows(calls, Scheme(DAY, HALF_HOURS))
    assert [(row.cell.tier, row.promised, row.kept, row.broken, row.unknown, row.share.value) for row in rows] == [
        ("high", 2, 1, 1, 0, 0.5),
        ("ordinary", 2, 1, 0, 1, 1.0),
        (None, 4, 2, 1, 1, 2 / 3),
    ]
    by_time = promise_rows(calls, Scheme(DAY, HALF_HOURS, frozenset({Dimension.INTERVAL})))
    assert [(row.cell.tier, row.promised) for row in by_time] == [
        ("high", 2),
        ("ordinary", 1),
        ("ordinary", 1),
        (None, 4),
    ]
    assert promise_rows(calls[4:5], Scheme(DAY, HALF_HOURS)) == []


def test_promises_of_a_queue_are_those_of_calls_that_waited_in_it() -> None:
    """Also of one that was answered elsewhere in the end: the promise is the call's."""
    calls = [_promised(1, "high", "broken", queues=("vip", "full-service")), _promised(2, "high", "kept")]
    (high, whole) = promise_rows(calls, Scheme(DAY, HALF_HOURS), "full-service")
    assert (high.cell.queue, high.promised, high.broken, whole.promised) == ("full-service", 1, 1, 1)


@given(
    st.lists(st.tuples(st.sampled_from(("high", "ordinary")), st.sampled_from(("", *Promise)), st.integers(0, 1500)))
)
def test_rows_of_promises_add_up(drawn: list[tuple[str, str, int]]) -> None:
    """SAFETY: every call of the day that was promised something is in one row, and in the last one."""
    calls = [_promised(number, tier, promise, minute=minute) for number, (tier, promise, minute) in enumerate(drawn)]
    counted = sum(bool(call.promise) and call.began_at in DAY for call in calls)
    for by in (frozenset[Dimension](), frozenset({Dimension.INTERVAL})):
        *rows, whole = promise_rows(calls, Scheme(DAY, HALF_HOURS, by)) or [PromiseRow(Cell())]
        assert whole.promised == counted == sum(row.promised for row in rows)


def test_nothing_is_expected_from_nine_calls() -> None:
    """And it is said."""
    few = [_queued(number, 6) for number in range(1, 11)]
    assert quality(few).within_p50.because == "too few calls were answered before to expect anything"


def _record(  # noqa: PLR0913 - what a test says of a call
    number: int,
    *,
    ani: str = "+491",
    day: int = 0,
    ending: Ending = Ending.SERVED,
    fields: dict[str, str] | None = None,
    waits: tuple[Wait, ...] = (),
    path: tuple[str, ...] = ("main/start",),
    trace: tuple[TraceEntry, ...] = (),
) -> CallRecord:
    began = BEGAN + timedelta(days=day, minutes=number)
    return CallRecord(
        leg=f"leg-{number}",
        uniqueid=f"1.{number}",
        ani=ani,
        dnis="7000",
        version="v",
        began_at=began,
        ended_at=began + timedelta(minutes=1),
        ending=ending,
        reason="",
        path=path,
        fields=fields or {},
        trace=trace,
        waits=waits,
    )


TALKED = (Wait("vip", 0, BEGAN, 5.0, "answered"),)


def test_self_served_is_who_asked_for_no_person() -> None:
    """Served by a queue, or by an extension that was dialled, is served by a person."""
    records = [
        _record(1),
        _record(2, waits=TALKED),
        _record(3, trace=(TraceEntry(0.0, "main/start[0]", "dials", "8101"),)),
        _record(4, ending=Ending.UNSERVED),
    ]
    assert self_service_share(records).value == 1 / 4
    assert self_service_share(()).because == "no call has ended"


def test_repeat_is_the_same_caller_with_the_same_reason_within_a_week() -> None:
    """After eight days, for another reason, or without a number, it is none."""
    records = [
        _record(1, day=-6, fields={"subject": "bill"}),
        _record(2, day=-8, ani="+492", fields={"subject": "bill"}),
        _record(3, fields={"subject": "bill"}),  # repeats 1
        _record(4, fields={"subject": "order"}),
        _record(5, ani="+492", fields={"subject": "bill"}),  # 2 is too long ago
        _record(6, fields={"subject": "bill"}),  # repeats 3
        _record(7, ani=""),
        _record(8, ani="+493"),
        _record(9, ani="+493"),  # the same line, where nothing says why
    ]
    found = repeats(records, BEGAN, "subject")
    assert (found.calls, found.repeats, found.withheld) == (6, 3, 1)
    assert found.by_reason == {"bill": 2, "7000": 1}
    assert found.first_call_resolution.value == 1 / 2
    late = [
        replace(record, ended_at=record.ended_at + timedelta(hours=23 - record.began_at.hour)) for record in records
    ]
    assert repeats(late, BEGAN, "subject") == found  # a call counts from when it began, whenever it ended


@pytest.mark.parametrize(("survey", "offered"), [("", 4), ("rate", 3)])
def test_satisfaction_comes_with_how_many_were_asked(survey: str, offered: int) -> None:
    """Of three who rated two were satisfied; who was asked is whoever talked, or whoever came to the survey."""
    walked = ("main/start", "rate/start")
    records = [
        _record(1, waits=TALKED, path=walked, fields={"rating": "very_satisfied"}),
        _record(2, waits=TALKED, path=walked, fields={"rating": "satisfied"}),
        _record(3, waits=TALKED, path=walked, fields={"rating": "not_satisfied"}),
        _record(4, waits=TALKED),
        _record(5),
    ]
    found = satisfaction(records, RatingField("rating", frozenset({"very_satisfied", "satisfied"}), survey))
    assert (found.offered, found.responses, found.satisfied) == (offered, 3, 2)
    assert found.figure.value == 2 / 3
    assert found.response_share.value == 3 / offered
    assert satisfaction((), RatingField("rating", frozenset())).figure.because == "nobody has rated"


def test_stay_that_contradicts_itself_makes_its_row_incomplete() -> None:
    """Who left before he joined was read wrongly."""
    wrong = replace(STAYS[0], left_at=STAYS[0].joined_at - timedelta(seconds=1))
    assert [lack.why for lack in total([wrong], (), Scheme(DAY, HALF_HOURS), NOW).lacks] == [
        "the readings of 1 disagree"
    ]
