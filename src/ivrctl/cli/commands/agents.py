"""``ivrctl agents``: who they are, and their codes in the dialplan."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ivrctl.adapters import pbx as development
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.columns import table
from ivrctl.cli.commands.queue import known_in, print_json
from ivrctl.cli.queue_view.centre import AgentSeen, Known, Sight, sight_of
from ivrctl.cli.queue_view.centre import agents_of as queue_agents
from ivrctl.cli.queue_view.text import doubt_line
from ivrctl.cli.queue_view.wording import doing, plain, since
from ivrctl.cli.sites import load_program, own_state, site_folder
from ivrctl.errors import ConfigurationError, IvrctlError, UnreachableError
from ivrctl.service.agents.dialplan import agents_conf
from ivrctl.service.agents.listing import AgentShown, agents_of
from ivrctl.site.site_file import Site
from ivrctl.web.client import ask

SIGNED_OFF = "signed off"
"""Of an agent who is in no queue."""
FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""

_OF_SITE = ("number", "name", "interface", "queues", "groups")
_OF_CONTROLLER = ("number", "name", "state", "for", "in now", "backup", "queues", "groups", "interface")


def listed(site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """Print the agents, with what they do where a controller sees it."""
    folder = site_folder(site)
    bound = _site(folder)
    known = known_in(bound)
    body, why = _seen(StateFolder(state or own_state(folder)).api_socket)
    rows = joined(agents_of(bound), body, known)
    if as_json:
        seen = None if body is None else body["seen"]
        shown = {"format_version": FORMAT_VERSION, "source": "site" if body is None else "controller", "seen": seen}
        print_json({**shown, "agents": [row.as_json(is_seen=body is not None) for row in rows]})
        return
    if not rows:
        sys.stderr.write("the site names no agents\n")
        return
    if body is None:
        sys.stdout.writelines(table([_OF_SITE, *(_row(row.agent) for row in rows if row.agent)]))
        sys.stderr.write(f"what the site file says: {why}\n")
        return
    sight = sight_of(body)
    sys.stdout.write(doubt_line(sight, known))
    sys.stdout.writelines(table([_OF_CONTROLLER, *(_row_seen(row, sight) for row in rows)]))
    sys.stderr.write("what the controller sees, and the site file says\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One agent of the site file, or of a queue, or of both."""

    agent: AgentShown | None
    """None for one whom the site does not name."""
    seen: AgentSeen | None
    """None for one who is in no queue, and where nobody looks."""
    in_backup: bool | None
    """None where it is not known."""

    def as_json(self, *, is_seen: bool) -> dict[str, Any]:
        """For programs: the keys of the site file are as they are without a controller."""
        seen = self.seen
        of_site: dict[str, Any] = {"number": None, "groups": (), "queues": {}, "state_interface": ""}
        if self.agent is not None:
            of_site = asdict(self.agent)
        elif seen is not None:
            of_site |= {"name": seen.name, "interface": seen.interface}
        if not is_seen:
            return of_site
        return {
            **of_site,
            "state": SIGNED_OFF if seen is None else seen.state,
            "paused": seen is not None and seen.is_paused,
            "reason": "" if seen is None else seen.reason,
            "since": None if seen is None or seen.since is None else seen.since.isoformat(),
            "in_now": {} if seen is None else seen.queues,
            "backup": self.in_backup,
        }


def joined(agents: Sequence[AgentShown], body: Mapping[str, Any] | None, known: Known) -> list[Row]:
    """The agents of the site file in its order, and behind them who else is in a queue."""
    if body is None:
        return [Row(agent, None, None) for agent in agents]
    seen = {agent.interface: agent for agent in queue_agents(body, known)}
    backup = body.get("backup")
    rows = [
        Row(agent, seen.pop(agent.interface, None), None if backup is None else agent.number in backup)
        for agent in agents
    ]
    return [*rows, *(Row(None, agent, None) for agent in seen.values())]


def _seen(api_socket: Path) -> tuple[dict[str, Any] | None, str]:
    """What a controller sees; None, and why, where there is none or it has seen nothing."""
    try:
        body = ask(api_socket, "/agents")
    except IvrctlError as error:
        return None, str(error)
    return (body, "") if body["seen"]["read_at"] is not None else (None, body["seen"]["why"])


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
    return agent.number, agent.name, _phone(agent), _queues(agent), " ".join(agent.groups) or "-"


def _row_seen(row: Row, sight: Sight) -> tuple[str, ...]:
    agent, seen = row.agent, row.seen
    of_site = ("-", "-") if agent is None else (_queues(agent), " ".join(agent.groups) or "-")
    return (
        "-" if agent is None else agent.number,
        agent.name if agent is not None else "" if seen is None else plain(seen.name),
        SIGNED_OFF if seen is None else doing(seen),
        "-" if seen is None else since(seen.since, sight.now),
        "-" if seen is None else plain(" ".join(seen.queues)),
        {None: "?", True: "yes", False: "-"}[row.in_backup],
        *of_site,
        _phone(agent) if agent is not None else "" if seen is None else plain(seen.interface),
    )


def _phone(agent: AgentShown) -> str:
    return agent.interface + (f" ({agent.state_interface})" if agent.state_interface else "")


def _queues(agent: AgentShown) -> str:
    queues = (f"{queue}:{penalty}" if penalty else queue for queue, penalty in agent.queues.items())
    return " ".join(queues) or "-"
