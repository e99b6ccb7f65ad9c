"""What decisions never do, and what they always do in the end, whatever happens to a desk.

``AT_EACH_DECISION`` hold for every decision of a history, ``OF_A_DESK`` for a desk after one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.staffing.bound import bound_of, turns
from ivrctl.staffing.decide import decide, desired
from ivrctl.staffing.decision import Cause, Decision, Memory, PersonMemory, SentHome
from ivrctl.staffing.floors import floored
from ivrctl.staffing.json_form import decision_to_json, memory_to_json, view_to_json
from ivrctl.staffing.json_reading import decision_from_json, memory_from_json
from ivrctl.staffing.orders import Word, ordered
from ivrctl.staffing.policy import Bring, Policy
from ivrctl.staffing.recall import LONGEST_SILENCE
from ivrctl.staffing.sentences import sentences, warning_sentence
from ivrctl.staffing.view import Presence, View

from .acting_desk import ActingDesk
from .any_desk import HOUR, MINUTE, SECOND, STEPS, AnyDesk, any_desk, any_policy
from .chance import Chance


@dataclass(frozen=True, slots=True)
class Made:
    """One decision with what it was made from."""

    policy: Policy
    view: View
    before: Memory
    decision: Decision

    def again(self, now: datetime, *, of: Memory | None = None) -> Decision:
        """Decided once more, of the same view."""
        return decide(self.policy, self.view, self.decision.memory if of is None else of, now)


def history(chance: Chance, desk: AnyDesk | None = None) -> Iterator[Made]:
    """The decisions of a desk to which something happens some times."""
    desk = any_desk(chance) if desk is None else desk
    for _ in range(STEPS):
        desk.happens()
        view, before = desk.view, desk.memory
        yield Made(desk.policy, view, before, desk.decide())


def _in(policy: Policy, memory: Memory) -> list[bool]:
    return [tier.name in memory.tiers and memory.tiers[tier.name].is_in for tier in policy.tiers]


def what_is_not_known_changes_nothing(made: Made) -> None:
    """SAFETY: without sight the same is desired as before, no tier moves, nobody is asked or warned; and it says so.

    Nor is anything known to have held over it.
    """
    if made.view.is_known:
        return
    decision = made.decision
    assert decision.hold
    assert decision.desired == desired(made.policy, made.before)
    assert _in(made.policy, decision.memory) == _in(made.policy, made.before)
    assert (decision.asked, decision.called_in, decision.warning) == ((), (), None)
    assert not any(reason.is_change for reason in decision.reasons)
    assert decision.memory.calm_since is None
    assert not any(tier.met_since for tier in decision.memory.tiers.values())
    assert not any(one.absent_since for one in decision.memory.people.values())


def the_same_is_decided_of_the_same(made: Made) -> None:
    """SAFETY: a decision follows from its arguments alone."""
    assert made.again(made.decision.at, of=made.before) == made.decision


def what_is_decided_is_stable(made: Made) -> None:
    """SAFETY: decided again at the same moment nothing is new: the same desired, the same memory, no change."""
    first, second = made.decision, made.again(made.decision.at)
    assert (second.desired, second.memory, second.wake_at) == (first.desired, first.memory, first.wake_at)
    assert not any(reason.is_change for reason in second.reasons)
    assert (second.asked, second.called_in, second.warning) == ((), (), None)


def tiers_that_are_in_are_the_first_ones(made: Made) -> None:
    """SAFETY: no tier is in without those before it."""
    there = _in(made.policy, made.decision.memory)
    assert there == sorted(there, reverse=True)


def nothing_changes_before_its_time(made: Made) -> None:
    """SAFETY: at any moment before ``wake_at`` the same view gives the same desired."""
    decision = made.decision
    assert decision.at < decision.wake_at <= decision.at + MINUTE
    lasts = decision.wake_at - decision.at
    for part in (0.001, 0.5, 0.999):
        at = min(decision.at + lasts * part, decision.wake_at - timedelta(microseconds=1))
        then = made.again(at)
        assert then.desired == decision.desired
        assert _in(made.policy, then.memory) == _in(made.policy, decision.memory)


def tiers_move_for_what_they_say(made: Made) -> None:
    """SAFETY: by a figure a tier comes after ``engage_after`` and its rest, and leaves after calm and its stay.

    For each that leaves, calm is counted anew.
    """
    timing, now = made.policy.timing, made.decision.at
    calmed = [reason for reason in made.decision.reasons if reason.is_change and reason.cause is Cause.CALM]
    assert len(calmed) <= 1 or timing.release_after == 0 * SECOND
    for reason in made.decision.reasons:
        before = made.before.tiers.get(reason.tier)
        at = None if before is None or before.changed_at is None else min(before.changed_at, now)
        if reason.is_change and reason.cause is Cause.TRIGGER:
            assert at is None or now - at >= timing.rest_at_least
            assert any(
                each.is_met and each.since and now - each.since >= timing.engage_after for each in reason.comparisons
            )
        if reason.is_change and reason.cause is Cause.CALM:
            left = [one.changed_at for one in made.before.tiers.values() if one.cause is Cause.CALM and not one.is_in]
            assert all(each is None or each > now or now - each >= timing.release_after for each in left)
            assert at is not None
            assert now - at >= timing.stay_at_least
            assert all(
                each.is_met and each.since and now - each.since >= timing.release_after for each in reason.comparisons
            )


def tiers_come_one_after_the_other(made: Made) -> None:
    """SAFETY: by a figure a tier comes when the one before it is in, and what that one brings could be seen."""
    timing, now, tiers = made.policy.timing, made.decision.at, made.decision.memory.tiers
    reasons = made.decision.reasons
    for index, reason in enumerate(reasons[1:], 1):
        if not (reason.is_change and reason.cause is Cause.TRIGGER):
            continue
        tier, before = made.policy.tiers[index - 1], tiers[made.policy.tiers[index - 1].name]
        assert before.is_in
        assert before.changed_at is not None
        if tier.bring is Bring.ADD or not before.asked:
            assert now - before.changed_at >= timing.engage_after
        elif before.answered_at is None or now - before.answered_at < timing.engage_after:
            assert now - before.changed_at >= tier.patience


def orders_and_the_calendar_are_followed(made: Made) -> None:
    """SAFETY: the last order for a tier counts, then the calendar; and what is frozen stays, with its people."""
    if not made.view.is_known:
        return
    now, there, was = made.decision.at, _in(made.policy, made.decision.memory), _in(made.policy, made.before)
    floor = floored(made.policy.floors, made.policy.time_zone, now).tiers
    for index, order in enumerate(ordered(made.policy, made.view.orders, now)):
        match None if order is None else order.word:
            case Word.IN:
                assert there[index]
            case Word.OUT:
                assert not there[index]
            case Word.STAY:
                assert there[index] is was[index]
                name = made.policy.tiers[index].name
                before = {key for key, wanted in desired(made.policy, made.before).items() if wanted.tier == name}
                then = {key for key, wanted in made.decision.desired.items() if wanted.tier == name}
                assert then <= before
            case None:
                assert there[index] or index >= floor


def nobody_is_called_in_who_could_not_come(made: Made) -> None:
    """SAFETY: only who is ready, of a tier that is in, rested or urged, and no more than may be lent."""
    now, rest = made.decision.at, made.policy.timing.rest_at_least
    called, urged = set(made.decision.called_in), bool(made.view.orders) or bool(made.policy.floors)
    for tier, is_in in zip(made.policy.tiers, _in(made.policy, made.decision.memory), strict=True):
        people = {person.interface for person in tier.people} if tier.bring is Bring.ADD else set()
        wanted = {who for who in people if (one := made.decision.memory.people.get(who)) and one.is_in}
        assert is_in or not wanted or not made.view.is_known
        for who in called & people:
            left_at = made.before.people[who].left_at if who in made.before.people else None
            assert made.view.presence[who] is Presence.READY
            assert left_at is None or urged or now - min(left_at, now) >= rest
        if called & people and tier.keep_back:
            assert len(wanted) <= max(0, made.view.at_own_work[tier.name] - tier.keep_back)
        called -= people
    assert not called


def who_is_needed_at_his_own_work_has_had_his_shift(made: Made) -> None:
    """SAFETY: nobody is sent back to his own work before he has stayed for ``stay_at_least``."""
    for who, one in made.decision.memory.people.items():
        was_in = who in made.before.people and made.before.people[who].is_in
        if was_in and not one.is_in and one.sent_home_by is SentHome.KEEP_BACK:
            assert one.came_at is not None
            assert made.decision.at - one.came_at >= made.policy.timing.stay_at_least


def who_is_wanted_is_so_in_every_queue_of_his_tier(made: Made) -> None:
    """SAFETY: what is desired follows from the memory alone."""
    assert made.decision.desired == desired(made.policy, made.decision.memory)
    for (queue, interface), wanted in made.decision.desired.items():
        assert (wanted.queue, wanted.interface) == (queue, interface)
        tier = next(tier for tier in made.policy.tiers if tier.name == wanted.tier)
        assert all((each, interface) in made.decision.desired for each in tier.queues)


def everything_can_be_said_and_kept(made: Made) -> None:
    """SAFETY: every decision has its words, and goes through JSON unchanged."""
    assert all(each.strip() for each in sentences(made.decision))
    assert bool(warning_sentence(made.decision)) is (made.decision.warning is not None)
    kept = memory_from_json(json.loads(json.dumps(memory_to_json(made.decision.memory), allow_nan=False)))
    assert (kept.value, kept.lost) == (made.decision.memory, ())
    read = decision_from_json(json.loads(json.dumps(decision_to_json(made.decision), allow_nan=False)))
    assert (read.reasons, read.desired) == (made.decision.reasons, made.decision.desired)
    assert sentences(read) == sentences(made.decision)
    json.dumps(view_to_json(made.view), allow_nan=False)


AT_EACH_DECISION: tuple[Callable[[Made], None], ...] = (
    what_is_not_known_changes_nothing,
    the_same_is_decided_of_the_same,
    what_is_decided_is_stable,
    tiers_that_are_in_are_the_first_ones,
    nothing_changes_before_its_time,
    tiers_move_for_what_they_say,
    tiers_come_one_after_the_other,
    orders_and_the_calendar_are_followed,
    nobody_is_called_in_who_could_not_come,
    who_is_needed_at_his_own_work_has_had_his_shift,
    who_is_wanted_is_so_in_every_queue_of_his_tier,
    everything_can_be_said_and_kept,
)


def _troubled(chance: Chance) -> AnyDesk:
    """A desk without floors that anything has happened to; from now on all is seen, and everybody is ready."""
    desk = any_desk(chance, with_floors=False)
    for _ in history(chance, desk):
        pass
    desk.orders, desk.is_blind, desk.is_slow, desk.own_work = (), False, False, 3
    desk.presence = dict.fromkeys(desk.presence, Presence.READY)
    return desk


def _wait(desk: AnyDesk, lasts: timedelta) -> Iterator[Decision]:
    """Decisions when the one before says so, and no others."""
    end = desk.now + lasts
    decision = desk.decide()
    yield decision
    while decision.wake_at <= end:
        desk.now = decision.wake_at
        decision = desk.decide()
        yield decision


def load_that_stays_high_engages_every_tier(chance: Chance) -> None:
    """LIVENESS: whatever happened before, to the clock too, all are in when each had its time, with who is ready."""
    desk = _troubled(chance)
    timing, tiers = desk.policy.timing, desk.policy.tiers
    desk.storm()
    settle = sum((max(tier.patience, timing.engage_after) for tier in tiers), 0 * SECOND)
    for _ in _wait(desk, timing.rest_at_least + timing.engage_after + settle + SECOND):
        pass
    assert all(_in(desk.policy, desk.memory))
    for _ in _wait(desk, timing.rest_at_least + SECOND):
        pass
    for tier in tiers:
        people = [desk.memory.people.get(person.interface, PersonMemory()).is_in for person in tier.people]
        assert sum(people) == (min(len(people), 3 - tier.keep_back) if tier.keep_back else len(people))


def load_that_stays_low_releases_every_tier_in_reverse(chance: Chance) -> None:
    """LIVENESS: whatever happened before, all are home when each had its time, the last of them first."""
    desk = _troubled(chance)
    timing = desk.policy.timing
    desk.calm()
    gone = []
    for decision in _wait(desk, timing.stay_at_least + len(desk.policy.tiers) * timing.release_after + SECOND):
        gone += [reason.tier for reason in reversed(decision.reasons) if reason.is_change and not reason.is_in]
    assert not any(_in(desk.policy, desk.memory))
    assert gone == sorted(gone, reverse=True)
    assert not any(one.is_in for one in desk.memory.people.values())


def tiers_do_not_swing(chance: Chance) -> None:
    """SAFETY: however figures jump, no tier and nobody turns more often in an hour than the times allow."""
    desk = any_desk(chance, with_floors=False)
    timing, changes = desk.policy.timing, dict[str, list[datetime]]()
    for _ in range(6 * STEPS):
        desk.happens(with_orders=False, with_clock=False)
        decision = desk.decide()
        for reason in decision.reasons:
            if reason.is_change:
                changes.setdefault(reason.tier, []).append(desk.now)
        for who, one in decision.memory.people.items():
            if desk.now in {one.came_at, one.left_at} and desk.now not in changes.get(who, ()):
                changes.setdefault(who, []).append(desk.now)
    of_tiers = turns(
        HOUR, max(timing.stay_at_least, timing.release_after), max(timing.rest_at_least, timing.engage_after)
    )
    of_people = turns(HOUR, 0 * SECOND, timing.rest_at_least)
    for who, moments in changes.items():
        most = of_people if who.startswith("PJSIP") else of_tiers
        assert most is None or all(sum(at <= each < at + HOUR for each in moments) <= most for at in moments)


def no_more_is_sent_than_the_bound(chance: Chance) -> None:
    """SAFETY: whatever people, load and hands do, no more memberships begin and end in an hour than is printed."""
    desk = ActingDesk(chance, any_policy(chance), loses=chance.of(False, True))
    for _ in range(3 * STEPS):
        desk.happens(with_orders=False, with_clock=False)
        desk.decide()
    bound = bound_of(desk.policy)
    most = bound.ceiling if desk.loses else bound.most
    assert all(sum(at <= each < at + HOUR for each in desk.sent) <= most for at in desk.sent)


def a_silence_lets_nothing_seem_to_have_held(chance: Chance) -> None:
    """SAFETY: after a time without decisions no figure brings a tier, or lets it go, at once."""
    desk = _troubled(chance)
    desk.decide()
    chance.of(desk.storm, desk.calm)()
    desk.now += LONGEST_SILENCE + chance.of(SECOND, HOUR)
    timing = desk.policy.timing
    for reason in desk.decide().reasons:
        if reason.is_change:
            assert (timing.engage_after if reason.is_in else timing.release_after) == 0 * SECOND


OF_A_DESK: tuple[Callable[[Chance], None], ...] = (
    load_that_stays_high_engages_every_tier,
    load_that_stays_low_releases_every_tier_in_reverse,
    tiers_do_not_swing,
    no_more_is_sent_than_the_bound,
    a_silence_lets_nothing_seem_to_have_held,
)
