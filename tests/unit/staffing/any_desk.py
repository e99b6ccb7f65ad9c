"""Any desk with backup staff, and whatever may happen to it: load, people, orders, hands, blindness, clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from math import inf

from ivrctl.staffing.decide import decide
from ivrctl.staffing.decision import Decision, Memory
from ivrctl.staffing.policy import Bring, Floor, Measure, Person, Policy, Tier, Timing, Trigger, Warn
from ivrctl.staffing.view import Order, OrderKind, Presence, Reading, Seat, View

from .chance import Chance

START = datetime(2026, 3, 28, 23, 50, tzinfo=UTC)
"""Some minutes before a day begins, and an hour before clocks are put forward in Berlin."""
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
QUEUES = ("broadband", "mobile")
STEPS = 8
BACKUP = 50
"""Penalties from here on are those of tiers."""


def any_policy(chance: Chance, *, with_floors: bool = True) -> Policy:
    """One that the checks of policies would let through, in seconds and minutes."""
    tiers = tuple(_tier(chance, place) for place in range(chance.of(1, 2, 3, 4)))
    floors = tuple(_floor(chance, len(tiers)) for _ in range(chance.of(0, 0, 0, 1, 2))) if with_floors else ()
    return Policy(
        "desk",
        QUEUES,
        5 * MINUTE,
        tiers,
        tuple(_trigger(chance, measure, len(tiers)) for measure in _measures(chance)),
        _timing(chance),
        floors,
        Warn(0.8, "8101") if chance.of(False, True) else None,
        chance.of("UTC", "Europe/Berlin", "Asia/Shanghai"),
    )


def _measures(chance: Chance) -> tuple[Measure, ...]:
    return chance.of(
        (Measure.LONGEST_WAIT,),
        (Measure.SERVICE_LEVEL,),
        (Measure.LONGEST_WAIT, Measure.SERVICE_LEVEL),
        (Measure.WAITING_PER_AVAILABLE, Measure.ABANDON_SHARE, Measure.FORECAST_SHORTFALL),
    )


def _timing(chance: Chance) -> Timing:
    return Timing(
        engage_after=chance.of(MINUTE, 0 * SECOND, 5 * SECOND),
        release_after=chance.of(5 * MINUTE, 0 * SECOND, 10 * SECOND),
        stay_at_least=chance.of(10 * MINUTE, 0 * SECOND, 20 * SECOND),
        rest_at_least=chance.of(10 * MINUTE, 15 * SECOND, 3 * MINUTE),
        changes_per_hour=chance.of(40, 5, 1),
    )


def _tier(chance: Chance, place: int) -> Tier:
    bring = chance.of(Bring.ADD, Bring.ADD, Bring.ASK)
    people = tuple(_person(10 * place + number) for number in range(chance.of(2, 3, 1, 0)))
    return Tier(
        f"tier-{place}",
        bring,
        people if bring is Bring.ADD else (),
        frozenset({"break"}) if bring is Bring.ASK else frozenset(),
        chance.of(QUEUES, QUEUES[:1]),
        BACKUP + place,
        chance.of(2 * MINUTE, 0 * SECOND) if bring is Bring.ASK else 0 * SECOND,
        chance.of(0, 0, 1) if bring is Bring.ADD else 0,
    )


def _person(number: int) -> Person:
    return Person(f"{8200 + number}", f"Agent {number}", f"PJSIP/{8200 + number}", "")


def _trigger(chance: Chance, measure: Measure, tiers: int) -> Trigger:
    """Every release value is on the calm side; the first row brings every tier, others leave out the last at times."""
    release, step = chance.of(10.0, 0.0), chance.of(5.0, 1.0)
    engage = [release + step]
    for _ in range(tiers - 1):
        engage.append(engage[-1] + chance.of(5.0, 0.0))
    if measure.is_low_bad:
        release, engage = 100 - release, [100 - value for value in engage]
    given = tiers if measure in {Measure.LONGEST_WAIT, Measure.SERVICE_LEVEL} else chance.of(tiers, tiers - 1)
    if measure is Measure.WAITING_PER_AVAILABLE:
        given = tiers
    return Trigger(measure, (*engage[:given], *[None] * (tiers - given)), release)


def _floor(chance: Chance, tiers: int) -> Floor:
    begins, ends = chance.of((0, 1), (1, 3), (2, 3), (23, 0), (22, 2))
    days = chance.of(frozenset[int](), frozenset({1, 29}))
    return Floor(chance.of(1, tiers), time(begins), time(ends), days, chance.of(frozenset[int](), frozenset({0, 2})))


@dataclass
class AnyDesk:
    """One desk."""

    chance: Chance
    policy: Policy
    now: datetime = START
    memory: Memory = field(default_factory=Memory)
    readings: dict[Measure, Reading] = field(default_factory=dict)
    seats: dict[tuple[str, str], Seat] = field(default_factory=dict)
    presence: dict[str, Presence] = field(default_factory=dict)
    own_work: int | None = 3
    orders: tuple[Order, ...] = ()
    sight: int = 1
    is_blind: bool = False
    is_slow: bool = False
    """What is decided does not come about at the moment."""

    def __post_init__(self) -> None:
        self.calm()
        self.presence = {person.interface: Presence.READY for person in self.people}
        for number in range(2):
            seat = _seat("broadband", f"PJSIP/81{number:02}", is_paused=True, pause_reason="break")
            self.seats["broadband", seat.interface] = seat

    @property
    def people(self) -> Iterator[Person]:
        """All whom tiers add."""
        return (person for tier in self.policy.tiers if tier.bring is Bring.ADD for person in tier.people)

    def calm(self) -> None:
        """Every figure is at its release value."""
        self.readings = {row.measure: Reading(row.release, "broadband") for row in self.policy.triggers}

    def storm(self) -> None:
        """Every figure is as bad as can be."""
        for row in self.policy.triggers:
            self.readings[row.measure] = Reading(-1.0 if row.measure.is_low_bad else inf, "mobile")

    @property
    def view(self) -> View:
        """What is seen now."""
        given = tuple(order for order in self.orders if order.expires_at > self.now)
        if self.is_blind:
            return View(self.now, False, "silent", self.sight, orders=given)
        adding = [tier.name for tier in self.policy.tiers if tier.bring is Bring.ADD]
        return View(
            self.now,
            True,
            "",
            self.sight,
            dict(self.readings),
            dict(self.seats),
            presence=dict(self.presence),
            at_own_work={} if self.own_work is None else dict.fromkeys(adding, self.own_work),
            orders=given,
        )

    def decide(self) -> Decision:
        """One round; what is decided comes about, unless all is slow."""
        decision = decide(self.policy, self.view, self.memory, self.now)
        self.memory = decision.memory
        if not self.is_slow and not self.is_blind:
            self.come_about(decision)
        return decision

    def come_about(self, decision: Decision) -> None:
        """Members are as desired."""
        ours = {key for key, seat in self.seats.items() if seat.penalty >= BACKUP}
        for key in ours - decision.desired.keys():
            del self.seats[key]
        for key, wanted in decision.desired.items():
            self.seats.setdefault(key, _seat(*key, penalty=wanted.penalty))

    def happens(self, *, with_orders: bool = True, with_clock: bool = True) -> None:
        """Something of all that may happen; then some time passes."""
        doing = self.chance.of(
            *[self.calm] * 3,
            *[self.storm] * 3,
            *[self._load] * 4,
            *[self._person] * 4,
            self._hand,
            self._order,
            self._sight,
        )
        if self.is_blind and self.chance.of(True, True, False):
            doing = self._sight
        if doing != self._order or with_orders:
            doing()
        self.is_slow = self.chance.of(False, False, False, True)
        self.now += self._time(with_clock=with_clock)

    def _time(self, *, with_clock: bool) -> timedelta:
        steps = (MINUTE, 0 * SECOND, 5 * SECOND, 20 * SECOND, 4 * MINUTE, 11 * MINUTE, 10 * SECOND, 61 * SECOND)
        return self.chance.of(*steps, *((-7 * MINUTE, -2 * HOUR, 3 * HOUR) if with_clock else ()))

    def _load(self) -> None:
        for row in self.policy.triggers:
            near = [value for value in row.engage if value is not None] + [row.release]
            value = self.chance.of(*near, row.release, row.release + 1, row.release - 1, None, inf)
            why = "nobody tells" if value is None else self.chance.of("", "", "", "one queue is new")
            self.readings[row.measure] = Reading(value, self.chance.of(*QUEUES), why)
        if self.chance.of(False, False, False, False, True):
            self.readings.pop(self.policy.triggers[-1].measure)

    def _person(self) -> None:
        for interface in self.presence:
            if self.chance.of(True, False):
                self.presence[interface] = self.chance.of(
                    Presence.READY, Presence.READY, Presence.NOT_SIGNED_ON, Presence.ABSENT, Presence.UNKNOWN
                )
        self.own_work = self.chance.of(3, 2, 1, 0, None)

    def _hand(self) -> None:
        """Somebody takes members out, or those on a break come back, or go."""
        for key, seat in list(self.seats.items()):
            if self.chance.of(False, True):
                if seat.penalty >= BACKUP:
                    del self.seats[key]
                else:
                    self.seats[key] = replace(seat, is_paused=not seat.is_paused)

    def _order(self) -> None:
        kind = self.chance.of(OrderKind.ENGAGE, OrderKind.RELEASE, OrderKind.FREEZE)
        tier = "" if kind is OrderKind.FREEZE else self.chance.of(*(tier.name for tier in self.policy.tiers), "gone")
        lasts = self.chance.of(5 * MINUTE, 30 * SECOND, 30 * MINUTE)
        number = f"order-{len(self.orders)}"
        self.orders += (Order(number, kind, tier, self.now, self.now + lasts, "duty", "a test"),)

    def _sight(self) -> None:
        """Asterisk is lost; or is back, after a restart or without one."""
        self.is_blind = not self.is_blind
        if not self.is_blind:
            self.sight += 1
            if self.chance.of(False, True):
                self.seats = {key: seat for key, seat in self.seats.items() if seat.penalty < BACKUP}


def any_desk(chance: Chance, *, with_floors: bool = True) -> AnyDesk:
    """One on which nothing has happened yet."""
    return AnyDesk(chance, any_policy(chance, with_floors=with_floors), START + chance.of(0, 575, 595) * SECOND)


def _seat(queue: str, interface: str, **changes: object) -> Seat:
    free = Seat(queue, interface, 0, True, False, "", is_busy=False, is_available=True)
    return replace(free, **changes)  # type: ignore[arg-type]
