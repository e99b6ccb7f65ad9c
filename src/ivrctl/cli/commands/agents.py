"""``ivrctl agents``: who they are, and their codes in the dialplan."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from ivrctl.adapters import pbx as development
from ivrctl.cli.columns import table
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.service.agents.dialplan import agents_conf
from ivrctl.service.agents.listing import AgentShown, agents_of
from ivrctl.site.site_file import Site

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""

_HEADINGS = ("number", "name", "interface", "queues", "groups")


def listed(site: Path | None, *, as_json: bool) -> None:
    """Print the agents."""
    agents = agents_of(_site(site))
    if as_json:
        body = {"format_version": FORMAT_VERSION, "agents": [asdict(agent) for agent in agents]}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
        return
    if not agents:
        sys.stderr.write("the site names no agents\n")
        return
    for line in table([_HEADINGS, *map(_row, agents)]):
        sys.stdout.write(line)


def dialplan(site: Path | None, pbx: str | None) -> None:
    """Print the agents' part of the dialplan, or give it to a development PBX."""
    bound = _site(site)
    if not bound.agents:
        raise ConfigurationError("the site names no agents", advice="declare them under agents in ivrctl.yaml")
    text = agents_conf(bound)
    if pbx is None:
        sys.stdout.write(text)
        return
    found = development.find(pbx)
    if found is None:
        raise UnreachableError(f'the PBX "{pbx}" does not run', advice=f"ivrctl pbx up {pbx}")
    (found.folder / "etc/ivrctl.d/agents.conf").write_text(text, encoding="utf-8")
    development.rx(found, "dialplan reload")
    sys.stderr.write(f'the PBX "{pbx}" has {len(bound.agents)} agents until it is started anew\n')


def _site(site: Path | None) -> Site:
    return load_program(site_folder(site)).site


def _row(agent: AgentShown) -> tuple[str, ...]:
    queues = " ".join(f"{queue}:{penalty}" if penalty else queue for queue, penalty in agent.queues.items())
    state = f" ({agent.state_interface})" if agent.state_interface else ""
    return agent.number, agent.name, agent.interface + state, queues or "-", " ".join(agent.groups) or "-"
