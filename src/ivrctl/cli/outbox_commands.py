"""The commands for what is submitted and not delivered. What they do is in ``commands.outbox``."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, outbox_app
from ivrctl.cli.options import AsJson, SiteOption, StateOption

Key = Annotated[str, typer.Argument(help="Its key, or the beginning of it.", show_default=False)]


@command(outbox_app, "outbox list")
def outbox_list(
    site: SiteOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the oldest first.")] = 50,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what waits, and what was set aside."""
    from ivrctl.cli.commands.outbox import listed

    listed(site, state, limit=limit, as_json=as_json)


@command(outbox_app, "outbox show")
def outbox_show(key: Key, site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Show one of them, with what it holds."""
    from ivrctl.cli.commands.outbox import show

    show(site, state, key=key, as_json=as_json)


@command(outbox_app, "outbox retry")
def outbox_retry(
    key: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(help="Its key, or the beginning of it; without it all that was set aside.", show_default=False),
    ] = None,
    site: SiteOption = None,
    state: StateOption = None,
) -> None:
    """Have what was set aside delivered after all."""
    from ivrctl.cli.commands.outbox import retry

    retry(site, state, key=key)


@command(outbox_app, "outbox drop")
def outbox_drop(key: Key, site: SiteOption = None, state: StateOption = None) -> None:
    """Forget one of them: it is never delivered."""
    from ivrctl.cli.commands.outbox import drop

    drop(site, state, key=key)
