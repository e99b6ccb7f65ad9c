"""Policies on the virtual clock: the rounds of ``staffing``, as the live controller goes them, and what they change.

Every policy has a round at each tick of a clock. One that provably changes nothing is not reckoned: when each figure is
on the same side of every threshold as at the last round, nobody has come, gone, paused or become available since, no
change waits for something, and no moment has passed of which that round has said that time alone may change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ivrctl.acd.picture import Picture, Queue
from ivrctl.simulation.carrying import Carrying
from ivrctl.simulation.day import Day
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.memberships import Memberships
from ivrctl.simulation.reserve import Reserve
from ivrctl.simulation.seen import Clock, DeskScene, first_picture, with_available
from ivrctl.simulation.sides import Sides, Thresholds
from ivrctl.simulation.stays import DayStays
from ivrctl.staffing.crew import SETTLES_IN
from ivrctl.staffing.decision import Memory
from ivrctl.staffing.look import look
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.rounds import go_round
from ivrctl.staffing.view import Reading


@dataclass(frozen=True, slots=True)
class BackupParts:
    """What rounds work with."""

    day: Day
    clock: Clock
    desk: Desk
    memberships: Memberships
    stays: DayStays
    carrying: Carrying
    reserve: Reserve
    skips: bool = True
    """Rounds that change nothing are not reckoned; False for tests, which see that it makes no difference."""


@dataclass(slots=True)
class _Course:
    """One policy, from round to round."""

    policy: Policy
    thresholds: Thresholds
    queues: tuple[Queue, ...]
    memory: Memory = field(default_factory=Memory)
    said: Mapping[str, str] = field(default_factory=dict)
    sides: Sides = ()
    """At the last round; so are the others."""
    changes: int = -1
    """Of the desk, before what that round has changed."""
    waits: bool = False
    """Some change is held back."""
    wake_at: datetime | None = None


class Backup:
    """See the module."""

    def __init__(self, parts: BackupParts, policies: Mapping[str, Policy]) -> None:
        """No round yet.

        Args:
            parts: what they work with.
            policies: by name.
        """
        self._parts = parts
        self._picture = first_picture(parts.desk, parts.clock)
        self._available_at = -1
        self._courses = [self._course(policy) for policy in policies.values()]
        self._shortfalls = list(reversed(parts.day.shortfall))
        self._shortfall: Reading | None = Reading(None, why_unknown="the forecast begins later")
        if not self._shortfalls:
            self._shortfall = None
        self.rounds = 0
        """Those that were reckoned."""

    def tick(self, second: float) -> None:
        """A round of every policy, of which each sees what those before it have changed.

        Args:
            second: of the day.
        """
        now = self._parts.clock.at(second)
        while self._shortfalls and self._shortfalls[-1][0] <= second:
            self._shortfall = Reading(self._shortfalls.pop()[1])
        for course in self._courses:
            scene = self._scene(now)
            sides = course.thresholds.sides(scene, course.queues, self._shortfall)
            if not self._parts.skips or self._may_change(course, sides, now):
                course.sides = sides
                self._go(course, scene, second)

    def _course(self, policy: Policy) -> _Course:
        # Nobody is told anything here, and a warning decides nothing.
        silent = replace(policy, warn=None)
        queues = tuple(self._picture.queues[name] for name in policy.queues)
        return _Course(silent, Thresholds(silent), queues)

    def _scene(self, now: datetime) -> DeskScene:
        parts = self._parts
        return DeskScene(
            self._seen(),
            parts.stays.recent,
            parts.stays.expected,
            now,
            parts.day.promises,
            desk=parts.desk,
            clock=parts.clock,
        )

    def _seen(self) -> Picture:
        """The picture, with those who are available now."""
        if self._available_at != self._parts.desk.changes:
            self._available_at = self._parts.desk.changes
            available = frozenset(self._parts.memberships.available)
            if available != self._picture.backup:
                self._picture = with_available(self._picture, available)
        return self._picture

    def _may_change(self, course: _Course, sides: Sides, now: datetime) -> bool:
        return (
            course.waits
            or course.changes != self._parts.desk.changes
            or course.sides != sides
            or course.wake_at is None
            or now >= course.wake_at
        )

    def _go(self, course: _Course, scene: DeskScene, second: float) -> None:
        """One round, and it comes about."""
        parts, name = self._parts, course.policy.name
        self.rounds += 1
        owned = parts.carrying.owned
        left_in = [mine.queue for mine in owned.values() if mine.policy == name]
        view = look(course.policy, scene, (), self._shortfall, left_in)
        memory = replace(course.memory, changes=parts.carrying.sent(name, scene.now))
        done = go_round(course.policy, view, memory, owned, course.said)
        course.memory, course.said = done.decision.memory, done.said
        course.changes, course.waits = parts.desk.changes, bool(done.plan.held)
        course.wake_at = min((done.decision.wake_at, *_settling(done.decision.memory, scene.now)))
        for reason in done.decision.reasons:
            if reason.is_change:
                parts.reserve.moved((name, reason.tier), second, done.said[reason.tier], is_in=reason.is_in)
        parts.carrying.carry_out(done, second)


def _settling(memory: Memory, now: datetime) -> list[datetime]:
    """When the seats count of people who have gone and are back: ``crew`` does not say that it waits for it."""
    came_back = (one.left_at + SETTLES_IN for one in memory.people.values() if one.is_in and one.left_at is not None)
    return [at for at in came_back if at > now]
