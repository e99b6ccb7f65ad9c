"""A staffing policy as decisions use it: every name resolved, every duration a ``timedelta``.

``policy_file`` says how it is written in YAML, ``check`` what is wrong with one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum


class Measure(StrEnum):
    """What a trigger looks at; of several queues the worst counts."""

    LONGEST_WAIT = "longest_wait"
    """Seconds that the first caller has waited; 0 when nobody waits."""
    WAITING_PER_AVAILABLE = "waiting_per_available"
    """Callers who wait for each member who is there and not paused, free or talking; infinite where callers wait for
    nobody."""
    SERVICE_LEVEL = "service_level"
    """Share, 0 to 1, of those whose fate was known in the policy's window. Here alone *low* is bad. Of a queue in which
    there were none it is 1, or 0 when somebody waits for longer than the threshold; unknown while a window without any
    was not seen in whole."""
    EXPECTED_WAIT = "expected_wait"
    """Seconds, P50 of who joins now; with too few answered calls, as long as the first caller has waited."""
    ABANDON_SHARE = "abandon_share"
    """Share, 0 to 1, of those whose fate was known in the window who hung up; short abandons are left out. Without any
    it is 0; unknown while such a window was not seen in whole."""
    FORECAST_SHORTFALL = "forecast_shortfall"
    """People that will be missing, of all the policy's queues together: required by the forecast, less the policy's
    own staff who are there now; 0 when nobody is missing. Whom a tier has brought does not count as own staff, else
    they would go home for having come. Where nothing can be forecast the row says nothing."""
    PROMISE_USED = "promise_used"
    """Share, 0 upwards, of his promise that a waiting caller has used up: the caller's who has used most of his."""

    @property
    def is_low_bad(self) -> bool:
        """True where a smaller value means more load."""
        return self is Measure.SERVICE_LEVEL


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row of the table. ``engage`` has one value per tier, in their order; None: it never brings that tier."""

    measure: Measure
    engage: tuple[float | None, ...]
    release: float

    def engages(self, tier: int, value: float) -> bool:
        """True when the value is at or beyond what brings in the tier of this index."""
        threshold = self.engage[tier]
        if threshold is None:
            return False
        return value <= threshold if self.measure.is_low_bad else value >= threshold

    def is_calm(self, value: float) -> bool:
        """True when the value is at the release value or on its calm side."""
        return value >= self.release if self.measure.is_low_bad else value <= self.release


class Bring(StrEnum):
    """How people come in."""

    ADD = "add"
    """The machine makes them members."""
    ASK = "ask"
    """They are members who have paused; they get a message, and come in by unpausing themselves."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a tier may bring: an agent of the site file."""

    number: str
    name: str
    interface: str
    state_interface: str
    """Empty where the interface's own state is his."""
    own_queues: tuple[str, ...] = ()
    """The queues that are his daily work, by the site file."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A group of backup staff."""

    name: str
    bring: Bring
    people: tuple[Person, ...] = ()
    """Of a group, in the order of the site file; empty for ``paused_for``."""
    paused_for: frozenset[str] = frozenset()
    """Members of the policy's queues who pause for one of these reasons; only with ``ASK``."""
    queues: tuple[str, ...] = ()
    """Where they come in: all queues of the policy, or those that the tier names."""
    penalty: int = 0
    patience: timedelta = timedelta(0)
    """With ``ASK``: after this the next tier may come although nobody has."""
    keep_back: int = 0
    """So many of the group stay with their own work."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long before something changes."""

    engage_after: timedelta
    """A trigger must hold so long."""
    release_after: timedelta
    """All must be calm so long; counted anew for each tier that goes home."""
    stay_at_least: timedelta
    """A tier, once in."""
    rest_at_least: timedelta
    """A person, once home, and a tier."""
    changes_per_hour: int
    """Memberships that are begun or ended in any sixty minutes, at most. Orders by hand are not bound by it."""


@dataclass(frozen=True, slots=True)
class Floor:
    """At these times these tiers are in, whatever the triggers say."""

    tiers: int
    """The first so many."""
    begins: time
    ends: time
    """Exclusive; midnight is the end of the day. Earlier than ``begins``: beyond midnight."""
    days: frozenset[int] = frozenset()
    """Of the month, 1 to 31; empty for all."""
    days_before_end: frozenset[int] = frozenset()
    """Days from the month's end: 0 is its last. Beside ``days``, either of the two fits."""
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; empty for all. Where days are given too, both must fit."""


@dataclass(frozen=True, slots=True)
class Warn:
    """Somebody is told before anybody is called in."""

    at: float
    """Share, 0 to 1, of the next tier's engage value (of the way from ``release`` to it)."""
    to: str
    """An agent's number, or the name of a submission."""


class Mode(StrEnum):
    """Who carries plans out."""

    ACT = "act"
    """The controller."""
    ADVISE = "advise"
    """A person, by ``ivrctl staffing apply``."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One ``*.staffing.yaml``."""

    name: str
    queues: tuple[str, ...]
    """Judged together: the worst counts."""
    window: timedelta
    """Of service level and abandon share."""
    tiers: tuple[Tier, ...]
    """In the order in which they come in."""
    triggers: tuple[Trigger, ...]
    timing: Timing
    floors: tuple[Floor, ...] = ()
    warn: Warn | None = None
    time_zone: str = "UTC"
    mode: Mode = Mode.ACT
    heads_up: str = ""
    """What tells people that they are called in: empty for a SIP message to their phone, or a submission's name."""
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    """By language."""
