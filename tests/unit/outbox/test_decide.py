"""When something is tried again, told, and given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.service.delivering.decide import (
    FIRST_PAUSE,
    LONGEST_GATE,
    LONGEST_PAUSE,
    OPEN,
    Gate,
    alarms,
    next_try,
    overdue_before,
    pause_after,
)

NOW = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
CHANCES = st.floats(0, 1)
FAILURES = st.integers(1, 10**9)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive
NAMES = st.sampled_from(["ticket", "call-ended", "text-message"])


# SAFETY


@given(FAILURES, CHANCES)
def test_no_pause_is_longer_than_its_bound(failures: int, chance: float) -> None:
    """However often it failed, and whatever chance says."""
    assert timedelta() < pause_after(failures, LONGEST_GATE, chance) <= LONGEST_GATE


@given(FAILURES, CHANCES, CHANCES)
def test_longer_failure_is_never_asked_much_sooner(failures: int, one: float, other: float) -> None:
    """A further failure waits at least as long as half of what the one before could have waited."""
    assert pause_after(failures + 1, LONGEST_PAUSE, one) * 2 >= pause_after(failures, LONGEST_PAUSE, other)


@given(st.floats(0, 1e9), CHANCES)
def test_gate_is_closed_after_a_failure(seconds: float, chance: float) -> None:
    """Right after a failure nothing of the submission is tried."""
    assert not OPEN.after_failure(seconds, chance).is_open(seconds)


@given(st.dictionaries(NAMES, MOMENTS), st.dictionaries(NAMES, st.timedeltas(timedelta(), timedelta(days=30))), MOMENTS)
def test_somebody_is_told_once(oldest: dict[str, datetime], limits: dict[str, timedelta], now: datetime) -> None:
    """What was told is not told again while it goes on."""
    first = alarms(oldest, limits, frozenset(), now)
    again = alarms(oldest, limits, first.told, now)
    assert again.rising == again.over == ()
    assert again.told == first.told


@given(
    st.dictionaries(NAMES, MOMENTS),
    st.dictionaries(NAMES, st.timedeltas(timedelta(), timedelta(days=30))),
    st.frozensets(NAMES),
    MOMENTS,
)
def test_nobody_is_told_of_what_is_not_late(
    oldest: dict[str, datetime], limits: dict[str, timedelta], told: frozenset[str], now: datetime
) -> None:
    """An alarm names only what waits, has a limit, and is older than that."""
    for name in alarms(oldest, limits, told, now).rising:
        assert now - oldest[name] > limits[name]


def test_clock_that_is_set_back_gives_nothing_up() -> None:
    """What was handed over later than now is not old."""
    assert overdue_before(timedelta(days=1), NOW) < NOW < NOW + timedelta(hours=1)


# LIVENESS


@given(st.integers(0, 40), CHANCES)
def test_gate_opens_again(failures: int, chance: float) -> None:
    """An interface that is back is noticed within the gate's longest pause."""
    gate = Gate(failures).after_failure(100.0, chance)
    assert gate.is_open(100.0 + LONGEST_GATE.total_seconds())


@given(st.integers(0, 10**6), CHANCES)
def test_entry_is_tried_again(tries: int, chance: float) -> None:
    """However often one was not taken, its next try comes within the longest pause, and not at once."""
    assert NOW < next_try(tries, NOW, chance) <= NOW + LONGEST_PAUSE


@given(st.dictionaries(NAMES, MOMENTS), st.dictionaries(NAMES, st.timedeltas(timedelta(), timedelta(days=30))), MOMENTS)
def test_whatever_is_late_is_told(oldest: dict[str, datetime], limits: dict[str, timedelta], now: datetime) -> None:
    """Of each submission that waits for too long somebody hears."""
    late = {name for name, at in oldest.items() if name in limits and now - at > limits[name]}
    assert set(alarms(oldest, limits, frozenset(), now).rising) == late


def test_end_of_lateness_is_told_once() -> None:
    """When nothing is late any more somebody hears that, too, and nothing after it."""
    over = alarms({}, {"ticket": timedelta(minutes=10)}, frozenset({"ticket"}), NOW)
    assert (over.rising, over.over, over.told) == ((), ("ticket",), frozenset())
    assert alarms({}, {}, over.told, NOW).over == ()


def test_pauses_double() -> None:
    """Without jitter the pauses are 1, 2, 4 … seconds, up to the bound."""
    pauses = [pause_after(failures, LONGEST_GATE, 1.0).total_seconds() for failures in range(1, 9)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pause_after(1, LONGEST_GATE, 0.0) == FIRST_PAUSE / 2
