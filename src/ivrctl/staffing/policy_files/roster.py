"""The groups of a site as people whom a tier may bring: agents with their phones and their own queues."""

from __future__ import annotations

from ivrctl.site.phones import phone_of
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Person
from ivrctl.staffing.policy_files.policy_file import PolicyFile, TierEntry


class Roster:
    """Whom the tiers of a site's policies bring; each agent is looked up once, however often he is asked for."""

    def __init__(self, site: Site) -> None:
        """Begin with nobody looked up."""
        self.site = site
        self._people: dict[str, Person | None] = {}

    def people_of(self, entry: TierEntry) -> tuple[Person, ...]:
        """Whom a tier's group holds, each once and in its order; nobody for one of members who have paused."""
        members = () if entry.people.group is None else self.site.groups.get(entry.people.group, ())
        found = (self._person(number) for number in dict.fromkeys(map(str, members)))
        return tuple(person for person in found if person is not None)

    def _person(self, number: str) -> Person | None:
        if number not in self._people:
            self._people[number] = person_of(number, self.site)
        return self._people[number]


def person_of(number: str, site: Site) -> Person | None:
    """An agent of the site as a tier brings him; None for one who is not there, or has no phone."""
    agent = site.agents.get(number)
    phone = None if agent is None else phone_of(site, number, agent)
    if agent is None or phone is None:
        return None
    return Person(number, str(agent.name), phone.interface, phone.state_interface, tuple(map(str, agent.queues)))


def queues_of(entry: TierEntry, file: PolicyFile) -> tuple[str, ...]:
    """Where a tier comes in, each queue once."""
    return tuple(dict.fromkeys(map(str, entry.queues or file.queues)))
