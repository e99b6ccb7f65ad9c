"""What the parent decides about its children, told as plain events."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.service.parent.decide import MOST_DRAINING, decide
from ivrctl.service.parent.situation import (
    Action,
    ChildAccepting,
    ChildBeat,
    ChildExited,
    ChildMisconfigured,
    ChildReady,
    Event,
    Kill,
    Periods,
    Phase,
    ReloadAsked,
    Say,
    Situation,
    Start,
    StartFailed,
    StopAsked,
    Terminate,
    TimePassed,
    TurnAway,
)

PERIODS = Periods()


@dataclass
class Play:
    """Events go in with the time, actions come out."""

    now: float = 100.0
    chance: float = 0.0
    situation: Situation = field(default_factory=lambda: Situation.at(100.0))

    def take(self, event: Event, after: float = 0.0) -> list[Action]:
        """Let time pass and an event happen; the actions, but for what is said."""
        return [action for action in self.take_all(event, after) if not isinstance(action, Say)]

    def take_all(self, event: Event, after: float = 0.0) -> tuple[Action, ...]:
        """The same with what is said."""
        self.now += after
        self.situation, actions = decide(self.situation, event, self.now, chance=self.chance, periods=PERIODS)
        return actions

    def said(self, event: Event) -> list[str]:
        """What the operator is told about an event."""
        return [action.text for action in self.take_all(event) if isinstance(action, Say)]

    def wait(self, seconds: float, *beating: int) -> list[Action]:
        """Let time pass as the loop does: woken when it asked to be, with beats of these children every half second."""
        actions: list[Action] = []
        until = self.now + seconds
        beat_at = self.now + 0.5
        while self.now < until:
            # A clock moves on though it was set to this very moment: a sum of floats may be a hair short of its parts.
            self.now = min(until, max(self.situation.wake_at, math.nextafter(self.now, math.inf)), beat_at)
            if self.now == beat_at:
                beat_at += 0.5
                for number in beating:
                    actions += self.take(ChildBeat(number))
            actions += self.take(TimePassed())
        return actions


@pytest.fixture
def fresh() -> Play:
    return Play()


@pytest.fixture
def serving() -> Play:
    play = Play()
    play.take(TimePassed())
    play.take(ChildReady(1))
    return play


def test_a_first_child_is_started_at_once(fresh: Play) -> None:
    """With nothing before it."""
    assert fresh.take(TimePassed()) == [Start(1)]


def test_a_ready_child_needs_nothing_but_beats(serving: Play) -> None:
    """As long as it beats, the parent does nothing."""
    assert serving.wait(600, 1) == []


def test_a_child_that_stops_beating_is_replaced_after_three_seconds(serving: Play) -> None:
    """Killed and replaced in one turn: the next one starts while the kernel does away with it."""
    serving.wait(10, 1)
    assert serving.wait(2.9) == []
    assert serving.wait(0.2) == [Kill(1), Start(2)]


def test_a_child_that_was_killed_is_not_mourned_twice(serving: Play) -> None:
    """Its exit starts no further child."""
    serving.wait(4)
    assert serving.take(ChildExited(1, -9)) == []
    assert [child.number for child in serving.situation.children] == [2]


def test_a_child_that_is_not_ready_in_time_is_replaced(fresh: Play) -> None:
    """Silence before ``ready`` is allowed, but not for ever; the first restart comes at once."""
    fresh.take(TimePassed())
    actions = [action for action in fresh.wait(30.1) if not isinstance(action, TurnAway)]
    assert actions == [Kill(1), Start(2)]


def test_the_first_death_is_followed_by_a_start_at_once(serving: Play) -> None:
    """One crash costs a caller less than a second."""
    assert serving.take(ChildExited(1, 1)) == [Start(2)]


def test_deaths_in_a_row_are_followed_by_growing_pauses(serving: Play) -> None:
    """0.5 s at least, 2 s at most: a caller whom the dialplan holds is still there."""
    serving.chance = 0.999999
    pauses = []
    for number in range(1, 9):
        serving.take(ChildExited(number, 1))
        begun = serving.now
        while Start(number + 1) not in serving.take(TimePassed()) and not serving.situation.in_phase(Phase.STARTING):
            serving.now = serving.situation.wake_at
        pauses.append(round(serving.now - begun, 2))
    assert pauses == [0, 0.5, 1, 2, 2, 2, 2, 2]


def test_a_pause_is_jittered_above_the_shortest(serving: Play) -> None:
    """Many hosts whose database is away do not come back in one moment."""
    for number in range(1, 10):
        serving.take(ChildExited(number, 1))
        serving.wait(11)
    serving.take(ChildExited(10, 1))
    assert serving.situation.start_at == serving.now + 0.5


def test_ten_seconds_of_health_clear_the_record(serving: Play) -> None:
    """The next death is a first one again."""
    serving.take(ChildExited(1, 1))
    serving.take(ChildReady(2))
    serving.wait(10, 2)
    assert serving.take(ChildExited(2, 1)) == [Start(3)]
    assert serving.situation.deaths == 1


def test_a_host_that_cannot_start_a_child_is_tried_again(fresh: Play) -> None:
    """No memory now may be memory later."""
    fresh.take(TimePassed())
    assert fresh.take(StartFailed(1, "Cannot allocate memory")) == [Start(2)]
    assert fresh.said(StartFailed(2, "Cannot allocate memory")) == [
        "the new controller could not be started: Cannot allocate memory"
    ]
    assert fresh.situation.start_at == fresh.now + 0.5


def test_a_reload_starts_the_new_child_before_the_old_one_leaves(serving: Play) -> None:
    """The old one is told only when the new one is ready."""
    assert serving.take(ReloadAsked()) == [Start(2)]
    assert serving.wait(5, 1) == []
    assert serving.take(ChildReady(2)) == [Terminate(1)]
    assert serving.take(ChildExited(1, 0)) == []


def test_the_operator_is_told_that_a_reload_has_come_through(serving: Play) -> None:
    """Also that the old controller may still be seen for a while."""
    serving.take(ReloadAsked())
    assert serving.said(ChildReady(2)) == ["the new controller serves; the old one leaves when its sessions have ended"]


def test_an_old_child_that_does_not_end_its_sessions_is_killed(serving: Play) -> None:
    """After the drain."""
    serving.take(ReloadAsked())
    serving.take(ChildReady(2))
    assert serving.wait(59.5, 1, 2) == []
    assert serving.wait(1, 1, 2) == [Kill(1)]


def test_an_old_child_that_stalls_while_it_drains_is_killed(serving: Play) -> None:
    """Its callers hear nothing; a new controller resumes them."""
    serving.take(ReloadAsked())
    serving.take(ChildReady(2))
    assert serving.wait(3.5, 2) == [Kill(1)]


@pytest.mark.parametrize("end", [ChildExited(2, 1), ChildExited(2, -11), StartFailed(2, "no"), None])
def test_a_new_child_that_fails_leaves_the_old_one_serving(serving: Play, end: Event | None) -> None:
    """No further start, and the reason is told."""
    serving.take(ReloadAsked())
    if end is None:
        assert serving.wait(31, 1) == [Kill(2)]
    else:
        assert serving.said(end)[-1] == "the old controller goes on serving"
    assert serving.wait(600, 1) == []


def test_a_configuration_that_cannot_be_used_leaves_the_old_child_serving(serving: Play) -> None:
    """The text is shown as the child said it."""
    serving.take(ReloadAsked())
    said = serving.said(ChildMisconfigured(2, "site.yaml:3: error"))
    assert said == [
        "site.yaml:3: error",
        "the configuration was not taken over: the old one goes on serving",
    ]
    assert serving.take(ChildExited(2, 2)) == []
    assert serving.wait(600, 1) == []


def test_a_configuration_that_cannot_be_used_at_the_start_ends_the_parent(fresh: Play) -> None:
    """With exit code 2: a restart would end the same way."""
    fresh.take(TimePassed())
    assert fresh.take(ChildMisconfigured(1, "site.yaml:3: error")) == [TurnAway(is_on=True), Terminate(1)]
    assert fresh.take(ChildExited(1, 2)) == []
    assert fresh.situation.is_over
    assert fresh.situation.exit_code == 2


def test_reloads_while_a_child_starts_become_one_more_start(serving: Play) -> None:
    """What starts now may have read the files before the last change."""
    serving.take(ReloadAsked())
    assert serving.take(ReloadAsked()) == []
    assert serving.take(ReloadAsked()) == []
    assert serving.take(ChildReady(2)) == [Terminate(1), Start(3)]
    assert serving.take(ChildReady(3)) == [Terminate(2)]


def test_a_reload_ends_a_pause(serving: Play) -> None:
    """Somebody has repaired something."""
    serving.take(ChildExited(1, 1))
    serving.take(ChildExited(2, 1))
    assert serving.take(ReloadAsked()) == [Start(3)]


def test_reloads_wait_while_many_old_children_drain(serving: Play) -> None:
    """Each of them is a whole controller in memory."""
    for number in range(2, MOST_DRAINING + 2):
        serving.take(ReloadAsked())
        serving.take(ChildReady(number))
    assert serving.take(ReloadAsked()) == []
    assert serving.take(ChildExited(1, 0)) == [Start(MOST_DRAINING + 2)]


def test_callers_are_turned_away_after_three_seconds_without_a_serving_child(serving: Play) -> None:
    """Before, the backlog holds them; after, the dialplan's retry does."""
    serving.take(ChildExited(1, 1))
    assert serving.wait(2.9) == []
    assert serving.wait(0.2) == [TurnAway(is_on=True)]


def test_turning_away_ends_before_anything_else_when_a_child_is_ready(serving: Play) -> None:
    """A caller must not be closed on by the parent when the child could take him."""
    serving.take(ReloadAsked())
    serving.take(ChildExited(1, 1))
    serving.wait(4)
    assert serving.take(ChildReady(2)) == [TurnAway(is_on=False)]


def test_nobody_is_turned_away_from_a_child_that_accepts_before_it_is_ready(serving: Play) -> None:
    """It looks at the queues first, and serves meanwhile."""
    serving.take(ChildExited(1, 1))
    serving.wait(4)
    assert serving.take(ChildAccepting(2)) == [TurnAway(is_on=False)]
    assert serving.wait(10) == []
    serving.take(ChildExited(2, 1))
    assert TurnAway(is_on=True) not in serving.wait(2.9)
    assert TurnAway(is_on=True) in serving.wait(0.2)


def test_a_stop_lets_the_children_leave(serving: Play) -> None:
    """They are asked, callers who come now are refused by the last one, and the parent ends with it."""
    assert serving.take(StopAsked(0)) == [Terminate(1, is_last=True)]
    assert not serving.situation.is_over
    assert serving.take(ChildExited(1, 0)) == []
    assert serving.situation.is_over
    assert serving.situation.exit_code == 0


def test_a_stop_also_reaches_a_child_that_starts(serving: Play) -> None:
    """And nothing starts any more."""
    serving.take(ReloadAsked())
    assert set(serving.take(StopAsked(130))) == {Terminate(1, is_last=True), Terminate(2)}
    assert serving.take(ChildReady(2)) == []
    assert serving.take(ReloadAsked()) == []


def test_nobody_but_the_last_child_answers_while_it_leaves(serving: Play) -> None:
    """It refuses callers politely; a parent that closed on them would cost each of them some seconds."""
    serving.take(StopAsked(0))
    assert serving.wait(10, 1) == []


def test_callers_are_turned_away_when_a_stop_finds_no_child_that_serves(fresh: Play) -> None:
    """The dialplan's retry brings them to a person."""
    fresh.take(TimePassed())
    assert fresh.take(StopAsked(0)) == [TurnAway(is_on=True), Terminate(1)]


def test_a_second_stop_kills(serving: Play) -> None:
    """Somebody is impatient; nobody speaks to callers any more, and the exit code is that of the first one."""
    serving.take(StopAsked(0))
    assert serving.take(StopAsked(130)) == [TurnAway(is_on=True), Kill(1)]
    serving.take(ChildExited(1, -9))
    assert serving.situation.exit_code == 0


def test_a_stop_without_children_is_the_end(serving: Play) -> None:
    """In the pause between two restarts."""
    serving.take(ChildExited(1, 1))
    serving.take(ChildExited(2, 1))
    serving.take(StopAsked(0))
    assert serving.situation.is_over


def test_a_parent_that_was_asleep_itself_kills_nobody(serving: Play) -> None:
    """A host that was suspended has no beats to show for the time; the children get the usual time anew."""
    assert serving.take(TimePassed(), after=3600) == []
    assert serving.wait(2.9) == []
    assert serving.wait(0.2) == [Kill(1), Start(2)]


@pytest.mark.parametrize(
    ("status", "words"), [(1, "exited with status 1"), (-9, "was ended by SIGKILL"), (-250, "was ended by signal 250")]
)
def test_the_operator_is_told_how_a_child_ended(serving: Play, status: int, words: str) -> None:
    """In words."""
    assert serving.said(ChildExited(1, status)) == [f"the controller {words}"]


@pytest.mark.parametrize("event", [ChildReady(9), ChildBeat(9), ChildExited(9, 0), ChildMisconfigured(9, "late")])
def test_what_an_unknown_child_says_changes_nothing(serving: Play, event: Event) -> None:
    """It may have been given up."""
    before = serving.situation
    assert serving.take_all(event) == ()
    assert serving.situation == before


def events(children: int) -> st.SearchStrategy[Event]:
    """Anything that may happen, about children that exist or not."""
    number = st.integers(1, children)
    return st.one_of(
        st.builds(ChildAccepting, number),
        st.builds(ChildReady, number),
        st.builds(ChildBeat, number),
        st.builds(ChildMisconfigured, number, st.just("wrong")),
        st.builds(ChildExited, number, st.sampled_from([0, 1, 2, -9, -15])),
        st.builds(StartFailed, number, st.just("no memory")),
        st.just(ReloadAsked()),
        st.builds(StopAsked, st.sampled_from([0, 130])),
        st.just(TimePassed()),
    )


story = st.lists(st.tuples(events(6), st.floats(0, 40), st.floats(0, 0.999)), max_size=60)


def tell(steps: list[tuple[Event, float, float]]) -> Play:
    """Play a story; every situation on the way must hold the rules."""
    play = Play()
    play.take(TimePassed())
    for event, after, play.chance in steps:
        actions = play.take(event, after)
        check(play, actions)
    return play


def check(play: Play, actions: list[Action]) -> None:
    """The rules that hold after every decision."""
    situation = play.situation
    assert len(situation.in_phase(Phase.STARTING)) <= 1
    assert len(situation.in_phase(Phase.SERVING)) <= 1
    if situation.exit_code is None:
        lives = situation.in_phase(Phase.STARTING, Phase.SERVING)
        assert lives or (situation.start_at is not None and situation.start_at <= play.now + PERIODS.longest_pause)
        if situation.in_phase(Phase.SERVING):
            assert not situation.is_turning_away
    else:
        assert not any(isinstance(action, Start) for action in actions)
        assert not situation.in_phase(Phase.STARTING, Phase.SERVING)
    assert situation.wake_at > play.now or situation.is_over
    assert situation.wake_at < math.inf or not situation.in_phase(Phase.STARTING, Phase.SERVING, Phase.DRAINING)


# SAFETY: never two fresh starts or two serving children at once, never none without a start that is due within the
# longest pause, never a caller turned away from a child that serves.
@pytest.mark.thorough
@settings(max_examples=200, deadline=None)
@given(steps=story)
def test_whatever_happens_a_child_lives_or_is_about_to(steps: list[tuple[Event, float, float]]) -> None:
    """In every order of events, at any times."""
    tell(steps)


def live_well(play: Play, seconds: float) -> list[Action]:
    """Let time pass in a world where children become ready, beat, and leave when they are told to."""
    actions: list[Action] = []
    until = play.now + seconds
    while play.now < until:
        for child in play.situation.children:
            match child.phase:
                case Phase.STARTING:
                    actions += play.take(ChildReady(child.number))
                case Phase.SERVING:
                    actions += play.take(ChildBeat(child.number))
                case _:
                    actions += play.take(ChildExited(child.number, 0))
        actions += play.take(TimePassed(), after=0.5)
    return actions


# LIVENESS: after any story, if children behave from now on, one serves within the longest pause, and from then on
# nothing is done to it.
@pytest.mark.thorough
@settings(max_examples=100, deadline=None)
@given(steps=story)
def test_after_any_story_a_good_child_comes_to_serve(steps: list[tuple[Event, float, float]]) -> None:
    """The past is not held against it for longer than the longest pause."""
    play = tell(steps)
    if play.situation.exit_code is not None:
        return
    live_well(play, PERIODS.longest_pause + 2)
    assert [child.phase for child in play.situation.children] == [Phase.SERVING]
    assert live_well(play, 100) == []


# LIVENESS: after a stop, children that heed nothing but SIGKILL are gone, and the parent ends, within the drain.
@pytest.mark.thorough
@settings(max_examples=100, deadline=None)
@given(steps=story)
def test_after_any_story_a_stop_comes_to_an_end(steps: list[tuple[Event, float, float]]) -> None:
    """However stubborn the children are."""
    play = tell(steps)
    killed = [action.number for action in play.take(StopAsked(0)) if isinstance(action, Kill)]
    beating = [child.number for child in play.situation.children]
    killed += [action.number for action in play.wait(PERIODS.drain + 0.1, *beating) if isinstance(action, Kill)]
    assert {child.number for child in play.situation.children} == {
        child.number for child in play.situation.in_phase(Phase.KILLED)
    }
    for child in play.situation.children:
        play.take(ChildExited(child.number, -9))
    assert play.situation.is_over
