"""One trial: a site, one file of which was mutated, is checked, and run when it is accepted.

What must hold of it, whatever the file is: it is refused with a finding that has a position in a file of the site, or
it is accepted and runs; no exception leaves the checks, the reports or the simulation; it takes less than a second.
"""

from __future__ import annotations

import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType

from ivrctl.cli.rules import every_rule
from ivrctl.flow.program import SITE_FILE
from ivrctl.lang.decoding import lines_of
from ivrctl.lang.findings import Finding, Findings
from ivrctl.lang.report import render_github, render_json, render_text
from ivrctl.lang.sarif import render_sarif
from ivrctl.service.compiling import compile_whole
from ivrctl.simulation.days.load import read_days
from ivrctl.testkit.scenario import read_scenarios

from . import file_bytes, trees
from .calls import play_calls, play_scenarios
from .corpus import Case, chosen, corpus
from .days import draw_days
from .rounds import play_rounds
from .trial_error import PromiseError

LONGEST = 1.0
"""Seconds of processor time for a file, from its bytes to the end of its calls."""
GIVEN_UP = 20.0
"""Seconds of processor time after which a trial is broken off: it would go on for ever."""
CALLS = 3
"""Lines of an accepted site that are dialled, two callers each."""

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial."""

    number: int
    case: str
    file: str
    """The one that was mutated."""
    rules: frozenset[str]
    """Of the findings."""
    is_accepted: bool
    calls: int
    scenarios: int
    seconds: float
    """Of processor time."""
    fault: str = ""
    """What went wrong; empty when nothing did."""
    files: Files | None = None
    """The site, where something went wrong."""

    @property
    def is_slow(self) -> bool:
        """True for one that came to an end, late."""
        return self.seconds > LONGEST and (not self.fault or self.fault.startswith("took"))


class EndlessError(Exception):
    """A trial took so long that it was broken off."""


def mutant(seed: int, number: int) -> tuple[Case, str, Files]:
    """The mutated site of a number: its case, the mutated file, and all files."""
    chance = random.Random(f"{seed}:{number}")
    case = chosen(chance)
    name = chance.choice(sorted(case.files))
    source = case.files[name]
    if chance.random() < 0.4:
        changed = file_bytes.mutated(source, chance)
    else:
        donor = chance.choice(corpus())
        changed = trees.mutated(source, donor.files[chance.choice(sorted(donor.files))], chance)
        if chance.random() < 0.1:
            changed = file_bytes.mutated(changed, chance)
    return case, name, {**case.files, name: changed}


def tried(seed: int, number: int) -> Outcome:
    """Make the mutant of a number, and try it; one that takes long is tried once more.

    A file that takes long does so each time; what a busy machine or the garbage of earlier trials adds, once.
    """
    outcome = _tried_once(seed, number)
    return min(outcome, _tried_once(seed, number), key=lambda each: each.seconds) if outcome.is_slow else outcome


def _tried_once(seed: int, number: int) -> Outcome:
    case, name, files = mutant(seed, number)
    began = time.process_time()
    chance = random.Random(f"calls {seed}:{number}")
    try:
        with _broken_off():
            rules, is_accepted, calls, scenarios = run(files, chance)
    except Exception as error:  # noqa: BLE001 - an exception of any kind is what is looked for
        took = time.process_time() - began
        return Outcome(number, case.name, name, frozenset(), False, 0, 0, took, fault_of(error), files)
    took = time.process_time() - began
    outcome = Outcome(number, case.name, name, rules, is_accepted, calls, scenarios, took)
    return replace(outcome, fault=f"took {took:.2f} s", files=files) if outcome.is_slow else outcome


def run(files: Files, chance: random.Random) -> tuple[frozenset[str], bool, int, int]:
    """Check a site, and play it where it is accepted: the rules found, whether accepted, calls, scenarios.

    Raises:
        PromiseError: a refusal has no finding, or a finding no place; or a policy decides what it must not.
    """
    site, findings = compile_whole(files)
    program = None if site is None else site.program
    calls = scenarios = 0
    if (program is None) != findings.has_errors:
        raise PromiseError("a program although there are errors, or none although there are none")
    if program is not None:
        read, found = read_scenarios(files, program)
        findings.items.extend(found.items)
        calls = play_calls(program, chance, CALLS)
        scenarios = play_scenarios(program, read)
    if site is not None:
        days = read_days(files, site.program.site, findings)
        play_rounds(site.policies.values(), chance)
        draw_days(days, site.program.site, chance)
    _check_places(findings, files)
    return frozenset(finding.rule for finding in findings.items), program is not None, calls, scenarios


def _check_places(findings: Findings, files: Files) -> None:
    lines = {name: lines_of(content.decode(errors="replace")) for name, content in files.items()}
    known = every_rule()
    for finding in findings.items:
        if finding.rule not in known:
            raise PromiseError(f"nobody explains {finding.rule}")
        if not _is_in(finding, lines):
            end = f"{finding.span.end_line}:{finding.span.end_column}"
            raise PromiseError(f"{finding.span} to {end} is no place: {finding.message}")
    sources = {name: content.decode(errors="replace") for name, content in files.items()}
    reports = (
        render_text(findings, sources),
        render_json(findings),
        render_github(findings),
        render_sarif(findings, sources, known, "0"),
    )
    if findings.items and not all(reports):
        raise PromiseError("findings that a report does not show")


def _is_in(finding: Finding, lines: Mapping[str, list[str]]) -> bool:
    """True for a place that an editor can go to."""
    span = finding.span
    if span.path not in lines:
        return span.path == SITE_FILE and span.line == 1  # the file that is missing
    there = lines[span.path]
    is_begun = 1 <= span.line <= len(there) and 1 <= span.column <= len(there[span.line - 1]) + 1
    is_ended = span.line <= span.end_line <= len(there) and 1 <= span.end_column <= len(there[span.end_line - 1]) + 1
    return is_begun and is_ended and (span.line, span.column) <= (span.end_line, span.end_column)


def fault_of(error: Exception) -> str:
    """An exception in one line: its kind, its words, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "ivrctl" in frame.filename] or list(frames)
    last = ours[-1]
    place = f"{last.filename.rpartition('/src/')[2]}:{last.lineno}"
    return f"{type(error).__name__} at {place}: {str(error)[:200]}"


def kind_of(fault: str) -> str:
    """What two faults of one cause have in common."""
    return fault.partition(": ")[0]


@contextmanager
def _broken_off() -> Iterator[None]:
    """Break the block off after too much processor time."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise EndlessError(f"more than {GIVEN_UP:g} s")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def reduced(files: Files, name: str, fails: Callable[[Files], bool], *, most_tries: int = 400) -> bytes:
    """The mutated file with everything left out that its fault does not need, by lines and then by pieces of lines."""
    parts = files[name].splitlines(keepends=True)
    tries = 0
    size = max(1, len(parts) // 2)
    while size and tries < most_tries:
        at, is_shorter = 0, False
        while at < len(parts) and tries < most_tries:
            fewer = parts[:at] + parts[at + size :]
            tries += 1
            if fails({**files, name: b"".join(fewer)}):
                parts, is_shorter = fewer, True
            else:
                at += size
        size = size if is_shorter and size > 1 else size // 2
    return b"".join(parts)
