"""The commands for queues: their arguments and options. What they do is in ``commands.queue`` and ``queue_watch``."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, queue_app
from ivrctl.cli.options import AsJson, SiteOption, StateOption


@command(queue_app, "queue list")
def list_(site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Show what happens in the queues now, a line for each."""
    from ivrctl.cli.commands.queue import listing

    listing(site, state, as_json=as_json)


@command(queue_app, "queue show")
def show(
    name: Annotated[str, typer.Argument(help="The queue, as in queues.conf.")],
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show who waits in a queue, who serves it, and who talks."""
    from ivrctl.cli.commands.queue import show as run

    run(name, site, state, as_json=as_json)


@command(queue_app, "queue watch")
def watch(
    names: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[NAME]...", help="Queues; by default all of them.", show_default=False),
    ] = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Watch queues and agents live, until q is pressed."""
    from ivrctl.cli.commands.queue_watch import watch as run

    run(tuple(names or ()), site, state, as_json=as_json)
