"""``ivrctl sim``: one simulated call, played in the terminal."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ivrctl.cli.codes import OK
from ivrctl.cli.sites import SITE_FILE, load_program, own_state, site_folder
from ivrctl.cli.telephone import example_caller
from ivrctl.errors import ConfigurationError
from ivrctl.flow.actions.verify import Verify
from ivrctl.flow.commands import (
    RECORDED,
    Ask,
    Finish,
    HandOff,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    Question,
)
from ivrctl.flow.flow_file import SUFFIX
from ivrctl.flow.program import Program
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.scalars import read_duration
from ivrctl.model.call import TraceEntry
from ivrctl.model.dial_pattern import best_match
from ivrctl.model.queue_facts import NOTHING_KNOWN, NUMBERS, QueueFacts, QueueFactsByName
from ivrctl.testkit.engines.sim import SimCall
from ivrctl.testkit.scenario import local_time

if TYPE_CHECKING:
    from ivrctl.service.known_callers import KnownCallers

MOST_EVENTS = 10_000
"""A simulated call that is still not over is a flow that never lets its caller go."""

_SHOWN = frozenset(
    {"step", "says", "key", "looks-up", "verifies", "locked", "submits", "missing", "failed"}
    | {"queues", "dials", "records", "outcome", "ends"}
)
"""What of a trace a reader wants to see."""

_DIAL_OUTCOMES = frozenset({"answered", "busy", "no_answer", "unavailable", "refused", "unknown"})
"""What can become of a telephone that is dialled: no key leaves it."""

_OUTCOMES = (
    frozenset({"answered", "timed_out", "left", "empty", "full", "failed"}) | _DIAL_OUTCOMES | {RECORDED, "too_short"}
)
"""What can become of a queue, of a dial and of a voicemail."""

_NOTHING_KEPT = "sqlite+aiosqlite:///:memory:"
"""The database of a site that has never been served here: it has no customers."""

_NO_KEY = "-"
"""A question at which nothing is pressed."""

_ANSWERS = (
    "keys 0-9 * #, - for none, h to hang up, or in a queue, a dial or a voicemail an outcome: "
    + ", ".join(sorted(_OUTCOMES))
    + ", key_1"
)

_RINGING = f"h to hang up, or an outcome: {', '.join(sorted(_DIAL_OUTCOMES))}"


@dataclass(frozen=True, slots=True)
class Dialled:
    """Who calls where, and what he keys at each question."""

    number: str
    caller: str
    groups: Iterator[str]
    at: datetime
    """When the call begins."""
    queues: QueueFactsByName
    """What flows are told of queues."""


def run(
    flow: str, dial: str, caller: str | None, keys: str | None, at: str | None, queues: str | None, *, as_json: bool
) -> None:
    """Play the call, and print it as it goes."""
    folder = _folder_of(flow)
    program = load_program(folder)
    _check_flow(flow, program, dial)
    is_interactive = keys is None and sys.stdin.isatty() and not as_json
    groups = iter(_groups(keys or ""))
    number = caller if caller is not None else example_caller(str(program.site.numbers.country))
    dialled = Dialled(
        dial, number, _typing() if is_interactive else groups, _beginning(at, program), _known_of(queues, program)
    )
    trace: list[TraceEntry] = []
    call = asyncio.run(_play(folder, program, dialled, trace.append if as_json else _show))
    if as_json:
        body = {"format_version": 1, "trace": [entry._asdict() for entry in trace], "seconds": call.elapsed}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    raise SystemExit(OK)


def _beginning(at: str | None, program: Program) -> datetime:
    if at is None:
        return datetime.now(UTC)
    try:
        return local_time(at, program)
    except ValueError:
        advice = 'write it as in scenarios, in the site\'s zone: --at "2026-11-20 10:00"'
        raise ConfigurationError(f'"{at}" is no date and time', advice=advice) from None


def _known_of(queues: str | None, program: Program) -> QueueFactsByName:
    """What flows are told of every queue, such as ``waiting=7,longest_wait=2m``."""
    if queues is None:
        return NOTHING_KNOWN
    figures: dict[str, int | timedelta] = {"age": timedelta(0)}
    for figure in queues.split(","):
        name, _, value = figure.strip().partition("=")
        try:
            figures[name] = _FIGURES[name](value)
        except (KeyError, ValueError):
            advice = f"by commas, of {', '.join(_FIGURES)}: --queues waiting=7,longest_wait=2m"
            raise ConfigurationError(f'"{figure}" is no figure of a queue', advice=advice) from None
    return dict.fromkeys(map(str, program.site.queues), QueueFacts(**figures))  # type: ignore[arg-type] # by name


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", text):
        raise ValueError(text)
    return int(text)


_FIGURES: Mapping[str, Callable[[str], int | timedelta]] = {
    **dict.fromkeys(NUMBERS, _count),
    "longest_wait": read_duration,
    "expected_wait": read_duration,
}


async def _play(folder: Path, program: Program, dialled: Dialled, show: Callable[[TraceEntry], None]) -> SimCall:
    from ivrctl.adapters.site_lookups import SiteLookups
    from ivrctl.service.answering import Answering
    from ivrctl.site.identity import with_directory
    from ivrctl.testkit.engines.sim import Pretended, TimedAnswers

    lookups = SiteLookups(with_directory(program.site), folder, os.environ)
    known = _known_callers(folder, program)
    identities = None if known is None else known.of(program, lookups)
    answers = TimedAnswers(Answering(program.site, lookups, identities, Pretended()))
    try:
        call = SimCall(program, dialled.number, dialled.caller, answers, dialled.at, queues=dialled.queues)
        shown = 0
        for _ in range(MOST_EVENTS):
            await _go_on(call, dialled.groups)
            for entry in call.log.trace[shown:]:
                show(entry)
            shown = len(call.log.trace)
            _show_one_moment(call, show)
            if call.doing is not None and isinstance(call.doing.command, Finish):
                _show_hang_up(call, call.doing.command, show)
                break
        return call
    finally:
        await lookups.close()
        if known is not None:
            await known.close()


def _known_callers(folder: Path, program: Program) -> KnownCallers | None:
    """Who knows callers here, with books of guesses that end with the call; None where no flow asks."""
    if not any(isinstance(action.kind, Verify) for flow in program.flows.values() for _, action in flow.places()):
        return None
    from ivrctl.adapters.guess_books import BooksInMemory
    from ivrctl.adapters.site_store import SiteStore
    from ivrctl.adapters.state_folder import StateFolder
    from ivrctl.service.known_callers import KnownCallers
    from ivrctl.service.store_place import store_url

    state = StateFolder(own_state(folder))
    is_kept = program.site.store is not None or state.call_database.is_file()
    url = store_url(program.site.store, folder, state, os.environ) if is_kept else _NOTHING_KEPT
    return KnownCallers(SiteStore(url), folder, os.environ, lambda: datetime.now(UTC), books=BooksInMemory())


async def _go_on(call: SimCall, groups: Iterator[str]) -> None:
    """One event: the caller's keys where he is asked, else whatever comes by itself."""
    doing = call.doing
    if doing is None:
        await call.advance()
    elif isinstance(doing.command, Ask):
        await _key(call, next(groups, ""))
    elif isinstance(doing.command, HandOffToQueue | HandOffToDial | HandOffToVoicemail):
        await _come_back(call, _told(doing.command, next(groups, "")))
    elif math.isinf(doing.due):
        call.hang_up()
    else:
        await call.advance()


async def _key(call: SimCall, keys: str) -> None:
    """The answer to a question."""
    if keys in _OUTCOMES or keys.startswith("key_"):
        raise ConfigurationError(f'"{keys}" is said where keys are asked for', advice=_ANSWERS)
    if keys == "h":
        call.hang_up()
    elif keys in {"", _NO_KEY}:
        await call.advance()
    else:
        for key in keys:
            await call.press(key)


def _told(command: HandOff, answer: str) -> str:
    """What becomes of a call that was handed off: what was said, else what happens on a good day.

    Raises:
        ConfigurationError: it is none that a telephone which rings can bring.
    """
    if isinstance(command, HandOffToVoicemail):
        return answer if answer in _OUTCOMES or answer == "h" else RECORDED
    if isinstance(command, HandOffToDial) and answer not in {"", "h", *_DIAL_OUTCOMES}:
        raise ConfigurationError(f'"{answer}" is said where a telephone rings', advice=_RINGING)
    return answer or "answered"


async def _come_back(call: SimCall, answer: str) -> None:
    """A hand-off ends: by an outcome, by a key that leaves a queue, or because the caller hangs up."""
    if answer == "h":
        call.hang_up()
    else:
        await call.hand_back(f"key_{answer[0]}" if answer[0] in "0123456789*#" else answer)


def _groups(keys: str) -> list[str]:
    """The groups that commas part.

    Raises:
        ConfigurationError: one is neither keys nor an outcome.
    """
    groups = [group.strip() for group in keys.split(",") if group.strip()]
    for group in groups:
        if not _is_answer(group):
            raise ConfigurationError(f'"{group}" is no keys and no outcome', advice=_ANSWERS)
    return groups


def _is_answer(group: str) -> bool:
    return group in _OUTCOMES or re.fullmatch(r"h|-|[0-9*#]+|key_[0-9*#]", group) is not None


def _typing() -> Iterator[str]:
    """Ask the person at the terminal."""
    while True:
        sys.stderr.write("keys (Enter: none, h: hang up; in a queue: an outcome)> ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        group = line.strip() if line else "h"
        if group and not _is_answer(group):
            sys.stderr.write(f"{_ANSWERS}\n")
            continue
        yield group


def _show(entry: TraceEntry) -> None:
    if entry.event in _SHOWN:
        sys.stdout.write(f"{entry.at:7.1f} s  {entry.place:28} {entry.event:9} {entry.detail}\n")


def _show_one_moment(call: SimCall, show: Callable[[TraceEntry], None]) -> None:
    """The engine does not say it, and so its trace has it not: whoever asks does, while the answer is not there."""
    command = None if call.doing is None else call.doing.command
    heard = call.log.heard[-1] if call.log.heard else None
    if heard is not None and isinstance(command, Question) and heard.utterance is command.one_moment:
        show(TraceEntry(heard.began, call.log.trace[-1].place, "says", heard.utterance.written))


def _show_hang_up(call: SimCall, finish: Finish, show: Callable[[TraceEntry], None]) -> None:
    """Only a flow writes in the trace that it ends the call; the caller who hangs up is told here."""
    last = call.log.trace[-1]
    if last.event != "ends":
        show(TraceEntry(call.elapsed, last.place, "ends", f"{finish.ending}: {finish.reason}"))


def _folder_of(flow: str) -> Path:
    """The folder of the site: the one that is named or holds the named file, else that of this folder.

    Raises:
        ConfigurationError: what is named as a file or folder does not exist, or there is no site.
    """
    path = Path(flow)
    if path.is_file():
        return site_folder(path.parent)
    if _is_site(path):
        return site_folder(path)
    if flow.endswith((".yaml", ".yml")) or path.name != flow:
        found = "holds no ivrctl.yaml" if path.is_dir() else "does not exist"
        raise ConfigurationError(f"{flow} {found}", advice="name a flow, its file, or the folder of a site")
    return site_folder(None)


def _is_site(path: Path) -> bool:
    return (path / SITE_FILE).is_file()


def _check_flow(flow: str, program: Program, dial: str) -> None:
    """Check that the site has the flow; when the call begins in another, say so: lines are dialled, and not names."""
    if _is_site(Path(flow)):
        return
    name = Path(flow).name.removesuffix(SUFFIX)
    if name not in program.flows:
        raise ConfigurationError(f'the site has no flow "{name}"', advice=did_you_mean(name, program.flows))
    line = best_match(program.patterns, dial)
    if line is not None and (begins := program.lines[line][0]) != name:
        sys.stderr.write(f"{dial} is a line of the flow {begins}, not of {name}: the call begins there\n")
