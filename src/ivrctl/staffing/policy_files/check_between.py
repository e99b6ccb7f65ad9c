"""What tiers and policies have against each other: people and queues of two, and groups that help each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Word
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Bring
from ivrctl.staffing.policy_files.policy_file import PolicyFile, TierEntry
from ivrctl.staffing.policy_files.roster import Roster, queues_of


def check_people(files: Mapping[str, PolicyFile], site: Site, findings: Findings) -> None:
    """Report agents who would be brought by two tiers, and reasons for which two tiers ask."""
    agents: dict[str, tuple[str, str]] = {}
    reasons: dict[tuple[str, str], tuple[str, str]] = {}
    for policy, file in files.items():
        for entry in file.tiers:
            here = (policy, str(entry.tier))
            if entry.people.group is not None and entry.bring is Bring.ADD:
                _check_agents(entry.people.group, here, agents, site, findings)
            for reason in entry.people.paused_for:
                keys = [(str(reason), queue) for queue in queues_of(entry, file)]
                other = next((reasons[key] for key in keys if reasons.get(key, here) != here), None)
                if other is not None:
                    message = f'who pauses for "{reason}" is asked by {_named(other, here)} too'
                    findings.error("IVR525", reason.span, message, "leave the reason to one of them")
                reasons |= dict.fromkeys(keys, here)


def _check_agents(
    group: Word, here: tuple[str, str], agents: dict[str, tuple[str, str]], site: Site, findings: Findings
) -> None:
    members = [str(number) for number in site.groups.get(group, ())]
    twice = [number for number in members if agents.get(number, here) != here]
    if twice:
        others = f" and {len(twice) - 1} more" if len(twice) > 1 else ""
        message = f'"{group}" has the agent "{twice[0]}"{others}, whom {_named(agents[twice[0]], here)} brings too'
        findings.error("IVR525", group.span, message, "leave each to one of them")
    for number in members:
        agents.setdefault(number, here)


def _named(other: tuple[str, str], here: tuple[str, str]) -> str:
    policy, tier = other
    return f'"{tier}"' if policy == here[0] else f'"{tier}" of the policy {policy}'


def check_queues(files: Mapping[str, PolicyFile], findings: Findings) -> None:
    """Report queues that two policies watch: neither knows whom the other has called in."""
    watched: dict[str, str] = {}
    for policy, file in files.items():
        for queue in file.queues:
            other = watched.setdefault(str(queue), policy)
            if other != policy:
                message = f'the queue "{queue}" is watched by the policy {other} too, and neither knows of the other'
                findings.warning("IVR527", queue.span, message, "leave it to one of them")


MOST_RINGS = 20
"""Rings that are told: more are noise."""


@dataclass(frozen=True, slots=True)
class _Loan:
    """What a tier lends: people at home in some queues, who help in others."""

    policy: str
    tier: str
    group: Word
    homes: frozenset[str]
    helps: frozenset[str]


def check_borrowing(files: Mapping[str, PolicyFile], roster: Roster, findings: Findings) -> None:
    """Report groups that help each other in turn: where all are short, each would take from the next."""
    loans = [
        loan for policy, file in files.items() for entry in file.tiers for loan in _loans(policy, file, entry, roster)
    ]
    at_home: dict[str, list[int]] = {}
    for index, loan in enumerate(loans):
        for queue in sorted(loan.homes):
            at_home.setdefault(queue, []).append(index)
    told: set[int] = set()
    left = MOST_RINGS
    for index in range(len(loans)):
        ring = () if index in told or not left else _ring(index, loans, at_home)
        if ring:
            told.update(ring)
            left -= 1
            last = max(ring)
            findings.error("IVR526", loans[last].group.span, _round([loans[each] for each in ring]), _ADVICE)


_ADVICE = "take one of them out, or name other queues for it"


def _loans(policy: str, file: PolicyFile, entry: TierEntry, roster: Roster) -> Iterator[_Loan]:
    if entry.bring is not Bring.ADD or entry.people.group is None:
        return
    queues = queues_of(entry, file)
    lent = [
        (person, {queue for queue in queues if queue not in person.own_queues}) for person in roster.people_of(entry)
    ]
    helps = frozenset(queue for _, there in lent for queue in there)
    homes = frozenset(queue for person, there in lent if there for queue in person.own_queues)
    yield _Loan(policy, str(entry.tier), entry.people.group, homes, helps)


def _ring(start: int, loans: Sequence[_Loan], at_home: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    """The shortest way from a loan over those whom it helps back to itself; empty when there is none."""
    came_from: dict[int, int] = {start: start}
    passed: set[str] = set()
    wave = [start]
    while wave:
        following: list[int] = []
        for index in wave:
            if index != start and loans[index].helps & loans[start].homes:
                return _way_back(index, start, came_from)
            queues = sorted(loans[index].helps - passed)
            passed.update(queues)
            reached = dict.fromkeys(other for queue in queues for other in at_home.get(queue, ()))
            new = [other for other in reached if other not in came_from]
            came_from |= dict.fromkeys(new, index)
            following += new
        wave = following
    return ()


def _way_back(last: int, start: int, came_from: Mapping[int, int]) -> tuple[int, ...]:
    way = [last]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def _round(ring: Sequence[_Loan]) -> str:
    """``"a" helps in "sales", where "b" is at home, which helps in …``."""
    parts = []
    for loan, helped in zip(ring, [*ring[1:], ring[0]], strict=True):
        queue = min(loan.helps & helped.homes)
        parts.append(f'"{loan.tier}" is lent to "{queue}", where "{helped.tier}" is at home')
    return "; ".join(parts)
