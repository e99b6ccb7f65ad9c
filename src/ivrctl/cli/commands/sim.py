"""``ivrctl sim``: one simulated call, played in the terminal."""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ivrctl.cli.codes import OK
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.errors import ConfigurationError
from ivrctl.flow.commands import Ask, Finish, HandOffToDial, HandOffToQueue
from ivrctl.flow.flow_file import SUFFIX
from ivrctl.flow.program import Program
from ivrctl.lang.findings import did_you_mean
from ivrctl.model.call import TraceEntry
from ivrctl.testkit.engines.sim import SimCall

MOST_EVENTS = 10_000
"""A simulated call that is still not over is a flow that never lets its caller go."""

_SHOWN = frozenset({"step", "says", "key", "looks-up", "missing", "failed", "queues", "dials", "outcome", "ends"})
"""What of a trace a reader wants to see."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """Who calls where, and what he keys at each question."""

    number: str
    caller: str
    groups: Iterator[str]


def run(flow: str, dial: str, caller: str, keys: str | None, *, as_json: bool) -> None:
    """Play the call, and print it as it goes."""
    folder = _folder_of(flow)
    program = load_program(folder)
    _check_flow(flow, program)
    is_interactive = keys is None and sys.stdin.isatty() and not as_json
    groups = iter([group.strip() for group in (keys or "").split(",") if group.strip()])
    dialled = Dialled(dial, caller, _typing() if is_interactive else groups)
    call = asyncio.run(_play(folder, program, dialled, _hide if as_json else _show))
    if as_json:
        body = {"format_version": 1, "trace": [asdict(entry) for entry in call.log.trace], "seconds": call.elapsed}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    raise SystemExit(OK)


async def _play(folder: Path, program: Program, dialled: Dialled, show: Callable[[TraceEntry], None]) -> SimCall:
    from ivrctl.adapters.site_databases import SiteDatabases
    from ivrctl.service.numbering import spoken
    from ivrctl.testkit.engines.sim import DatabaseLookups

    databases = SiteDatabases(program.site, folder, os.environ)
    lookups = DatabaseLookups(databases, partial(spoken, numbering=program.site.numbers))
    try:
        call = SimCall(program, dialled.number, dialled.caller, lookups, datetime.now(UTC))
        shown = 0
        for _ in range(MOST_EVENTS):
            await _go_on(call, dialled.groups)
            for entry in call.log.trace[shown:]:
                show(entry)
            shown = len(call.log.trace)
            if call.doing is not None and isinstance(call.doing.command, Finish):
                break
        return call
    finally:
        await databases.close()


async def _go_on(call: SimCall, groups: Iterator[str]) -> None:
    """One event: the caller's keys where he is asked, else whatever comes by itself."""
    doing = call.doing
    if doing is None:
        await call.advance()
    elif isinstance(doing.command, Ask):
        keys = next(groups, "")
        if keys == "h":
            call.hang_up()
        for key in keys if keys != "h" else "":
            await call.press(key)
        if not keys:
            await call.advance()
    elif isinstance(doing.command, HandOffToQueue | HandOffToDial):
        await call.hand_back(next(groups, "") or "answered")
    elif math.isinf(doing.due):
        call.hang_up()
    else:
        await call.advance()


def _typing() -> Iterator[str]:
    """Ask the person at the terminal."""
    while True:
        sys.stderr.write("keys (Enter: none, h: hang up; in a queue: an outcome)> ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        yield line.strip() if line else "h"


def _show(entry: TraceEntry) -> None:
    if entry.event in _SHOWN:
        sys.stdout.write(f"{entry.at:7.1f} s  {entry.place:28} {entry.event:9} {entry.detail}\n")


def _hide(_entry: TraceEntry) -> None:
    """Shown as JSON when the call is over."""


def _folder_of(flow: str) -> Path:
    path = Path(flow)
    return site_folder(path.parent if path.is_file() else None)


def _check_flow(flow: str, program: Program) -> None:
    name = Path(flow).name.removesuffix(SUFFIX)
    if name not in program.flows:
        raise ConfigurationError(f'the site has no flow "{name}"', advice=did_you_mean(name, program.flows))
