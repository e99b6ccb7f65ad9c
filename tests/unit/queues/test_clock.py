"""Asterisk's time by its events and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.service.queues.clock import LAST, PeerClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Clocks:
    """Two of them."""

    ours: datetime = NOON
    ahead: timedelta = timedelta(0)
    """Of Asterisk's before ours."""

    def __post_init__(self) -> None:
        """One that reckons between them."""
        self.peer = PeerClock(lambda: self.ours)

    @property
    def theirs(self) -> datetime:
        """Asterisk's."""
        return self.ours + self.ahead

    def event(self, under_way: timedelta = timedelta(0)) -> None:
        """Something has happened, and comes now."""
        self.peer.heard(self.theirs - under_way)

    def asks(self, takes: timedelta = timedelta(0)) -> None:
        """Asterisk is asked, and answers in the middle."""
        asked_at = self.ours
        answer = self.theirs + takes / 2
        self.ours += takes
        self.peer.answered(answer, asked_at)


def test_without_events_it_is_ours() -> None:
    """Nobody knows better."""
    assert Clocks().peer.now() == NOON


@pytest.mark.parametrize("ahead", [-3600, -20, 0, 20, 3600])
def test_clocks_that_stand_apart(ahead: int) -> None:
    """One event shows by how much, one that was under way for less shows it better."""
    clocks = Clocks(ahead=ahead * SECOND)
    clocks.event(under_way=2 * SECOND)
    assert clocks.theirs - clocks.peer.now() == 2 * SECOND
    clocks.event(under_way=SECOND / 100)
    clocks.event(under_way=3 * SECOND)
    assert clocks.theirs - clocks.peer.now() == SECOND / 100


def test_an_answer_shows_a_clock_that_was_set_back() -> None:
    """It was written behind the question: nothing before it can be later."""
    clocks = Clocks()
    clocks.event()
    clocks.ahead = -60 * SECOND
    clocks.event()
    assert clocks.peer.now() == clocks.theirs + 60 * SECOND
    clocks.asks(takes=SECOND)
    assert abs(clocks.peer.now() - clocks.theirs) <= SECOND


def test_events_alone_show_it_in_the_end() -> None:
    """Without answers: when nothing of before is remembered."""
    clocks = Clocks()
    clocks.event()
    clocks.ahead = -60 * SECOND
    for _ in range(LAST):
        clocks.event()
    assert clocks.peer.now() == clocks.theirs


def test_an_event_that_is_far_behind_is_a_doubt_of_the_clock() -> None:
    """Nothing is under way for so long."""
    clocks = Clocks()
    clocks.event()
    assert not clocks.peer.is_far_ahead_of(clocks.theirs - 2 * SECOND)
    assert clocks.peer.is_far_ahead_of(clocks.theirs - 6 * SECOND)


delays = st.floats(0, 4).map(lambda seconds: seconds * SECOND)


@given(st.integers(-10_000, 10_000), st.lists(delays, min_size=1, max_size=300))
def test_it_is_never_ahead_and_behind_by_no_more_than_the_quickest_event(
    ahead: int, under_way: list[timedelta]
) -> None:
    """SAFETY: a reading is never given a time that Asterisk's events have yet to come to."""
    clocks = Clocks(ahead=ahead * SECOND)
    for each in under_way:
        clocks.ours += SECOND
        clocks.event(each)
    behind = clocks.theirs - clocks.peer.now()
    assert timedelta(0) <= behind <= min(under_way[-LAST:])


@given(st.lists(st.tuples(st.integers(-5000, 5000), delays), min_size=1, max_size=20), delays)
def test_whatever_was_set_an_answer_puts_it_right(steps: list[tuple[int, timedelta]], takes: timedelta) -> None:
    """LIVENESS: to as much as the answer took."""
    clocks = Clocks()
    for step, under_way in steps:
        clocks.ahead += step * SECOND
        clocks.event(under_way)
    clocks.asks(takes)
    assert timedelta(0) <= abs(clocks.theirs - clocks.peer.now()) <= takes
