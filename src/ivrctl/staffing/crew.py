"""Who of a tier is wanted: everybody who is ready, but those who stay with their own work, and those who rest.

Who is in stays in; new ones come by who has been home longest. Whoever is not ready any more leaves; where presence is
not known, nobody comes and nobody leaves. Whoever was seen in a queue and is missing there in the same sight has been
removed by somebody, or has signed off himself: he rests, as after any other shift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ivrctl.staffing.decision import PersonMemory, SentHome
from ivrctl.staffing.policy import Person, Tier, Timing
from ivrctl.staffing.view import Presence, View

SETTLES_IN = timedelta(seconds=30)
"""Within this a removal that was under way when somebody was wanted again is over: his seat, and its end, are not what
somebody else did."""

ABSENT_FOR = timedelta(minutes=1)
"""A phone that is away for less registers anew, or its network blinked: nobody is sent home for that, and nobody is
called to it either. A queue passes over a member whose phone is away."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_NOBODY = PersonMemory()


@dataclass(frozen=True, slots=True)
class Shift:
    """What decides about the people of one tier."""

    tier: Tier
    is_in: bool
    is_frozen: bool
    urged_at: datetime | None
    """When an order or the calendar began to want them: who went home before need not rest."""
    timing: Timing
    view: View
    now: datetime


class Crew:
    """The people of a tier while it is decided who is wanted; ``changed`` has those whose memory changes."""

    def __init__(self, shift: Shift, people: Mapping[str, PersonMemory]) -> None:
        """Decide.

        Args:
            shift: what decides.
            people: what is remembered, by interface; no moment in it is later than now.
        """
        self._shift = shift
        self._known = people
        self.changed: dict[str, PersonMemory] = {}
        self._send_home_who_was_removed()
        if not shift.is_frozen:
            self._move()
        self._remember_seats()

    def _move(self) -> None:
        if not self._shift.is_in:
            for person in self.wanted:
                self._send_home(person, SentHome.TIER)
            return
        self._send_home_who_is_gone()
        self._send_home_who_is_needed()
        self._call_in()

    @property
    def wanted(self) -> list[Person]:
        """Who is in."""
        return [person for person in self._shift.tier.people if self._of(person).is_in]

    @property
    def called_in(self) -> tuple[str, ...]:
        """The interfaces of those who were not in before."""
        known = self._known
        return tuple(each for each, one in self.changed.items() if one.is_in and not known.get(each, _NOBODY).is_in)

    def wakes(self) -> Iterator[datetime]:
        """When time alone may change who is in."""
        if self._shift.is_frozen or not self._shift.is_in:
            return
        timing = self._shift.timing
        for person in self._shift.tier.people:
            one = self._of(person)
            if one.absent_since is not None:
                yield one.absent_since + ABSENT_FOR
            if one.is_in and self._shift.tier.keep_back and one.came_at is not None:
                yield one.came_at + timing.stay_at_least
            elif not one.is_in and one.left_at is not None and self._is(person, Presence.READY):
                yield one.left_at + timing.rest_at_least

    def _of(self, person: Person) -> PersonMemory:
        changed = self.changed.get(person.interface)
        return changed if changed is not None else self._known.get(person.interface, _NOBODY)

    def _is(self, person: Person, presence: Presence) -> bool:
        return self._shift.view.presence.get(person.interface) is presence

    def _there(self, person: Person) -> frozenset[str]:
        """The queues of the tier that he is in."""
        seats, tier = self._shift.view.seats, self._shift.tier
        return frozenset(queue for queue in tier.queues if (queue, person.interface) in seats)

    def _send_home_who_was_removed(self) -> None:
        """Who is missing where he was seen in this sight."""
        for person in self.wanted:
            one = self._of(person)
            if one.sight == self._shift.view.sight and not one.seen <= self._there(person):
                self._send_home(person, SentHome.HAND)

    def _remember_seats(self) -> None:
        """Where everybody is who is in."""
        sight = self._shift.view.sight
        for person in self.wanted:
            one, there = self._of(person), self._there(person)
            if there and (there != one.seen or one.sight != sight) and self._is_settled(one):
                self.changed[person.interface] = replace(one, seen=there, sight=sight)

    def _is_settled(self, one: PersonMemory) -> bool:
        return one.left_at is None or self._shift.now - one.left_at >= SETTLES_IN

    def _send_home_who_is_gone(self) -> None:
        for person in self.wanted:
            one, now = self._of(person), self._shift.now
            if self._is(person, Presence.NOT_SIGNED_ON):
                self._send_home(person, SentHome.NOT_SIGNED_ON)
            elif not self._is(person, Presence.ABSENT):
                if one.absent_since is not None:
                    self.changed[person.interface] = replace(one, absent_since=None)
            elif one.absent_since is None:
                self.changed[person.interface] = replace(one, absent_since=now)
            elif now - one.absent_since >= ABSENT_FOR:
                self._send_home(person, SentHome.ABSENT)

    def _send_home_who_is_needed(self) -> None:
        """More are lent than may be: those who have had their shift go back, who came first before others."""
        may_be = self._may_be()
        if may_be is None:
            return
        wanted = self.wanted
        served = [one for one in wanted if self._has_served(self._of(one))]
        served.sort(key=lambda person: (self._of(person).came_at or _NEVER, *_by_number(person)))
        for person in served[: max(0, len(wanted) - may_be)]:
            self._send_home(person, SentHome.KEEP_BACK)

    def _call_in(self) -> None:
        may_be, count = self._may_be(), len(self.wanted)
        if may_be is None or count >= may_be:
            return
        able = [person for person in self._shift.tier.people if self._may_come(person)]
        able.sort(key=lambda person: (self._of(person).left_at or _NEVER, *_by_number(person)))
        for person in able[: may_be - count]:
            before = self._of(person)
            self.changed[person.interface] = PersonMemory(True, self._shift.now, before.left_at)

    def _may_be(self) -> int | None:
        """How many of the tier may be in at a time; None where that is not known."""
        tier = self._shift.tier
        if not tier.keep_back:
            return len(tier.people)
        at_own_work = self._shift.view.at_own_work.get(tier.name)
        return None if at_own_work is None else max(0, at_own_work - tier.keep_back)

    def _may_come(self, person: Person) -> bool:
        one = self._of(person)
        return not one.is_in and self._is(person, Presence.READY) and self._is_rested(one)

    def _is_rested(self, one: PersonMemory) -> bool:
        if one.left_at is None:
            return True
        urged_at, timing = self._shift.urged_at, self._shift.timing
        return self._shift.now - one.left_at >= timing.rest_at_least or (
            urged_at is not None and one.left_at < urged_at
        )

    def _has_served(self, one: PersonMemory) -> bool:
        return one.came_at is None or self._shift.now - one.came_at >= self._shift.timing.stay_at_least

    def _send_home(self, person: Person, by: SentHome) -> None:
        before = self._of(person)
        self.changed[person.interface] = PersonMemory(False, before.came_at, self._shift.now, sent_home_by=by)


def _by_number(person: Person) -> tuple[int, str]:
    return len(person.number), person.number
