"""A policy of backup staff as frozen dataclasses: what one ``<name>.staffing.yaml`` says.

``resolve`` makes a ``Policy`` of it, with the people and queues of a site; ``check`` says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, form
from ivrctl.lang.source import Node, Span, Word
from ivrctl.lang.types import DATETIME, DIGITS, TEXT, Type
from ivrctl.site.file_names import POLICY_SUFFIX
from ivrctl.site.opening import DAYS_FORM, DayPlan, bind_days
from ivrctl.site.text import Text
from ivrctl.staffing.policy import Bring, Mode
from ivrctl.staffing.policy_files.thresholds import Share, Table
from ivrctl.staffing.policy_files.written import Count, Duration

SUFFIX = POLICY_SUFFIX

WINDOW = timedelta(minutes=5)
"""Over which shares are taken where a policy does not say it."""

_DAYS = re.compile(r"([1-9]|[12][0-9]|3[01])(?:-([1-9]|[12][0-9]|3[01]))?")

HEADS_UP_PARAMS: Mapping[str, Type] = {
    "agent": DIGITS,
    "name": TEXT,
    "policy": TEXT,
    "tier": TEXT,
    "queues": TEXT,
    "text": TEXT,
    "at": DATETIME,
}
"""What the submission of ``heads_up`` is handed for each person who is called in or asked: his number and name, why
(``text``, a whole sentence), and when; of these, those that it takes as params."""

WARN_PARAMS: Mapping[str, Type] = {"policy": TEXT, "tier": TEXT, "text": TEXT, "at": DATETIME}
"""What the submission of ``warn`` is handed: the tier that is near, in words why, and when."""


@dataclass(frozen=True, slots=True)
class People:
    """Whom a tier brings: one of the two."""

    span: Span
    group: Annotated[Word, NameOf("groups")] | None = None
    """A group of the site file: its agents are made members, those of them who are available for backup."""
    paused_for: tuple[Annotated[Word, NameOf("pause_reasons")], ...] = ()
    """Members who have paused for one of these reasons."""


@dataclass(frozen=True, slots=True)
class TierEntry:
    """A tier of backup staff."""

    tier: Word
    """Its name, of your choice; reports and orders by hand use it."""
    people: People
    """Whom it brings: ``{group: team-leaders}`` or ``{paused_for: [break, lunch]}``."""
    bring: Bring
    """``add``: the agents of a group are made members of the queues. ``ask``: members who have paused get a message,
    and come in by ending their pause; nobody's pause is ended for him. Who begins to pause later is asked, too, once a
    row has held for ``engage_after``; nobody twice while the tier stays in."""
    span: Span
    penalty: Count | None = None
    """With ``add``: the penalty with which they are members; those with the lowest are rung first. 0 when left out."""
    patience: Duration | None = None
    """With ``ask``, and needed there: after so long the next tier may come although nobody has ended his pause."""
    keep_back: Count | None = None
    """With ``add``: so many of the group stay with their own work. Needed for a group whose agents have other queues; 0
    lets all of them come."""
    queues: tuple[Annotated[Word, NameOf("queues")], ...] = ()
    """Where they come in, when it is not all queues of the policy."""


@dataclass(frozen=True, slots=True)
class TimingKeys:
    """How long before something changes, and how much may change."""

    engage_after: Duration
    """A value must be reached for so long, without a break, before a tier comes."""
    release_after: Duration
    """All rows must be calm for so long before a tier goes home; counted anew for each tier."""
    stay_at_least: Duration
    """A tier that is in stays for so long."""
    rest_at_least: Duration
    """A tier that has gone home, and each of its people, is not called again before."""
    changes_per_hour: Count
    """Memberships that are begun or ended in any sixty minutes, at most; those ordered by hand are not counted."""
    span: Span


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days of the month: ``15``, or ``28-31``."""

    first: int
    last: int
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a day or a range of them."""
        text = binder.bind(Word, node)
        match = _DAYS.fullmatch(text)
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else 0
        if not 1 <= first <= last:
            advice = "such as 15, or 28-31; last: 3 is the last three days of each month"
            binder.refuse("IVR540", node.span, f'"{text}" is no day of a month and no range of days', advice)
        return cls(first, last, node.span)

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A day or a range of days."""
        return form(_DAYS, "a day of the month, or a range such as 28-31,", also=["integer"])


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week: ``mon``, or ``mon-fri``."""

    days: frozenset[int]
    """0 is Monday."""
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a day or a range of days."""
        return cls(frozenset(bind_days(binder.bind(Word, node), binder)), node.span)

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A day or a range of days."""
        return form(DAYS_FORM, "a day of the week, or a range such as mon-fri,")


@dataclass(frozen=True, slots=True)
class FloorEntry:
    """At these times the first tiers are in, whatever the triggers say.

    A day fits when ``days`` or ``last`` has it, and ``weekdays`` too where they are written.
    """

    tiers: tuple[Annotated[Word, NameOf("backup_tiers")], ...]
    """The first tiers of the policy, in their order: ``[break, leaders]``."""
    span: Span
    hours: DayPlan | None = None
    """From when to when, ``"09:00-12:00"``, several with commas; one that ends after midnight belongs to the day on
    which it begins. The whole day when left out."""
    days: tuple[DayRange, ...] = ()
    """Days of the month: ``[1-3, 28-31]``."""
    last: Count | None = None
    """The last so many days of each month, however long it is."""
    weekdays: tuple[Weekdays, ...] = ()
    """Days of the week: ``[mon-fri]``."""


@dataclass(frozen=True, slots=True)
class WarnKeys:
    """Somebody is told before anybody is called in."""

    at: Share
    """How near the next tier is: the share of the way from ``release`` to its ``engage`` value."""
    to: Annotated[Word, NameOf("warned")]
    """Who: the number of an agent, whose phone shows a message, or a name of ``submissions``."""
    span: Span


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """Who comes in when it is busy, and when they go home."""

    queues: tuple[Annotated[Word, NameOf("queues")], ...]
    """Which queues are watched, together: the worst of them counts."""
    tiers: tuple[TierEntry, ...]
    """Who comes, in the order in which they come in; they leave in reverse."""
    triggers: Table
    """When they come, and when they go home: a row for each figure that is watched."""
    timing: TimingKeys
    """How long before something changes."""
    span: Span
    title: Text | None = None
    """What the policy is for, for whoever reads it."""
    window: Duration | None = None
    """Over how long ``service_level`` and ``abandon_share`` are taken; ``5m`` when left out."""
    calendar: tuple[FloorEntry, ...] = ()
    """When some tiers are in, whatever the triggers say."""
    warn: WarnKeys | None = None
    """Who is told before anybody is called in."""
    heads_up: Annotated[Word, NameOf("submissions")] | None = None
    """The submission that tells people that they are called in, or asked; when left out, a message to their phones."""
    mode: Mode = Mode.ACT
    """``act``: the controller does it. ``advise``: it shows what it would do, and ``ivrctl staffing apply`` does it."""
