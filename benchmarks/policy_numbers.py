"""What each number of a policy is worth: one at a time halved, doubled, or its tier left out, on one described day.

    python benchmarks/policy_numbers.py --day flows/busy.day.yaml --seeds 8

Every variant has the same callers on each seed, and is compared with the policy as it is, seed by seed: the middle of
the differences, and between what they lie. What a change would put out of order is taken along: the tiers behind one
that comes later, those before one that comes sooner, and a release value that would not be calm any more. Of a service
level the way to 100 % is halved or doubled.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ivrctl.cli.commands.staffing_trial import Known
from ivrctl.cli.progress import count
from ivrctl.lang.findings import Findings
from ivrctl.service.backtesting.running import Trial, Variant, run_all
from ivrctl.simulation.compared import (
    Reading,
    Runs,
    Spread,
    changes,
    difference,
    interruptions,
    most_interrupted,
    reserve_minutes,
)
from ivrctl.simulation.days.load import read_days
from ivrctl.simulation.days.synthetic import SyntheticDay
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Bring, Policy, Trigger

FACTORS: Mapping[str, float] = {"halved": 0.5, "doubled": 2.0}
SHORT = 2
"""Variants of the short form, on one seed."""
TIMES = ("engage_after", "release_after", "stay_at_least", "rest_at_least")


def times_interrupted(outcome: Outcome) -> float:
    """Of everybody, by all tiers."""
    return float(sum(interruptions(outcome).values()))


def level(outcome: Outcome) -> float | None:
    """Percent, of all queues together."""
    share = outcome.total.service_level
    return None if share is None else 100 * share


def abandoned(outcome: Outcome) -> float | None:
    """Percent."""
    share = outcome.total.abandon_share
    return None if share is None else 100 * share


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the table."""

    title: str
    read: Reading
    decimals: int = 0

    def shown(self, spread: Spread | None, *, signed: bool) -> str:
        """The middle, and between what it lies."""
        if spread is None:
            return "-"
        sign = "+" if signed else ""
        mid, least, most = (
            f"{value + 0.0:{sign}.{self.decimals}f}" for value in (spread.median, spread.least, spread.most)
        )
        return f"{mid} ({least}..{most})"


COLUMNS = (
    Column("service level, %", level, 1),
    Column("abandoned, %", abandoned, 1),
    Column("reserve, min", reserve_minutes),
    Column("interruptions", times_interrupted),
    Column("of one", most_interrupted),
    Column("changes", changes),
)


def severity(trigger: Trigger, value: float) -> float:
    """How bad a value is; of a service level, how much is missing."""
    return 1 - value if trigger.measure.is_low_bad else value


def with_engage(trigger: Trigger, tier: int, factor: float) -> Trigger:
    """A row that brings one tier elsewhere, and the others no later or sooner than their order asks."""
    worst = 1.0 if trigger.measure.is_low_bad else float("inf")
    asked = [None if value is None else severity(trigger, value) for value in trigger.engage]
    new = asked[tier]
    if new is None:
        return trigger
    new = min(new * factor, worst)
    moved = [
        each if each is None else new if at == tier else max(each, new) if at > tier else min(each, new)
        for at, each in enumerate(asked)
    ]
    first = next(each for each in moved if each is not None)
    calm = severity(trigger, trigger.release)
    calm = calm if calm < first else first / 2
    back = (None if each is None else severity(trigger, each) for each in moved)
    return replace(trigger, engage=tuple(back), release=severity(trigger, calm))


def with_release(trigger: Trigger, factor: float) -> Trigger:
    """A row that is calm elsewhere, though still on the calm side of what brings the first tier."""
    calm = severity(trigger, trigger.release) * factor
    first = next((severity(trigger, value) for value in trigger.engage if value is not None), calm)
    return replace(trigger, release=severity(trigger, min(calm, 0.9 * first)))


def without(policy: Policy, tier: int) -> Policy:
    """The policy without a tier, nor its column."""
    triggers = tuple(replace(each, engage=(*each.engage[:tier], *each.engage[tier + 1 :])) for each in policy.triggers)
    floors = tuple(replace(floor, tiers=floor.tiers - (floor.tiers > tier)) for floor in policy.floors)
    tiers = (*policy.tiers[:tier], *policy.tiers[tier + 1 :])
    return replace(policy, tiers=tiers, triggers=triggers, floors=tuple(each for each in floors if each.tiers))


def variants(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Every one that is tried, the policy as it is first."""
    yield "as it is", policy
    for at, tier in enumerate(policy.tiers):
        yield f"without {tier.name}", without(policy, at)
    for at, tier in enumerate(policy.tiers):
        for word, factor in FACTORS.items():
            rows = tuple(with_engage(each, at, factor) for each in policy.triggers)
            yield f"engage of {tier.name} {word}", replace(policy, triggers=rows)
    for word, factor in FACTORS.items():
        rows = tuple(with_release(each, factor) for each in policy.triggers)
        yield f"release {word}", replace(policy, triggers=rows)
    yield from times(policy)


def times(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """How long before something changes."""
    for key in TIMES:
        for word, factor in FACTORS.items():
            length = getattr(policy.timing, key) * factor
            yield f"{key} {word}", replace(policy, timing=replace(policy.timing, **{key: length}))
    for word, factor in FACTORS.items():
        tiers = tuple(
            replace(tier, patience=tier.patience * factor) if tier.bring is Bring.ASK else tier for tier in policy.tiers
        )
        if tiers != policy.tiers:
            yield f"patience {word}", replace(policy, tiers=tiers)


def table_of(runs: Sequence[Runs]) -> Iterator[list[str]]:
    """The table: the policy as it is by its figures, the others by their differences from it."""
    plain = runs[0]
    yield ["", *(column.title for column in COLUMNS)]
    yield [plain.name, *(column.shown(plain.spread(column.read), signed=False) for column in COLUMNS)]
    for one in runs[1:]:
        yield [one.name, *(column.shown(difference(plain, one, column.read), signed=True) for column in COLUMNS)]


def shown_rows(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Its lines, with figures to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (each.rjust(width) for each, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join((row[0].ljust(widths[0]), *cells)).rstrip() + "\n"


def main() -> int:
    """Run all of them, and print the table."""
    asked = options()
    known = Known.at(asked.day.parent)
    findings, site = Findings(), known.site.program.site
    day = next(iter(read_days({str(asked.day): asked.day.read_bytes()}, site, findings).values()))
    others = {name: each for name, each in known.site.policies.items() if name != asked.policy}
    tried = [
        Variant(name, {**others, asked.policy: policy}) for name, policy in variants(known.site.policies[asked.policy])
    ]
    tried.insert(1, Variant("no policy", others))
    tried = tried[:SHORT] if asked.short else tried
    trial = Trial(SyntheticDay(asked.day.stem, day, site), tried, range(asked.seed, asked.seed + asked.seeds))
    table = list(table_of(run_all(trial, lambda done, of: count(done, of, "runs of a day"))))
    sys.stdout.writelines(shown_rows(table))
    last = asked.seed + asked.seeds - 1
    print(f"seeds {asked.seed} to {last}; below the first line: less the policy as it is, seed by seed")
    return 0


def options() -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--day", type=Path, default=Path("flows/busy.day.yaml"), help="in its site's folder")
    parser.add_argument("--policy", default="hotline", help="one of the site's, by its name")
    parser.add_argument("--seeds", type=int, default=8, help="how many days are drawn")
    parser.add_argument("--seed", type=int, default=1, help="the first of them")
    parser.add_argument("--short", action="store_true", help="one seed, and few variants: that it runs at all")
    asked = parser.parse_args()
    asked.seeds = 1 if asked.short else asked.seeds
    return asked


if __name__ == "__main__":
    sys.exit(main())
