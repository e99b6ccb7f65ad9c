"""The numbers of a policy, each with the place at which it stands: what a search may change, and no other key.

An engage value that is ``never`` is no number: by that row the tier stays away, whatever else is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from ivrctl.lang.schema import written_duration
from ivrctl.lang.source import Span
from ivrctl.staffing.policy import Measure, Policy, Trigger
from ivrctl.staffing.policy_files.policy_file import PolicyFile
from ivrctl.staffing.policy_files.thresholds import Threshold
from ivrctl.staffing.policy_files.written import Duration


class TimingKey(StrEnum):
    """The times that are searched. Rests are people's, and the ceiling is the site's."""

    ENGAGE_AFTER = "engage_after"
    RELEASE_AFTER = "release_after"
    STAY_AT_LEAST = "stay_at_least"


@dataclass(frozen=True, slots=True, order=True)
class EngageValue:
    """What brings one tier in, by one row."""

    measure: Measure
    tier: int


@dataclass(frozen=True, slots=True, order=True)
class ReleaseValue:
    """At which a row is calm."""

    measure: Measure


@dataclass(frozen=True, slots=True, order=True)
class TimingValue:
    """How long before something changes."""

    key: TimingKey


Place: TypeAlias = EngageValue | ReleaseValue | TimingValue
Numbers: TypeAlias = Mapping[Place, float]
"""In the units of ``Measure``; times in seconds."""

SHARES = frozenset({Measure.SERVICE_LEVEL, Measure.ABANDON_SHARE, Measure.PROMISE_USED})
WAITS = frozenset({Measure.LONGEST_WAIT, Measure.EXPECTED_WAIT})


def numbers_of(policy: Policy) -> Numbers:
    """All numbers of a policy, in the order in which they are written: row by row, then the times."""
    return dict(_numbers(policy))


def with_numbers(policy: Policy, numbers: Numbers) -> Policy:
    """A policy with some of its numbers changed."""
    times = {
        place.key.value: timedelta(seconds=value) for place, value in numbers.items() if isinstance(place, TimingValue)
    }
    triggers = tuple(_with(trigger, numbers) for trigger in policy.triggers)
    timing = replace(policy.timing, **times)  # type: ignore[arg-type]  # of the durations alone
    return replace(policy, triggers=triggers, timing=timing)


def written(place: Place, value: float) -> str:
    """A number as it is written in YAML: with the unit of its place."""
    if isinstance(place, TimingValue) or place.measure in WAITS:
        return written_duration(timedelta(seconds=value))
    if place.measure in SHARES:
        return f"{100 * value:g}%"
    return f"{value:.1f}" if value == int(value) else f"{value:g}"


def named(place: Place, tiers: tuple[str, ...]) -> str:
    """A place in words, such as ``longest_wait of leaders``.

    Args:
        place: where the number stands.
        tiers: the policy's, by name.
    """
    match place:
        case EngageValue(measure, tier):
            return f"{measure} of {tiers[tier]}"
        case ReleaseValue(measure):
            return f"release of {measure}"
        case TimingValue(key):
            return key.value


def span_of(place: Place, file: PolicyFile) -> Span:
    """Where a number stands in the file of its policy."""
    return _at(place, file).span


def amount_at(place: Place, file: PolicyFile) -> float | None:
    """The number that stands there; None for ``never``."""
    there = _at(place, file)
    return there.length.total_seconds() if isinstance(there, Duration) else there.amount


def _at(place: Place, file: PolicyFile) -> Duration | Threshold:
    match place:
        case EngageValue(measure, tier):
            return file.triggers.rows[measure].engage[tier]
        case ReleaseValue(measure):
            return file.triggers.rows[measure].release
        case TimingValue(key):
            length: Duration = getattr(file.timing, key.value)
            return length


def _numbers(policy: Policy) -> Iterator[tuple[Place, float]]:
    for trigger in policy.triggers:
        for tier, value in enumerate(trigger.engage):
            if value is not None:
                yield EngageValue(trigger.measure, tier), value
        yield ReleaseValue(trigger.measure), trigger.release
    for key in TimingKey:
        length: timedelta = getattr(policy.timing, key.value)
        yield TimingValue(key), length.total_seconds()


def _with(trigger: Trigger, numbers: Numbers) -> Trigger:
    engage = tuple(
        None if value is None else numbers.get(EngageValue(trigger.measure, tier), value)
        for tier, value in enumerate(trigger.engage)
    )
    return replace(trigger, engage=engage, release=numbers.get(ReleaseValue(trigger.measure), trigger.release))
