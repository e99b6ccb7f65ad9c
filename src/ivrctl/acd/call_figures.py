"""Figures of whole calls, from their records: self-service, repeats, satisfaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from ivrctl.acd.figure import Figure, share
from ivrctl.model.call import CallRecord, Ending
from ivrctl.model.utterance import write

LONGEST_CALL = timedelta(days=1)
"""A record is there when its call has ended."""
REPEAT_WITHIN = timedelta(days=7)
"""Who calls again within it has called for the same thing."""

_PERSONS = {"queues", "dials"}
"""Events of a trace in which a caller is on his way to a person."""


def is_self_served(record: CallRecord) -> bool:
    """True for a call that was served without a person being asked for."""
    has_asked = bool(record.waits) or any(entry.event in _PERSONS for entry in record.trace)
    return record.ending is Ending.SERVED and not has_asked


class SelfServiceTally:
    """Calls that were served by the machine alone / all calls ("self-service share", "containment rate").

    All calls are those that have ended in any way, also refused ones and those that the dialplan had to take over.
    """

    def __init__(self) -> None:
        self.calls = 0
        self._served = 0

    def add(self, record: CallRecord) -> None:
        """One more."""
        self.calls += 1
        self._served += is_self_served(record)

    def share(self) -> Figure:
        """Of those that were added."""
        return share(self._served, self.calls, "no call has ended")


def self_service_share(records: Iterable[CallRecord]) -> Figure:
    """The same of all of them at once."""
    tally = SelfServiceTally()
    for record in records:
        tally.add(record)
    return tally.share()


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


class RepeatTally:
    """The calls that began since then whose caller had called for the same reason within seven days before.

    FCR by repeat calls, key caller and reason ("repeat call rate"). What is remembered is the last call of each, and of
    the last day who called when: calls are told as they end, and count as they began.
    """

    def __init__(self, since: datetime, reason: str = "") -> None:
        """Nobody has called.

        Args:
            since: aware.
            reason: the call field that holds why somebody calls; where it is empty or not set, the line is.
        """
        self._since = since
        self._reason = reason
        self._ended: list[tuple[datetime, str, str, str]] = []
        """A heap, by when they began: leg, caller and reason."""
        self._last: dict[tuple[str, str], datetime] = {}
        self._again: Counter[str] = Counter()
        self._calls = self._withheld = 0

    def add(self, record: CallRecord) -> None:
        """One more, from seven days before on, in the order in which they ended; none lasts longer than a day."""
        heappush(self._ended, (record.began_at, record.leg, record.ani, reason_of(record, self._reason)))
        self._count(record.ended_at - LONGEST_CALL)

    def repeats(self) -> Repeats:
        """Of those that were added; nothing is added behind it."""
        self._count(None)
        return Repeats(self._calls, self._again.total(), dict(self._again), self._withheld)

    def _count(self, until: datetime | None) -> None:
        """All that began before; of what began later something may be told still."""
        while self._ended and (until is None or self._ended[0][0] < until):
            began_at, _, ani, why = heappop(self._ended)
            is_counted = began_at >= self._since
            if not ani:
                self._withheld += is_counted
                continue
            before = self._last.get((ani, why))
            self._last[ani, why] = began_at
            self._calls += is_counted
            if is_counted and before is not None and began_at - before <= REPEAT_WITHIN:
                self._again[why] += 1


def repeats(records: Iterable[CallRecord], since: datetime, reason: str = "") -> Repeats:
    """The same of all of them at once, in any order."""
    tally = RepeatTally(since, reason)
    for record in sorted(records, key=lambda record: record.ended_at):
        tally.add(record)
    return tally.repeats()


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


class SatisfactionTally:
    """(very satisfied + satisfied) / all ratings, with how many were asked and how many did (10086's scorecard)."""

    def __init__(self, rating: RatingField) -> None:
        self._rating = rating
        self._offered = self._responses = self._satisfied = 0

    def add(self, record: CallRecord) -> None:
        """One more."""
        value = record.fields.get(self._rating.field)
        is_rated = value is not None
        self._offered += is_rated or _was_asked(record, self._rating)
        self._responses += is_rated
        self._satisfied += is_rated and write(value) in self._rating.satisfied

    def satisfaction(self) -> Satisfaction:
        """Of those that were added."""
        return Satisfaction(self._offered, self._responses, self._satisfied)


def satisfaction(records: Iterable[CallRecord], rating: RatingField) -> Satisfaction:
    """The same of all of them at once."""
    tally = SatisfactionTally(rating)
    for record in records:
        tally.add(record)
    return tally.satisfaction()


def _was_asked(record: CallRecord, rating: RatingField) -> bool:
    if rating.survey:
        return any(step.partition("/")[0] == rating.survey for step in record.path)
    return any(wait.outcome == "answered" for wait in record.waits)
