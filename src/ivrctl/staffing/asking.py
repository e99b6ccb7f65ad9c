"""Who of a tier is asked to come, and whether somebody has: members who pause, and come by unpausing themselves."""

from __future__ import annotations

from ivrctl.staffing.policy import Bring, Tier
from ivrctl.staffing.seats import pausing
from ivrctl.staffing.view import View


def whom_to_ask(tier: Tier, view: View) -> frozenset[str]:
    """The interfaces of those who pause now and could come; nobody for a tier whose people are added."""
    if tier.bring is not Bring.ASK:
        return frozenset()
    group = frozenset(person.interface for person in tier.people)
    return frozenset(
        seat.interface
        for seat in pausing(view.seats, tier.queues)
        if seat.is_present and (seat.interface in group if group else seat.pause_reason in tier.paused_for)
    )


def has_answered(tier: Tier, asked: frozenset[str], view: View) -> bool:
    """True when one of those who were asked is there, and pauses no more in one of the tier's queues."""
    seats = (view.seats.get((queue, interface)) for interface in asked for queue in tier.queues)
    return any(seat is not None and seat.is_present and not seat.is_paused for seat in seats)
