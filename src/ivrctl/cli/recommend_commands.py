"""The command that looks for a better policy: its arguments and options. It is in ``commands.staffing_recommend``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, staffing_app
from ivrctl.cli.options import AsJson, SiteOption, StateOption
from ivrctl.cli.trial_commands import MOST_SEEDS

EVALUATIONS = 600
"""Enough for a policy of four tiers: of a day of a thousand calls, some minutes on two processors."""
SEEDS = 16
"""Days that are drawn for the search, and as many others for the check: a share of callers who hang up is known to a
tenth of a point then."""


@command(staffing_app, "staffing recommend")
def recommend(
    files: Annotated[
        Optional[list[Path]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[DAYFILE]…", help="Such as busy.day.yaml.", show_default=False),
    ] = None,
    day: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            "--day", help="A day of the books, such as 2026-11-20 or yesterday; several times.", show_default=False
        ),
    ] = None,
    policy: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="The policy to begin with; by default the site's.", show_default=False),
    ] = None,
    evaluations: Annotated[int, typer.Option(min=1, help="How many runs of a day there may be, in all.")] = EVALUATIONS,
    seeds: Annotated[int, typer.Option(min=4, max=MOST_SEEDS, help="How often each day is drawn.")] = SEEDS,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="The first: the same gives the same.")] = 1,
    out: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="The file that is written; by default recommended/NAME.staffing.yaml.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    comes_when_asked: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="With --day: how many end a break when they are asked; by default 50%.", show_default=False),
    ] = None,
    queues_conf: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="With --day: Asterisk's own file, for how queues are set.", show_default=False),
    ] = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Look for a cheaper policy that keeps the promise."""
    from ivrctl.cli.commands.kpi import Asked
    from ivrctl.cli.commands.staffing_recommend import Days, Wanted
    from ivrctl.cli.commands.staffing_recommend import recommend as run
    from ivrctl.cli.commands.staffing_trial import Beside

    days = Days(files or [], day or [], Asked(site, state), Beside(comes_when_asked, queues_conf))
    run(days, Wanted(policy, evaluations, seeds, seed, out, force, as_json))
