"""What is wrong with tiers: whom they bring and how, tiers that bring nobody, tiers that never come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ivrctl.lang.findings import Findings
from ivrctl.site.agents import MAX_PENALTY
from ivrctl.staffing.policy import Bring, Person
from ivrctl.staffing.policy_files.policy_file import PolicyFile, TierEntry
from ivrctl.staffing.policy_files.ranges import check_count, check_duration
from ivrctl.staffing.policy_files.roster import Roster, queues_of

PATIENCE = (timedelta(seconds=1), timedelta(hours=1))
MOST_KEPT = 100_000
"""Of a group that stay: more people than any centre has."""


def check_tiers(file: PolicyFile, roster: Roster, findings: Findings) -> None:
    """Report what is wrong with each tier, and tiers that no load brings in."""
    for entry in file.tiers:
        check_duration("patience", entry.patience, PATIENCE, findings)
        check_count("penalty", entry.penalty, (0, MAX_PENALTY), findings)
        check_count("keep_back", entry.keep_back, (0, MOST_KEPT), findings)
        if _check_people(entry, findings):
            _check_keys(entry, findings)
        if entry.bring is Bring.ADD and entry.people.group in roster.site.groups:
            _check_lenders(entry, file, roster.people_of(entry), findings)
    _check_reach(file, findings)


def _check_people(entry: TierEntry, findings: Findings) -> bool:
    """Report people who cannot be brought like this; True when they can."""
    people = entry.people
    if (people.group is None) == (not people.paused_for):
        advice = "write {group: NAME} or {paused_for: [REASON]}"
        findings.error("IVR520", people.span, "a tier brings either a group or members who have paused", advice)
        return False
    if entry.bring is Bring.ADD and people.paused_for:
        message = "who has paused is a member already: he cannot be added, and nobody ends his pause for him"
        findings.error("IVR520", people.span, message, "write bring: ask")
        return False
    if entry.bring is Bring.ASK and people.group is not None:
        message = "a group is added: who is no member has no pause that he could end"
        findings.error("IVR520", people.span, message, "write bring: add")
        return False
    return True


def _check_keys(entry: TierEntry, findings: Findings) -> None:
    """Report keys that mean nothing for how the people come in, and the one that asking needs."""
    if entry.bring is Bring.ADD:
        if entry.patience is not None:
            message = "patience is for people who are asked: those of a group are there at once"
            findings.error("IVR521", entry.patience.span, message, "remove it")
        return
    if entry.patience is None:
        message = f'nobody knows how long "{entry.tier}" has to come before the next tier does'
        findings.error("IVR521", entry.tier.span, message, "add patience: 2m")
    for key, value in (("penalty", entry.penalty), ("keep_back", entry.keep_back)):
        if value is not None:
            message = f"{key} means nothing for members who are asked: they are what they were"
            findings.error("IVR521", value.span, message, "remove it")


def _check_lenders(entry: TierEntry, file: PolicyFile, people: Sequence[Person], findings: Findings) -> None:
    """Report groups of nobody, and groups whose own work nobody would do."""
    group = entry.people.group
    if group is None:
        return
    if not people:
        findings.error("IVR522", group.span, f'nobody is in the group "{group}"', "name its agents in ivrctl.yaml")
    elif entry.keep_back is not None and entry.keep_back.number >= len(people):
        message = f'"{group}" has {len(people)}, and {entry.keep_back} stay: the tier brings nobody'
        findings.error("IVR522", entry.keep_back.span, message, f"write less than {len(people)}")
    lent = set(queues_of(entry, file))
    own = {queue: person for person in people for queue in person.own_queues if queue not in lent}
    if entry.keep_back is None and own:
        queue, person = next(iter(own.items()))
        message = f'agents of "{group}" have a queue of their own, such as {person.name} "{queue}": all could be gone'
        findings.error("IVR523", group.span, message, "add keep_back: so many stay; 0 lets all of them come")


def _check_reach(file: PolicyFile, findings: Findings) -> None:
    """Report the first tier that nothing brings in, and those behind it, which come only when it is in."""
    by_calendar = max((len(floor.tiers) for floor in file.calendar), default=0)
    cut: str | None = None
    for index, entry in enumerate(file.tiers):
        if index < by_calendar:
            continue
        if cut is not None:
            message = f'"{entry.tier}" comes behind "{cut}", which never comes'
            findings.error("IVR524", entry.tier.span, message, f"write values for {cut}, or remove it")
        elif not _is_wanted(index, file):
            message = f'no row brings "{entry.tier}" in, and no calendar'
            findings.error("IVR524", entry.tier.span, message, "write a value in place of never, or remove the tier")
            cut = str(entry.tier)


def _is_wanted(index: int, file: PolicyFile) -> bool:
    """True when some row brings a tier in; a row that lacks its value has a finding of its own."""
    return any(index >= len(row.engage) or row.engage[index].amount is not None for row in file.triggers.rows.values())
