from __future__ import annotations

from dataclasses import replace
from datetime import time

from ivrctl.simulation.day import Pause, Shift
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Floor, Measure, Trigger

from .days import HOUR, agent, call, day, run
from .policies import BREAK, LEADERS, POLICY, STAFF

RUSH = tuple(call(100.0 + 5 * number, talk=200.0) for number in range(40))
"""Far more than one agent can talk to."""


def story(outcome: Outcome) -> list[str]:
    return [f"{move.at:.0f} {move.tier} {'in' if move.is_in else 'out'}" for move in outcome.moves]


def test_tiers_come_in_one_after_the_other_and_go_home_in_reverse() -> None:
    """The first caller who waits joined at 105: at 135 he has waited 30 s, and a minute later the first tier comes."""
    outcome = run(day(*RUSH, agents=(agent("1"), *STAFF)), {"desk": POLICY})
    assert story(outcome) == ["195 leaders in", "255 quality in", "2355 quality out", "2655 leaders out"]


def test_who_is_called_in_talks_to_callers_and_is_home_at_the_end() -> None:
    """Each of them comes once and goes once."""
    outcome = run(day(*RUSH, agents=(agent("1"), *STAFF)), {"desk": POLICY})
    quality = outcome.tiers["desk", "quality"]
    assert quality.talk_minutes > 0
    assert (quality.engaged, quality.changes, dict(quality.interruptions)) == (1, 4, {"91": 1, "92": 1})
    assert [change.number for change in outcome.changes if change.is_in] == ["81", "91", "92"]
    assert sum(change.is_in for change in outcome.changes) == sum(not change.is_in for change in outcome.changes)


def test_reserve_minutes_count_each_person_once() -> None:
    """From coming to going, whatever the number of queues."""
    outcome = run(day(*RUSH, agents=(agent("1"), *STAFF)), {"desk": POLICY})
    came = {change.number: change.at for change in outcome.changes if change.is_in}
    went = {change.number: change.at for change in outcome.changes if not change.is_in}
    leaders, quality = outcome.tiers["desk", "leaders"], outcome.tiers["desk", "quality"]
    assert leaders.reserve_minutes == (went["81"] - came["81"]) / 60
    assert quality.reserve_minutes == sum(went[each] - came[each] for each in ("91", "92")) / 60


def test_who_talks_when_his_tier_goes_home_is_drained() -> None:
    """He leaves when the talk is over, not before."""
    rush = (*RUSH, call(2640.0, talk=300.0), call(2641.0, talk=300.0))
    outcome = run(day(*rush, agents=(agent("1"), *STAFF)), {"desk": POLICY})
    leaves = next(change.at for change in outcome.changes if change.number == "81" and not change.is_in)
    home = next(move.at for move in outcome.moves if move.tier == "leaders" and not move.is_in)
    assert (home, leaves) == (2655.0, 2945.0)


def test_nobody_comes_who_is_not_available() -> None:
    """The tier is in, and empty until somebody signs on."""
    late = agent("81", {}, on_call=(Shift(600.0, 10 * HOUR),))
    outcome = run(day(*RUSH, agents=(agent("1"), late)), {"desk": POLICY})
    assert story(outcome)[:2] == ["195 leaders in", "255 quality in"]
    assert [(change.at, change.number) for change in outcome.changes if change.is_in] == [(600.0, "81")]


def test_who_is_asked_ends_his_pause_after_a_while() -> None:
    """The next tier comes a minute after him."""
    pausing = agent("2", shifts=(Shift(0.0, 10 * HOUR, (Pause(0.0, 3000.0, "break"),)),), comes_after=60.0)
    policy = replace(POLICY, tiers=(BREAK, LEADERS))
    outcome = run(day(*RUSH, agents=(agent("1"), pausing, *STAFF)), {"desk": policy})
    assert story(outcome)[:2] == ["195 break in", "315 leaders in"]
    came = [(change.at, change.tier, change.is_in) for change in outcome.changes if change.number == "2"]
    assert came == [(255.0, "break", True), (3000.0, "break", False)]
    asked = outcome.tiers["desk", "break"]
    assert (asked.reserve_minutes, asked.changes, dict(asked.interruptions)) == ((3000 - 255) / 60, 0, {"2": 1})
    assert asked.talk_minutes > 0


def test_who_does_not_come_when_asked_stays_on_his_pause() -> None:
    """The next tier comes when the patience with him is over."""
    pausing = agent("2", shifts=(Shift(0.0, 10 * HOUR, (Pause(0.0, 3000.0, "break"),)),), comes_when_asked=0.0)
    policy = replace(POLICY, tiers=(BREAK, LEADERS))
    outcome = run(day(*RUSH, agents=(agent("1"), pausing, *STAFF)), {"desk": policy})
    assert story(outcome)[:2] == ["195 break in", "315 leaders in"]
    assert outcome.tiers["desk", "break"].reserve_minutes == 0
    assert dict(outcome.tiers["desk", "break"].interruptions) == {"2": 1}


def test_who_pauses_later_is_asked_while_callers_wait() -> None:
    """His lunch begins ten minutes after the tier came in; he comes a minute after it began, and is asked once."""
    pauses = (Pause(795.0, 1500.0, "break"), Pause(1800.0, 2000.0, "break"))
    lunch = agent("2", shifts=(Shift(0.0, 10 * HOUR, pauses),), comes_after=60.0)
    outcome = run(day(*RUSH, *RUSH, agents=(agent("1"), lunch)), {"desk": replace(POLICY, tiers=(BREAK, LEADERS))})
    assert story(outcome)[0] == "195 break in"
    came = [(change.at, change.is_in) for change in outcome.changes if change.number == "2"]
    assert came == [(855.0, True), (1500.0, False)]
    assert dict(outcome.tiers["desk", "break"].interruptions) == {"2": 1}


def test_calendar_brings_tiers_in_at_its_times() -> None:
    """The day begins at nine; from half past nine to ten the first tier is in, and then for as long as it must."""
    floor = Floor(1, time(9, 30), time(10))
    outcome = run(day(call(3500.0), agents=(agent("1"), *STAFF)), {"desk": replace(POLICY, floors=(floor,))})
    assert story(outcome)[0] == "1800 leaders in"


def test_forecast_shortfall_brings_tiers_in() -> None:
    """Two people are missing from 600 on, and none from 1200 on."""
    policy = replace(POLICY, triggers=(Trigger(Measure.FORECAST_SHORTFALL, (2.0, 9.0), 0.0),))
    of = day(agents=(agent("1"), *STAFF), shortfall=((0.0, 0.0), (600.0, 2.0), (1200.0, 0.0)))
    assert story(run(of, {"desk": policy})) == ["660 leaders in", "1500 leaders out"]


def test_a_ceiling_holds_changes_back() -> None:
    """One membership in an hour, whoever waits."""
    policy = replace(POLICY, timing=replace(POLICY.timing, changes_per_hour=1))
    outcome = run(day(*RUSH, agents=(agent("1"), *STAFF)), {"desk": policy})
    assert [(change.at, change.number) for change in outcome.changes] == [(195.0, "81"), (3795.0, "91")]


def test_policies_are_told_apart_by_their_own_names() -> None:
    """Whatever they are given as: a new one may have the name of the old one."""
    outcome = run(day(*RUSH, agents=(agent("1"), *STAFF)), {"new": POLICY})
    assert set(outcome.tiers) == {("desk", "leaders"), ("desk", "quality")}
