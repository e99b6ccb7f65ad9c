"""The commands for calls that are served: their arguments and options. What they do is in ``commands``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import app, command
from ivrctl.cli.options import AsJson, Caller, PbxOption, Site, StateOption, UnitPart


@command(app, "serve")
def serve(
    site: Site = None,
    pbx: PbxOption = None,
    state: StateOption = None,
    agi: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="HOST:PORT to listen on for FastAGI; by default where the PBX looks.", show_default=False),
    ] = None,
    api: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            help="HOST:PORT to serve the HTTP API on, for the tokens of the site; not by default.", show_default=False
        ),
    ] = None,
    allow: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="A network that may connect, such as 10.1.2.0/24; by default loopback.", show_default=False),
    ] = None,
    most_calls: Annotated[
        int, typer.Option(min=1, help="Calls in a flow at one time; one more reaches a person instead.")
    ] = 1000,
) -> None:
    """Run the controller: answer Asterisk's calls, keep serving through crashes, upgrade on SIGHUP."""
    from ivrctl.cli.commands.serve import run

    raise typer.Exit(run(site, pbx=pbx, state=state, agi=agi, api=api, allow=allow or [], most_calls=most_calls))


@command(app, "unit")
def unit(
    site: Site = None,
    part: Annotated[
        UnitPart, typer.Option(help="The controller, or what ends the memberships of one that is gone, and when.")
    ] = UnitPart.CONTROLLER,
    user: Annotated[str, typer.Option(help="Who the controller runs as.")] = "ivrctl",
    group: Annotated[str, typer.Option(help="Asterisk's group: it reads the prompts.")] = "asterisk",
    agi: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="HOST:PORT for FastAGI, as for serve.", show_default=False),
    ] = None,
    api: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="HOST:PORT for the HTTP API, as for serve.", show_default=False),
    ] = None,
    allow: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="A network that may connect, as for serve.", show_default=False),
    ] = None,
) -> None:
    """Print a systemd unit that runs the controller of a site, locked in, with the paths of this installation."""
    from ivrctl.cli.commands.unit import run

    run(site, part, user=user, group=group, agi=agi, api=api, allow=allow or [])


@command(app, "status")
def status(
    site: Site = None,
    wait: Annotated[
        Optional[float],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(min=0, help="Wait so many seconds for a controller that serves.", show_default=False),
    ] = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show the running controller: its version, its calls, its parent process."""
    from ivrctl.cli.commands.operate import status as run

    run(site, state, as_json=as_json, wait=wait)


@command(app, "calls")
def calls(
    site: Site = None,
    leg: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            help="One call, by its leg id or the beginning of it: with everything that happened.", show_default=False
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 20,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show the calls that ended last, or one of them from beginning to end."""
    from ivrctl.cli.commands.operate import calls as run

    run(site, state, leg=leg, limit=limit, as_json=as_json)


@command(app, "reload")
def reload(site: Site = None, state: StateOption = None) -> None:
    """Have the running controller take the site as it is now; findings when it cannot."""
    from ivrctl.cli.commands.operate import reload as run

    run(site, state)


@command(app, "call")
def call(
    number: Annotated[str, typer.Argument(help="The number to dial.")],
    from_: Caller = None,
    press: Annotated[str, typer.Option(help="Keys to press at each question, by commas; h hangs up.")] = "",
    pbx: PbxOption = None,
    site: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="The site whose controller serves; by default this folder, else flows.", show_default=False),
    ] = None,
    state: StateOption = None,
    longest: Annotated[float, typer.Option(min=1, max=600, help="Hang up after so many seconds.")] = 90.0,
    keep: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            help="A folder for the recording and the phone's log; they are not kept without.", show_default=False
        ),
    ] = None,
    no_controller: Annotated[
        bool, typer.Option("--no-controller", help="Dial without asking a controller; what is heard is kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Dial the development PBX with a softphone and print what was heard, with times."""
    from ivrctl.cli.commands.call import run

    run(
        number,
        from_,
        press,
        pbx=pbx,
        site=site,
        state=state,
        longest=longest,
        keep=keep,
        is_controller_asked=not no_controller,
        as_json=as_json,
    )


@command(app, "doctor")
def doctor(site: Site = None, pbx: PbxOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Examine a running Asterisk over AMI and by a probe call: what is wrong, and the lines to paste."""
    from ivrctl.cli.commands.doctor import run

    run(site, pbx, state, as_json=as_json)
