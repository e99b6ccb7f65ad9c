"""Seats, views, policies and plans of a small centre, in few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from ivrctl.staffing.decision import Cause, Decision, Memory, Reason, Wanted
from ivrctl.staffing.plan import Change, ChangeKind, Owned, SeatKey
from ivrctl.staffing.policy import Bring, Person, Policy, Tier, Timing
from ivrctl.staffing.view import Order, OrderKind, Seat, View

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
