"""The search for a setting that keeps the promise at less cost: few tries, each of them uncertain.

A try is dear (a day of a thousand calls takes about half a second) and says little: what comes of a day is chance too.
There are some twenty numbers, on coarse scales, and near to where one is each step towards less reserve costs less and
serves worse. What fits that is the response-surface method (Box and Wilson 1951; Kleijnen 2015): try settings around
the given one, fit a model to all that was seen (``response``), go where it keeps the promise at the least cost, look
whether it is so, and fit again. To it are added

- **common random numbers**: all settings have the same callers, and are compared day by day (Law, Simulation Modeling
  and Analysis, chapter 11; Atlason, Epelman and Henderson, Optimizing call center staffing using simulation, Management
  Science 54, 2008, search for staff on such a fixed sample of days);
- **successive halving**: what is proposed is tried on few days, the better half on more, and so on, so that most of the
  tries go to what is near to the best (Jamieson and Talwalkar, Non-stochastic best arm identification, 2016).

Moving one number after the other, which needs no model, was tried too: with the same number of tries it found less than
half as much, since the differences that it has to tell apart are as large as chance on so few days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from numpy.random import Generator

from ivrctl.simulation.recommendation.judged import TENTH_OF_A_POINT, DayFigures, Promise
from ivrctl.simulation.recommendation.response import Response, Seen
from ivrctl.simulation.recommendation.space import Setting, Space
from ivrctl.simulation.recommendation.tries import NOBODY, Tries, Try

LADDER = (1, 2, 3, -1, -2)
"""Strides of all tiers together that are tried on all days, before anything else: the trade-off in the large."""
AROUND = 4
"""Settings that are drawn around the given one for each of its numbers, each on one day: many say more than few on many
days."""
STRIDES = (-2, -1, 0, 0, 1, 2)
"""How far each group of numbers is moved for one of those, by chance."""
MARGINS = (0.0, 0.0005, 0.001, 0.002, 0.003)
"""By how much more the promise is to be kept by what is expected, which is wrong by about as much."""
LOOKS = 6
"""Settings that are drawn around the best in each round."""
PROMISING = 6
"""Settings of earlier rounds that are tried on more days beside what is proposed."""
USUAL = 0.05
"""By about this share of what the whole policy does, settings near to it are taken to differ from it."""
PLAIN = 0.003
"""A number is changed where that is expected to save more than this share of the cost: each asks somebody for trust."""
REACHES = (1, 2, 3)
"""Values to each side of where one is within which a model is followed."""


@dataclass(frozen=True, slots=True)
class Rungs:
    """Days on which settings are tried, few first; each holds those before it."""

    days: tuple[tuple[int, ...], ...]

    @property
    def first(self) -> Sequence[int]:
        """The few."""
        return self.days[0]

    @property
    def last(self) -> Sequence[int]:
        """All."""
        return self.days[-1]


class Search:
    """From the given setting to better ones."""

    def __init__(self, space: Space, promise: Promise, tries: Tries, rungs: Rungs, chance: Generator) -> None:
        """Begin where the policy is; it must have been tried on all days, and so must a day without any.

        Args:
            space: what is searched.
            promise: what is to be kept.
            tries: receives what is tried.
            rungs: the days.
            chance: around the given setting.
        """
        self._space, self._promise, self._tries, self._rungs, self._chance = space, promise, tries, rungs, chance
        self._given = tries.judged(space.start, rungs.last)
        self._usual = self._usual_differences()
        self._fitted = -1, Response(space.start, [], self._usual)

    def run(self) -> None:
        """Try as many as are left: what the model proposes, and what lies around the best."""
        self._tries.on(self._ladder(), self._rungs.last)
        self._look_around(self._space.start, AROUND * len(self._space.places))
        while self._tries.left >= len(self._rungs.last):
            used, best = self._tries.used, self._sorted(self._known)[0]
            self._halve([*self._proposed(best), *self._promising()])
            self._look_around(best, LOOKS)
            if self._tries.used == used:
                return

    def finalists(self, of_each: int) -> Sequence[Setting]:
        """What was tried on all days and is expected to be best, for each margin the best few."""
        known = self._known
        ranked = (self._sorted(known, margin)[:of_each] for margin in MARGINS)
        return list(dict.fromkeys(each for best in ranked for each in best))

    @property
    def _known(self) -> Sequence[Setting]:
        """All that was tried on all days."""
        return [each for each in self._tries.settings if each != NOBODY and self._tries.has(each, self._rungs.last)]

    def _ladder(self) -> Iterator[Setting]:
        for stride in LADDER:
            there = self._space.moved(self._space.start, self._space.wide[0].times(stride))
            if there is not None:
                yield there

    def _look_around(self, at: Setting, many: int) -> None:
        """Settings near to one by chance, the days in turn."""
        days = self._rungs.last
        drawn = [self._by_chance(at) for _ in range(many)]
        self._tries.each(Try(there, days[number % len(days)]) for number, there in enumerate(drawn))

    def _by_chance(self, at: Setting) -> Setting:
        strides = self._chance.choice(STRIDES, len(self._space.wide))
        for move, stride in zip(self._space.wide, strides.tolist(), strict=True):
            at = self._space.moved(at, move.times(stride)) or at
        return at

    def _usual_differences(self) -> tuple[float, float, float]:
        given, nobody = self._given, self._tries.judged(NOBODY, self._rungs.last)
        level, lost_share = abs(given.level - nobody.level), abs(given.lost_share - nobody.lost_share)
        return USUAL * level, USUAL * lost_share, USUAL * given.cost

    def _model(self) -> Response:
        """By all that was tried until now."""
        used, model = self._fitted
        if used != self._tries.used:
            model = Response(self._space.start, list(self._seen()), self._usual)
            self._fitted = self._tries.used, model
        return model

    def _seen(self) -> Iterator[Seen]:
        start = self._space.start
        for setting in self._tries.settings:
            days = [day for day in self._rungs.last if self._tries.has(setting, [day])]
            if setting in (start, NOBODY) or not days:
                continue
            pairs = zip(self._tries.figures(setting, days), self._tries.figures(start, days), strict=True)
            yield Seen(setting, [_differences(new, old) for new, old in pairs])

    def _proposed(self, best: Setting) -> Iterable[Setting]:
        """Where the model keeps the promise at the least cost, around the given setting and the best."""
        model, begins = self._model(), dict.fromkeys((best, self._space.start))
        found = (self._down(model, at, margin, reach) for margin, reach, at in product(MARGINS, REACHES, begins))
        return dict.fromkeys(each for each in found if not self._tries.has(each, self._rungs.last))

    def _promising(self) -> Sequence[Setting]:
        """The best of what was tried on some days and not on all."""
        known = [each for each in self._tries.settings if each != NOBODY]
        return self._sorted([each for each in known if not self._tries.has(each, self._rungs.last)])[:PROMISING]

    def _down(self, model: Response, begin: Setting, margin: float, reach: int) -> Setting:
        """By what is expected, move by move, until none is better."""
        moves = [move.times(sign) for move in (*self._space.wide, *self._space.narrow) for sign in (1, -1)]
        at = begin
        (key,) = self._keys([at], model, margin)
        while True:
            near = sorted({self._space.led(at, move) for move in moves})
            able = sorted(zip(self._keys(near, model, margin), near, strict=True))
            better = (pair for pair in able if pair[0] < key and _is_within(pair[1], begin, reach))
            found = next((pair for pair in better if self._space.is_provable(pair[1])), None)
            if found is None:
                return at
            key, at = found

    def _halve(self, able: Sequence[Setting]) -> None:
        for days in self._rungs.days:
            tried = self._tries.on(self._sorted(able), days)
            able = self._sorted(tried)[: max(1, (len(tried) + 1) // 2)]

    def _sorted(self, settings: Sequence[Setting], margin: float = 0.0) -> Sequence[Setting]:
        """The best first, by what is expected of them now."""
        keys = dict(zip(settings, self._keys(settings, self._model(), margin), strict=True))
        return sorted(settings, key=lambda each: keys[each])

    def _keys(self, settings: Sequence[Setting], model: Response, margin: float = 0.0) -> Sequence[tuple[float, float]]:
        """What is expected to be broken, when the promise is to be kept with a margin, and to be paid."""
        expected = model.expected(settings).tolist()
        return [self._key(each, by, margin) for each, by in zip(settings, expected, strict=True)]

    def _key(self, setting: Setting, by: Sequence[float], margin: float) -> tuple[float, float]:
        given, (level, lost_share, cost) = self._given, by
        level, lost_share = level - margin, lost_share + margin
        broken = self._promise.broken(given.level + level, given.worst + level, given.lost_share + lost_share)
        trust = PLAIN * given.cost * len(self._space.changed(setting))
        # What is expected is not so sure that less than half a tenth of a point could rule anything out.
        return round(broken / TENTH_OF_A_POINT), given.cost + cost + trust


def _differences(new: DayFigures, old: DayFigures) -> tuple[float, float, float]:
    return new.level - old.level, new.lost_share - old.lost_share, new.cost - old.cost


def _is_within(setting: Setting, begin: Setting, reach: int) -> bool:
    return all(abs(one - other) <= reach for one, other in zip(setting, begin, strict=True))
