"""What one policy sees of a moment: figures, seats, and who could come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ivrctl.acd.picture import Picture, Queue
from ivrctl.staffing.measuring import measure
from ivrctl.staffing.policy import Bring, Measure, Person, Policy, Tier
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.seats import Seats
from ivrctl.staffing.view import Order, Presence, Reading, View


def look(
    policy: Policy,
    scene: Scene,
    orders: Sequence[Order] = (),
    shortfall: Reading | None = None,
    left_in: Iterable[str] = (),
) -> View:
    """What a policy sees.

    Args:
        policy: whose queues, triggers and people are looked at; nothing else is.
        scene: of now; one for all policies of a round.
        orders: for this policy.
        shortfall: what is forecast; None where nothing ever is, and not taken where nothing can be: its row says
            nothing then.
        left_in: queues that it may not name any more, where people whom it has called in may still be.
    """
    given = tuple(order for order in orders if order.expires_at > scene.now)
    named = _named(policy)
    why_unknown = _why_unknown(scene.picture, named)
    if why_unknown:
        return View(scene.now, False, why_unknown, scene.picture.sight, orders=given)
    queues = scene.picture.queues
    seen = tuple(dict.fromkeys((*named, *(name for name in left_in if name in queues))))
    presence = {person.interface: scene.presence(person) for tier in _adding(policy) for person in tier.people}
    return View(
        at=scene.now,
        is_known=True,
        why_unknown="",
        sight=scene.picture.sight,
        readings=_readings(policy, scene, [queues[name] for name in policy.queues], shortfall),
        seats=Seats(scene, seen),
        waiting={name: len(queues[name].callers) for name in seen},
        presence=presence,
        at_own_work=_at_own_work(policy, scene, presence),
        orders=given,
    )


def _named(policy: Policy) -> tuple[str, ...]:
    """All queues that a policy names, each once."""
    return tuple(dict.fromkeys((*policy.queues, *(queue for tier in policy.tiers for queue in tier.queues))))


def _adding(policy: Policy) -> Iterable[Tier]:
    return (tier for tier in policy.tiers if tier.bring is Bring.ADD)


def _why_unknown(picture: Picture, named: Iterable[str]) -> str:
    if picture.read_at is None:
        return "the queues were not read yet"
    if not picture.is_known:
        return f"nothing is seen of the queues: {picture.stale_because or 'the connection to Asterisk is lost'}"
    missing = [name for name in named if name not in picture.queues]
    return f"Asterisk has no queue {', '.join(missing)}" if missing else ""


def _readings(
    policy: Policy, scene: Scene, queues: Sequence[Queue], shortfall: Reading | None
) -> dict[Measure, Reading]:
    found: dict[Measure, Reading] = {}
    for trigger in policy.triggers:
        if trigger.measure is not Measure.FORECAST_SHORTFALL:
            found[trigger.measure] = measure(trigger.measure, scene, queues, policy.window)
        elif shortfall is not None:
            found[trigger.measure] = shortfall
    return found


def _at_own_work(policy: Policy, scene: Scene, presence: dict[str, Presence]) -> dict[str, int]:
    """Nothing where nobody knows who is available."""
    if scene.picture.backup is None:
        return {}
    return {
        tier.name: sum(
            presence[person.interface] is Presence.READY and _could_work(person, scene.picture)
            for person in tier.people
        )
        for tier in _adding(policy)
    }


def _could_work(person: Person, picture: Picture) -> bool:
    """True for who has no queues of his own, or is in one of them and does not pause there."""
    if not person.own_queues:
        return True
    queues = (picture.queues.get(name) for name in person.own_queues)
    members = (queue.members.get(person.interface) for queue in queues if queue is not None)
    return any(member is not None and not member.is_paused for member in members)
