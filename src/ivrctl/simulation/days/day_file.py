"""A synthetic day as frozen dataclasses: what one ``<name>.day.yaml`` says.

``synthetic`` makes a ``Day`` of it, with the people and queues of a site; ``check_day`` says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Self, TypeAlias

from ivrctl.lang.binder import Binder
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, form
from ivrctl.lang.source import Node, Span, Word
from ivrctl.simulation.day import Strategy
from ivrctl.site.file_names import DAY_SUFFIX
from ivrctl.site.opening import SPAN_FORM, DayPlan, Opening
from ivrctl.site.site_file import Site
from ivrctl.site.text import Text
from ivrctl.staffing.policy_files.thresholds import Amount, Share, WaitOrNever
from ivrctl.staffing.policy_files.written import Count, Duration

SUFFIX = DAY_SUFFIX

TALK = timedelta(minutes=3)
"""The mean talk where a file does not say it."""
PATIENCE = timedelta(minutes=2)
"""The mean patience where a file does not say it."""


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """A stretch of the day, such as ``"09:00-10:30"``."""

    opening: Opening
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read one stretch."""
        plan = DayPlan.bind_node(node, binder)
        if len(plan.openings) != 1:
            binder.refuse("IVR606", node.span, "one stretch of the day is due here", 'such as "09:00-10:30"')
        return cls(plan.openings[0], node.span)

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A stretch of the day."""
        return form(SPAN_FORM, 'a stretch of the day such as "09:00-10:30"')


Rates: TypeAlias = Mapping[ClockSpan, Amount]
"""By stretches of the day, in their order."""


@dataclass(frozen=True, slots=True)
class CallKeys:
    """How many call, and when: one of ``per_hour``, ``per_half_hour`` and ``total``.

    They call at random, each for himself (a Poisson process): these are the numbers of an average day.
    """

    span: Span
    per_hour: Rates | None = None
    """Calls in an hour, by stretches of the day: ``{"08:00-09:00": 60, "09:00-12:00": 140}``. Outside them nobody
    calls."""
    per_half_hour: Rates | None = None
    """The same, in half an hour."""
    total: Count | None = None
    """Calls of the whole day."""
    shape: Rates | None = None
    """With ``total``: how many come at one time beside another. ``{"08:00-09:00": 1, "09:00-12:00": 3}`` is three times
    as many in an hour from nine on. Without it they come evenly in the day's ``hours``."""


@dataclass(frozen=True, slots=True)
class TalkKeys:
    """How long callers talk to an agent."""

    mean: Duration
    """In the mean."""
    span: Span
    spread: Duration | None = None
    """The standard deviation: talks are lognormal, as they are in call centres. Without it they are exponential, as
    formulas take them."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A queue: its callers, and how ``queues.conf`` sets it."""

    calls: CallKeys
    """How many call, and when."""
    span: Span
    talk: TalkKeys | None = None
    """How long they talk; ``{mean: 3m}`` when left out."""
    patience: WaitOrNever | None = None
    """How long a caller waits in the mean before he hangs up (exponential); ``never`` for callers who never do. ``2m``
    when left out."""
    tiers: Mapping[Annotated[Word, NameOf("tiers")], Share] = field(default_factory=dict)
    """How many of the callers are of which tier of customers: ``{vip: 10%}``; the others are of none."""
    strategy: Strategy = Strategy.RINGALL
    """Who is rung: ``strategy``."""
    ring_for: Duration | None = None
    """How long a phone rings: ``timeout``. ``15s`` when left out."""
    retry: Duration | None = None
    """How long before the next attempt: ``retry``. ``5s`` when left out."""
    wrap_up: Duration | None = None
    """How long an agent is left alone after a talk: ``wrapuptime``. ``0s`` when left out."""
    limit: Count | None = None
    """How many may wait at most: ``maxlen``. No limit when left out, and with 0."""
    weight: Count | None = None
    """Of two queues that an agent could serve, the one with more weight goes first: ``weight``. 0 when left out."""
    join_empty: bool = True
    """Whether somebody may join while nobody is there who does not pause: ``joinempty``; else he is refused."""
    leave_when_empty: bool = False
    """Whether those who wait leave when nobody is there any more: ``leavewhenempty``."""
    longest_wait: Duration | None = None
    """After so long the flow takes a caller out of the queue. Nobody is taken out when left out."""


@dataclass(frozen=True, slots=True)
class BreakKeys:
    """A break that each of them has, one after the other, so that as few as can be are away at once."""

    lasts: Duration
    """How long it is for each."""
    between: ClockSpan
    """When: the first begins with it, the last ends with it."""
    span: Span
    reason: Annotated[Word, NameOf("pause_reasons")] | None = None
    """The reason of the pause: a tier of members who have paused asks by it."""


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """Some who do their daily work: ``agents`` or a ``group`` of the site file, or a ``count`` of others."""

    span: Span
    agents: tuple[Annotated[Word, NameOf("agents")], ...] = ()
    """Agents of the site file, by their numbers."""
    group: Annotated[Word, NameOf("groups")] | None = None
    """All of a group of the site file."""
    count: Count | None = None
    """So many who have no place in the site file."""
    queues: Mapping[Annotated[Word, NameOf("queues")], Count] = field(default_factory=dict)
    """Which queues they serve, each with their penalty in it: ``{broadband: 0}``. Needed with ``count``; agents of the
    site file serve those that it says when this is left out."""
    hours: DayPlan | None = None
    """When they are signed on: ``"08:00-16:30"``, several with commas. The day's ``hours`` when left out. A day is from
    midnight to midnight: who works through the night is there at its beginning, from the shift that began the evening
    before, and at its end: ``"00:00-06:00, 22:00-24:00"``."""
    breaks: tuple[BreakKeys, ...] = ()
    """When they pause."""
    answers: Share | None = None
    """How many of the calls that ring at his phone one of them answers; ``100%`` when left out."""
    answers_after: Duration | None = None
    """How long it rings until he does; ``3s`` when left out."""
    comes_when_asked: Share | None = None
    """How many of them end their break when they are asked to; ``100%`` when left out."""
    comes_after: Duration | None = None
    """How long until they do; ``1m`` when left out."""

    def numbers(self, site: Site) -> Iterator[tuple[str, Span]]:
        """The agents of the site file whom it means, each with the place that names him."""
        yield from ((str(number), number.span) for number in self.agents)
        if self.group is not None:
            for number in dict.fromkeys(map(str, site.groups.get(self.group, ()))):
                yield number, self.group.span


@dataclass(frozen=True, slots=True)
class BackupEntry:
    """A group of the site file whose agents are available for backup."""

    group: Annotated[Word, NameOf("groups")]
    """Which."""
    span: Span
    hours: DayPlan | None = None
    """When; the day's ``hours`` when left out."""
    answers: Share | None = None
    """How many of the calls that ring at his phone one of them answers; ``100%`` when left out."""
    answers_after: Duration | None = None
    """How long it rings until he does; ``3s`` when left out."""


@dataclass(frozen=True, slots=True)
class DayFile:
    """A day to try policies on: who calls, who works, and how queues are set."""

    date: date
    """Which day it is meant to be: the calendar of a policy goes by it."""
    queues: Mapping[Annotated[Word, NameOf("queues")], QueueEntry]
    """The queues of the site file that there is something to say of."""
    staff: tuple[StaffEntry, ...]
    """Who works; each person once."""
    span: Span
    title: Text | None = None
    """What the day is for, for whoever reads it."""
    hours: DayPlan | None = None
    """From when to when somebody works, and calls come, where nothing else is said of it: ``"08:00-20:00"``. The whole
    day when left out."""
    backup: tuple[BackupEntry, ...] | None = None
    """Who is available for backup. When left out, everybody who is in a group of the site file, in the day's ``hours``;
    ``[]`` for nobody."""
