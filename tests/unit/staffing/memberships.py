"""Seats, views, policies and plans of a small centre, in few words; and any of them, for properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from ivrctl.staffing.decision import Cause, Decision, Memory, Reason, Wanted
from ivrctl.staffing.plan import Change, ChangeKind, Owned, SeatKey
from ivrctl.staffing.policy import Bring, Person, Policy, Tier, Timing
from ivrctl.staffing.view import Order, OrderKind, Presence, Seat, View

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TIERS = ("leaders", "quality", "retention")
NAME = "hotline"


def person(number: str) -> Person:
    return Person(number, f"坐席 {number}", f"PJSIP/{number}", "")


def policy(ceiling: int = 40, tiers: Iterable[str] = TIERS, queues: tuple[str, ...] = ("broadband",)) -> Policy:
    """One whose tiers have ten people each: leaders 8110 to 8119, quality 8120 to 8129, and so on."""
    own = tuple(
        Tier(name, Bring.ADD, tuple(person(f"81{place}{n}") for n in range(10)), queues=queues, penalty=5 * place)
        for place, name in enumerate(tiers, 1)
    )
    timing = Timing(MINUTE, 10 * MINUTE, 15 * MINUTE, 10 * MINUTE, ceiling)
    return Policy(NAME, queues, timedelta(minutes=15), own, (), timing)


def seat(number: str, queue: str = "broadband", **more: object) -> Seat:
    """Somebody who could take a call, unless it says otherwise."""
    usual: dict[str, object] = {
        "penalty": 5,
        "is_dynamic": True,
        "is_paused": False,
        "pause_reason": "",
        "is_busy": False,
        "is_available": True,
    }
    return Seat(queue, f"PJSIP/{number}", **{**usual, **more})  # type: ignore[arg-type]


def view(*seats: Seat, waiting: int = 0, **more: object) -> View:
    """A view that is known, with so many callers in each queue."""
    queues = {one.queue for one in seats} | {"broadband"}
    usual: dict[str, object] = {"is_known": True, "why_unknown": "", "sight": 1}
    return View(
        at=NOW,
        seats={(one.queue, one.interface): one for one in seats},
        waiting=dict.fromkeys(queues, waiting),
        **{**usual, **more},  # type: ignore[arg-type]
    )


def wanted(number: str, tier: str = "leaders", queue: str = "broadband", penalty: int = 5) -> Wanted:
    return Wanted(queue, f"PJSIP/{number}", penalty, tier, f"坐席 {number}")


def owned(number: str, tier: str = "leaders", queue: str = "broadband", **more: object) -> Owned:
    """Ours, seen in the first sight."""
    usual: dict[str, object] = {"is_confirmed": True, "sight": 1, "policy": NAME}
    return Owned(queue, f"PJSIP/{number}", tier, since=NOW - HOUR, expires_at=NOW + 2 * MINUTE, **{**usual, **more})  # type: ignore[arg-type]


def by_seat(*ours: Owned) -> Mapping[SeatKey, Owned]:
    return {(mine.queue, mine.interface): mine for mine in ours}


def decision(
    *people: Wanted, come: Iterable[str] = (), gone: Iterable[str] = (), cause: Cause = Cause.TRIGGER
) -> Decision:
    """People who are wanted; tiers that have just come or gone, for a cause."""
    reasons = [
        Reason(tier, cause, is_in, is_change=True) for tiers, is_in in ((come, True), (gone, False)) for tier in tiers
    ]
    others = [Reason(tier, Cause.STEADY, True, is_change=False) for tier in TIERS if tier not in {*come, *gone}]
    desired = {(one.queue, one.interface): one for one in people}
    return Decision(NOW, desired, (*reasons, *others), Memory(), NOW + MINUTE)


def change(kind: ChangeKind, number: str, queue: str = "broadband", cause: Cause = Cause.TRIGGER) -> Change:
    return Change(kind, queue, f"PJSIP/{number}", "leaders", 5, cause=cause)


def order(kind: OrderKind, ends: datetime, tier: str = "") -> Order:
    return Order("1", kind, tier, NOW - MINUTE, ends, "8001", "a rehearsal")


# any of them

_QUEUES = ("broadband", "mobile")
_NUMBERS = tuple(f"81{tens}{ones}" for tens in (1, 2, 3) for ones in range(3))
seat_keys = st.tuples(st.sampled_from(_QUEUES), st.sampled_from(_NUMBERS).map(lambda number: f"PJSIP/{number}"))
causes = st.sampled_from([Cause.TRIGGER, Cause.CALM, Cause.FLOOR, Cause.ORDER, Cause.STEADY])


@st.composite
def any_seats(draw: st.DrawFn) -> Mapping[SeatKey, Seat]:
    """Members as queues have them: nobody is available who is busy, paused or away."""
    found = {}
    for queue, interface in draw(st.sets(seat_keys, max_size=10)):
        present, paused, busy = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
        found[queue, interface] = Seat(
            queue,
            interface,
            draw(st.sampled_from([0, 5, 10])),
            is_dynamic=draw(st.sampled_from([True, True, True, False])),
            is_paused=paused,
            pause_reason="",
            is_busy=busy,
            is_available=present and not paused and not busy,
            free_at=draw(st.sampled_from([None, NOW + MINUTE])) if busy else None,
            is_present=present,
        )
    return found


@st.composite
def any_view(draw: st.DrawFn) -> View:
    """Any moment; four of five are known."""
    presence = draw(st.dictionaries(st.sampled_from(_NUMBERS), st.sampled_from(Presence), max_size=6))
    freezes = draw(st.lists(st.integers(-5, 5), max_size=1))
    return View(
        NOW,
        draw(st.sampled_from([True] * 4 + [False])),
        "",
        draw(st.integers(1, 2)),
        seats=draw(any_seats()),
        waiting=draw(st.dictionaries(st.sampled_from(_QUEUES), st.integers(0, 3))),
        presence={f"PJSIP/{number}": known for number, known in presence.items()},
        orders=tuple(order(OrderKind.FREEZE, NOW + minutes * MINUTE) for minutes in freezes),
    )


@st.composite
def any_decision(draw: st.DrawFn) -> Decision:
    """Anybody is wanted anywhere, tiers come and go for any cause."""
    keys = draw(st.sets(seat_keys, max_size=8))
    desired = {
        key: Wanted(*key, draw(st.sampled_from([0, 5, 10])), draw(st.sampled_from(TIERS)), "", "") for key in keys
    }
    reasons = [Reason(tier, draw(causes), draw(st.booleans()), draw(st.booleans())) for tier in TIERS]
    return Decision(NOW, desired, tuple(reasons), Memory(), NOW + MINUTE)


@st.composite
def any_owned(draw: st.DrawFn) -> Mapping[SeatKey, Owned]:
    """Leases of two policies, of tiers that are known or not."""
    return {
        key: Owned(
            *key,
            draw(st.sampled_from([*TIERS, "gone"])),
            draw(st.sampled_from([NAME, NAME, NAME, "other"])),
            NOW - HOUR,
            NOW + MINUTE,
            draw(st.booleans()),
            draw(st.integers(-1, 2)),
        )
        for key in draw(st.sets(seat_keys, max_size=10))
    }


any_memory = st.lists(st.integers(-90, 10), max_size=8).map(
    lambda minutes: Memory(changes=tuple(NOW + each * MINUTE for each in minutes))
)
"""Changes of the last hour, older ones, and some of a clock that was set back."""
