"""The commands that try a policy: their arguments and options. What they do is in ``commands.staffing_trial``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, staffing_app
from ivrctl.cli.options import AsJson, SiteOption, StateOption

SEEDS_OF_DESCRIBED = 5
"""Days that are drawn from a description: enough to see what is chance, and quick enough to try again."""
SEEDS_OF_RECORDED = 3
"""Of a day that was most is known, so that few say as much: a day of 20,000 calls is tried in less than ten seconds."""
MOST_SEEDS = 1000

Policies = Annotated[
    Optional[list[Path]],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--policy", help="A policy that is not served yet, in a file; several times.", show_default=False),
]
Seeds = Annotated[int, typer.Option(min=1, max=MOST_SEEDS, help="How many days are drawn.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31, help="The first of them: the same gives the same.")]
Csv = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(help="A folder for tables, one row for each seed at least.", show_default=False),
]
Svg = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(help="A file for a picture of the day.", show_default=False),
]


@command(staffing_app, "staffing simulate")
def simulate(
    file: Annotated[Path, typer.Argument(metavar="DAYFILE", help="Such as busy.day.yaml.")],
    policy: Policies = None,
    seeds: Seeds = SEEDS_OF_DESCRIBED,
    seed: Seed = 1,
    csv: Csv = None,
    svg: Svg = None,
    site: SiteOption = None,
    as_json: AsJson = False,
) -> None:
    """Try policies on a day that is only described."""
    from ivrctl.cli.commands.staffing_trial import Shape
    from ivrctl.cli.commands.staffing_trial import simulate as run

    run(file, site, Shape(policy or [], seeds, seed, csv, svg, as_json))


@command(staffing_app, "staffing backtest")
def backtest(
    day: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--day", help="A day of the books, such as 2026-11-20; yesterday by default.", show_default=False),
    ] = None,
    policy: Policies = None,
    comes_when_asked: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="How many end a break when they are asked, such as 70%; by default 50%.", show_default=False),
    ] = None,
    queues_conf: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="Asterisk's own file, for strategy, timeout, retry and the like.", show_default=False),
    ] = None,
    seeds: Seeds = SEEDS_OF_RECORDED,
    seed: Seed = 1,
    csv: Csv = None,
    svg: Svg = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Try policies on a day that was, by the books."""
    from ivrctl.cli.commands.kpi import Asked
    from ivrctl.cli.commands.staffing_trial import Beside, Shape
    from ivrctl.cli.commands.staffing_trial import backtest as run

    run(
        Asked(site, state, day=day),
        Beside(comes_when_asked, queues_conf),
        Shape(policy or [], seeds, seed, csv, svg, as_json),
    )
