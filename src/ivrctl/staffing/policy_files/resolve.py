"""A policy file and a site made into a ``Policy``: agents become interfaces, units seconds, the calendar floors.

Called for a file that the checks have no error against: whatever it names is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from ivrctl.lang.source import Word
from ivrctl.site.opening import MINUTES, Opening
from ivrctl.staffing.policy import Floor, Policy, Tier, Timing, Trigger, Warn
from ivrctl.staffing.policy_files.policy_file import WINDOW, FloorEntry, PolicyFile, TierEntry, TimingKeys, WarnKeys
from ivrctl.staffing.policy_files.roster import Roster, queues_of
from ivrctl.staffing.policy_files.written import Count

_WHOLE_DAY = (Opening(0, MINUTES),)


def resolve(name: str, file: PolicyFile, roster: Roster) -> Policy:
    """The policy of a file.

    Args:
        name: the file's, without its ending.
        file: one that was checked against the site.
        roster: of the site that it names.
    """
    site = roster.site
    return Policy(
        name=name,
        queues=_plain(file.queues),
        window=WINDOW if file.window is None else file.window.length,
        tiers=tuple(_tier(entry, file, roster) for entry in file.tiers),
        triggers=tuple(_triggers(file)),
        timing=_timing(file.timing),
        floors=tuple(floor for entry in file.calendar for floor in _floors(entry)),
        warn=None if file.warn is None else _warn(file.warn),
        time_zone=str(site.time_zone),
        mode=file.mode,
        heads_up=str(file.heads_up or ""),
        titles={} if file.title is None else {each: file.title.said(each).written for each in map(str, site.languages)},
    )


def _tier(entry: TierEntry, file: PolicyFile, roster: Roster) -> Tier:
    return Tier(
        name=str(entry.tier),
        bring=entry.bring,
        people=roster.people_of(entry),
        paused_for=frozenset(map(str, entry.people.paused_for)),
        queues=queues_of(entry, file),
        penalty=_number(entry.penalty),
        patience=timedelta(0) if entry.patience is None else entry.patience.length,
        keep_back=_number(entry.keep_back),
    )


def _triggers(file: PolicyFile) -> Iterator[Trigger]:
    for measure, row in file.triggers.rows.items():
        if row.release.amount is not None:
            yield Trigger(measure, tuple(value.amount for value in row.engage), row.release.amount)


def _timing(keys: TimingKeys) -> Timing:
    return Timing(
        keys.engage_after.length,
        keys.release_after.length,
        keys.stay_at_least.length,
        keys.rest_at_least.length,
        keys.changes_per_hour.number,
    )


def _warn(keys: WarnKeys) -> Warn | None:
    return None if keys.at.amount is None else Warn(keys.at.amount, str(keys.to))


def _number(count: Count | None) -> int:
    return 0 if count is None else count.number


def _floors(entry: FloorEntry) -> Iterator[Floor]:
    """A floor for each stretch of the day."""
    for opening in _WHOLE_DAY if entry.hours is None else entry.hours.openings:
        yield Floor(
            tiers=len(entry.tiers),
            begins=_clock(opening.start),
            ends=_clock(opening.end),
            days=frozenset(day for days in entry.days for day in range(days.first, days.last + 1)),
            days_before_end=frozenset(range(_number(entry.last))),
            weekdays=frozenset(day for each in entry.weekdays for day in each.days),
        )


def _clock(minutes: int) -> time:
    return time(*divmod(minutes % MINUTES, 60))


def _plain(words: tuple[Word, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, words)))
