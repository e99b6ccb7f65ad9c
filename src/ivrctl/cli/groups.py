"""The groups of commands, and how a command joins one: with its page of the manual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup
from typer.models import TyperInfo

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
notice_app = typer.Typer(help="Emergency notices: what callers are told until a time.", no_args_is_help=True)
app.add_typer(notice_app, name="notice", short_help="announce something: add, list, show, change, end, history")
outbox_app = typer.Typer(
    help="What was submitted and is not delivered: what waits, what was refused, what was given up.",
    no_args_is_help=True,
)
app.add_typer(outbox_app, name="outbox", short_help="what is submitted and not delivered: list, show, retry, drop")
customers_app = typer.Typer(
    help="The directory of customers: who has which number, brand, tier, region, language and PIN.",
    no_args_is_help=True,
)
agents_app = typer.Typer(
    help="The agents of a site: who they are, and what they dial to sign on and off, and to pause.",
)
app.add_typer(agents_app, name="agents", short_help="who answers, and the codes that they dial: list, dialplan")


class Figures(TyperGroup):
    """``ivrctl kpi``: without the name of a command it shows figures."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``show`` where only options stand, or nothing."""
        asks_for_help = args[:1] in (["--help"], ["-h"])
        if not asks_for_help and (not args or args[0].startswith("-")):
            args = ["show", *args]
        return super().parse_args(ctx, args)


kpi_app = typer.Typer(
    cls=Figures,
    help="The figures of queues, agents and calls, and the calls behind each. ivrctl kpi alone is ivrctl kpi show.",
)
queue_app = typer.Typer(help="The queues as a controller sees them now: once, or live.", no_args_is_help=True)
app.add_typer(queue_app, name="queue", short_help="the queues now: list, show, watch")
staffing_app = typer.Typer(
    help="Backup staff: who is called in when it is busy, why, and orders by hand.", no_args_is_help=True
)
app.add_typer(
    staffing_app,
    name="staffing",
    short_help="backup staff: status, plan, why, history; engage, release, freeze; simulate, backtest",
)
app.add_typer(pbx_app, name="pbx", short_help="the development PBX: up, down, status, logs")
app.add_typer(prompts_app, name="prompts", short_help="make what is spoken, or look for gaps: build, check")
app.add_typer(kpi_app, name="kpi", short_help="figures and the calls behind them: show, why, service-level, import")
app.add_typer(customers_app, name="customers", short_help="who calls: import, export, show, set-pin, unlock, erase")


Run = TypeVar("Run", bound=Callable[..., None])


def command(group: typer.Typer, words: str) -> Callable[[Run], Run]:
    """Add a command with its manual page: its docstring is the summary."""

    def add(run: Run) -> Run:
        page = PAGES[words]
        text = f"{run.__doc__}\n\n{page.text}"
        return group.command(words.rpartition(" ")[2], short_help=page.brief, help=text, epilog=page.epilog)(run)

    return add


def only(group: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """A group with nothing but the command that these words name; all of it where they name none.

    Typer makes every command from its signature before it runs one of them, and seventy take a tenth of a second.
    """
    name, rest = words[:1], words[1:]
    chosen = copy(group)
    chosen.registered_commands = [each for each in group.registered_commands if [each.name] == name]
    chosen.registered_groups = [_only_of(each, rest) for each in group.registered_groups if [each.name] == name]
    return chosen if chosen.registered_commands or chosen.registered_groups else group


def _only_of(group: TyperInfo, words: Sequence[str]) -> TyperInfo:
    chosen = copy(group)
    if group.typer_instance is not None:
        chosen.typer_instance = only(group.typer_instance, words)
    return chosen


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
