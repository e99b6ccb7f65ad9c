"""A setting without what it changes for nothing: a recommendation is read by somebody, and each number asks for trust.

Some of what a search has changed does nothing on these days, or nothing to speak of. Each changed number, and each row
as a whole, is put back by itself; then those that cost next to nothing are put back together, fewer of them as long as
the whole is not as good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ivrctl.simulation.recommendation.judged import Judged, Promise, tenths
from ivrctl.simulation.recommendation.space import Setting, Space
from ivrctl.simulation.recommendation.tries import Tries
from ivrctl.staffing.policy_files.numbers import TimingValue

SPARED = 0.005
"""A number whose change saves less than this share of the cost is put back."""
TOGETHER = 0.01
"""All that is put back may cost so much together."""


def simplified(
    setting: Setting, space: Space, promise: Promise, tries: Tries, few: Sequence[int], all_days: Sequence[int]
) -> Setting:
    """A setting with fewer changes that is about as good.

    Args:
        setting: one that was tried on all days.
        space: whose given policy it was made from.
        promise: on all days.
        tries: receives what is tried.
        few: days on which parts are put back by themselves.
        all_days: on which the result is no worse than the given policy.
    """
    spared = _spared(setting, space, promise, tries, few)
    while spared:
        there = _back(setting, sorted({index for part in spared for index in part}), space)
        if there is not None and there in tries.on([there], all_days):
            old, new, given = (tries.judged(each, all_days) for each in (setting, there, space.start))
            if _costs_little(old, new, promise, TOGETHER) and promise.key(new) <= promise.key(given):
                return there
        spared = spared[: len(spared) // 2]
    return setting


def _spared(
    setting: Setting, space: Space, promise: Promise, tries: Tries, few: Sequence[int]
) -> Sequence[Sequence[int]]:
    """What costs next to nothing when it is put back, the surest first."""
    parts = {there: part for part in parts_of(setting, space) if (there := _back(setting, part, space)) is not None}
    here = tries.judged(setting, few)
    kept = Promise(promise.level, tries.judged(space.start, few).lost_share)
    judged = {there: tries.judged(there, few) for there in tries.on(parts, few)}
    able = [there for there, each in judged.items() if _costs_little(here, each, kept, SPARED)]
    return [parts[there] for there in sorted(able, key=lambda each: (judged[each] != here, judged[each].cost))]


def parts_of(setting: Setting, space: Space) -> Iterator[Sequence[int]]:
    """Changed numbers, each by itself, and those of a row together."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for index in space.changed(setting):
        yield (index,)
        place = space.places[index]
        if not isinstance(place, TimingValue):
            rows[place.measure].append(index)
    yield from (tuple(row) for row in rows.values() if len(row) > 1)


def _back(setting: Setting, part: Sequence[int], space: Space) -> Setting | None:
    there = space.put_back(setting, part)
    return there if there != setting and space.is_provable(there) else None


def _costs_little(old: Judged, new: Judged, promise: Promise, share: float) -> bool:
    is_kept = tenths(promise.broken_by(new)) <= tenths(promise.broken_by(old))
    return is_kept and new.cost <= old.cost * (1 + share)
