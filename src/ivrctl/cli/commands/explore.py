"""``ivrctl explore``: everything that can become of the callers of a site."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.progress import walked
from ivrctl.cli.sites import load_program, named
from ivrctl.cli.telephone import example_caller
from ivrctl.errors import ConfigurationError
from ivrctl.flow.exploring.survey import survey, to_json
from ivrctl.flow.exploring.territory import Explorer
from ivrctl.lang.findings import did_you_mean
from ivrctl.service.numbering import normalised

if TYPE_CHECKING:
    from ivrctl.flow.exploring.survey import DeadEnd, LineSurvey, Survey, Unmet
    from ivrctl.flow.exploring.territory import Territory
    from ivrctl.flow.exploring.wording import Witness
    from ivrctl.flow.program import Program

MOST_SECONDS = 120.0
"""After so long a walk is told as far as it has come."""


def run(about: str | None, line: str | None, *, most_states: int, as_json: bool) -> None:
    """Walk a site and tell what was found; exit code 1 when some callers come to no end."""
    folder, flow = named(about)
    program = load_program(folder)
    lines = _lines(program, flow, line)
    territory = explored(program, lines, most_states)
    found = survey(territory, _counted(flow, line))
    if as_json:
        sys.stdout.write(json.dumps(to_json(found), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(found, about)
    if found.has_dead_ends:
        raise SystemExit(FINDINGS)


def explored(program: Program, lines: Iterable[str], most_states: int) -> Territory:
    """Walk from some lines, and say on a terminal how far it is."""
    numbers = program.site.numbers
    caller = normalised(example_caller(str(numbers.country)), numbers)
    explorer = Explorer(program, datetime.now(UTC), caller, most_states)
    began = time.monotonic()
    for done in explorer.walk(frozenset(lines)):
        walked(done, "states")
        if time.monotonic() - began > MOST_SECONDS:
            explorer.territory.bounds.append(f"only {MOST_SECONDS:g} s were spent, and there is more")
            break
    walked(None, "states")
    return explorer.territory


def _lines(program: Program, flow: str | None, line: str | None) -> list[str]:
    """The lines that are meant; those of all flows for a flow that has none itself.

    Raises:
        ConfigurationError: there is no such flow, or no such line.
    """
    if flow is not None and flow not in program.flows:
        raise ConfigurationError(f'the site has no flow "{flow}"', advice=did_you_mean(flow, program.flows))
    if line is not None:
        if line not in program.lines:
            advice = did_you_mean(line, program.lines) or "a line as its flow writes it"
            raise ConfigurationError(f"the site has no line {line}", advice=advice)
        return [line]
    return [number for number, (owner, _) in program.lines.items() if owner == flow] or list(program.lines)


def _counted(flow: str | None, line: str | None) -> frozenset[str] | None:
    """The flows of which it is told what nobody comes to: of one line alone that says nothing."""
    if line is not None:
        return frozenset()
    return None if flow is None else frozenset({flow})


# the report


def _show(found: Survey, about: str | None) -> None:
    for line in found.lines:
        flow = line.flow if about is None or not Path(about).exists() else about
        sys.stdout.write("\n".join([*told_of(line, flow), "", ""]))
    sys.stdout.writelines(_unmet("never entered", found.never_entered))
    sys.stdout.writelines(_unmet("never heard", found.never_heard))
    for bound in found.bounds:
        sys.stdout.write(f"not everything was walked: {bound}\n")
    dead = sum(len(line.dead_ends) for line in found.lines)
    sys.stderr.write(
        f"{_count(len(found.lines), 'line')}, {_count(found.states, 'state')}, {_count(dead, 'dead end')}\n"
    )


def told_of(line: LineSurvey, flow: str) -> Iterator[str]:
    """What is told of a line; ``flow`` is how the site is named on the command line."""
    yield f"{line.line}  ({line.flow}; {_count(line.states, 'state')}, {_count(line.paths, 'path')})"
    width = max((len(str(each.destination)) for each in line.endings), default=0)
    for each in line.endings:
        yield f"  {each.destination!s:{width}}  {_keys(each.keys)}  {_how(each.witness, flow)}"
    if line.farthest is not None and line.nearest is not None:
        yield f"  a person is {_count(line.nearest, 'key')} away"
        if line.farthest.keys > line.nearest:
            yield f"  farthest from a person, by {_count(line.farthest.keys, 'key')}, is {line.farthest.place}"
            yield f"    {_how(line.farthest.witness, flow)}"
    if line.silence is not None:
        length = f"{line.silence.length.total_seconds():g} s"
        yield f"  the longest silence is {length} at {line.silence.place}, {line.silence.cause}"
    yield from _dead_ends("dead end", line.dead_ends, flow)
    yield from _dead_ends("dead end while every lookup fails", line.dead_when_failing, flow)
    if line.loses_person:
        yield "  no person can be reached while every lookup fails"


def _dead_ends(what: str, ends: Iterable[DeadEnd], flow: str) -> Iterator[str]:
    for end in ends:
        yield f"  {what} at {end.place}: {end.why}"
        yield f"    {_how(end.witness, flow)}"


def _keys(keys: int) -> str:
    return f"{_count(keys, 'key'):>7}"


def _how(witness: Witness, flow: str) -> str:
    """A command that shows it; where there is none, in words."""
    return witness.command(flow) or witness.callers


def _unmet(title: str, found: Iterable[Unmet]) -> Iterator[str]:
    shown = [f"  {each.span.path}:{each.span.line}: {each.what}\n" for each in found]
    if shown:
        yield f"{title}:\n"
        yield from shown


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
