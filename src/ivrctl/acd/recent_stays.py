"""The stays that ended lately, so that their shares over any window are known at once; and who waits, and for how long.

It learns as ``ExpectedWaits`` does, from entries as the ledger tells them, one told again in place of the one before.
A window is half open, ``begin < left_at <= end``, and counts whose fate is known, without short abandons, as
``service_level`` does: by sums up to each stay, so a question takes as long for a minute as for an hour.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivrctl.acd.ledger import Entry
from ivrctl.acd.service_level import Rule, Variant, judge
from ivrctl.acd.stay import Gap, Stay, StayEnd

LONGEST = timedelta(hours=1)
"""Windows are no longer than this, and what ended before is forgotten."""
MOST_CALLERS = 20_000
"""Callers whose waits are added up; who came first is forgotten first. More never wait at one time."""
_AT_A_TIME = 256
"""So many of the forgotten are taken out together."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What became of those whose fate was known in a window."""

    whole: int = 0
    in_time: int = 0
    """Answered within the threshold; ``negative`` of ``service_level`` is their share."""
    abandoned: int = 0


@dataclass(slots=True)
class Caller:
    """Somebody who is in queues, or was lately."""

    tier: str = ""
    """The customer's; empty where no flow has learnt it."""
    is_answered: bool = False
    waits: dict[int, float] = field(default_factory=dict)
    """Seconds of his stays that are over, by their number in the chain."""

    @property
    def waited(self) -> float:
        """Seconds, in his stays that are over."""
        return sum(self.waits.values())


_Key = tuple[str, int]
"""Uniqueid, and number in the chain."""


class _Line:
    """One queue's, in the order in which they left."""

    def __init__(self) -> None:
        self._ats: list[datetime] = []
        self._keys: list[_Key] = []
        self._ended: dict[_Key, Stay] = {}
        self._counts: dict[_Key, tuple[bool, bool]] = {}
        """Of those that count: whether they were answered in time, and whether they were abandoned."""
        self._sums: list[tuple[int, int]] = [(0, 0)]
        """Of those in time and of the abandoned, before each, and behind the last."""

    def put(self, stay: Stay, rule: Rule) -> None:
        """A stay as it is now."""
        key = stay.uniqueid, stay.chain
        before = self._ended.pop(key, None)
        counted = _counted(stay, rule)
        is_same = before is not None and before.left_at == stay.left_at and self._counts.get(key) == counted
        if before is not None and before.left_at is not None and not is_same:
            self._take_out(key, before.left_at)
        if stay.left_at is None or stay.end in {StayEnd.WAITING, StayEnd.UNKNOWN}:
            return
        self._ended[key] = stay
        if counted is not None and not is_same:
            self._put_in(key, stay.left_at, counted)

    def judged_by(self, rule: Rule) -> _Line:
        """The same stays, counted anew."""
        line = _Line()
        for stay in sorted(self._ended.values(), key=lambda stay: stay.left_at or stay.joined_at):
            line.put(stay, rule)
        return line

    def shares(self, begin: datetime, end: datetime) -> Shares:
        first, last = bisect_right(self._ats, begin), bisect_right(self._ats, end)
        if last <= first:
            return Shares()
        before, behind = self._sums[first], self._sums[last]
        return Shares(last - first, behind[0] - before[0], behind[1] - before[1])

    def forget(self, before: datetime) -> None:
        """Those that ended then or earlier, when they are many."""
        count = bisect_right(self._ats, before)
        if count >= _AT_A_TIME or (count and count == len(self._ats)):
            for key in self._keys[:count]:
                del self._counts[key]
            del self._ats[:count], self._keys[:count], self._sums[:count]
        if len(self._ended) >= 2 * len(self._ats) + _AT_A_TIME:
            self._ended = {key: stay for key, stay in self._ended.items() if stay.left_at and stay.left_at > before}

    def _put_in(self, key: _Key, at: datetime, counted: tuple[bool, bool]) -> None:
        place = bisect_right(self._ats, at)
        self._ats.insert(place, at)
        self._keys.insert(place, key)
        self._counts[key] = counted
        self._add_up(place)

    def _take_out(self, key: _Key, at: datetime) -> None:
        if self._counts.pop(key, None) is None:
            return
        place = bisect_right(self._ats, at) - 1
        while self._keys[place] != key:
            place -= 1
        del self._ats[place], self._keys[place]
        self._add_up(place)

    def _add_up(self, place: int) -> None:
        """The sums behind a place; most stays are the last."""
        del self._sums[place + 1 :]
        in_time, abandoned = self._sums[place]
        for key in self._keys[place:]:
            is_in_time, is_abandoned = self._counts[key]
            in_time, abandoned = in_time + is_in_time, abandoned + is_abandoned
            self._sums.append((in_time, abandoned))


def _counted(stay: Stay, rule: Rule) -> tuple[bool, bool] | None:
    """Whether a stay was answered in time, and whether it was abandoned; None for one that does not count."""
    judged = judge(stay, Variant.NEGATIVE, rule)
    return (judged.is_good, stay.end is StayEnd.ABANDONED) if judged.is_counted and stay.left_at is not None else None


class RecentStays:
    """See the module; it changes in place."""

    def __init__(self, rule: Rule | None = None) -> None:
        """Know nothing yet.

        Args:
            rule: by what stays are judged; the site's.
        """
        self.rule = rule or Rule()
        self.seen_since: datetime | None = None
        """Since when nothing can have gone unseen; None while nothing is seen."""
        self._lines: dict[str, _Line] = {}
        self._callers: OrderedDict[str, Caller] = OrderedDict()

    def take(self, entry: Entry) -> None:
        """An entry of the books that has begun, changed or ended."""
        if isinstance(entry, Stay):
            self._follow(entry)
            self._judge(entry)
        elif isinstance(entry, Gap):
            self.seen_since = entry.ended_at

    def judge_by(self, rule: Rule) -> None:
        """Another rule holds from now on, for those that ended before too."""
        if rule != self.rule:
            self.rule = rule
            self._lines = {name: line.judged_by(rule) for name, line in self._lines.items()}

    def shares(self, queue: str, begin: datetime, end: datetime) -> Shares:
        """What became of those of a queue whose fate was known behind ``begin`` and until ``end``."""
        line = self._lines.get(queue)
        return Shares() if line is None else line.shares(begin, end)

    def caller(self, uniqueid: str) -> Caller | None:
        """What is known of somebody; None of whom nothing is."""
        return self._callers.get(uniqueid)

    def _judge(self, stay: Stay) -> None:
        line = self._lines.get(stay.queue)
        if line is None:
            line = self._lines[stay.queue] = _Line()
        line.put(stay, self.rule)
        if stay.left_at is not None:
            line.forget(stay.left_at - LONGEST)

    def _follow(self, stay: Stay) -> None:
        caller = self._callers.get(stay.uniqueid)
        if caller is None:
            caller = self._callers[stay.uniqueid] = Caller()
            if len(self._callers) > MOST_CALLERS:
                self._callers.popitem(last=False)
        caller.tier = stay.tier or caller.tier
        caller.is_answered = caller.is_answered or stay.end is StayEnd.ANSWERED
        if stay.left_at is not None:
            caller.waits[stay.chain] = stay.waited(stay.left_at)
        elif stay.end is StayEnd.WAITING:
            caller.waits.pop(stay.chain, None)
