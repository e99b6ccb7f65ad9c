"""The commands for agents. What they do is in ``commands.agents``."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import agents_app, command
from ivrctl.cli.options import AsJson, SiteOption, StateOption


@agents_app.callback(invoke_without_command=True)
def agents(context: typer.Context, site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """The agents of a site; without a command they are listed."""
    if context.invoked_subcommand is None:
        agents_list(site, state, as_json)
    elif site is not None or state is not None or as_json:
        raise typer.BadParameter(f"options go behind {context.invoked_subcommand}")


@command(agents_app, "agents list")
def agents_list(site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Show the agents: who they are, and what they do where a controller sees it."""
    from ivrctl.cli.commands.agents import listed

    listed(site, state, as_json=as_json)


@command(agents_app, "agents dialplan")
def agents_dialplan(
    site: SiteOption = None,
    pbx: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--pbx", help="Give it to this development PBX, which reads it at once.", show_default=False),
    ] = None,
) -> None:
    """Print the dialplan of the agents' codes: ivrctl.d/agents.conf."""
    from ivrctl.cli.commands.agents import dialplan

    dialplan(site, pbx)
