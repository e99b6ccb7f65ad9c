"""Tiers that were in and brought nobody, and why: in the table they stand with minutes of reserve that are 0."""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.simulation.compared import Compared, Runs


def idle_lines(compared: Compared) -> Iterator[str]:
    """A sentence for each such tier of each variant."""
    for runs in compared.runs:
        for policy, tier in runs.tiers:
            if said := _said(runs, (policy, tier)):
                name = tier if len(runs.policies) == 1 else f"{policy} {tier}"
                yield f"{name} of {runs.name}: {said}\n"


def _said(runs: Runs, key: tuple[str, str]) -> str:
    found = [outcome.tiers[key] for outcome in runs.outcomes if key in outcome.tiers]
    if any(each.reserve_minutes for each in found) or not any(each.engaged for each in found):
        return ""
    minutes = sum(each.minutes_in for each in found) / len(found)
    asked = sum(sum(each.interruptions.values()) for each in found)
    if not asked:
        why = "there was nobody to ask or to call in: nobody paused meanwhile, or nobody was available for backup"
    else:
        why = f"of {asked} who were asked or called in none came"
    return f"in for {minutes:.0f} min a day, and brought nobody: {why}"
