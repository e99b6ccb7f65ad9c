"""What there is to keep, in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ivrctl.adapters.staffing_store import KeptDecision, KeptOrder, Sent
from ivrctl.staffing.decision import (
    Cause,
    Comparison,
    Memory,
    PersonMemory,
    Reason,
    SentHome,
    TierMemory,
)
from ivrctl.staffing.plan import Change, ChangeKind, Owned
from ivrctl.staffing.policy import Measure
from ivrctl.staffing.view import Order, OrderKind

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def lease(number: str = "8110", *, is_confirmed: bool = False) -> Owned:
    return Owned("broadband", f"PJSIP/{number}", "leaders", "hotline", NOW, NOW + 2 * MINUTE, is_confirmed, 7)


def sent(identity: str = "1.1", decision: str = "", at: datetime = NOW, *, is_counted: bool = True) -> Sent:
    change = Change(
        ChangeKind.ADD, "broadband", "PJSIP/8110", "leaders", 5, cause=Cause.TRIGGER, sentence="it was 64 s"
    )
    return Sent(identity, "hotline", decision, change, at, is_counted)


COMPARISON = Comparison(Measure.WAITING_PER_AVAILABLE, float("inf"), 2.0, "broadband", is_met=True, since=NOW)
REASON = Reason("leaders", Cause.TRIGGER, is_in=True, is_change=True, comparisons=(COMPARISON,), nearest=COMPARISON)
MEMORY = Memory(
    tiers={
        "leaders": TierMemory(True, NOW, {Measure.LONGEST_WAIT: NOW}, None, frozenset({"PJSIP/8101"}), Cause.TRIGGER)
    },
    calm_since=NOW,
    people={"PJSIP/8110": PersonMemory(False, NOW, NOW, 7, frozenset({"broadband"}), sent_home_by=SentHome.HAND)},
    changes=(NOW, NOW + MINUTE),
    warned="quality",
    decided_at=NOW,
)


def decision(identity: str = "1.1", at: datetime = NOW) -> KeptDecision:
    return KeptDecision(identity, "hotline", at, "5f1c", ("leaders came in",), (REASON,), {"changes": [], "held": []})


def order(identity: str = "1", ends: datetime = NOW + MINUTE) -> KeptOrder:
    return KeptOrder("hotline", Order(identity, OrderKind.ENGAGE, "leaders", NOW, ends, "8001", "a rehearsal"))
