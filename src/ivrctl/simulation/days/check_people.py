"""What is wrong with the people of a synthetic day: who is meant, who stands twice, who serves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.source import Word
from ivrctl.simulation.days.check_names import check_known, check_share
from ivrctl.simulation.days.day_file import BackupEntry, DayFile, StaffEntry
from ivrctl.site.agents import MAX_PENALTY
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy_files.ranges import check_count, check_duration

MOST_PEOPLE = 10_000
ANSWERS_AFTER = (timedelta(0), timedelta(minutes=5))
COMES_AFTER = (timedelta(0), timedelta(hours=1))


def check_people(file: DayFile, site: Site, findings: Findings) -> None:
    """Report what is wrong with staff and backup."""
    for entry in file.staff:
        _check_behaviour(entry, findings)
        if _check_meant(entry, site, findings):
            _check_served(entry, file, site, findings)
    _check_once(file, site, findings)
    for backup in file.backup or ():
        check_known("group", (backup.group,), site.groups, "groups", findings)
        _check_answering(backup, findings)
    _check_every_queue_served(file, site, findings)


def _check_behaviour(entry: StaffEntry, findings: Findings) -> None:
    _check_answering(entry, findings)
    check_share("comes_when_asked", entry.comes_when_asked, findings)
    check_duration("comes_after", entry.comes_after, COMES_AFTER, findings, "IVR604")
    check_count("count", entry.count, (1, MOST_PEOPLE), findings, "IVR604")
    for penalty in entry.queues.values():
        check_count("the penalty", penalty, (0, MAX_PENALTY), findings, "IVR604")


def _check_answering(entry: StaffEntry | BackupEntry, findings: Findings) -> None:
    check_share("answers", entry.answers, findings)
    check_duration("answers_after", entry.answers_after, ANSWERS_AFTER, findings, "IVR604")


def _check_meant(entry: StaffEntry, site: Site, findings: Findings) -> bool:
    """Report an entry that means nobody, or several; True when it is known who is meant."""
    ways = [way for way in ("agents", "group", "count") if getattr(entry, way)]
    if len(ways) != 1:
        message = f"{' and '.join(ways)} mean different people" if ways else "it is not said who works"
        findings.error("IVR607", entry.span, message, "write one of agents, group and count")
        return False
    if entry.count is not None and not entry.queues:
        message = "the site file does not know which queues they serve"
        findings.error("IVR607", entry.count.span, message, "add queues, each with a penalty: {sales: 0}")
        return False
    before = len(findings.items)
    check_known("agent", entry.agents, site.agents, "agents", findings)
    check_known("group", () if entry.group is None else (entry.group,), site.groups, "groups", findings)
    return len(findings.items) == before


def _check_served(entry: StaffEntry, file: DayFile, site: Site, findings: Findings) -> None:
    """Report queues that the day has not, and people of whom it has none."""
    for queue in entry.queues:
        if queue not in file.queues:
            message = f'the day has no queue "{shortened(queue)}"'
            findings.error("IVR601", queue.span, message, did_you_mean(queue, file.queues) or "add it to queues")
    if entry.queues or not file.queues:
        return
    for number, span in entry.numbers(site):
        agent = site.agents.get(number)
        if agent is not None and not agent.queues.keys() & file.queues.keys():
            message = f"{agent.name} ({number}) serves none of the day's queues"
            findings.error("IVR608", span, message, "add queues to the entry, or leave him out")


def _check_once(file: DayFile, site: Site, findings: Findings) -> None:
    """Report somebody who works twice, and a group that is available twice."""
    seen: set[str] = set()
    for entry in file.staff:
        for number, span in entry.numbers(site):
            if number in seen:
                findings.error("IVR603", span, f'the agent "{number}" works twice', "name each once")
            seen.add(number)
    groups: set[str] = set()
    for backup in file.backup or ():
        if backup.group in groups:
            message = f'the group "{shortened(backup.group)}" stands twice'
            findings.error("IVR603", backup.group.span, message, "write several hours with commas")
        groups.add(str(backup.group))


def _check_every_queue_served(file: DayFile, site: Site, findings: Findings) -> None:
    if findings.has_errors_in(file.span.path):
        return  # it may only follow from who is not known
    served = {str(queue) for entry in file.staff for queue in _queues_of(entry, site)}
    for queue in file.queues:
        if queue not in served:
            message = f'nobody whose daily work it is serves "{queue}"'
            findings.warning("IVR609", queue.span, message, "add it to queues of an entry of staff")


def _queues_of(entry: StaffEntry, site: Site) -> Iterator[Word]:
    yield from entry.queues
    if not entry.queues:
        for number, _ in entry.numbers(site):
            if (agent := site.agents.get(number)) is not None:
                yield from agent.queues
