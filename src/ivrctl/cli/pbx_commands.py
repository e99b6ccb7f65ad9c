"""The commands for the development PBX and for prompts. What they do is in ``commands``."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, pbx_app, prompts_app
from ivrctl.cli.options import Agi, AsJson, PbxName, PbxOption, Runtime, Site


@command(pbx_app, "pbx up")
def pbx_up(
    name: PbxName = "default",
    agi: Agi = "127.0.0.1:4573",
    runtime: Annotated[
        Optional[Runtime],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            help="What it runs in; auto is Docker or Podman where one answers, else a Debian root, as root. "
            "By default what IVRCTL_RUNTIME says, else auto.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start a PBX; the first time its image, or its Debian root, is built."""
    from ivrctl.cli.commands.pbx import up

    up(name, agi, runtime.value if runtime else None, as_json=as_json)


@command(pbx_app, "pbx down")
def pbx_down(name: PbxName = "default") -> None:
    """Stop a PBX."""
    from ivrctl.cli.commands.pbx import down

    down(name)


@command(pbx_app, "pbx status")
def pbx_status(as_json: AsJson = False) -> None:
    """Show the PBXs that run."""
    from ivrctl.cli.commands.pbx import status as run

    run(as_json=as_json)


@command(pbx_app, "pbx logs")
def pbx_logs(
    name: PbxName = "default",
    lines: Annotated[int, typer.Option("-n", min=1, help="How many lines.")] = 40,
    follow: Annotated[bool, typer.Option("-f", help="Go on as they come.")] = False,
) -> None:
    """Show Asterisk's log."""
    from ivrctl.cli.commands.pbx import logs

    logs(name, lines, follow=follow)


@command(prompts_app, "prompts build")
def prompts_build(site: Site = None, pbx: PbxOption = None) -> None:
    """Make every prompt that calls can need, so that nothing is synthesised while a caller waits."""
    from ivrctl.cli.commands.prompts import build

    build(site, pbx)


@command(prompts_app, "prompts check")
def prompts_check(site: Site = None, pbx: PbxOption = None) -> None:
    """Show which prompts are missing or broken, and recordings that cannot be used."""
    from ivrctl.cli.commands.prompts import check as run

    run(site, pbx)
