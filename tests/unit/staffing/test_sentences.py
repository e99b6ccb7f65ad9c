"""Decisions in words: every cause once, with figures, units, and what would have been otherwise."""

from __future__ import annotations

from datetime import timedelta
from math import inf

import pytest

from ivrctl.staffing.decision import Cause, Comparison, Decision, Memory, PersonMemory, Reason, SentHome
from ivrctl.staffing.policy import Measure
from ivrctl.staffing.sentences import duration, figure, person_sentence, sentence, sentences, warning_sentence

from .desk import MINUTE, NINE, SECOND

WAITS = Comparison(Measure.LONGEST_WAIT, 64, 60, "broadband", True, NINE - 90 * SECOND)
SERVED = Comparison(Measure.SERVICE_LEVEL, 0.715, 0.75, "mobile-data", True, NINE - 2 * MINUTE)
FAR = Comparison(Measure.LONGEST_WAIT, 64, 90, "broadband")
CALM = Comparison(Measure.LONGEST_WAIT, 10, 15, "broadband", True, NINE - 4 * MINUTE)


def reason(cause: Cause, *comparisons: Comparison, is_in: bool = False, **more: object) -> Reason:
    return Reason("leaders", cause, is_in, bool(more.pop("is_change", False)), comparisons, **more)  # type: ignore[arg-type]


def told(*reasons: Reason) -> str:
    """What is said of the leaders."""
    decision = Decision(NINE, {}, reasons, Memory(), NINE + MINUTE)
    return sentence(next(each for each in reasons if each.tier == "leaders"), decision)


def other(tier: str, *, is_in: bool, nearest: Comparison | None = None) -> Reason:
    return Reason(tier, Cause.STEADY, is_in, False, () if nearest is None else (nearest,), nearest=nearest)


def test_two_figures_may_bring_a_tier() -> None:
    """Both are told, each with its own time."""
    came = reason(Cause.TRIGGER, WAITS, SERVED, is_in=True, is_change=True)
    assert told(other("break", is_in=True), came, other("quality", is_in=False, nearest=FAR)) == (
        "leaders came in: the longest wait in broadband was 64 s (60 s brings them) for 1 min 30 s and "
        "the service level in mobile-data was 71.5 % (75 % brings them) for 2 min; quality would have come at 90 s"
    )


def test_next_tier_may_be_called_for_already() -> None:
    """Or by another figure, or by none."""
    came = reason(Cause.TRIGGER, SERVED, is_in=True, is_change=True)
    met = Comparison(Measure.SERVICE_LEVEL, 0.715, 0.72, "mobile-data", True)
    assert told(came, other("quality", is_in=False, nearest=met)).endswith("; quality would come next, if it stays so")
    assert told(came, other("quality", is_in=False, nearest=FAR)).endswith(
        "; quality would have come at 90 s of longest wait"
    )
    assert told(came, other("quality", is_in=False)).endswith("for 2 min")


def test_tier_may_come_for_the_sake_of_a_later_one() -> None:
    """Its own row does not bring it."""
    later = Comparison(Measure.LONGEST_WAIT, 95, 90, "broadband", True, NINE - MINUTE, "quality")
    assert told(reason(Cause.TRIGGER, later, is_in=True, is_change=True)) == (
        "leaders came in: the longest wait in broadband was 95 s (90 s brings quality, and those before come first) "
        "for 1 min"
    )


MET = "the longest wait in broadband is 64 s (60 s brings them) for 1 min 30 s"
IN_A_MINUTE = NINE + MINUTE
CHANGED: list[tuple[Reason, str]] = [
    (
        reason(Cause.FLOOR, is_in=True, is_change=True, until=NINE + 180 * MINUTE),
        "came in: the calendar wants them in for 3 h more",
    ),
    (
        reason(Cause.ORDER, is_change=True, until=IN_A_MINUTE, ordered_by="Li"),
        "went home: ordered by Li for 1 min more",
    ),
    (
        reason(Cause.CALM, CALM, is_change=True),
        "went home: all was calm for 4 min: the longest wait in broadband was 10 s (15 s or less is calm)",
    ),
]
STILL_IN: list[tuple[Reason, str]] = [
    (
        reason(Cause.RELEASE_AFTER, CALM, is_in=True, until=NINE + 6 * MINUTE),
        "still in: all is calm for 4 min; they go home in 6 min, if it stays so",
    ),
    (
        reason(Cause.STAY, CALM, is_in=True, until=NINE + 9 * MINUTE),
        "still in: all is calm for 4 min, but they came a short time ago; they go home in 9 min, if it stays so",
    ),
    (
        reason(Cause.BEFORE, CALM, is_in=True),
        "still in: all is calm, and those behind them go home first",
    ),
    (
        reason(Cause.STEADY, is_in=True, nearest=FAR),
        "still in: the longest wait in broadband is 64 s (90 s or less is calm)",
    ),
]
NOT_IN: list[tuple[Reason, str]] = [
    (reason(Cause.UNKNOWN), "what would decide it is not known"),
    (reason(Cause.ENGAGE_AFTER, WAITS, until=IN_A_MINUTE), f"{MET}; they come in 1 min, if it stays so"),
    (
        reason(Cause.REST, WAITS, until=IN_A_MINUTE),
        f"{MET}, but they went home a short time ago, and rest for 1 min more",
    ),
    (
        reason(Cause.PATIENCE, WAITS, until=IN_A_MINUTE),
        f"{MET}, but those of break were asked, and have 1 min more to come",
    ),
    (
        reason(Cause.BEFORE, WAITS, until=IN_A_MINUTE),
        f"{MET}, but break came only just before; they come in 1 min, if it stays so",
    ),
    (reason(Cause.BEFORE, WAITS), f"{MET}, but break did not come in yet"),
    (reason(Cause.STEADY, nearest=FAR), "the longest wait in broadband is 64 s; they come at 90 s"),
    (reason(Cause.STEADY), "nothing calls for them"),
]


@pytest.mark.parametrize(
    ("given", "expected"), [*CHANGED, *STILL_IN, *((one, f"not in: {because}") for one, because in NOT_IN)]
)
def test_every_cause_has_its_words(given: Reason, expected: str) -> None:
    """With what it waits for, and how long that lasts."""
    assert told(other("break", is_in=False), given) == f"leaders {expected}"


def test_figures_have_their_units() -> None:
    """Seconds, shares, people; and a queue with callers and nobody there is without limit."""
    assert figure(Measure.EXPECTED_WAIT, 61.6) == "62 s"
    assert figure(Measure.ABANDON_SHARE, 0.0525) == "5.25 %"
    per_agent = [figure(Measure.WAITING_PER_AVAILABLE, value) for value in (2.0, 0.5, 12.25, inf)]
    assert per_agent == ["2", "0.5", "12", "without limit"]
    assert figure(Measure.FORECAST_SHORTFALL, 5) == "5 people"
    assert figure(Measure.PROMISE_USED, 0.8) == "80 %"
    assert figure(Measure.LONGEST_WAIT, None) == "not known"


def test_durations_are_short() -> None:
    """No seconds behind hours."""
    given = (0, 45, 60, 150, 3600, 3900, 7325, -5)
    expected = ["0 s", "45 s", "1 min", "2 min 30 s", "1 h", "1 h 5 min", "2 h 2 min", "0 s"]
    assert [duration(timedelta(seconds=each)) for each in given] == expected


def test_people_have_their_reasons() -> None:
    """Who is in has none."""
    assert person_sentence(PersonMemory(True, NINE)) == ""
    assert all(person_sentence(PersonMemory(sent_home_by=by)) for by in SentHome)


def test_decision_that_was_held_says_so_first() -> None:
    """And what stays as it is."""
    decision = Decision(NINE, {}, (reason(Cause.UNKNOWN, is_in=True),), Memory(), NINE, hold="silent for 15 s")
    assert sentences(decision) == (
        "nothing was decided: silent for 15 s",
        "leaders still in: what would decide it is not known",
    )
    assert warning_sentence(decision) == ""
