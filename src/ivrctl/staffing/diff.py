"""What is to be done so that what is observed becomes what is desired; ``guard`` says what of it must wait.

Adds come first, in the order of the tiers; then corrections of penalties; removals come last, the last tier's first. So
a queue is never emptier on the way than at either end of it. A seat that is not owned is left alone: it is as wanted
where it is wanted, and said to be unmanaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ivrctl.staffing.decision import Cause, Decision, SentHome, Wanted
from ivrctl.staffing.plan import Change, ChangeKind, Owned, Plan, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.sentences import person_sentence
from ivrctl.staffing.view import Presence, Seat, View

_BY_HIMSELF = {SentHome.HAND: Cause.HAND, SentHome.KEEP_BACK: Cause.KEEP_BACK}
"""Why somebody leaves whose tier stays."""
_NONE: Mapping[str, str] = MappingProxyType({})


def diff(
    policy: Policy,
    decision: Decision,
    view: View,
    owned: Mapping[SeatKey, Owned],
    sentences: Mapping[str, str] = _NONE,
) -> Plan:
    """Compare what is desired with what is observed.

    Args:
        policy: whose tiers have the order.
        decision: what is desired, and why.
        view: what is observed.
        owned: memberships that we have begun, of any policy; those of others are left alone.
        sentences: by tier, why it is in or out, in words.
    """
    if not view.is_known:
        return Plan()
    return _Comparison(policy, decision, view, owned, sentences).plan()


class _Comparison:
    """One comparison."""

    def __init__(
        self,
        policy: Policy,
        decision: Decision,
        view: View,
        owned: Mapping[SeatKey, Owned],
        sentences: Mapping[str, str],
    ) -> None:
        self._view = view
        self._desired = decision.desired
        self._owned = {key: mine for key, mine in owned.items() if mine.policy == policy.name}
        self._place = {tier.name: place for place, tier in enumerate(policy.tiers)}
        self._causes = _causes(decision)
        self._people = decision.memory.people
        self._sentences = sentences

    def plan(self) -> Plan:
        """Everything, in its order."""
        there = [(wanted, self._view.seats.get(key)) for key, wanted in self._desired.items()]
        wanted_seats = [(wanted, seat) for wanted, seat in there if seat is not None]
        adds = sorted((self._add(wanted) for wanted, seat in there if seat is None), key=self._order)
        leaving = sorted(self._leaving(), key=self._order, reverse=True)
        changes = (*adds, *self._penalties(wanted_seats), *leaving)
        return Plan(changes, (), MappingProxyType(dict(self._unmanaged(wanted_seats))))

    def _order(self, change: Change) -> int:
        """A tier that the policy does not name any more is the last to come and the first to leave."""
        return self._place.get(change.tier, len(self._place))

    def _add(self, wanted: Wanted) -> Change:
        known = self._owned.get((wanted.queue, wanted.interface))
        if known is not None and known.is_confirmed and known.sight != self._view.sight:
            why = f"Asterisk has lost this membership, which goes on: {self._said(wanted.tier)}"
            return _change(ChangeKind.ADD, wanted, Cause.RESTORED, why)
        return _change(ChangeKind.ADD, wanted, self._cause(wanted.tier), self._said(wanted.tier))

    def _penalties(self, there: list[tuple[Wanted, Seat]]) -> tuple[Change, ...]:
        return tuple(
            _change(
                ChangeKind.PENALTY,
                wanted,
                Cause.POLICY,
                f"the tier {wanted.tier} has penalty {wanted.penalty}, and he has {seat.penalty}",
            )
            for wanted, seat in there
            if self._is_ours(seat) and seat.penalty != wanted.penalty
        )

    def _leaving(self) -> list[Change]:
        return [
            self._remove(mine)
            for key, mine in self._owned.items()
            if key not in self._desired and key in self._view.seats and self._is_ours(self._view.seats[key])
        ]

    def _remove(self, mine: Owned) -> Change:
        cause, sentence = self._why_home(mine)
        return Change(ChangeKind.REMOVE, mine.queue, mine.interface, mine.tier, cause=cause, sentence=sentence)

    def _why_home(self, mine: Owned) -> tuple[Cause, str]:
        is_in, cause = self._causes.get(mine.tier, (False, Cause.POLICY))
        if mine.tier not in self._place:
            return Cause.POLICY, f"the policy has no tier {mine.tier} any more"
        if not is_in:
            return cause, self._said(mine.tier)
        person = self._people.get(mine.interface)
        if person is not None and person.sent_home_by in _BY_HIMSELF:
            return _BY_HIMSELF[person.sent_home_by], person_sentence(person)
        presence = self._view.presence.get(mine.interface, Presence.UNKNOWN)
        if presence is Presence.NOT_SIGNED_ON:
            return Cause.NOT_READY, "he is not available for backup any more"
        if presence is Presence.ABSENT:
            return Cause.NOT_READY, "his phone is not there any more"
        return Cause.POLICY, f"the tier {mine.tier} does not want him in {mine.queue} any more"

    def _unmanaged(self, there: list[tuple[Wanted, Seat]]) -> list[tuple[SeatKey, str]]:
        return [
            ((seat.queue, seat.interface), _why_unmanaged(seat, wanted))
            for wanted, seat in there
            if not self._is_ours(seat)
        ]

    def _is_ours(self, seat: Seat) -> bool:
        return seat.is_dynamic and (seat.queue, seat.interface) in self._owned

    def _cause(self, tier: str) -> Cause:
        return self._causes.get(tier, (True, Cause.STEADY))[1]

    def _said(self, tier: str) -> str:
        return self._sentences.get(tier) or f"the tier {tier}: {self._cause(tier).value}"


def _causes(decision: Decision) -> Mapping[str, tuple[bool, Cause]]:
    """By tier, whether it is in and what brought it to that: now, or when it last changed."""
    remembered = decision.memory.tiers
    return {
        reason.tier: (
            reason.is_in,
            reason.cause if reason.is_change or reason.tier not in remembered else remembered[reason.tier].cause,
        )
        for reason in decision.reasons
    }


def _change(kind: ChangeKind, wanted: Wanted, cause: Cause, sentence: str) -> Change:
    return Change(
        kind,
        wanted.queue,
        wanted.interface,
        wanted.tier,
        wanted.penalty,
        wanted.name,
        wanted.state_interface,
        cause,
        sentence,
    )


def _why_unmanaged(seat: Seat, wanted: Wanted) -> str:
    origin = "somebody else has added him" if seat.is_dynamic else "queues.conf has him"
    if seat.penalty == wanted.penalty:
        return f"{origin}: he is in as wanted, and stays when the tier goes home"
    return f"{origin}: he keeps his penalty {seat.penalty}, and stays when the tier goes home"
