"""The commands for backup staff: their arguments and options. What they do is in ``commands.staffing``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, staffing_app
from ivrctl.cli.options import AsJson, SiteOption, StateOption

Tier = Annotated[str, typer.Argument(help="The tier, as the policy names it.")]
For = Annotated[str, typer.Option("--for", help="How long the order counts: 30m, 2h.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; whoever asks later reads it.")]
PolicyName = Annotated[
    str, typer.Option("--policy", help="The policy, where several have such a tier.", show_default=False)
]
OnlyPolicy = Annotated[str, typer.Option("--policy", help="Only this policy.", show_default=False)]


@command(staffing_app, "staffing status")
def status(site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Show how backup staff stands: who is in, since when, and why."""
    from ivrctl.cli.commands.staffing import Where
    from ivrctl.cli.commands.staffing import status as run

    run(Where(site, state, as_json))


@command(staffing_app, "staffing plan")
def plan(
    policy: Annotated[
        str,
        typer.Option("--policy", help="A policy by its name, or a file that is not served yet.", show_default=False),
    ] = "",
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what would change now, and change nothing."""
    from ivrctl.cli.commands.staffing import Where
    from ivrctl.cli.commands.staffing import plan as run

    file = Path(policy) if policy.endswith((".yaml", ".yml")) else None
    run(Where(site, state, as_json), file, "" if file else policy)


@command(staffing_app, "staffing apply")
def apply(policy: OnlyPolicy = "", site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Carry out what is planned now, and see that it is so."""
    from ivrctl.cli.commands.staffing import Where
    from ivrctl.cli.commands.staffing import apply as run

    run(Where(site, state, as_json), policy)


@command(staffing_app, "staffing why")
def why(
    what: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[TIER|ID]", help="A tier, or the id of a decision; by default every tier."),
    ] = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Say why a tier is in or out, or what led to a decision."""
    from ivrctl.cli.commands.staffing import Where
    from ivrctl.cli.commands.staffing import why as run

    run(Where(site, state, as_json), what)


@command(staffing_app, "staffing history")
def history(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many decisions, the newest first.")] = 20,
    policy: OnlyPolicy = "",
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show which tiers came and went, and why."""
    from ivrctl.cli.commands.staffing import Where
    from ivrctl.cli.commands.staffing import history as run

    run(Where(site, state, as_json), limit, policy)


@command(staffing_app, "staffing forecast")
def forecast(
    day: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--day", help="The day, such as 2026-11-20 or tomorrow; today by default."),
    ] = None,
    queue: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--queue", help="These queues together; by default those of each policy."),
    ] = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show how many calls a day will bring, and how many people they need."""
    from ivrctl.cli.commands.staffing_forecast import show

    show(site, state, day, queue or [], as_json=as_json)


@command(staffing_app, "staffing engage")
def engage(
    tier: Tier,
    for_: For,
    reason: Reason,
    policy: PolicyName = "",
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Order a tier in, with those before it, whatever the figures say."""
    _order("engage", tier, for_, reason, policy, site, state, as_json=as_json)


@command(staffing_app, "staffing release")
def release(
    tier: Tier,
    for_: For,
    reason: Reason,
    policy: PolicyName = "",
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Order a tier home, with those behind it, whatever the figures say."""
    _order("release", tier, for_, reason, policy, site, state, as_json=as_json)


@command(staffing_app, "staffing freeze")
def freeze(
    for_: For,
    reason: Reason,
    policy: OnlyPolicy = "",
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Let everything stay as it is: no tier comes or goes, nobody is added or removed."""
    _order("freeze", "", for_, reason, policy, site, state, as_json=as_json)


@command(staffing_app, "staffing cancel")
def cancel(
    id_: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[ID]", help="The order's id; may be left out where only one is in force."),
    ] = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """End an order by hand now."""
    from ivrctl.cli.commands.staffing import Where
    from ivrctl.cli.commands.staffing import cancel as run

    run(Where(site, state, as_json), id_)


def _order(
    kind: str,
    tier: str,
    for_: str,
    reason: str,
    policy: str,
    site: Path | None,
    state: Path | None,
    *,
    as_json: bool,
) -> None:
    from ivrctl.cli.commands.staffing import Where, order

    body = {"kind": kind, "tier": tier, "policy": policy, "lasts": for_, "reason": reason}
    order(Where(site, state, as_json), body)
