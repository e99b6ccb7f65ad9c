"""What an accepted policy must stand: its bound is told, and rounds are decided whatever the figures are."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ivrctl.staffing.bound import bound_of, in_words
from ivrctl.staffing.decide import decide
from ivrctl.staffing.decision import Memory
from ivrctl.staffing.policy import Bring, Policy
from ivrctl.staffing.sentences import sentences
from ivrctl.staffing.view import Presence, Reading, View

from .trial_error import PromiseError

BEGAN = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
ROUNDS = 12


def play_rounds(policies: Iterable[Policy], chance: random.Random) -> int:
    """Decide some rounds by each policy; how many.

    Raises:
        PromiseError: a decision sleeps for longer than a minute, or for no time at all; or somebody is wanted whom no
            tier names.
    """
    count = 0
    for policy in policies:
        if not in_words(bound_of(policy)):
            raise PromiseError("a bound without words")
        memory, now = Memory(), BEGAN
        for _ in range(ROUNDS):
            decision = decide(policy, _view(policy, now, chance), memory, now)
            sentences(decision)
            if not now < decision.wake_at <= now + timedelta(minutes=1):
                raise PromiseError(f"decided at {now}, and again at {decision.wake_at}")
            if not decision.desired.keys() <= _seats(policy):
                raise PromiseError("somebody is wanted whom no tier names")
            memory, now = decision.memory, now + timedelta(seconds=chance.choice([1, 60, 600, 3600]))
            count += 1
    return count


def _seats(policy: Policy) -> set[tuple[str, str]]:
    adding = (tier for tier in policy.tiers if tier.bring is Bring.ADD)
    return {(queue, person.interface) for tier in adding for person in tier.people for queue in tier.queues}


def _view(policy: Policy, now: datetime, chance: random.Random) -> View:
    """A moment at which anything may be measured."""
    readings = {
        trigger.measure: Reading(chance.choice([0.0, trigger.release, 0.5, 1.0, 90.0, None]), policy.queues[0])
        for trigger in policy.triggers
    }
    people = (person for tier in policy.tiers for person in tier.people)
    presence = {person.interface: chance.choice(list(Presence)) for person in people}
    own = {tier.name: chance.randrange(len(tier.people) + 1) for tier in policy.tiers}
    return View(now, chance.random() < 0.9, "", 1, readings=readings, presence=presence, at_own_work=own)
