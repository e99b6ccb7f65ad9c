"""When an interface is asked no more, and when it is again: the pure states, and a real interface that recovers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.adapters.interfaces.breaker import FAULTS_TO_OPEN, FIRST_PAUSE, LONGEST_PAUSE, Breaker, Permit, State
from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_lookups import SiteLookups
from ivrctl.testkit.interface_server import InterfaceServer

from .conftest import Clock
from .sites import NUMBER

SECOND = timedelta(seconds=5)


def failing(breaker: Breaker, times: int, now: float) -> Breaker:
    """So many faults, one after the other."""
    for _ in range(times):
        breaker, permit = breaker.asked(now)
        assert permit is not None
        breaker = breaker.failed(permit, now)
    return breaker


def test_opens_at_the_fifth_fault_in_a_row() -> None:
    """Four are none too many, and an answer between them begins anew."""
    assert failing(Breaker(), FAULTS_TO_OPEN - 1, 0.0).state is State.CLOSED
    breaker, permit = failing(Breaker(), FAULTS_TO_OPEN - 1, 0.0).asked(0.0)
    assert permit is not None
    assert failing(breaker.answered(permit), FAULTS_TO_OPEN - 1, 0.0).state is State.CLOSED
    assert failing(Breaker(), FAULTS_TO_OPEN, 0.0).state is State.OPEN


def test_pause_doubles_up_to_two_minutes() -> None:
    """After each trial that fails it waits for longer: 10, 20, 40, 80, 120, 120 s."""
    breaker, now, pauses = failing(Breaker(), FAULTS_TO_OPEN, 0.0), 0.0, []
    for _ in range(6):
        pauses.append(breaker.pause)
        now = breaker.until
        breaker = failing(breaker, 1, now)
    assert pauses == [10.0, 20.0, 40.0, 80.0, 120.0, 120.0]


def test_trial_that_is_answered_closes_it() -> None:
    """The next pause is the first one again."""
    breaker = failing(Breaker(), FAULTS_TO_OPEN, 0.0)
    breaker, permit = breaker.asked(FIRST_PAUSE)
    assert permit is not None
    assert breaker.state is State.TRIAL
    assert breaker.asked(FIRST_PAUSE)[1] is None
    closed = breaker.answered(permit)
    assert closed.state is State.CLOSED
    assert failing(closed, FAULTS_TO_OPEN, 50.0).pause == FIRST_PAUSE


def test_trial_whose_caller_hangs_up_is_free_for_the_next() -> None:
    """Nobody knows more of the interface than before."""
    breaker, permit = failing(Breaker(), FAULTS_TO_OPEN, 0.0).asked(FIRST_PAUSE)
    assert permit is not None
    again, second = breaker.given_up(permit).asked(FIRST_PAUSE)
    assert second is not None
    assert again.failed(permit, FIRST_PAUSE) == again


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "answered", "failed", "given_up"]), st.integers(0, 5), st.floats(0, 30)),
    max_size=60,
)


@given(steps=STEPS)
def test_safety_nobody_asks_in_a_pause_and_one_at_a_time_behind_it(steps: list[tuple[str, int, float]]) -> None:
    """SAFETY: in whatever order answers come back, a pause admits nobody, and a trial nobody beside it."""
    breaker, now = Breaker(), 0.0
    permits: list[Permit] = []
    for what, which, passes in steps:
        now += passes
        before = breaker
        if what == "ask":
            breaker, permit = breaker.asked(now)
            if before.state is State.OPEN:
                assert (permit is None) == (now < before.until)
            assert before.state is not State.TRIAL or permit is None
            permits += [] if permit is None else [permit]
        elif permits:
            permit = permits.pop(which % len(permits))
            breaker = {
                "answered": lambda b=breaker, p=permit: b.answered(p),
                "failed": lambda b=breaker, p=permit, n=now: b.failed(p, n),
                "given_up": lambda b=breaker, p=permit: b.given_up(p),
            }[what]()
        assert breaker.state is State.CLOSED or FIRST_PAUSE <= breaker.pause <= LONGEST_PAUSE
        assert breaker.state is not State.CLOSED or breaker.faults < FAULTS_TO_OPEN


@given(steps=STEPS)
def test_liveness_an_interface_that_answers_is_asked_again(steps: list[tuple[str, int, float]]) -> None:
    """LIVENESS: whatever was before, once all permits are back, two minutes and one answer later it is closed."""
    breaker, now = Breaker(), 0.0
    permits: list[Permit] = []
    for what, which, passes in steps:
        now += passes
        if what == "ask":
            breaker, permit = breaker.asked(now)
            permits += [] if permit is None else [permit]
        elif permits:
            breaker = breaker.failed(permits.pop(which % len(permits)), now)
    for permit in permits:
        breaker = breaker.given_up(permit)
    breaker, permit = breaker.asked(now + LONGEST_PAUSE)
    assert permit is not None
    assert breaker.answered(permit).state is State.CLOSED


async def ask(lookups: SiteLookups) -> str:
    """What becomes of a question, in a word."""
    try:
        row = await lookups.ask("good", {"number": NUMBER}, SECOND)
    except LookupFault as fault:
        return str(fault)
    return "missing" if row is None else "found"


FAILS = "the interface crm: it answered with the status 500"
REFUSED = "the interface crm: it is not asked, since it has failed several times in a row"


async def test_interface_that_fails_is_spared_and_asked_again_when_it_recovers(
    server: InterfaceServer, lookups: SiteLookups, clock: Clock, trouble: list[str]
) -> None:
    """Five faults, ten seconds of refusals at once, a trial that fails, twenty seconds, a trial that is answered."""
    server.always = "error"
    assert [await ask(lookups) for _ in range(6)] == [FAILS] * 5 + [REFUSED]
    assert len(server.asked) == 5
    assert lookups.status() == {"crm": {"state": "open", "faults": 5, "refused_for": 10.0}}
    clock.now += 9.9
    assert await ask(lookups) == REFUSED
    clock.now += 0.1
    assert [await ask(lookups) for _ in range(2)] == [FAILS, REFUSED]
    server.always = None
    clock.now += 19.9
    assert await ask(lookups) == REFUSED
    clock.now += 0.1
    assert [await ask(lookups) for _ in range(2)] == ["found", "found"]
    assert lookups.status() == {"crm": {"state": "closed", "faults": 0, "refused_for": 0.0}}
    assert trouble == [
        "crm is not asked for 10 s: it answered with the status 500",
        "crm is not asked for 20 s: it answered with the status 500",
        "crm answers again",
    ]


@pytest.mark.parametrize("kind", ["unauthorized", "not-found", "unknown-command", "conflict"])
async def test_interface_that_answers_at_once_is_well(kind: str, server: InterfaceServer, lookups: SiteLookups) -> None:
    """Who refuses, knows nobody, or answers what the site does not know, keeps nobody waiting: it is asked on."""
    server.always = kind
    for _ in range(7):
        await ask(lookups)
    assert len(server.asked) == 7
