"""The commands: their arguments and options. What they do is in ``commands``, their pages are in ``manual``."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Optional, TypeVar

import typer
from typer.core import TyperGroup

from ivrctl import __version__
from ivrctl.cli.manual import GROUPS, PAGES, ROOT


class Grouped(TyperGroup):
    """The commands in groups, by what they are for."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - click's signature
        """Write the groups; a command that is in none stands below them."""
        grouped = {name for names in GROUPS.values() for name in names}
        groups = {**GROUPS, "Others": tuple(name for name in self.commands if name not in grouped)}
        for title, names in groups.items():
            if names:
                with formatter.section(title):
                    formatter.write_dl([(name, self.commands[name].get_short_help_str()) for name in names])


app = typer.Typer(
    name="ivrctl",
    cls=Grouped,
    epilog=ROOT,
    help="An IVR and ACD controller for Asterisk: call flows in YAML, checked, simulated, tested and run.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
pbx_app = typer.Typer(
    help="The development PBX: a real Asterisk 22 in a container, or in a Debian root of its own.", no_args_is_help=True
)
prompts_app = typer.Typer(help="The prompts of a site: what is spoken, made before any call.", no_args_is_help=True)
app.add_typer(pbx_app, name="pbx", short_help="the development PBX: up, down, status, logs")
app.add_typer(prompts_app, name="prompts", short_help="make what is spoken, or look for gaps: build, check")


Run = TypeVar("Run", bound=Callable[..., None])


def _command(group: typer.Typer, words: str) -> Callable[[Run], Run]:
    """Add a command with its manual page: its docstring is the summary."""

    def add(run: Run) -> Run:
        page = PAGES[words]
        text = f"{run.__doc__}\n\n{page.text}"
        return group.command(words.rpartition(" ")[2], short_help=page.brief, help=text, epilog=page.epilog)(run)

    return add


class PictureForm(StrEnum):
    """What a picture is written in."""

    MERMAID = "mermaid"
    DOT = "dot"


class Format(StrEnum):
    """How findings are shown."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class FileKind(StrEnum):
    """What the files of a site are."""

    FLOW = "flow"
    SITE = "site"
    SCENARIO = "scenario"


class Language(StrEnum):
    """In what a new site speaks."""

    EN = "en"
    ZH = "zh"


class Engine(StrEnum):
    """On what scenarios run."""

    SIM = "sim"
    AGI = "agi"
    LIVE = "live"


class Runtime(StrEnum):
    """In what the development PBX runs."""

    AUTO = "auto"
    DOCKER = "docker"
    PODMAN = "podman"
    ROOT = "root"


Site = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(help="A site's folder; by default this folder, else flows.", show_default=False),
]
Paths = Annotated[
    Optional[list[Path]],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(help="Sites' folders, or files in them; by default this folder, else flows.", show_default=False),
]
PbxName = Annotated[str, typer.Argument(help="Its name: several run side by side.")]
PbxOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--pbx", help="The development PBX to use; by default the one named default.", show_default=False),
]
StateOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--state", help="The state folder; by default one of the site's own.", show_default=False),
]
Caller = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(
        "--from", help="The caller's number; by default an example of the site's country.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Agi = Annotated[str, typer.Option(help="HOST:PORT on which Asterisk finds the controller.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ivrctl {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@_command(app, "init")
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


@_command(app, "check")
def check(
    paths: Paths = None,
    format_: Annotated[Format, typer.Option("--format", help="How findings are shown.")] = Format.TEXT,
    live: Annotated[bool, typer.Option("--live", help="Also compare the site's names with those of its PBX.")] = False,
    pbx: PbxOption = None,
) -> None:
    """Check the flows, scenarios and site file of a site: all findings, each with its place and advice."""
    from ivrctl.cli.commands.check import run

    run(paths or [], format_.value, is_live=live or pbx is not None, pbx=pbx)


@_command(app, "explain")
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


@_command(app, "schema")
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


@_command(app, "sim")
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
    as_json: AsJson = False,
) -> None:
    """Play a call in the terminal, without an Asterisk: what the caller hears, and the way he takes."""
    from ivrctl.cli.commands.sim import run

    run(flow, dial, from_, keys, at, as_json=as_json)


@_command(app, "explore")
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


@_command(app, "diff")
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


@_command(app, "test")
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


@_command(app, "graph")
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


@_command(app, "serve")
def serve(
    site: Site = None,
    pbx: PbxOption = None,
    state: StateOption = None,
    agi: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="HOST:PORT to listen on for FastAGI; by default where the PBX looks.", show_default=False),
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

    raise typer.Exit(run(site, pbx=pbx, state=state, agi=agi, allow=allow or [], most_calls=most_calls))


@_command(app, "unit")
def unit(
    site: Site = None,
    user: Annotated[str, typer.Option(help="Who the controller runs as.")] = "ivrctl",
    group: Annotated[str, typer.Option(help="Asterisk's group: it reads the prompts.")] = "asterisk",
    agi: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="HOST:PORT for FastAGI, as for serve.", show_default=False),
    ] = None,
    allow: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option(help="A network that may connect, as for serve.", show_default=False),
    ] = None,
) -> None:
    """Print a systemd unit that runs the controller of a site, locked in, with the paths of this installation."""
    from ivrctl.cli.commands.unit import run

    run(site, user=user, group=group, agi=agi, allow=allow or [])


@_command(app, "status")
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


@_command(app, "calls")
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


@_command(app, "reload")
def reload(site: Site = None, state: StateOption = None) -> None:
    """Have the running controller take the site as it is now; findings when it cannot."""
    from ivrctl.cli.commands.operate import reload as run

    run(site, state)


@_command(app, "call")
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
    as_json: AsJson = False,
) -> None:
    """Dial the development PBX with a softphone and print what was heard, with times."""
    from ivrctl.cli.commands.call import run

    run(number, from_, press, pbx=pbx, site=site, state=state, longest=longest, keep=keep, as_json=as_json)


@_command(app, "doctor")
def doctor(site: Site = None, pbx: PbxOption = None, state: StateOption = None, as_json: AsJson = False) -> None:
    """Examine a running Asterisk over AMI and by a probe call: what is wrong, and the lines to paste."""
    from ivrctl.cli.commands.doctor import run

    run(site, pbx, state, as_json=as_json)


@_command(pbx_app, "pbx up")
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


@_command(pbx_app, "pbx down")
def pbx_down(name: PbxName = "default") -> None:
    """Stop a PBX."""
    from ivrctl.cli.commands.pbx import down

    down(name)


@_command(pbx_app, "pbx status")
def pbx_status(as_json: AsJson = False) -> None:
    """Show the PBXs that run."""
    from ivrctl.cli.commands.pbx import status as run

    run(as_json=as_json)


@_command(pbx_app, "pbx logs")
def pbx_logs(
    name: PbxName = "default",
    lines: Annotated[int, typer.Option("-n", min=1, help="How many lines.")] = 40,
    follow: Annotated[bool, typer.Option("-f", help="Go on as they come.")] = False,
) -> None:
    """Show Asterisk's log."""
    from ivrctl.cli.commands.pbx import logs

    logs(name, lines, follow=follow)


@_command(prompts_app, "prompts build")
def prompts_build(site: Site = None, pbx: PbxOption = None) -> None:
    """Make every prompt that calls can need, so that nothing is synthesised while a caller waits."""
    from ivrctl.cli.commands.prompts import build

    build(site, pbx)


@_command(prompts_app, "prompts check")
def prompts_check(site: Site = None, pbx: PbxOption = None) -> None:
    """Show which prompts are missing or broken, and recordings that cannot be used."""
    from ivrctl.cli.commands.prompts import check as run

    run(site, pbx)
