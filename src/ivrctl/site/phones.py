"""At which phone an agent is: what the queues ring, whose state they watch, and which phone dials the codes.

FreePBX rings an extension by ``Local/5001@from-queue/n``, where neither voicemail nor a diversion answers in place of
the agent, and its hint in ``ext-local`` says whether he is on the phone. A ``Local`` channel alone has no state: its
agent would be rung while he talks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivrctl.site.agents import Agent
from ivrctl.site.site_file import Site

_LOCAL = re.compile(r"Local/(?P<extension>[^@/]+)@(?P<context>[^@/]+)(?:/.*)?\Z", re.IGNORECASE)
_ENDPOINT = re.compile(r"PJSIP/(?P<name>[^@/]+)\Z", re.IGNORECASE)
_OF_FREEPBX = "from-queue"
_DIALLED_BY_FREEPBX = "from-internal"


@dataclass(frozen=True, slots=True)
class Phone:
    """Where an agent is reached."""

    interface: str
    """What the queues ring."""
    state_interface: str
    """Whose state they watch; empty when it is the interface itself."""
    endpoint: str
    """By what name it dials: that of its PJSIP endpoint, else its calling number."""

    @property
    def watched(self) -> str:
        """The device whose state is his."""
        return self.state_interface or self.interface

    @property
    def is_blind(self) -> bool:
        """True for a ``Local`` channel whose agent's state nobody knows."""
        return _LOCAL.match(self.interface) is not None and not self.state_interface


def phone_of_number(site: Site, number: str) -> Phone | None:
    """The phone of who has a number; None also where the site has no such agent."""
    agent = site.agents.get(number)
    return None if agent is None else phone_of(site, number, agent)


def phone_of(site: Site, number: str, agent: Agent) -> Phone | None:
    """The phone of an agent; None for one who says no interface and whose number is no extension of the site."""
    interface = agent.interface or _usual(site.dial_string(number))
    if interface is None:
        return None
    local, endpoint = _LOCAL.match(interface), _ENDPOINT.match(interface)
    state = str(agent.state_interface or "")
    if local is not None and not state and local["context"] == _OF_FREEPBX:
        state = f"hint:{local['extension']}@ext-local"
    name = local["extension"] if local is not None else endpoint["name"] if endpoint is not None else number
    return Phone(str(interface), state, name)


def _usual(dialled: str | None) -> str | None:
    """What the queues ring for an extension that is dialled so."""
    local = _LOCAL.match(dialled or "")
    if local is not None and local["context"] == _DIALLED_BY_FREEPBX:
        return f"Local/{local['extension']}@{_OF_FREEPBX}/n"
    return dialled
