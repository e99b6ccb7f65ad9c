"""Which tiers are in and who is wanted, from what is seen and what is remembered: one round of a policy.

``recall`` makes the memory fit for now, ``levels`` moves the tiers, ``crew`` chooses their people, ``standing`` says
why. The outcome follows from the arguments alone; decided again at the same moment with the memory that it gave, it is
the same and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ivrctl.staffing.crew import Crew, Shift
from ivrctl.staffing.decision import Cause, Decision, Memory, PersonMemory, Reason, SentHome, TierMemory, Wanted
from ivrctl.staffing.levels import Levels, situation
from ivrctl.staffing.orders import Word
from ivrctl.staffing.policy import Bring, Policy
from ivrctl.staffing.recall import broken, recall, there
from ivrctl.staffing.standing import standing
from ivrctl.staffing.view import View
from ivrctl.staffing.warning import warning

LONGEST_SLEEP = timedelta(minutes=1)
"""At the latest after this it is decided again: a figure may have changed without anything that tells of it."""


def decide(policy: Policy, view: View, memory: Memory, now: datetime) -> Decision:
    """One round.

    Args:
        policy: with its triggers, tiers and timing.
        view: what is seen.
        memory: of the decision before; empty for the first.
        now: the time, by Asterisk's clock.
    """
    recalled = recall(memory, now)
    if not view.is_known:
        return _held(policy, view, recalled, now)
    levels = Levels(situation(policy, view, now), recalled)
    levels.climb()
    levels.descend()
    levels.ask()
    crews = [_crew(levels, index, recalled.people) for index in _adding(policy)]
    warned = warning(levels, recalled.warned)
    kept = replace(
        recalled,
        tiers={tier.name: known for tier, known in zip(policy.tiers, levels.tiers, strict=True)},
        calm_since=levels.calm_since,
        people=_people(policy, crews, recalled.people, now),
        warned=warned.tier,
        decided_at=now,
    )
    tiers_edge_at = first_behind(now, levels.edges())
    people_edge_at = first_behind(now, (edge for crew in crews for edge in crew.wakes()))
    return Decision(
        at=now,
        desired=desired(policy, kept),
        reasons=tuple(standing(levels, index) for index in range(len(policy.tiers))),
        memory=kept,
        wake_at=_wake(now, tiers_edge_at, people_edge_at),
        asked=tuple(sorted({each for asked in levels.asks.values() for each in asked})),
        called_in=tuple(each for crew in crews for each in crew.called_in),
        warning=warned.comparison,
        warned_tier=warned.tier if warned.comparison is not None else "",
        tiers_edge_at=tiers_edge_at,
        people_edge_at=people_edge_at,
    )


def desired(policy: Policy, memory: Memory) -> dict[tuple[str, str], Wanted]:
    """The memberships that follow from who is in, by the memory."""
    found = {}
    for tier in policy.tiers:
        for person in tier.people if tier.bring is Bring.ADD else ():
            if (known := memory.people.get(person.interface)) is not None and known.is_in:
                for queue in tier.queues:
                    found[queue, person.interface] = Wanted(
                        queue, person.interface, tier.penalty, tier.name, person.name, person.state_interface
                    )
    return found


def _held(policy: Policy, view: View, memory: Memory, now: datetime) -> Decision:
    """Nothing changes; and nothing is known to have held without a break."""
    kept = replace(memory, tiers=broken(memory.tiers), people=there(memory.people), calm_since=None, decided_at=now)
    known = [kept.tiers.get(tier.name, TierMemory()) for tier in policy.tiers]
    reasons = tuple(
        Reason(tier.name, Cause.UNKNOWN, one.is_in, is_change=False)
        for tier, one in zip(policy.tiers, known, strict=True)
    )
    why = view.why_unknown or "what happens in the queues is not known"
    return Decision(now, desired(policy, kept), reasons, kept, now + LONGEST_SLEEP, hold=why)


def _adding(policy: Policy) -> Iterator[int]:
    return (index for index, tier in enumerate(policy.tiers) if tier.bring is Bring.ADD)


def _crew(levels: Levels, index: int, people: Mapping[str, PersonMemory]) -> Crew:
    of, word = levels.of, levels.of.word(index)
    return Crew(
        Shift(
            of.policy.tiers[index],
            is_in=levels.tiers[index].is_in,
            is_frozen=word is Word.STAY,
            urged_at=_urged_at(levels, index),
            timing=of.policy.timing,
            view=of.view,
            now=of.now,
        ),
        people,
    )


def _urged_at(levels: Levels, index: int) -> datetime | None:
    """When somebody ordered the tier in, or else the calendar began to want it."""
    ordered = levels.of.orders[index]
    if ordered is None:
        return levels.of.floor.since(index)
    return ordered.order.given_at if ordered.word is Word.IN and ordered.order.given_at <= levels.of.now else None


def _people(
    policy: Policy, crews: Iterable[Crew], people: Mapping[str, PersonMemory], now: datetime
) -> Mapping[str, PersonMemory]:
    """What is remembered of everybody; whom the policy names no more is forgotten when he has rested."""
    changed = {interface: one for crew in crews for interface, one in crew.changed.items()}
    named = {person.interface for index in _adding(policy) for person in policy.tiers[index].people}
    if people.keys() <= named:
        return {**people, **changed} if changed else people
    for interface in people.keys() - named:
        one = people[interface]
        if one.is_in:
            changed[interface] = PersonMemory(False, one.came_at, now, sent_home_by=SentHome.POLICY)
    rest = policy.timing.rest_at_least
    together = {**people, **changed}
    return {
        interface: one
        for interface, one in together.items()
        if interface in named or one.left_at is None or now - one.left_at < rest
    }


def first_behind(now: datetime, edges: Iterable[datetime]) -> datetime | None:
    """The first of some moments that is still to come; None without any."""
    return min((edge for edge in edges if edge > now), default=None)


def _wake(now: datetime, *edges: datetime | None) -> datetime:
    return min((now + LONGEST_SLEEP, *(edge for edge in edges if edge is not None)))
