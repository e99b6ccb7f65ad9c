"""Figures of whole calls, from their records: self-service, repeats, satisfaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.acd.figure import Figure, share
from ivrctl.model.call import CallRecord, Ending
from ivrctl.model.utterance import write

REPEAT_WITHIN = timedelta(days=7)
"""Who calls again within it has called for the same thing."""

_PERSONS = {"queues", "dials"}
"""Events of a trace in which a caller is on his way to a person."""


def is_self_served(record: CallRecord) -> bool:
    """True for a call that was served without a person being asked for."""
    has_asked = bool(record.waits) or any(entry.event in _PERSONS for entry in record.trace)
    return record.ending is Ending.SERVED and not has_asked


def self_service_share(records: Iterable[CallRecord]) -> Figure:
    """Calls that were served by the machine alone / all calls ("self-service share", "containment rate").

    All calls are those that have ended in any way, also refused ones and those that the dialplan had to take over.
    """
    served = calls = 0
    for record in records:
        calls += 1
        served += is_self_served(record)
    return share(served, calls, "no call has ended")


@dataclass(frozen=True, slots=True)
class Repeats:
    """Who called again for the same thing."""

    calls: int
    """Calls with a number."""
    repeats: int
    by_reason: Mapping[str, int]
    withheld: int
    """Calls without a number, which are in no count: nobody knows who called."""

    @property
    def first_call_resolution(self) -> Figure:
        """FCR = 1 - repeats / calls."""
        return share(self.calls - self.repeats, self.calls, "no call with a number has ended")


def repeats(records: Iterable[CallRecord], since: datetime, reason: str = "") -> Repeats:
    """The calls that began since then whose caller had called for the same reason within seven days before.

    FCR by repeat calls, key caller and reason ("repeat call rate").

    Args:
        records: of calls that began since seven days before ``since``, in any order.
        since: aware.
        reason: the call field that holds why somebody calls; where it is empty or not set, the line is.
    """
    last: dict[tuple[str, str], datetime] = {}
    again: Counter[str] = Counter()
    calls = withheld = 0
    for record in sorted(records, key=lambda record: (record.began_at, record.leg)):
        is_counted = record.began_at >= since
        if not record.ani:
            withheld += is_counted
            continue
        why = reason_of(record, reason)
        before = last.get((record.ani, why))
        last[record.ani, why] = record.began_at
        calls += is_counted
        if is_counted and before is not None and record.began_at - before <= REPEAT_WITHIN:
            again[why] += 1
    return Repeats(calls, again.total(), dict(again), withheld)


def reason_of(record: CallRecord, field: str) -> str:
    """Why somebody called: the field's text, else the line that he dialled."""
    value = record.fields.get(field) if field else None
    return record.dnis if value is None else write(value)


@dataclass(frozen=True, slots=True)
class RatingField:
    """Where callers' ratings stand."""

    field: str
    """The call field."""
    satisfied: frozenset[str]
    """The values that mean satisfied or very satisfied, as they are written."""
    survey: str = ""
    """The flow that asks for it; empty: whoever talked to a person of a queue was asked."""


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What callers said of it."""

    offered: int
    """Calls that were asked."""
    responses: int
    """Calls that answered."""
    satisfied: int

    @property
    def figure(self) -> Figure:
        """(very satisfied + satisfied) / all ratings."""
        return share(self.satisfied, self.responses, "nobody has rated")

    @property
    def response_share(self) -> Figure:
        """Ratings / calls that were asked for one: how far the other is to be believed."""
        return share(self.responses, self.offered, "nobody was asked")


def satisfaction(records: Iterable[CallRecord], rating: RatingField) -> Satisfaction:
    """(very satisfied + satisfied) / all ratings, with how many were asked and how many did (10086's scorecard)."""
    offered = responses = satisfied = 0
    for record in records:
        value = record.fields.get(rating.field)
        is_rated = value is not None
        offered += is_rated or _was_asked(record, rating)
        responses += is_rated
        satisfied += is_rated and write(value) in rating.satisfied
    return Satisfaction(offered, responses, satisfied)


def _was_asked(record: CallRecord, rating: RatingField) -> bool:
    if rating.survey:
        return any(step.partition("/")[0] == rating.survey for step in record.path)
    return any(wait.outcome == "answered" for wait in record.waits)
