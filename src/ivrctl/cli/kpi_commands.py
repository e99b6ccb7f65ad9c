"""The commands for figures: their arguments and options. What they do is in ``commands.kpi`` and its neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, kpi_app
from ivrctl.cli.options import AsJson, SiteOption, StateOption

Day = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(
        "--day",
        help="A day by the site's clock, such as 2026-11-20 or yesterday; by default today.",
        show_default=False,
    ),
]
From = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--from", help="The first day of several.", show_default=False),
]
To = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--to", help="The last day of several, which is one of them; by default today.", show_default=False),
]
QueueOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--queue", help="This queue only.", show_default=False),
]
IntervalOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--interval", help="15m, 30m, 1h or 1d; by default the site's.", show_default=False),
]
Threshold = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--threshold", help="Of the service level, such as 20s; by default the site's.", show_default=False),
]


@command(kpi_app, "kpi show")
def show(
    site: SiteOption = None,
    state: StateOption = None,
    day: Day = None,
    first: From = None,
    last: To = None,
    by: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            "--by", help="queue, tier, agent, interval, hour or day; several with commas.", show_default=False
        ),
    ] = None,
    queue: QueueOption = None,
    interval: IntervalOption = None,
    threshold: Threshold = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: a line for each row.")] = False,
) -> None:
    """Show the figures of a time: what became of calls in queues, the time of agents, whole calls."""
    from ivrctl.cli.commands.kpi import Asked
    from ivrctl.cli.commands.kpi import show as run

    asked = Asked(site, state, day=day, first=first, last=last, queue=queue, interval=interval, threshold=threshold)
    run(asked, by or ["queue"], as_json=as_json, as_csv=as_csv)


@command(kpi_app, "kpi why")
def why(
    cell: Annotated[str, typer.Argument(metavar="CELL", help="Such as vip/2026-11-20T10:00/abandoned.")],
    site: SiteOption = None,
    state: StateOption = None,
    interval: IntervalOption = None,
    threshold: Threshold = None,
    as_json: AsJson = False,
) -> None:
    """List the calls behind a figure, each with its stay and its record."""
    from ivrctl.cli.commands.kpi import Asked
    from ivrctl.cli.commands.kpi_why import why as run

    run(Asked(site, state, interval=interval, threshold=threshold), cell, as_json=as_json)


@command(kpi_app, "kpi service-level")
def service_level(
    site: SiteOption = None,
    state: StateOption = None,
    day: Day = None,
    first: From = None,
    last: To = None,
    queue: QueueOption = None,
    threshold: Threshold = None,
    explain: Annotated[bool, typer.Option("--explain", help="Tell each call that makes them differ.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the service level in three variants beside Asterisk's own two, on the same calls."""
    from ivrctl.cli.commands.kpi import Asked
    from ivrctl.cli.commands.kpi_service_level import service_level as run

    asked = Asked(site, state, day=day, first=first, last=last, queue=queue, threshold=threshold)
    run(asked, is_explained=explain, as_json=as_json)


@command(kpi_app, "kpi import")
def import_(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[PATH]...", help="Files of queue_log, or folders with such.", show_default=False),
    ] = None,
    database: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--database", help="Read a table of this database of the site file instead.", show_default=False),
    ] = None,
    table: Annotated[str, typer.Option("--table", help="The table's name.")] = "queue_log",
    zone: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--zone", help="Of a table's times; by default the site's. UTC for GMT.", show_default=False),
    ] = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Take the history of queues from Asterisk's queue_log into the books; a line that is wrong is told."""
    from ivrctl.cli.commands.kpi_import import Source
    from ivrctl.cli.commands.kpi_import import import_ as run

    run(Source(tuple(paths or ()), database, table, zone), site, state, as_json=as_json)
