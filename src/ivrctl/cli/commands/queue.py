"""``ivrctl queue list`` and ``show``: what a controller sees of the queues now."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ivrctl.cli.queue_view.centre import Known, Sight, queues_of, sight_of
from ivrctl.cli.queue_view.text import doubt_line, listed, masked_queue, shown
from ivrctl.cli.sites import load_program, running_state, site_folder
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.lang.findings import did_you_mean
from ivrctl.service.agents.listing import agents_of
from ivrctl.site.site_file import Site
from ivrctl.web.client import RefusedRequestError, ask


def listing(site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """Print a line for each queue."""
    body = ask(running_state(site, state).api_socket, "/queues")
    sight = usable(sight_of(body))
    if as_json:
        print_json(body)
        return
    sys.stdout.write(doubt_line(sight, known_of(site)) + listed(queues_of(body)))


def show(name: str, site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """Print one queue with everybody who is in it."""
    api_socket = running_state(site, state).api_socket
    try:
        body = ask(api_socket, f"/queues/{quote(name, safe='')}")
    except RefusedRequestError as error:
        raise _no_such(name, (queue["name"] for queue in ask(api_socket, "/queues")["queues"]), error) from error
    known = known_of(site)
    queue, sight = masked_queue(body["queue"], known), sight_of(body)
    if as_json:
        print_json({**body, "queue": queue})
        return
    sys.stdout.write(doubt_line(sight, known) + shown(queue, sight, known))


def usable(sight: Sight) -> Sight:
    """What was seen, now or before.

    Raises:
        UnreachableError: nothing was ever.
    """
    if sight.read_at is None:
        raise UnreachableError(f"no queues are seen: {sight.why}", advice="ivrctl doctor")
    return sight


def known_of(site: Path | None) -> Known:
    """What the site file says of agents and times; a site that is broken just now is no reason not to look."""
    try:
        found = load_program(site_folder(site)).site
    except ConfigurationError:
        return Known()
    return known_in(found)


def known_in(site: Site) -> Known:
    """What a site file says of agents and times."""
    agents = {agent.interface: (agent.number, agent.name) for agent in agents_of(site) if agent.interface}
    return Known(agents, site.zone, site.kpi.answer_in, str(site.site))


def check_names(names: Iterable[str], there: Iterable[str]) -> None:
    """Refuse a queue that Asterisk has not.

    Raises:
        ConfigurationError: it has not.
    """
    known = list(there)
    for name in names:
        if name not in known:
            raise _no_such(name, known)


def _no_such(name: str, known: Iterable[str], error: RefusedRequestError | None = None) -> Exception:
    """Which queue may have been meant; an error of another kind is itself."""
    if error is not None and not str(error).startswith("Asterisk has no queue"):
        return UnreachableError(str(error), advice=error.advice)
    return ConfigurationError(
        f'Asterisk has no queue "{name}"', advice=did_you_mean(name, list(known)) or "ivrctl queue list"
    )


def print_json(body: Mapping[str, Any]) -> None:
    """Print what programs read."""
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
