"""What is wrong with times: out of range, so short that people come and go; and a ceiling that holds a tier back."""

from __future__ import annotations

from datetime import timedelta

from ivrctl.lang.findings import Findings
from ivrctl.staffing.policy_files.policy_file import PolicyFile, TimingKeys
from ivrctl.staffing.policy_files.ranges import check_count, check_duration
from ivrctl.staffing.policy_files.roster import Roster, queues_of

NOTHING = timedelta(0)
ENGAGE = (NOTHING, timedelta(hours=1))
DAY = (NOTHING, timedelta(days=1))
WINDOW = (timedelta(seconds=10), timedelta(days=1))
CHANGES = (1, 100_000)
NEAR = (0.01, 0.99)
"""How near the next tier can be when somebody is warned: at 0% he always would be, at 100% it is there."""


def check_timing(file: PolicyFile, roster: Roster, findings: Findings) -> None:
    """Report times and shares out of range, timing that flaps, and a ceiling below what a tier needs."""
    timing = file.timing
    check_duration("window", file.window, WINDOW, findings)
    check_duration("engage_after", timing.engage_after, ENGAGE, findings)
    for name, given in (
        ("release_after", timing.release_after),
        ("stay_at_least", timing.stay_at_least),
        ("rest_at_least", timing.rest_at_least),
    ):
        check_duration(name, given, DAY, findings)
    check_count("changes_per_hour", timing.changes_per_hour, CHANGES, findings)
    least, most = NEAR
    if file.warn is not None and file.warn.at.amount is not None and not least <= file.warn.at.amount <= most:
        message = f"at is between 1% and 99% of the way to the next tier, not {file.warn.at.written}"
        findings.error("IVR505", file.warn.at.span, message)
    _check_flapping(timing, findings)
    _check_ceiling(file, roster, findings)


def _check_flapping(timing: TimingKeys, findings: Findings) -> None:
    """Report tiers that would go quicker than they come, and people who could be called again at once."""
    if timing.release_after.length < timing.engage_after.length:
        message = (
            f"a tier goes home after {timing.release_after} of calm, and comes after {timing.engage_after} of load"
        )
        advice = f"{timing.engage_after} or more: come fast, go slowly"
        findings.warning("IVR530", timing.release_after.span, message, advice)
    if timing.rest_at_least.length == NOTHING:
        message = "who has just gone home could be called again at once"
        findings.warning("IVR530", timing.rest_at_least.span, message, "such as 10m")


def _check_ceiling(file: PolicyFile, roster: Roster, findings: Findings) -> None:
    """Report the tier that needs most, where it needs more changes than there can be in an hour."""
    ceiling = file.timing.changes_per_hour
    needed = [(_seats(index, file, roster), str(entry.tier)) for index, entry in enumerate(file.tiers)]
    most, name = max(needed, default=(0, ""))
    if most > ceiling.number > 0:
        message = f'"{name}" is {most} memberships: with {ceiling} an hour it is not in within an hour'
        findings.warning("IVR531", ceiling.span, message, f"{most} or more, or fewer people or queues")


def _seats(index: int, file: PolicyFile, roster: Roster) -> int:
    """Memberships that a tier brings at most."""
    entry = file.tiers[index]
    kept = 0 if entry.keep_back is None else entry.keep_back.number
    return max(0, len(roster.people_of(entry)) - kept) * len(queues_of(entry, file))
