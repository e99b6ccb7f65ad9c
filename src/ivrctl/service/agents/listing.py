"""The agents of a site as they are shown: with their queues, their groups and the phone that is rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivrctl.site.phones import phone_of
from ivrctl.site.site_file import Site


@dataclass(frozen=True, slots=True)
class AgentShown:
    """One agent, by what the site file says."""

    number: str
    name: str
    interface: str
    state_interface: str
    """Empty when it is the interface itself."""
    queues: Mapping[str, int]
    """His penalty in each."""
    groups: tuple[str, ...]


def agents_of(site: Site) -> tuple[AgentShown, ...]:
    """Every agent, in the order of the file."""
    return tuple(_shown(site, number) for number in site.agents)


def _shown(site: Site, number: str) -> AgentShown:
    agent = site.agents[number]
    phone = phone_of(site, number, agent)
    return AgentShown(
        number=str(number),
        name=str(agent.name),
        interface="" if phone is None else phone.interface,
        state_interface="" if phone is None else phone.state_interface,
        queues={str(queue): penalty for queue, penalty in agent.queues.items()},
        groups=tuple(str(name) for name, members in site.groups.items() if number in members),
    )
