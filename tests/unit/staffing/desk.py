"""A desk with backup staff, told as a script: figures are set, minutes pass, and whatever is decided comes about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ivrctl.staffing.decide import decide
from ivrctl.staffing.decision import Decision, Memory
from ivrctl.staffing.policy import Bring, Measure, Person, Policy, Tier, Timing, Trigger, Warn
from ivrctl.staffing.view import Order, OrderKind, Presence, Reading, Seat, View

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

TIMING = Timing(
    engage_after=MINUTE,
    release_after=10 * MINUTE,
    stay_at_least=15 * MINUTE,
    rest_at_least=10 * MINUTE,
    changes_per_hour=40,
)


def person(number: str, *own_queues: str) -> Person:
    return Person(number, f"Agent {number}", f"PJSIP/{number}", "", own_queues)


def group(*numbers: str) -> tuple[Person, ...]:
    return tuple(person(number) for number in numbers)


QUEUES = ("broadband", "mobile-data")
BREAK = Tier("break", Bring.ASK, paused_for=frozenset({"break", "lunch"}), queues=QUEUES, patience=2 * MINUTE)
LEADERS = Tier("leaders", Bring.ADD, group("8201", "8202"), queues=QUEUES, penalty=5)
QUALITY = Tier("quality", Bring.ADD, group("8301", "8302", "8303"), queues=QUEUES, penalty=5)
RETENTION = Tier("retention", Bring.ADD, group("8401", "8402", "8403"), queues=QUEUES, penalty=10, keep_back=1)

HOTLINE = Policy(
    name="hotline",
    queues=QUEUES,
    window=5 * MINUTE,
    tiers=(BREAK, LEADERS, QUALITY, RETENTION),
    triggers=(
        Trigger(Measure.LONGEST_WAIT, (30, 60, 90, 120), 15),
        Trigger(Measure.SERVICE_LEVEL, (0.85, 0.75, 0.65, 0.55), 0.92),
    ),
    timing=TIMING,
    warn=Warn(0.8, "8101"),
)


def seat(queue: str, interface: str, **changes: object) -> Seat:
    free = Seat(queue, interface, 0, True, False, "", is_busy=False, is_available=True)
    return replace(free, **changes)  # type: ignore[arg-type]


def order(kind: OrderKind, tier: str, at: datetime, lasts: timedelta, number: int = 1) -> Order:
    return Order(f"order-{number}", kind, tier, at, at + lasts, "duty", "a burst water main")


@dataclass
class Desk:
    """The truth: what is measured, who is there. What is decided comes about at once, unless ``is_idle``."""

    policy: Policy = HOTLINE
    now: datetime = NINE
    memory: Memory = field(default_factory=Memory)
    readings: dict[Measure, Reading] = field(default_factory=dict)
    seats: dict[tuple[str, str], Seat] = field(default_factory=dict)
    presence: dict[str, Presence] = field(default_factory=dict)
    at_own_work: dict[str, int] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    sight: int = 1
    why_unknown: str = ""
    told: list[tuple[datetime, str, bool]] = field(default_factory=list)
    """Every tier that came or left."""
    decisions: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        people = [each for tier in self.policy.tiers if tier.bring is Bring.ADD for each in tier.people]
        self.presence = self.presence or {each.interface: Presence.READY for each in people}
        counts = {tier.name: len(tier.people) for tier in self.policy.tiers if tier.bring is Bring.ADD}
        self.at_own_work = self.at_own_work or counts
        self.readings = self.readings or {
            trigger.measure: Reading(trigger.release, self.policy.queues[0]) for trigger in self.policy.triggers
        }

    def set(self, queue: str = "broadband", **values: float | None) -> Desk:
        """Figures of now: ``set(longest_wait=64)``."""
        for measure, value in values.items():
            self.readings[Measure(measure)] = Reading(value, queue, "" if value is not None else "nobody told")
        return self

    @property
    def view(self) -> View:
        """As it is now."""
        return View(
            self.now,
            not self.why_unknown,
            self.why_unknown,
            self.sight,
            dict(self.readings),
            dict(self.seats),
            presence=dict(self.presence),
            at_own_work=dict(self.at_own_work),
            orders=tuple(each for each in self.orders if self.now < each.expires_at),
        )

    def decide(self) -> Decision:
        """One round, and it comes about."""
        decision = decide(self.policy, self.view, self.memory, self.now)
        self.memory = decision.memory
        self.decisions.append(decision)
        self.told += [(self.now, reason.tier, reason.is_in) for reason in decision.reasons if reason.is_change]
        ours = {key for key in self.seats if self.seats[key].penalty == BACKUP}
        for key in ours - decision.desired.keys():
            del self.seats[key]
        for key in decision.desired.keys() - self.seats.keys():
            self.seats[key] = seat(*key, penalty=BACKUP)
        return decision

    def wait(self, lasts: timedelta, until: datetime | None = None) -> Desk:
        """Time passes; it is decided whenever a decision said so."""
        end = self.now + lasts if until is None else until
        decision = self.decide()
        while decision.wake_at <= end:
            self.now = decision.wake_at
            decision = self.decide()
        self.now = end
        self.decide()
        return self

    @property
    def tiers_in(self) -> list[str]:
        """Those that are in, in their order."""
        known = self.memory.tiers
        return [tier.name for tier in self.policy.tiers if tier.name in known and known[tier.name].is_in]

    def wanted(self, queue: str = "broadband") -> list[str]:
        """The numbers of those who are wanted in a queue."""
        return sorted(interface[6:] for name, interface in self.decisions[-1].desired if name == queue)

    @property
    def story(self) -> list[str]:
        """Who came and left when: ``+01:00 break in``."""
        return [f"{_clock(at - NINE)} {tier} {'in' if is_in else 'out'}" for at, tier, is_in in self.told]


BACKUP = 77
"""The penalty by which this desk knows seats that the machine has made."""


def _clock(since: timedelta) -> str:
    minutes, seconds = divmod(int(since.total_seconds()), 60)
    return f"+{minutes:02}:{seconds:02}"


def interfaces(numbers: Iterable[str]) -> list[str]:
    return [f"PJSIP/{number}" for number in numbers]
