"""``ivrctl queue watch``: the queues as they are, until somebody has seen enough."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from rich.console import Console, ConsoleDimensions
from rich.live import Live

from ivrctl.cli.commands.queue import check_names, known_of, usable
from ivrctl.cli.queue_view.centre import Centre, Known, agents_of, queues_of, sight_of
from ivrctl.cli.queue_view.follower import EVERY, Follower
from ivrctl.cli.queue_view.held import Held
from ivrctl.cli.queue_view.screen import screen
from ivrctl.cli.queue_view.terminal import opened
from ivrctl.cli.queue_view.text import changed
from ivrctl.cli.sites import running_state
from ivrctl.errors import IvrctlError
from ivrctl.web.client import ask

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""
Body: TypeAlias = dict[str, Any]

QUIT = frozenset("qQ\x03\x04")
"""q, Ctrl-C, Ctrl-D."""
USUAL = 80, 24
"""Columns and lines."""
PATIENCE = 3.0
"""Seconds for an answer: a controller that takes longer is as good as away, and that is said."""


class Keys(Protocol):
    """Who waits for keys: ``queue_view.terminal.Terminal``."""

    def wait(self, seconds: float) -> str:
        """The keys that were pressed within so many seconds."""


def watch(names: tuple[str, ...], site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """Show the queues until q is pressed; where standard output is no terminal, a line for each change."""
    api_socket, known = running_state(site, state).api_socket, known_of(site)
    first = answers(api_socket)
    usable(sight_of(first[0]))
    check_names(names, (queue["name"] for queue in first[0]["queues"]))

    def look() -> Centre:
        return centre(answers(api_socket), names, known)

    if as_json:
        watch_json(lambda: answers(api_socket), names)
    elif is_screen():
        _watch_screen(centre(first, names, known), look, known)
    else:
        watch_lines(centre(first, names, known), look, known)


def answers(api_socket: Path) -> tuple[Body, Body]:
    """What a controller sees now: of queues, and of agents.

    Raises:
        UnreachableError: none answers.
        RefusedRequestError: it cannot say.
    """
    return ask(api_socket, "/queues", within=PATIENCE), ask(api_socket, "/agents", within=PATIENCE)


def centre(answered: tuple[Body, Body], names: tuple[str, ...], known: Known) -> Centre:
    """The same as values, of these queues."""
    queues, agents = answered
    return Centre(sight_of(agents), queues_of(queues), agents_of(agents, known)).only(names)


def is_screen() -> bool:
    """True when somebody looks at a terminal that can be written over, and has its keys."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def terminal_size() -> tuple[int, int]:
    """Columns and lines; what is usual of a terminal that does not say."""
    try:
        columns, lines = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        columns, lines = 0, 0
    return columns or USUAL[0], lines or USUAL[1]


def _watch_screen(first: Centre, look: Callable[[], Centre], known: Known) -> None:
    console = Console(highlight=False)
    with opened() as terminal, Follower(first, look, terminal.wake) as follower:
        draw_until_quit(console, terminal, lambda: follower.held, known, terminal_size)


def draw_until_quit(
    console: Console,
    keys: Keys,
    held: Callable[[], Held],
    known: Known,
    size: Callable[[], tuple[int, int]],
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Draw whenever there is something new, the terminal has another size, or a second has gone by."""
    with Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        while True:
            # Its own idea of the size is that of COLUMNS, which a shell may have handed on: it is not told of resizes.
            console.size = ConsoleDimensions(*size())
            live.update(screen(held(), known, clock(), console.size), refresh=True)
            if QUIT.intersection(keys.wait(EVERY)):
                return


def watch_lines(
    first: Centre,
    look: Callable[[], Centre],
    known: Known,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Write a line for each queue whose figures have changed, and one when they are seen no more, or again."""
    held, before, was_doubted = Held(first, clock()), None, False
    while True:
        doubt = held.doubt(known, clock())
        if bool(doubt) != was_doubted:
            sys.stdout.write(f"{doubt or 'the queues are seen again'}\n")
        if not doubt:
            sys.stdout.writelines(changed(before, held.centre, known))
            before = held.centre
        sys.stdout.flush()
        was_doubted = bool(doubt)
        sleep(EVERY)
        held = held.next(look, clock)


def watch_json(
    look: Callable[[], tuple[Body, Body]], names: tuple[str, ...], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Write a line of JSON each second; without an answer it says so, and why."""
    while True:
        try:
            queues, agents = look()
            body = {**queues, "seen": agents["seen"], **_only(names, queues["queues"], agents["agents"])}
        except IvrctlError as error:
            body = {"format_version": FORMAT_VERSION, "seen": {"known": False, "why": str(error)}}
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        sleep(EVERY)


def _only(names: tuple[str, ...], queues: list[Body], agents: list[Body]) -> Body:
    return {
        "queues": [queue for queue in queues if not names or queue["name"] in names],
        "agents": [agent for agent in agents if not names or not agent["queues"].keys().isdisjoint(names)],
    }
