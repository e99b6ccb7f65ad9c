"""How many memberships a policy can begin and end in an hour, whatever happens in the queues: a bound, with its proof.

A *seat* is a person in one queue. A person is wanted or not; whenever that turns, each of his seats changes once, later
or at once, or not at all when it turns back before. What is counted is what the ceiling counts: memberships that the
machine begins or ends, in any sixty minutes, the first moment in and the last out.

**By people.** Nothing is supposed of anybody: people sign on and off as they like, figures jump, tiers come and go.
Once home, a person is wanted again after ``rest_at_least`` at the soonest (``crew``). The one exception is the
calendar: who went home before a floor began may come when it begins. So his coming and going in an hour is a row of
turns, of which each that brings him in is at least a rest behind the one that sent him home, but for one at each
beginning of a floor. Leave out that pair of turns: he is in for longer, and what remains keeps all rests. Without
exceptions there are the most turns when the first is as early as can be and each gap as short: in and home at once at
0, after one rest again, and so on. That is ``turns(hour, 0, rest)``, and two more for each floor that can begin within
an hour.

One change more can be left over from the hour before: a removal that waited for the end of a talk. No more than one,
since changes of a seat alternate and between two of them he has turned. Hence, of each seat,
``turns + 2 * floors + 1``.

**By tiers.** Suppose that people stay available. Then a person turns when his tier does. A tier that a figure brought
in stays for ``stay_at_least``, and for ``release_after``: what brought it was not calm, and calm must last so long.
Once it is home, all was calm at that moment, and no value is both calm and engaging (rule IVR513): so a figure must be
reached anew for ``engage_after``, and the tier has rested for ``rest_at_least``. One that the calendar brings stays for
``stay_at_least`` only. So: ``turns(hour, in, home)`` with these times, and the same additions.

**The ceiling** holds without any supposition: what was sent is counted, also what had to be sent again because its
answer was lost. The two above do not count that, nor what follows from an order by hand, or from another policy in the
place of this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from ivrctl.staffing.policy import Bring, Policy

HOUR = timedelta(hours=1)
_NEAR = 120
"""Minutes within which two floors count as beginning in one hour: where clocks are put forward, two times that stand
two hours apart on a wall are one hour apart."""
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Bound:
    """What a policy can change within any hour."""

    ceiling: int
    """``changes_per_hour``."""
    seats: int
    """Memberships that its tiers bring, all of them."""
    by_people: int | None
    """By timing and sizes, whatever people do; None where nothing bounds it, since nobody rests."""
    by_tiers: int | None
    """The same while people stay available: what the load alone can do."""

    @property
    def most(self) -> int:
        """What is never exceeded."""
        return self.ceiling if self.by_people is None else min(self.ceiling, self.by_people)


def bound_of(policy: Policy) -> Bound:
    """The bound of a policy."""
    seats = [len(tier.people) * len(tier.queues) if tier.bring is Bring.ADD else 0 for tier in policy.tiers]
    by_people = [_by_people(policy, index) for index in range(len(policy.tiers))]
    by_tiers = [_by_tiers(policy, index) for index in range(len(policy.tiers))]
    return Bound(policy.timing.changes_per_hour, sum(seats), _total(seats, by_people), _total(seats, by_tiers))


def turns(lasts: timedelta, is_in: timedelta, is_home: timedelta) -> int | None:
    """The most turns in a stretch of time of somebody who is in, and then home, for so long at least.

    The stretch holds its first moment and not its last. None where there is no end of turns.
    """
    cycle = is_in + is_home
    if cycle <= timedelta(0):
        return None
    whole = -(-lasts // cycle) - 1
    return 1 + 2 * whole + (1 if whole * cycle + min(is_in, is_home) < lasts else 0)


def _by_people(policy: Policy, index: int) -> int | None:
    return _of_a_seat(turns(HOUR, timedelta(0), policy.timing.rest_at_least), policy, index)


def _by_tiers(policy: Policy, index: int) -> int | None:
    timing = policy.timing
    is_floored = any(index < floor.tiers for floor in policy.floors)
    stays = timing.stay_at_least if is_floored else max(timing.stay_at_least, timing.release_after)
    return _of_a_seat(turns(HOUR, stays, max(timing.rest_at_least, timing.engage_after)), policy, index)


def _of_a_seat(turned: int | None, policy: Policy, index: int) -> int | None:
    return None if turned is None else turned + 2 * _floors_within_an_hour(policy, index) + 1


def _floors_within_an_hour(policy: Policy, index: int) -> int:
    """How many times at which floors of a tier begin can lie within one hour."""
    begins = sorted({60 * floor.begins.hour + floor.begins.minute for floor in policy.floors if index < floor.tiers})
    return max((sum((other - begin) % _DAY < _NEAR for other in begins) for begin in begins), default=0)


def _total(seats: Iterable[int], of_each: Iterable[int | None]) -> int | None:
    found = [(count, changes) for count, changes in zip(seats, of_each, strict=True) if count]
    if any(changes is None for _, changes in found):
        return None
    return sum(count * changes for count, changes in found if changes is not None)


def in_words(bound: Bound) -> str:
    """A bound in one line, for whoever checks a policy."""
    if not bound.seats:
        return "changes no membership: whoever comes in is a member already"
    cause = "the ceiling" if bound.most == bound.ceiling else "by timing and sizes"
    seats = "1 seat" if bound.seats == 1 else f"{bound.seats} seats"
    return (
        f"at most {bound.most} memberships begin or end in any hour, {cause} ({seats}; timing alone allows "
        f"{_number(bound.by_people)}, and {_number(bound.by_tiers)} while people stay available)"
    )


def _number(changes: int | None) -> str:
    return "any number" if changes is None else str(changes)
