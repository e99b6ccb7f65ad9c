"""The commands for notices: their arguments and options. What they do is in ``commands.notice``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, notice_app
from ivrctl.cli.options import AsJson, PbxOption, StateOption


class Then(StrEnum):
    """What becomes of the call behind a notice."""

    CONTINUE = "continue"
    END = "end"


Words = Optional[list[str]]  # noqa: UP045 - typer reads the annotation at run time
Word = Optional[str]  # noqa: UP045 - typer reads the annotation at run time

Id = Annotated[str, typer.Argument(help="The notice's id, as ivrctl notice list shows it.")]
SiteOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--site", help="The site's folder; by default this folder, else flows.", show_default=False),
]
Text = Annotated[
    Words, typer.Option("--text", help="What is said: LANGUAGE=TEXT, for each language.", show_default=False)
]
Recording = Annotated[
    Words, typer.Option("--recording", help="Heard in place of a text: LANGUAGE=FILE, a WAV.", show_default=False)
]
Line = Annotated[Words, typer.Option("--line", help="Only for callers who dialled this number.", show_default=False)]
Point = Annotated[Words, typer.Option("--point", help="Only at this point of the flows.", show_default=False)]
Region = Annotated[Words, typer.Option("--region", help="Only for callers of this region.", show_default=False)]
Brand = Annotated[Words, typer.Option("--brand", help="Only for customers of this brand.", show_default=False)]
Tier = Annotated[Words, typer.Option("--tier", help="Only for customers of this tier.", show_default=False)]
Queue = Annotated[Words, typer.Option("--queue", help="Only before this queue.", show_default=False)]
Caller = Annotated[Words, typer.Option("--caller", help="Only for this calling number.", show_default=False)]
From = Annotated[
    Word, typer.Option("--from", help='When it begins: "2026-11-20 18:00"; at once without it.', show_default=False)
]
Until = Annotated[Word, typer.Option("--until", help='When it ends: "2026-11-20 18:00".', show_default=False)]
For = Annotated[Word, typer.Option("--for", help="How long it lasts, in place of --until: 2h.", show_default=False)]
ThenOption = Annotated[
    Optional[Then],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--then", help="Whether the call goes on behind it, as it does without this.", show_default=False),
]
Reason = Annotated[Word, typer.Option("--reason", help="Why; due with --then end.", show_default=False)]
OffPeak = Annotated[
    Optional[bool],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--off-peak/--no-off-peak", help="Advise to call at another time.", show_default=False),
]
Waive = Annotated[Words, typer.Option("--waive", help="A language that is missing on purpose.", show_default=False)]


@command(notice_app, "notice add")
def add(
    text: Text = None,
    recording: Recording = None,
    line: Line = None,
    point: Point = None,
    region: Region = None,
    brand: Brand = None,
    tier: Tier = None,
    queue: Queue = None,
    caller: Caller = None,
    from_: From = None,
    until: Until = None,
    for_: For = None,
    then: ThenOption = None,
    reason: Reason = None,
    off_peak: OffPeak = None,
    waive: Waive = None,
    force: Annotated[bool, typer.Option("--force", help="Also when the same is announced already.")] = False,
    site: SiteOption = None,
    pbx: PbxOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Announce something, at once or later, until a time that must be given."""
    from ivrctl.cli.commands.notice import Where, asked_for, make

    scope = {
        "lines": line,
        "points": point,
        "regions": region,
        "brands": brand,
        "tiers": tier,
        "queues": queue,
        "callers": caller,
    }
    body = asked_for(
        texts=text,
        recordings=recording,
        scope=scope,
        starts=from_,
        ends=until,
        lasts=for_,
        ends_call=None if then is None else then is Then.END,
        reason=reason,
        off_peak=off_peak,
        waive=waive,
    )
    make(Where(site, state, pbx), {**body, "force": force}, as_json=as_json)


@command(notice_app, "notice change")
def change(
    id_: Id,
    text: Text = None,
    recording: Recording = None,
    line: Line = None,
    point: Point = None,
    region: Region = None,
    brand: Brand = None,
    tier: Tier = None,
    queue: Queue = None,
    caller: Caller = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="For everybody from now on.")] = False,
    from_: From = None,
    until: Until = None,
    for_: For = None,
    then: ThenOption = None,
    reason: Reason = None,
    off_peak: OffPeak = None,
    waive: Waive = None,
    site: SiteOption = None,
    pbx: PbxOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Change a notice that stands; what is not named stays as it is."""
    from ivrctl.cli.commands.notice import Where, asked_for
    from ivrctl.cli.commands.notice import change as run

    scope = {
        "lines": line,
        "points": point,
        "regions": region,
        "brands": brand,
        "tiers": tier,
        "queues": queue,
        "callers": caller,
    }
    body = asked_for(
        texts=text,
        recordings=recording,
        scope=scope,
        starts=from_,
        ends=until,
        lasts=for_,
        ends_call=None if then is None else then is Then.END,
        reason=reason,
        off_peak=off_peak,
        waive=waive,
    )
    run(Where(site, state, pbx), id_, {**body, **({"scope": {}} if everybody else {})}, as_json=as_json)


@command(notice_app, "notice end")
def end(
    id_: Id, site: SiteOption = None, pbx: PbxOption = None, state: StateOption = None, as_json: AsJson = False
) -> None:
    """End a notice now."""
    from ivrctl.cli.commands.notice import Where
    from ivrctl.cli.commands.notice import end as run

    run(Where(site, state, pbx), id_, as_json=as_json)


@command(notice_app, "notice list")
def list_(site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Show the notices that stand: heard now, or later."""
    from ivrctl.cli.commands.notice import Where
    from ivrctl.cli.commands.notice import list_ as run

    run(Where(site, state), as_json=as_json)


@command(notice_app, "notice show")
def show(id_: Id, site: SiteOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Show all of one notice that stands."""
    from ivrctl.cli.commands.notice import Where
    from ivrctl.cli.commands.notice import show as run

    run(Where(site, state), id_, as_json=as_json)


@command(notice_app, "notice history")
def history(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 20,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """Show who made, changed and ended what."""
    from ivrctl.cli.commands.notice import Where
    from ivrctl.cli.commands.notice import history as run

    run(Where(site, state), limit, as_json=as_json)
