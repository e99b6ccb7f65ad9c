"""The commands for the files of a site: their arguments and options. What they do is in ``commands``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import app, command
from ivrctl.cli.options import AsJson, Caller, Engine, FileKind, Format, Language, Paths, PbxOption, PictureForm


@command(app, "init")
def init(
    folder: Annotated[Path, typer.Argument(metavar="NAME", help="The new site's folder; its name is the site's.")],
    language: Annotated[
        Optional[list[Language]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="A language of the site, the default one first; en when left out.", show_default=False),
    ] = None,
) -> None:
    """Write a small, complete site: two flows, a database, scenarios that pass."""
    from ivrctl.cli.commands.init import run

    run(folder, [str(chosen) for chosen in language or [Language.EN]])


@command(app, "check")
def check(
    paths: Paths = None,
    format_: Annotated[Format, typer.Option("--format", help="How findings are shown.")] = Format.TEXT,
    live: Annotated[bool, typer.Option("--live", help="Also compare the site's names with those of its PBX.")] = False,
    pbx: PbxOption = None,
) -> None:
    """Check the flows, scenarios and site file of a site: all findings, each with its place and advice."""
    from ivrctl.cli.commands.check import run

    run(paths or [], format_.value, is_live=live or pbx is not None, pbx=pbx)


@command(app, "explain")
def explain(
    rules: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(
            metavar="[RULE]...", help="Ids as findings have them, such as IVR101; without one, all.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain the rule of a finding: why it is one, an example that breaks it, and the same put right."""
    from ivrctl.cli.commands.explain import run

    run(rules or [], as_json=as_json)


@command(app, "schema")
def schema(
    kind: Annotated[
        Optional[FileKind],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(help="Print the schema of this kind of file.", show_default=False),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write those of all files of the site.")] = False,
    site: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="The site whose names are offered; by default this folder, else flows.", show_default=False),
    ] = None,
) -> None:
    """Write JSON Schemas, by which editors complete, explain and underline the files of a site."""
    from ivrctl.cli.commands.schema import run

    run(kind.value if kind else None, site, is_writing=write)


@command(app, "sim")
def sim(
    flow: Annotated[str, typer.Argument(help="A flow's name, its file, or the site's folder: which site is meant.")],
    dial: Annotated[str, typer.Option(help="The number that is dialled.")],
    from_: Caller = None,
    keys: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            help="Keys for each question, by commas; - presses none, h hangs up, in a queue an outcome says what "
            "becomes of it. Asked for when left out.",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help='When the call begins, "2026-11-20 10:00" in the site\'s zone; now when left out.'),
    ] = None,
    queues: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            help="What flows are told of every queue: waiting=7,longest_wait=2m; nothing is known when left out.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play a call in the terminal, without an Asterisk: what the caller hears, and the way he takes."""
    from ivrctl.cli.commands.sim import run

    run(flow, dial, from_, keys, at, queues=queues, as_json=as_json)


@command(app, "explore")
def explore(
    about: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[SITE|FLOW]", help="A site's folder, a flow's file or its name.", show_default=False),
    ] = None,
    line: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="Only callers of this line, as its flow writes it.", show_default=False),
    ] = None,
    max_states: Annotated[int, typer.Option(min=1, help="Walk no more states than so many.")] = 20_000,
    as_json: AsJson = False,
) -> None:
    """Walk every way that callers can take: where they end, dead ends, how far a person is, what nobody hears."""
    from ivrctl.cli.commands.explore import run

    run(about, line, most_states=max_states, as_json=as_json)


@command(app, "diff")
def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A site's folder, a flow's file, or a git revision.")],
    now: Annotated[
        str,
        typer.Argument(
            metavar="[NOW]",
            help="The same, to compare with it; by default this folder, else flows.",
            show_default=False,
        ),
    ] = "",
    max_states: Annotated[int, typer.Option(min=1, help="Compare no more states than so many.")] = 20_000,
    as_json: AsJson = False,
) -> None:
    """Say what a change does: which callers end somewhere else than before, and what they hear otherwise."""
    from ivrctl.cli.commands.diff import run

    run(before, now, most_states=max_states, as_json=as_json)


@command(app, "test")
def run_scenarios(
    paths: Paths = None,
    engine: Annotated[Engine, typer.Option(help="Simulated, over a fake Asterisk's socket, or real.")] = Engine.SIM,
    only: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("-k", help="Only scenarios whose title or file holds this.", show_default=False),
    ] = None,
    junit: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="Write a JUnit report here.", show_default=False),
    ] = None,
    pbx: PbxOption = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Say which steps, actions and outcomes were never walked.")
    ] = False,
    fail_under: Annotated[
        Optional[float],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            min=0, max=100, help="With --coverage: fail when less of it, in per cent, was walked.", show_default=False
        ),
    ] = None,
    jobs: Annotated[
        Optional[int],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(
            "--jobs", "-j", min=1, help="Processes that play; as many as pay, for sim and agi.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run scenarios. A failure prints what was expected and what came, and keeps audio and logs of a live one."""
    from ivrctl.cli.commands.test import Wanted, run

    wanted = Wanted(engine.value, only, jobs, pbx, junit, as_json, coverage, fail_under)
    run(paths or [], wanted)


@command(app, "graph")
def graph(
    about: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[SITE|FLOW]", help="A site's folder, a flow's file or its name.", show_default=False),
    ] = None,
    form: Annotated[PictureForm, typer.Option("--format", help="What it is written in.")] = PictureForm.MERMAID,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Play the scenarios simulated, and colour what they walk.")
    ] = False,
    output: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--output", "-o", help="Write it to this file.", show_default=False),
    ] = None,
) -> None:
    """Draw flows: which step leads where, and by what; with what the scenarios walk as colours."""
    from ivrctl.cli.commands.graph import run

    run(about, form.value, output, coverage=coverage)
