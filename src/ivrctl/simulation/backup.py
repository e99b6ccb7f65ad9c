"""Policies on the virtual clock: the rounds of ``staffing``, as the live controller goes them, and what they change.

Every policy has a round at each tick of a clock. One that provably changes nothing is not reckoned: when each figure is
on the same side of every threshold as at the last round, nobody has come, gone, paused or become available since, no
change waits for something, and no moment has passed of which that round has said that time alone may change it. When a
figure is on another side, it is enough to remember that, unless a tier comes or goes by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from ivrctl.acd.picture import Picture, Queue
from ivrctl.simulation.carrying import Carrying
from ivrctl.simulation.day import Day
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.memberships import Memberships
from ivrctl.simulation.reserve import Reserve
from ivrctl.simulation.seen import SIGHT, Clock, DeskScene, first_picture, with_available
from ivrctl.simulation.sides import Sides, Thresholds
from ivrctl.simulation.stays import DayStays
from ivrctl.staffing.crew import SETTLES_IN
from ivrctl.staffing.decide import first_behind
from ivrctl.staffing.decision import Memory
from ivrctl.staffing.levels import Levels, situation
from ivrctl.staffing.look import look
from ivrctl.staffing.plan import HeldBecause, Plan
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.recall import LONGEST_SILENCE
from ivrctl.staffing.rounds import Round, go_round
from ivrctl.staffing.seats import Seats
from ivrctl.staffing.view import Reading, View


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


class Waits(Enum):
    """What a change that is held back waits for."""

    NOTHING = auto()
    """None is; or the ceiling lets nothing through before ``other_edge_at``."""
    TALKS = auto()
    """Somebody is drained who was called in."""
    ANYTHING = auto()


@dataclass(slots=True)
class _Course:
    """One policy, from round to round."""

    policy: Policy
    thresholds: Thresholds
    queues: tuple[Queue, ...]
    named: tuple[str, ...]
    """Its queues, and those of its tiers."""
    memory: Memory = field(default_factory=Memory)
    said: Mapping[str, str] = field(default_factory=dict)
    sides: Sides = ()
    """At the last round; so are the others."""
    changes: int = -1
    """Of the desk, before what that round has changed."""
    waits_for: Waits = Waits.NOTHING
    freed: int = 0
    """Of the desk, when the last round was made."""
    tiers_edge_at: datetime | None = None
    """When time alone may bring a tier in or send one home."""
    other_edge_at: datetime | None = None
    """When time alone may change anything else."""
    ticked_at: datetime | None = None
    """The last round, reckoned or not."""


class Backup:
    """See the module."""

    def __init__(self, parts: BackupParts, policies: Mapping[str, Policy], every: timedelta) -> None:
        """No round yet.

        Args:
            parts: what they work with.
            policies: by name.
            every: between two ticks; with more than minutes between them a decision doubts what it remembers.
        """
        self._is_slow = every >= LONGEST_SILENCE
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
            if not self._is_followed(course, scene):
                self._go(course, scene, second)
            course.ticked_at = now

    def _is_followed(self, course: _Course, scene: DeskScene) -> bool:
        """True when no round is needed; what one would remember of the figures is remembered."""
        before, course.sides = course.sides, course.thresholds.sides(scene, course.queues, self._shortfall)
        if not self._parts.skips or self._is_disturbed(course, scene.now):
            return False
        is_same = before == course.sides and (course.tiers_edge_at is None or scene.now < course.tiers_edge_at)
        return is_same or self._is_remembered(course, scene)

    def _is_remembered(self, course: _Course, scene: DeskScene) -> bool:
        """What a figure has crossed, or how long it holds, is kept. False when a tier moves by it, or asks."""
        readings = course.thresholds.readings(scene, course.queues, self._shortfall)
        seats = Seats(scene, course.named)
        view = View(scene.now, is_known=True, why_unknown="", sight=SIGHT, readings=readings, seats=seats)
        levels = Levels(situation(course.policy, view, scene.now), course.memory)
        levels.climb()
        levels.descend()
        levels.ask()
        if levels.changed or levels.asks:
            return False
        tiers = {tier.name: known for tier, known in zip(course.policy.tiers, levels.tiers, strict=True)}
        course.memory = replace(course.memory, tiers=tiers, calm_since=levels.calm_since)
        course.tiers_edge_at = first_behind(scene.now, levels.edges())
        return True

    def _course(self, policy: Policy) -> _Course:
        # Nobody is told anything here, and a warning decides nothing.
        silent = replace(policy, warn=None)
        queues = tuple(self._picture.queues[name] for name in policy.queues)
        named = tuple(dict.fromkeys((*policy.queues, *(name for tier in policy.tiers for name in tier.queues))))
        return _Course(silent, Thresholds(silent), queues, named)

    def _scene(self, now: datetime) -> DeskScene:
        parts = self._parts
        return DeskScene(
            self._seen(),
            parts.stays,
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

    def _is_disturbed(self, course: _Course, now: datetime) -> bool:
        """Something else than a figure may have changed since the last round."""
        desk = self._parts.desk
        return (
            course.changes != desk.changes
            or course.waits_for is Waits.ANYTHING
            or (course.waits_for is Waits.TALKS and course.freed != desk.freed)
            or (course.other_edge_at is not None and now >= course.other_edge_at)
            or self._is_slow
        )

    def _go(self, course: _Course, scene: DeskScene, second: float) -> None:
        """One round, and it comes about."""
        parts, name = self._parts, course.policy.name
        self.rounds += 1
        owned = parts.carrying.owned
        left_in = [mine.queue for mine in owned.values() if mine.policy == name]
        view = look(course.policy, scene, (), self._shortfall, left_in)
        sent = parts.carrying.sent(name, scene.now)
        memory = replace(course.memory, changes=sent, decided_at=course.ticked_at)
        done = go_round(course.policy, view, memory, owned, course.said)
        course.memory, course.said = done.decision.memory, done.said
        course.changes, course.freed, course.waits_for = parts.desk.changes, parts.desk.freed, _waits_for(done.plan)
        course.tiers_edge_at = done.decision.tiers_edge_at
        course.other_edge_at = first_behind(scene.now, _other_edges(done))
        for reason in done.decision.reasons:
            if reason.is_change:
                parts.reserve.moved((name, reason.tier), second, done.said[reason.tier], is_in=reason.is_in)
        parts.carrying.carry_out(done, second)


def _waits_for(plan: Plan) -> Waits:
    """While one change waits for the ceiling, none passes it: what the others wait for makes no difference."""
    because = {one.because for one in plan.held}
    if not because or HeldBecause.CEILING in because:
        return Waits.NOTHING
    return Waits.TALKS if because == {HeldBecause.IN_CALL} else Waits.ANYTHING


def _other_edges(done: Round) -> Iterator[datetime]:
    """Of people, of changes that are held, and of seats: those of who has gone and is back count after a while."""
    if done.decision.people_edge_at is not None:
        yield done.decision.people_edge_at
    for held in done.plan.held:
        if held.until is not None:
            yield held.until
    for one in done.decision.memory.people.values():
        if one.is_in and one.left_at is not None:
            yield one.left_at + SETTLES_IN
