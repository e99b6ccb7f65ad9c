"""Service level: the three variants of the field, and Asterisk's own two as they would be on the same calls.

Every variant is a share, part / whole, and each stay is judged by itself: whether it is in the whole, whether it is in
the part, and why. So a difference between two variants is a list of calls. With T the threshold:

``negative``
    answered in T / offered: who hangs up counts against us. The default here.
``ignore``
    answered in T / (offered - abandoned in T): who hangs up before T is left out.
``positive``
    (answered + abandoned in T) / offered: who hangs up before T was served in time, as far as anybody can say.

In these a stay is counted when its fate is known, and abandons before the short threshold are left out; names and
formulas as in "service level" of call-centre reports (Genesys and Cisco call them negative, ignored and positive
impact of abandoned calls). Everybody who left unanswered otherwise (timed out, by key, empty, withdrawn, for a call
back) was offered and not answered.

``asterisk``
    ``ServiceLevelPerf`` of app_queue.c: completed in T / completed. A call is counted when its talk *ends*, and nobody
    who was not answered is counted at all.
``asterisk2``
    ``ServiceLevelPerf2``: (completed in T + abandoned in T) / (completed + abandoned). Abandoned are, by
    ``record_abandoned``, also those who timed out, left an empty queue or were withdrawn; exit keys are in neither.

Both compare whole seconds of the clock (``time(NULL) - qe->start <= servicelevel``), know no short abandons, and forget
everything at a restart, which is not imitated here. app_queue.c of Asterisk 22: ``record_abandoned``,
``update_queue``, ``try_calling``, ``manager_queues_status``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ivrctl.acd.books import is_short
from ivrctl.acd.figure import Figure, share
from ivrctl.acd.stay import Stay, StayEnd

ANSWER_IN = timedelta(seconds=20)
"""The field's usual threshold: 80 % in 20 s."""


class Variant(StrEnum):
    """One of the five."""

    NEGATIVE = "negative"
    IGNORE = "ignore"
    POSITIVE = "positive"
    ASTERISK = "asterisk"
    ASTERISK2 = "asterisk2"


OURS = (Variant.NEGATIVE, Variant.IGNORE, Variant.POSITIVE)

FORMULAS = {
    Variant.NEGATIVE: "answered in T / offered",
    Variant.IGNORE: "answered in T / (offered - abandoned in T)",
    Variant.POSITIVE: "(answered + abandoned in T) / offered",
    Variant.ASTERISK: "completed in T / completed (ServiceLevelPerf)",
    Variant.ASTERISK2: "(completed + abandoned in T) / (completed + abandoned) (ServiceLevelPerf2)",
}

_ABANDONED_TO_ASTERISK = {StayEnd.ABANDONED, StayEnd.TIMED_OUT, StayEnd.EMPTY, StayEnd.WITHDRAWN, StayEnd.CALLED_BACK}

_WORDS = {
    StayEnd.WAITING: "waits still",
    StayEnd.ANSWERED: "answered",
    StayEnd.ABANDONED: "hung up",
    StayEnd.TIMED_OUT: "timed out",
    StayEnd.KEY: "left by key",
    StayEnd.EMPTY: "left the empty queue",
    StayEnd.WITHDRAWN: "withdrawn",
    StayEnd.CALLED_BACK: "left for a call back",
    StayEnd.UNKNOWN: "went unseen",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """By what stays are judged."""

    answer_in: timedelta = ANSWER_IN
    """T. Who waited exactly so long was answered in time."""
    short_abandon: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one stay counts in one variant."""

    is_counted: bool
    """It is in the whole."""
    is_good: bool
    """It is in the part, too."""
    why: str


@dataclass(frozen=True, slots=True)
class Level:
    """A service level with what it is made of."""

    variant: Variant
    part: int
    whole: int

    @property
    def figure(self) -> Figure:
        """The share."""
        why = "no talk has ended" if self.variant is Variant.ASTERISK else "no call's fate is known"
        return share(self.part, self.whole, why)


def judge(stay: Stay, variant: Variant, rule: Rule) -> Judgement:
    """How a stay counts, and why."""
    if stay.end is StayEnd.WAITING:
        return Judgement(False, False, "waits still: counted when his fate is known")
    if stay.end is StayEnd.UNKNOWN or stay.left_at is None:
        return Judgement(False, False, "what became of him went unseen")
    if variant in OURS:
        return _ours(stay, stay.left_at - stay.joined_at, variant, rule)
    # time(NULL) at both ends.
    return _asterisk(stay, int(stay.left_at.timestamp()) - int(stay.joined_at.timestamp()), variant, rule)


class LevelTally:
    """A service level from one stay after the other."""

    def __init__(self, variant: Variant, rule: Rule) -> None:
        self._variant = variant
        self._rule = rule
        self._part = self._whole = 0

    def add(self, stay: Stay) -> None:
        """One more, each once and in any order."""
        judged = judge(stay, self._variant, self._rule)
        self._whole += judged.is_counted
        self._part += judged.is_good

    def level(self) -> Level:
        """Of those that were added."""
        return Level(self._variant, self._part, self._whole)


def level(stays: Iterable[Stay], variant: Variant, rule: Rule) -> Level:
    """The service level of some stays."""
    tally = LevelTally(variant, rule)
    for stay in stays:
        tally.add(stay)
    return tally.level()


@dataclass(frozen=True, slots=True)
class Difference:
    """A stay that does not count alike in all variants."""

    stay: Stay
    judged: dict[Variant, Judgement]


def differences(stays: Iterable[Stay], rule: Rule) -> list[Difference]:
    """The stays that make the variants differ, in the order in which they joined."""
    found = []
    for stay in sorted(stays, key=lambda stay: (stay.joined_at, stay.queue, stay.uniqueid)):
        judged = {variant: judge(stay, variant, rule) for variant in Variant}
        if len({(one.is_counted, one.is_good) for one in judged.values()}) > 1:
            found.append(Difference(stay, judged))
    return found


def _ours(stay: Stay, waited: timedelta, variant: Variant, rule: Rule) -> Judgement:
    told = f"{_WORDS[stay.end]} after {waited.total_seconds():.1f} s"
    if is_short(stay, rule.short_abandon):
        return Judgement(False, False, f"{told}: a short abandon is left out")
    is_in_time = waited <= rule.answer_in
    if stay.end is StayEnd.ANSWERED:
        return Judgement(True, is_in_time, told)
    if stay.end is StayEnd.ABANDONED and is_in_time:
        if variant is Variant.IGNORE:
            return Judgement(False, False, f"{told}: left out, in time")
        return Judgement(True, variant is Variant.POSITIVE, f"{told}: in time")
    return Judgement(True, False, told)


def _asterisk(stay: Stay, waited: int, variant: Variant, rule: Rule) -> Judgement:
    is_in_time = waited <= rule.answer_in.total_seconds()
    told = f"{_WORDS[stay.end]} after {waited} whole seconds"
    if stay.end is StayEnd.ANSWERED:
        if stay.talk_ended_at is None:
            return Judgement(False, False, f"{told}: counted when the talk ends")
        return Judgement(True, is_in_time, told)
    if stay.end is StayEnd.KEY or stay.key:
        return Judgement(False, False, f"{told}: an exit key is in no counter")
    if variant is Variant.ASTERISK or stay.end not in _ABANDONED_TO_ASTERISK:
        return Judgement(False, False, f"{told}: only answered calls are counted")
    return Judgement(True, is_in_time, f"{told}: counted as abandoned")
