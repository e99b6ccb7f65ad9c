"""What is wrong with a synthetic day, given the site that it is of.

``check_day_times`` looks at the clock, ``check_day_people`` at who works; ``day_rules`` has the pages.
"""

from __future__ import annotations

from datetime import date, timedelta

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Word
from ivrctl.simulation.days.call_rates import hours_of, stretches_of
from ivrctl.simulation.days.check_names import check_known, check_share
from ivrctl.simulation.days.check_people import check_people
from ivrctl.simulation.days.check_times import check_breaks, check_calls, check_hours
from ivrctl.simulation.days.day_file import DayFile, QueueEntry
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy_files.ranges import check_count, check_duration
from ivrctl.staffing.policy_files.thresholds import WaitOrNever

LENGTH = (timedelta(seconds=1), timedelta(hours=4))
"""Of a talk and of a wait."""
RING = (timedelta(seconds=1), timedelta(minutes=5))
MOMENT = (timedelta(0), timedelta(minutes=30))
"""Of a wrap-up, and between two attempts."""
MOST_CALLS = 200_000
"""Of a queue in a day: more would take minutes to simulate, and tell nothing else."""
MOST_WAITING = 100_000
DATES = (date(1970, 1, 1), date(2999, 12, 31))
"""Those of which there can be books; near the ends of the calendar a zone's midnight has no moment."""
MOST_WEIGHT = 1000


def check_day_file(file: DayFile, site: Site, findings: Findings) -> None:
    """Report what is wrong with a day."""
    if file.title is not None:
        file.title.check_fixed(site.languages, findings)
    for what, named in (("has no queue", file.queues), ("has nobody who works", file.staff)):
        if not named:
            findings.error("IVR602", beginning(file.span), f"the day {what}", "name one at least")
    if not DATES[0] <= file.date <= DATES[1]:
        between = f"date is between {DATES[0]} and {DATES[1]}, not {file.date}"
        findings.error("IVR604", beginning(file.span), between)
    check_known("queue", file.queues, site.queues, "queues", findings)
    check_hours(file, findings)
    for name, entry in file.queues.items():
        check_calls(entry.calls, findings)
        _check_many(name, entry, file, findings)
        _check_queue(entry, site, findings)
    check_breaks(file, site, findings)
    check_people(file, site, findings)


def _check_many(name: Word, entry: QueueEntry, file: DayFile, findings: Findings) -> None:
    expected = sum(each.expected for each in stretches_of(entry.calls, hours_of(file)))
    if expected > MOST_CALLS:
        message = f'"{name}" has {expected:,.0f} calls, and at most {MOST_CALLS:,} can be tried'
        findings.error("IVR604", entry.calls.span, message, "write fewer, or the calls of one hour less")


def _check_queue(entry: QueueEntry, site: Site, findings: Findings) -> None:
    if entry.talk is not None:
        check_duration("mean", entry.talk.mean, LENGTH, findings, "IVR604")
        check_duration("spread", entry.talk.spread, LENGTH, findings, "IVR604")
    _check_patience(entry.patience, findings)
    check_duration("ring_for", entry.ring_for, RING, findings, "IVR604")
    check_duration("retry", entry.retry, MOMENT, findings, "IVR604")
    check_duration("wrap_up", entry.wrap_up, MOMENT, findings, "IVR604")
    check_duration("longest_wait", entry.longest_wait, LENGTH, findings, "IVR604")
    check_count("limit", entry.limit, (0, MOST_WAITING), findings, "IVR604")
    check_count("weight", entry.weight, (0, MOST_WEIGHT), findings, "IVR604")
    _check_tiers(entry, site, findings)


def _check_patience(given: WaitOrNever | None, findings: Findings) -> None:
    least, most = (each.total_seconds() for each in LENGTH)
    if given is not None and given.amount is not None and not least <= given.amount <= most:
        findings.error("IVR604", given.span, f"patience is between 1s and 4h, or never, not {given.written}")


def _check_tiers(entry: QueueEntry, site: Site, findings: Findings) -> None:
    check_known("tier", entry.tiers, site.tiers, "tiers", findings)
    for share in entry.tiers.values():
        check_share("the share of a tier", share, findings)
    whole, last = 0.0, None
    for share in entry.tiers.values():
        whole, last = whole + (share.amount or 0), share
    if last is not None and 1 + 1e-9 < whole <= len(entry.tiers):
        findings.error("IVR604", last.span, f"the tiers are {100 * whole:g}% of the callers", "write 100% at most")
