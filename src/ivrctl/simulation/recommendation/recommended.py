"""The cheapest reserve that keeps the promise, as far as a bounded search finds it, with trade-off and reasons.

Searched are the numbers of one policy (``space``): the engage and release values of every row, and how long a value
must be reached, all must be calm, and a tier stays. Nothing else of it is touched: who the tiers are, ``never``, rests,
the ceiling, the calendar. What is compared stands in ``judged``, how it is searched in ``search``.

Days are drawn three times: on half of those that are searched every setting of a round ends that got so far; the best
of them are compared on all of these; and what is recommended is checked on as many others, of which the search has seen
none. The given policy is among the finalists, so what is recommended is no worse on the searched days. On the others
it may be: what was chosen for being good on some days is less so on the next. Then it is not recommended, and that is
said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from numpy.random import Generator

from ivrctl.simulation.recommendation.judged import TENTH_OF_A_POINT, Difference, Judged, Key, Promise, difference
from ivrctl.simulation.recommendation.reasons import Change, changes_of
from ivrctl.simulation.recommendation.search import MARGINS, Rungs, Search
from ivrctl.simulation.recommendation.simplified import simplified
from ivrctl.simulation.recommendation.space import Setting, Space
from ivrctl.simulation.recommendation.tries import NOBODY, Run, Tries
from ivrctl.staffing.policy_files.numbers import Numbers

FINALISTS = 2
"""Settings for each margin that are compared with the given one on all searched days."""
REASONS = 8
"""Numbers of which it is tried what they do, each by itself: as many are usually changed, or fewer."""
LEAST_SEEDS = 4
LEAST_FOR_EACH_SEED = 8
"""Tries: with fewer nothing would be searched."""


class Verdict(StrEnum):
    """What came of it."""

    BETTER = "better"
    """What is recommended is better on the searched days, and on the others."""
    NOT_CONFIRMED = "not_confirmed"
    """What was better on the searched days is not on the others: the given policy stays."""
    NOTHING_BETTER = "nothing_better"
    """No setting that was tried is better than the given policy."""


@dataclass(frozen=True, slots=True)
class Point:
    """One policy, by what it has changed."""

    numbers: Numbers
    """Those that are others than in the given policy; empty for that one, and for none."""
    judged: Judged


@dataclass(frozen=True, slots=True)
class Checked:
    """The given policy and the best, on days that nobody has searched."""

    given: Judged
    best: Judged
    difference: Difference


@dataclass(frozen=True, slots=True)
class Recommendation:
    """See the module."""

    promise: Promise
    """With the share of callers who hang up by the given policy, on all searched days."""
    given: Point
    nobody: Point
    """Without any policy, on half of the searched days."""
    best: Point
    """On all searched days; the given policy where nothing is better."""
    verdict: Verdict
    changes: tuple[Change, ...]
    """What the best has changed, and what each number does."""
    curve: tuple[Point, ...]
    """None of which another serves better at no more cost, the cheapest first; on half of the searched days."""
    checked: Checked | None
    """None where nothing is better."""
    tried: int
    """Settings."""
    runs: int
    """Tries that were used."""


@dataclass(frozen=True, slots=True)
class DaySets:
    """Which days are for what, by their numbers."""

    rungs: Rungs
    """Of the search; the last has half of the searched days."""
    searched: tuple[int, ...]
    others: tuple[int, ...]

    @classmethod
    def of(cls, seeds: int, kinds: int = 1) -> DaySets:
        """The days of so many seeds, and as many others.

        Args:
            seeds: how often every day is drawn.
            kinds: of how many days.
        """
        half = seeds // 2
        counts = sorted({max(1, half // 4), max(1, half // 2), half})
        return cls(
            Rungs(tuple(tuple(range(count * kinds)) for count in counts)),
            tuple(range(seeds * kinds)),
            tuple(range(seeds * kinds, 2 * seeds * kinds)),
        )


def recommend(space: Space, level: float, run: Run, days: DaySets, most: int, chance: Generator) -> Recommendation:
    """Search, compare, and check.

    Args:
        space: the policy that is given, and what can be changed of it.
        level: the share of callers to be answered in time.
        run: runs settings on days.
        days: which are for what.
        most: so many tries, and not one more.
        chance: by which settings around the given one are drawn.
    """
    return _Course(space, level, Tries(run, most), days, chance).recommendation()


def undominated(points: Sequence[Point]) -> Sequence[Point]:
    """The trade-off: those that none serves better at no more cost, the cheapest first."""
    found: list[Point] = []
    for point in sorted(points, key=lambda each: (each.judged.cost, -each.judged.level)):
        if not found or point.judged.level > found[-1].judged.level:
            found.append(point)
    return found


def is_confirmed(checked: Checked, level: float, *, saves: bool) -> bool:
    """True when the best is better on other days too.

    Of a figure that is worse by no more than its standard error, or by less than a tenth of a point, nobody can say
    that it is worse; nor that a promise is broken less, when it is so by no more than that.

    Args:
        checked: both policies on those days.
        level: the share of callers to be answered in time.
        saves: True for one that was chosen because it costs less, False for one that breaks the promise less.
    """
    found, given, best = checked.difference, checked.given, checked.best
    if not saves:
        promise = Promise(level, given.lost_share)
        return promise.broken_by(best) < promise.broken_by(given)
    served = min(best.level, best.worst) + max(found.level.error, TENTH_OF_A_POINT)
    is_served = served >= min(level, given.level, given.worst)
    return (
        is_served and found.lost_share.value <= max(found.lost_share.error, TENTH_OF_A_POINT) and found.cost.value < 0
    )


class _Course:
    """One recommendation, once."""

    def __init__(self, space: Space, level: float, tries: Tries, days: DaySets, chance: Generator) -> None:
        self._space, self._level, self._tries, self._days, self._chance = space, level, tries, days, chance
        self._half = days.rungs.last

    def recommendation(self) -> Recommendation:
        """All of it."""
        space, tries, searched = self._space, self._tries, self._days.searched
        tries.on([space.start], searched)
        tries.on([NOBODY], self._half)
        best = self._simplified(self._finalist(self._search()))
        changes = self._changes(best)
        checked = self._checked(best)
        return Recommendation(
            promise=self._promise(searched),
            given=self._point(space.start, searched),
            nobody=self._point(NOBODY, self._half),
            best=self._point(best, searched),
            verdict=self._verdict(checked),
            changes=changes,
            curve=tuple(self._curve()),
            checked=checked,
            tried=len(list(tries.settings)) - 1,
            runs=tries.used,
        )

    def _promise(self, days: Sequence[int]) -> Promise:
        return Promise(self._level, self._tries.judged(self._space.start, days).lost_share)

    @property
    def _few(self) -> Sequence[int]:
        """Days on which it is seen whether a number does anything."""
        return self._days.rungs.days[-2]

    def _keep_back(self, *later: int) -> None:
        """Leave tries for what comes later: as many as it needs, and half of what is left at most."""
        check = 2 * len(self._days.others)
        free = self._tries.most - self._tries.used - check
        self._tries.kept_back = check + min(sum(later), free // 2)

    def _search(self) -> Sequence[Setting]:
        """The settings that are best on half of the days, with some margin and with none."""
        half, searched = len(self._half), len(self._days.searched)
        self._keep_back(
            FINALISTS * len(MARGINS) * (searched - half), REASONS * len(self._few) + searched, REASONS * half
        )
        search = Search(self._space, self._promise(self._half), self._tries, self._days.rungs, self._chance)
        search.run()
        return search.finalists(FINALISTS)

    def _finalist(self, finalists: Sequence[Setting]) -> Setting:
        """The best of those that were so on half of the searched days, by what came of them on the other half.

        On the first half they were chosen, and whatever is chosen out of many for being good was lucky too.
        """
        searched, half = self._days.searched, self._half
        self._keep_back(REASONS * len(self._few) + len(searched), REASONS * len(half))
        able = self._tries.on([self._space.start, *finalists], searched)
        fresh = searched[len(half) :]
        given = self._key(self._space.start, searched)
        able = tuple(each for each in able if self._key(each, searched) <= given)
        return min(able, key=lambda each: (self._key(each, fresh)[0], self._key(each, searched)))

    def _simplified(self, finalist: Setting) -> Setting:
        self._keep_back(REASONS * len(self._half))
        searched = self._days.searched
        return simplified(finalist, self._space, self._promise(searched), self._tries, self._few, searched)

    def _changes(self, best: Setting) -> tuple[Change, ...]:
        self._keep_back()
        return tuple(changes_of(best, self._space, self._tries, self._half))

    def _key(self, setting: Setting, days: Sequence[int]) -> Key:
        return self._promise(days).key(self._tries.judged(setting, days))

    def _settings(self, days: Sequence[int]) -> Iterable[Setting]:
        known = (each for each in self._tries.settings if each != NOBODY and self._tries.has(each, days))
        return list(known)

    def _checked(self, best: Setting) -> Checked | None:
        """The given one and the best, on other days."""
        self._tries.kept_back = 0
        given, others = self._space.start, self._days.others
        if best == given:
            return None
        self._tries.on([given, best], others)
        old, new = self._tries.figures(given, others), self._tries.figures(best, others)
        return Checked(Judged.of(old), Judged.of(new), difference(old, new))

    def _verdict(self, checked: Checked | None) -> Verdict:
        if checked is None:
            return Verdict.NOTHING_BETTER
        searched = self._days.searched
        was_kept = self._promise(searched).is_kept(self._tries.judged(self._space.start, searched))
        return Verdict.BETTER if is_confirmed(checked, self._level, saves=was_kept) else Verdict.NOT_CONFIRMED

    def _point(self, setting: Setting, days: Sequence[int]) -> Point:
        changed = () if setting == NOBODY else self._space.changed(setting)
        numbers = self._space.numbers(setting) if changed else {}
        places = [self._space.places[index] for index in changed]
        return Point({place: numbers[place] for place in places}, self._tries.judged(setting, days))

    def _curve(self) -> Iterable[Point]:
        """What no other is as good as at no more cost."""
        points = [self._point(each, self._half) for each in (NOBODY, *self._settings(self._half))]
        return undominated(points)
