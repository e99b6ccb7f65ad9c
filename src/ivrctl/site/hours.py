"""Opening hours: a week, the holidays of a country, and single days that differ.

Counterpart of ``calendar``, which knows what a day is, and ``opening``, which knows the spans of one day. All times are
those of the clock on the wall in the site's time zone: a desk that opens at 08:00 does so in summer and in winter. On
the night when the clock is put back, a span that covers the repeated hour is open in both of its passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.scalars import DAY, UnreadableError, read_date
from ivrctl.lang.schema import Schema, Schemas, text
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.site.calendar import Calendar, DayKind
from ivrctl.site.opening import DAYS, DAYS_FORM, MINUTES, DayPlan, DayRule, Opening, bind_days

_DAY = timedelta(days=1)
_CLOSED: tuple[Opening, ...] = ()
_SEARCHED = timedelta(days=400)
"""Behind the last exception: no run of holidays closes the same day of the week for a year."""


@dataclass(frozen=True, slots=True)
class Week:
    """The seven days: ``{mon-fri: "08:00-21:30", sat-sun: "09:00-18:00"}``; a day that is not named is closed."""

    plans: tuple[DayPlan | None, ...]
    """From Monday; None is a day that is not named."""
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read days and ranges of days, each day once."""
        if not isinstance(node, MappingNode):
            binder.refuse("IVR210", node.span, "a week is a mapping of days", 'such as {mon-fri: "08:00-21:30"}')
        plans: list[DayPlan | None] = [None] * len(DAYS)
        for key, value in node.entries:
            days = bind_days(Word.at(key.text, key.span), binder)
            plan: DayPlan = binder.bind(DayPlan, value)
            for day in days:
                if plans[day] is not None:
                    binder.refuse("IVR210", key.span, f"{DAYS[day]} stands twice", "name each day once")
                plans[day] = plan
        return cls(tuple(plans), node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """Days and ranges of days."""
        usual = ("mon-fri", "mon-sun", "sat-sun", *DAYS)
        plan = {**schemas.of(DayPlan), "description": "When it is open: closed, or spans of the clock."}
        names = {"pattern": f"^{DAYS_FORM}$", "patternErrorMessage": "a day or days are due here: mon, sat-sun"}
        return {
            "type": "object",
            "properties": dict.fromkeys(usual, plan),
            "additionalProperties": plan,
            "propertyNames": names,
        }

    def openings(self, weekday: int) -> tuple[Opening, ...]:
        """The spans of a day of the week, 0 for Monday."""
        plan = self.plans[weekday]
        return _CLOSED if plan is None else plan.openings


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Single days that differ: ``{2026-02-15: closed, 2026-12-24: "08:00-12:00"}``."""

    rules: Mapping[date, DayRule] = field(default_factory=dict)

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read days as ``2026-12-24``, and the rule of each."""
        if not isinstance(node, MappingNode):
            binder.refuse("IVR210", node.span, "exceptions are a mapping of days", "such as {2026-12-24: closed}")
        rules: dict[date, DayRule] = {}
        is_sound = True
        for key, value in node.entries:
            try:
                rules[read_date(key.text)] = binder.bind(DayRule, value)
            except UnreadableError as error:
                binder.findings.error("IVR013", key.span, str(error), error.advice)
                is_sound = False
        if not is_sound:
            raise Unbound
        return cls(rules)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """Days of the calendar."""
        names = {"pattern": f"^{DAY.pattern}$", "patternErrorMessage": "a day such as 2026-12-24 is due here"}
        return {"type": "object", "additionalProperties": schemas.of(DayRule), "propertyNames": names}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose holidays: a country, ``CN``, or a part of one, ``DE-BY``."""

    calendar: Calendar
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a code of ISO 3166 whose holidays are known."""
        text = binder.bind(Word, node)
        try:
            return cls(Calendar.of(text), node.span)
        except ValueError as error:
            binder.refuse("IVR210", node.span, str(error), "a code of ISO 3166, such as CN, or DE-BY for a part")

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A code; which there are, the calendar knows."""
        return text()


@dataclass(frozen=True, slots=True)
class Hours:
    """When a desk is open: flows ask ``hours.NAME.is_open`` and ``hours.NAME.next_opening``.

    What says most of a day decides: an exception, else a make-up day, else a holiday, else the week.
    """

    weekly: Week
    """Spans by day or range of days: ``{mon-fri: "08:00-12:00, 13:00-17:30", sat: "22:00-02:00", sun: closed}``. A span
    over midnight belongs to the day on which it begins."""
    span: Span
    holidays: Place | None = None
    """The country whose public holidays count, ``CN``, or a part of one, ``DE-BY``. Of a year that is not published yet
    nothing is known, and the week goes on."""
    on_holidays: DayRule | None = None
    """``closed``, spans, or ``as sun``; stands beside ``holidays`` and only there."""
    on_make_up_days: DayRule | None = None
    """The same for days of a weekend on which people work: ``as mon-fri``. Without it they are days of the week."""
    exceptions: Exceptions = field(default_factory=Exceptions)
    """Single days that differ: ``{2026-12-24: "08:00-12:00"}``; each says as much as ``on_holidays``."""

    @property
    def opens_every_week(self) -> bool:
        """True when the week has an opening, so that there always is a next one."""
        return any(self.weekly.openings(day) for day in range(len(DAYS)))

    def openings(self, day: date) -> tuple[Opening, ...]:
        """The spans that begin on a day."""
        rule = self.exceptions.rules.get(day) if self.exceptions.rules else None
        if rule is None and self.holidays is not None:
            kind = self.holidays.calendar.kind_of(day)
            if kind is DayKind.MAKE_UP:
                rule = self.on_make_up_days
            elif kind is DayKind.HOLIDAY:
                rule = self.on_holidays
        if rule is None:
            return self.weekly.openings(day.weekday())
        return rule.plan.openings if rule.plan is not None else self.weekly.openings(rule.weekday or 0)

    def is_open(self, now: datetime) -> bool:
        """True when it is open.

        Args:
            now: aware, in the site's time zone, since the clock on the wall decides.
        """
        day, minute = now.date(), 60 * now.hour + now.minute
        if any(opening.start <= minute < opening.end for opening in self.openings(day)):
            return True
        late = minute + MINUTES
        return any(late < opening.end for opening in self.openings(day - _DAY))

    def next_opening(self, now: datetime) -> datetime | None:
        """The first moment from now on at which it is open: now itself when it is open; None when there is none.

        Never None when the week has an opening. It can only begin to be open where a span starts, or where the clock
        is put forward or back into one.

        Args:
            now: aware, in the site's time zone.
        """
        if self.is_open(now):
            return now
        after = max([now.date(), *self.exceptions.rules]) + _SEARCHED
        day = now.date()
        while day <= after:
            for moment in self._moments(day, now):
                if moment.timestamp() >= now.timestamp() and self.is_open(moment):
                    return moment
            day += _DAY
        return None

    def _moments(self, day: date, now: datetime) -> Iterator[datetime]:
        """The moments of a day at which it may begin to be open, in their order."""
        midnight = datetime.combine(day, time(), now.tzinfo)
        moments = [moment for opening in self.openings(day) for moment in _readings(midnight, opening.start)]
        morrow = datetime.combine(day + _DAY, time(), now.tzinfo)
        if midnight.utcoffset() != morrow.utcoffset():
            moments.append(_change(midnight, morrow))
        return iter(sorted(moments, key=datetime.timestamp))


def _readings(midnight: datetime, minutes: int) -> list[datetime]:
    """The moments at which the clock shows a time of a day: one; two when it is put back; none when it is skipped."""
    shown = midnight.replace(hour=minutes // 60, minute=minutes % 60)
    found = [shown.replace(fold=fold) for fold in ((0, 1) if _is_ambiguous(shown) else (0,))]
    return [moment for moment in found if _as_read(moment) == moment.replace(tzinfo=None)]


def _is_ambiguous(shown: datetime) -> bool:
    return shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()


def _as_read(moment: datetime) -> datetime:
    """What the clock on the wall shows at a moment that was made from what it should show."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None)


def _change(before: datetime, after: datetime) -> datetime:
    """The first second of a day at which the clock has been put forward or back."""
    low, high = (
        int(before.timestamp()) - 1,
        int(after.timestamp()),
    )  # where midnight itself is skipped, it is the change
    offset = before.utcoffset()
    while low + 1 < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, before.tzinfo).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, before.tzinfo)
